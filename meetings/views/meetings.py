"""The list of meetings and a meeting."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from common.access import Refused, may, require
from directory.public_pages import page_holds_until, public_page
from meetings.enums import MeetingState
from meetings.models import Meeting
from meetings.selectors.documents import documents_of
from meetings.selectors.registration import own_registration, seats_by_category, seats_change_at
from meetings.selectors.versions import discussion_items
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
    context = {"upcoming": upcoming, "past": past, "adds": may(request.user, "meetings.add_meeting")}
    return render(request, "meetings/list.html", context)


@require_safe
@public_page("meetings", "directory")
def meeting(request: HttpRequest, slug: str) -> HttpResponse:
    """What, when, where, the discussion items, documents, and how to register."""
    rows = Meeting.objects.visible_to(request.user).select_related("country", "host")
    found = get_object_or_404(rows, slug=slug)
    if found.group_id:
        return redirect(found)  # a meeting of a working group has a page of its own kind
    now = timezone.now()
    page_holds_until(request, *found.boundaries, seats_change_at(found, now))
    context = {
        "meeting": found,
        "window": found.registration_window(now),
        "items": discussion_items(found),
        "documents": documents_of(found),
        "cancellation": found.state == MeetingState.CANCELLED and found.state_changes.last(),
        "seats": seats_by_category(found, now),
        "registration": own_registration(found, request.user),
        "names_delegation": may(request.user, "meetings.nominate_delegations") and found.ends_at > now,
        "manages": may(request.user, "meetings.list_registrations", found),
        "edits": may(request.user, "meetings.change_meeting", found),
    }
    return render(request, "meetings/meeting.html", context)


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
