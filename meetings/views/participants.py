"""The list of participants, and printing badges and the full list."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from common.access import Refused, may, require
from directory.public_pages import public_page
from directory.services.jobs import start_job
from meetings.enums import RegistrationState
from meetings.forms.letters import BadgesForm
from meetings.models import Meeting, Registration
from meetings.selectors.participants import by_category_and_body, listed_participants
from meetings.services.participants import choose_listing
from meetings.services.printing import BADGE_SHEET, PARTICIPANTS_PDF
from meetings.views.registration import Pages


@require_safe
@public_page("meetings", "directory")
def participants(request: HttpRequest, slug: str) -> HttpResponse:
    """Who takes part and agreed to be named, by category and organization."""
    meeting = get_object_or_404(Meeting.objects.visible_to(request.user).select_related("country"), slug=slug)
    manages = may(request.user, "meetings.list_participants", meeting)
    if not meeting.lists_participants and not manages:
        raise Http404
    groups = by_category_and_body(listed_participants(meeting)) if meeting.lists_participants else []
    context = {"meeting": meeting, "categories": groups, "count": sum(group.count for group in groups), "manages": manages}
    return render(request, "meetings/participants.html", context)


@login_required
@require_POST
def listing(request: HttpRequest, reference: str) -> HttpResponse:
    """Agree to be named in the list, or no longer."""
    found = get_object_or_404(Registration.objects.visible_to(request.user).select_related("meeting"), reference=reference)
    return listing_page(request, found, request.user, Pages(found))


def listing_page(request: HttpRequest, found: Registration, by: Any, pages: Pages) -> HttpResponse:
    """Agree to be named in the list, or no longer; then back to the registration."""
    require(by, "meetings.list_consent", found)
    try:
        made = choose_listing(registration=found, by=by, is_listed=request.POST.get("is_listed") == "yes")
    except Refused as refusal:
        messages.error(request, str(refusal))
    else:
        agreed = _("You are named in the list of participants once you have a seat.")
        messages.success(request, agreed if made.is_listed else _("You are not named in the list of participants."))
    return redirect(pages.home)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def badges(request: HttpRequest, slug: str) -> HttpResponse:
    """Choose which badges to print; the sheets are made in the background."""
    meeting = get_object_or_404(Meeting.objects.visible_to(request.user), slug=slug)
    require(request.user, "meetings.print_badges", meeting)
    form = BadgesForm(request.POST if request.method == "POST" else None, meeting=meeting)
    with_seat = Registration.objects.visible_to(request.user).filter(meeting=meeting, state=RegistrationState.APPROVED)
    if request.method == "POST" and form.is_valid():
        category = form.cleaned_data["category"]
        rows = with_seat.filter(category=category) if category else with_seat
        if rows.exists():
            arguments: dict[str, Any] = {"meeting": meeting.pk, "category": category.pk if category else None}
            return _start(request, BADGE_SHEET, arguments | {"language": get_language()})
        form.add_error("category", _("Nobody has a seat in this category yet."))
    context = {"meeting": meeting, "form": form, "count": with_seat.count()}
    return render(request, "meetings/badges.html", context, status=400 if form.errors else 200)


@login_required
@require_POST
def participants_file(request: HttpRequest, slug: str) -> HttpResponse:
    """Have the full list made as a PDF in the background."""
    meeting = get_object_or_404(Meeting.objects.visible_to(request.user), slug=slug)
    require(request.user, "meetings.list_participants", meeting)
    return _start(request, PARTICIPANTS_PDF, {"meeting": meeting.pk, "language": get_language()})


def _start(request: HttpRequest, kind: str, arguments: dict[str, Any]) -> HttpResponse:
    job = start_job(kind=kind, arguments=arguments, asked_by=request.user)
    return redirect("directory:job", job_id=job.pk)
