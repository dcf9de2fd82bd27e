"""The list of meetings, a meeting, its programme."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from common.access import Refused, may, require
from directory.public_pages import page_holds_until, public_page
from meetings.models import Meeting
from meetings.selectors.programme import discussion_items, programme_of
from meetings.selectors.registration import own_registration, seats_by_category, seats_change_at
from meetings.services.meetings import publish_meeting


@require_safe
@public_page("meetings", "directory")
def meeting_list(request: HttpRequest) -> HttpResponse:
    """Meetings that lie ahead and those that are over."""
    now = timezone.now()
    rows = Meeting.objects.visible_to(request.user).select_related("country", "host")
    upcoming, past = list(rows.upcoming(now)), list(rows.past(now))
    for row in upcoming:
        row.window = row.registration_window(now)
    page_holds_until(request, *(moment for row in upcoming for moment in row.boundaries))
    return render(request, "meetings/list.html", {"upcoming": upcoming, "past": past})


@require_safe
@public_page("meetings", "directory")
def meeting(request: HttpRequest, slug: str) -> HttpResponse:
    """What, when, where, the discussion items, documents, and how to register."""
    rows = Meeting.objects.visible_to(request.user).select_related("country", "host")
    found = get_object_or_404(rows, slug=slug)
    now = timezone.now()
    page_holds_until(request, *found.boundaries, seats_change_at(found, now))
    documents = list(found.documents.select_related("file"))
    for document in documents:
        document.meeting = found
    context = {
        "meeting": found,
        "window": found.registration_window(now),
        "items": discussion_items(found),
        "documents": documents,
        "seats": seats_by_category(found, now),
        "registration": own_registration(found, request.user),
        "manages": may(request.user, "meetings.list_registrations", found),
    }
    return render(request, "meetings/meeting.html", context)


@require_safe
@public_page("meetings", "directory")
def programme(request: HttpRequest, slug: str) -> HttpResponse:
    """Days, rooms, sessions and speakers, in the place's time."""
    found = get_object_or_404(Meeting.objects.visible_to(request.user).select_related("country"), slug=slug)
    return render(request, "meetings/programme.html", {"meeting": found, "days": programme_of(found)})


@login_required
@require_POST
def publish(request: HttpRequest, slug: str) -> HttpResponse:
    """Announce a meeting."""
    found = get_object_or_404(Meeting.objects.visible_to(request.user), slug=slug)
    require(request.user, "meetings.publish_meeting", found)
    try:
        publish_meeting(meeting=found, by=request.user)
        messages.success(request, _("The meeting is announced."))
    except Refused as refusal:
        messages.error(request, str(refusal))
    return redirect(found)
