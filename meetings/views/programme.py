"""The programme as it is released: in force, version by version, compared; the secretariat releases it."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from common.access import Refused, may, require
from directory.public_pages import public_page
from meetings.forms.programme import CompareForm, ReleaseForm
from meetings.models import Meeting
from meetings.selectors.changes import compare
from meetings.selectors.floor import codes_with_floor
from meetings.selectors.following import starred_codes
from meetings.selectors.snapshots import Programme, digest, show_links, snapshot
from meetings.selectors.versions import (
    WORKING,
    differs_from_release,
    latest_version,
    read_version,
    released_programme,
    working_programme,
)
from meetings.services.programme import release_programme


def _meetings(request: HttpRequest) -> QuerySet[Meeting]:
    return Meeting.objects.visible_to(request.user).select_related("country", "host")


def _acts(request: HttpRequest, meeting: Meeting) -> dict[str, bool]:
    """What the reader may do with the programme; nothing on the kept page of visitors."""
    return {
        "edits": may(request.user, "meetings.edit_programme", meeting),
        "releases": may(request.user, "meetings.release_programme", meeting),
    }


def _page(request: HttpRequest, meeting: Meeting, programme: Programme | None, **more: Any) -> HttpResponse:
    if programme:
        show_links(programme, request.user)
    context = {"meeting": meeting, "programme": programme, "days": programme.days if programme else [], **more}
    return render(request, "meetings/programme.html", context)


@require_safe
@public_page("meetings", "directory", "briefs", "solutions", "strategy")
def programme(request: HttpRequest, slug: str) -> HttpResponse:
    """The version in force: days, rooms, sessions and speakers, in the place's time. Signed in, with one's stars."""
    meeting = get_object_or_404(_meetings(request), slug=slug)
    version = latest_version(meeting)
    manages = may(request.user, "meetings.view_working_programme", meeting)
    read = read_version(version, meeting) if version else None
    return _page(
        request,
        meeting,
        read,
        # The secretariat comes to its desk by the same link, also where the list is not opened yet.
        floors=set(read.by_code) if read and manages else codes_with_floor(meeting),
        is_in_force=True,
        with_stars=request.user.is_authenticated,
        starred=starred_codes(request.user, meeting),
        **_acts(request, meeting),
        differs=manages and differs_from_release(meeting, version),
    )


@login_required
@require_safe
def working(request: HttpRequest, slug: str) -> HttpResponse:
    """The working copy as the public would read it."""
    meeting = get_object_or_404(_meetings(request), slug=slug)
    require(request.user, "meetings.view_working_programme", meeting)
    return _page(request, meeting, working_programme(meeting), is_working=True, **_acts(request, meeting))


@require_safe
@public_page("meetings", "directory")
def version(request: HttpRequest, slug: str, number: int) -> HttpResponse:
    """A version as it was released."""
    meeting = get_object_or_404(_meetings(request), slug=slug)
    found = get_object_or_404(meeting.programme_versions, number=min(number, 32767))
    latest = meeting.programme_versions.order_by("-number").values_list("number", flat=True)[0]
    return _page(request, meeting, read_version(found, meeting), latest=latest, is_old=latest != number)


@require_safe
@public_page("meetings", "directory")
def versions(request: HttpRequest, slug: str) -> HttpResponse:
    """The list of changes: every version with its note and what changed in it, newest first."""
    meeting = get_object_or_404(_meetings(request), slug=slug)
    read = [read_version(row, meeting) for row in meeting.programme_versions.order_by("number")]
    before: list[Programme | None] = [None, *read]
    rows = [compare(old, new) for old, new in zip(before, read, strict=False)]
    return render(request, "meetings/programme_versions.html", {"meeting": meeting, "rows": rows[::-1]})


@require_safe
@public_page("meetings", "directory")
def comparison(request: HttpRequest, slug: str) -> HttpResponse:
    """Two versions, `?old=` and `?new=`, session by session; for the secretariat also with the working copy."""
    meeting = get_object_or_404(_meetings(request), slug=slug)
    manages = may(request.user, "meetings.view_working_programme", meeting)
    numbers = list(meeting.programme_versions.order_by("-number").values_list("number", flat=True))
    if not numbers:
        raise Http404
    chosen = {
        "new": request.GET.get("new") or (WORKING if manages else str(numbers[0])),
        "old": request.GET.get("old") or str(numbers[0] if manages else numbers[min(1, len(numbers) - 1)]),
    }
    form = CompareForm(chosen, numbers=numbers, with_working=manages)
    if not form.is_valid():
        raise Http404
    wanted = {form.cleaned_data[name] for name in ("old", "new")} - {WORKING}
    read = {str(row.number): read_version(row, meeting) for row in meeting.programme_versions.filter(number__in=wanted)}
    if form.cleaned_data["new"] == WORKING:
        read[WORKING] = working_programme(meeting)
    old, new = read[form.cleaned_data["old"]], read[form.cleaned_data["new"]]
    context = {
        "meeting": meeting,
        "form": form,
        "comparison": compare(old, new),
        "manages": manages,
        "is_working": not new.number,
    }
    return render(request, "meetings/programme_compare.html", context)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def release(request: HttpRequest, slug: str) -> HttpResponse:
    """What a release would change and whom it reaches; then the release."""
    meeting = get_object_or_404(_meetings(request), slug=slug)
    require(request.user, "meetings.release_programme", meeting)
    copy = digest(snapshot(meeting))
    form = ReleaseForm(request.POST if request.method == "POST" else None, initial={"seen": copy})
    if request.method == "POST" and form.is_valid():
        try:
            made = release_programme(meeting=meeting, by=request.user, **form.cleaned_data)
        except Refused as refusal:
            form.add_error(None, str(refusal))
            # The page shows the copy as it is now: whoever sends it again has seen that.
            form.data = {**form.data.dict(), "seen": copy}  # type: ignore[attr-defined]
        else:
            messages.success(
                request, _("Version %(number)d is released. Those who follow the programme are told.") % {"number": made.number}
            )
            return redirect("meetings:programme", slug=slug)
    context = {"meeting": meeting, "form": form, "comparison": compare(released_programme(meeting), working_programme(meeting))}
    return render(request, "meetings/programme_release.html", context, status=400 if form.errors else 200)
