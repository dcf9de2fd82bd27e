"""Minutes of a group's meeting: read, write, circulate, answer, correct, adopt."""

from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from common.access import may, require
from common.bidi import isolated
from directory.public_pages import public_page
from meetings.enums import ConfirmationState, MinutesState
from meetings.forms.group_meetings import AdoptForm, AnswerForm, CirculateForm, MinutesForm
from meetings.models import Confirmation, Meeting, Minutes, MinutesVersion
from meetings.selectors.groups import compared
from meetings.services.minutes import (
    adopt_minutes,
    ask_for_correction,
    begin_correction,
    circulate_minutes,
    confirm_minutes,
    fingerprint,
    show_minutes,
    write_minutes,
)
from meetings.views.acting import done, form_page, group_meeting_for, press

RUN = "meetings.run_group"


def _minutes(request: HttpRequest, slug: str) -> tuple[Meeting, Minutes]:
    meeting = group_meeting_for(request, slug)
    found = get_object_or_404(Minutes.objects.visible_to(request.user), meeting=meeting)
    found.meeting = meeting
    return meeting, found


def _answers(user: Any, version: MinutesVersion) -> list[Any]:
    """The answers of a version with who gave them, for those who may see."""
    rows = Confirmation.objects.visible_to(user).filter(version=version).select_related("organization")
    answers: list[Any] = list(rows.prefetch_related("state_changes__by"))
    for row in answers:
        given = [change for change in row.state_changes.all() if change.old]
        row.last = given[-1] if given else None
    return answers


def _page(request: HttpRequest, meeting: Meeting, found: Minutes, **forms: Any) -> HttpResponse:
    user = request.user
    versions = list(MinutesVersion.objects.visible_to(user).filter(minutes=found))
    if not versions:
        return redirect(meeting)
    by_number = {str(version.number): version for version in versions}
    shown = by_number.get(request.GET.get("version", "")) or versions[0]
    shown.minutes = found
    base = next((version for version in versions if version.number < shown.number), None)
    compares = base is not None and request.GET.get("show") == "changes"
    answers = _answers(user, shown) if shown.is_frozen else []
    newest = shown.pk == versions[0].pk
    now = timezone.now()
    is_open = newest and found.state == MinutesState.CIRCULATED and shown.is_open(now)
    spoken_for = found.group.members.spoken_for_by(user) if is_open and user.is_authenticated else set()
    waiting = [row for row in answers if row.state != ConfirmationState.CONFIRMED and row.organization_id in spoken_for]
    mine = [_with_form(row, forms) for row in waiting]
    runs = user.is_authenticated and may(user, RUN, found)
    context = {
        "meeting": meeting, "group": meeting.group, "minutes": found, "versions": versions, "version": shown, "base": base,
        "newest": newest, "rows": compared(base.text, shown.text) if base and compares else [], "compares": compares,
        "whole": not compares, "text_url": f"?version={shown.number}",
        "compare_url": f"?show=changes&version={shown.number}",
        "answers": answers, "mine": mine, "is_open": is_open, "now": now, "runs": runs,
        "disagreeing": [row for row in answers if row.state == ConfirmationState.CORRECTION],
        "answered": sum(row.state != ConfirmationState.WAITING for row in answers),
        "history": found.state_changes.select_related("by", "on_behalf_of").order_by("-at", "-pk") if runs else [],
        "circulate_form": forms.get("circulate") or CirculateForm(),
        "adopt_form": forms.get("adopt") or AdoptForm(),
        "can_adopt": newest and found.state == MinutesState.CIRCULATED,
    }  # fmt: skip
    bad = any(form.is_bound and form.errors for form in forms.values() if hasattr(form, "is_bound"))
    return render(request, "meetings/minutes.html", context, status=400 if bad else 200)


def _with_form(row: Any, forms: dict[str, Any]) -> Any:
    row.form = forms.get("answer") if forms.get("answered") == row.pk else AnswerForm(prefix=f"a{row.pk}")
    return row


@require_safe
@public_page("meetings", "directory")
def minutes(request: HttpRequest, slug: str) -> HttpResponse:
    """A version with its answers, or what changed in it; below, what the reader can do."""
    return _page(request, *_minutes(request, slug))


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def write(request: HttpRequest, slug: str) -> HttpResponse:
    """The working draft."""
    meeting = group_meeting_for(request, slug, RUN)
    found = Minutes.objects.visible_to(request.user).filter(meeting=meeting).first()
    version = found.versions.first() if found else None
    initial = {"text": version.text if version else "", "note": version.note if version else "", "seen": fingerprint(version)}
    form = MinutesForm(request.POST or None, initial=initial)

    def act() -> None:
        data = form.cleaned_data
        write_minutes(meeting=meeting, by=request.user, text=data["text"], note=data["note"], seen=data["seen"] or None)

    if done(request, form, act, _("The draft is saved. Only the secretariat and the chair see it.")):
        return redirect("meetings:minutes", slug)
    lead = _("Only the secretariat and the chair see the draft until it is circulated.")
    return form_page(
        request, form, group=meeting.group, meeting=meeting, title=_("Write the minutes"), lead=lead, submit=_("Save the draft")
    )


@login_required
@require_POST
def circulate(request: HttpRequest, slug: str) -> HttpResponse:
    """Send the draft to the agencies."""
    meeting, found = _minutes(request, slug)
    require(request.user, RUN, found)
    form = CirculateForm(request.POST)
    act = lambda: circulate_minutes(minutes=found, by=request.user, until=form.moment(meeting))  # noqa: E731
    if done(request, form, act, _("The minutes are circulated: each agency is asked to confirm them.")):
        return redirect(found)
    return _page(request, meeting, found, circulate=form)


@login_required
@require_POST
def answer(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    """Confirm, or ask for a correction, in the agency's name."""
    meeting, found = _minutes(request, slug)
    rows = Confirmation.objects.visible_to(request.user).filter(version__minutes=found)
    row = get_object_or_404(rows.select_related("organization", "version__minutes__meeting__group"), pk=pk)
    require(request.user, "meetings.confirm_minutes", row)
    form = AnswerForm(request.POST, prefix=f"a{pk}")

    def act() -> None:
        if form.cleaned_data["answer"] == ConfirmationState.CONFIRMED:
            confirm_minutes(confirmation=row, by=request.user)
        else:
            ask_for_correction(confirmation=row, by=request.user, text=form.cleaned_data["text"])

    if done(request, form, act, _("The answer of %(agency)s is recorded.") % {"agency": isolated(row.organization.short_name)}):
        return redirect(found)
    return _page(request, meeting, found, answer=form, answered=pk, refused=form)


@login_required
@require_POST
def correct(request: HttpRequest, slug: str) -> HttpResponse:
    """Begin a corrected version."""
    _meeting, found = _minutes(request, slug)
    require(request.user, RUN, found)
    act = lambda: begin_correction(minutes=found, by=request.user)  # noqa: E731
    words = _("The next version begins with the text of the last one. Its answers stay.")
    return press(request, act, words, redirect("meetings:write_minutes", slug).url)


@login_required
@require_POST
def adopt(request: HttpRequest, slug: str) -> HttpResponse:
    """Adopt the circulated version."""
    meeting, found = _minutes(request, slug)
    require(request.user, RUN, found)
    form = AdoptForm(request.POST)
    act = lambda: adopt_minutes(minutes=found, by=request.user, **form.cleaned_data)  # noqa: E731
    if done(request, form, act, _("The minutes are adopted.")):
        return redirect(found)
    found.refresh_from_db(fields=["state", "adopted_at", "is_public"])
    return _page(request, meeting, found, adopt=form)


@login_required
@require_POST
def show(request: HttpRequest, slug: str) -> HttpResponse:
    """Show adopted minutes to everybody, or only to the group again."""
    _meeting, found = _minutes(request, slug)
    require(request.user, RUN, found)
    to_everybody = request.POST.get("public") == "yes"
    act = lambda: show_minutes(minutes=found, by=request.user, to_everybody=to_everybody)  # noqa: E731
    return press(request, act, _("Everybody reads them now.") if to_everybody else _("Only the group reads them now."), found)
