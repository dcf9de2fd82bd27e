"""Calendar files and documents: no language prefix."""

from django.contrib.auth.decorators import login_required
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404
from django.views.decorators.http import require_safe

from directory.public_pages import public_page
from meetings.documents.calendar import CALENDAR_MIME, meeting_calendar, registration_calendar, whole_calendar
from meetings.filters.calendar import CalendarFilter
from meetings.models import Meeting, MeetingDocument, Registration
from meetings.selectors.calendar import dates_for
from meetings.selectors.programme import sessions_of

_LARGEST_KEY = 2**63 - 1


def _calendar_file(content: bytes, name: str) -> HttpResponse:
    response = HttpResponse(content, content_type=CALENDAR_MIME)
    response["Content-Disposition"] = f'attachment; filename="{name}.ics"'
    return response


@require_safe
@public_page("meetings", "directory")
def calendar(request: HttpRequest) -> HttpResponse:
    """Every meeting and accepted thematic event, or those of the calendar's filters, to subscribe to."""
    dates = CalendarFilter(request.GET, dates=dates_for(request.user)).apply()
    content = whole_calendar(
        meetings=[date.thing for date in dates if not date.is_event], events=[date.thing for date in dates if date.is_event]
    )
    return _calendar_file(content, "ssc-portal")


@require_safe
@public_page("meetings", "directory")
def meeting(request: HttpRequest, slug: str) -> HttpResponse:
    """A meeting with its sessions."""
    found = get_object_or_404(Meeting.objects.visible_to(request.user).select_related("country"), slug=slug)
    sessions = list(sessions_of(found))
    for session in sessions:
        session.meeting = found
    return _calendar_file(meeting_calendar(found, sessions), found.slug)


@login_required
@require_safe
def registration(request: HttpRequest, reference: str) -> HttpResponse:
    """The registrant's own calendar entry."""
    rows = Registration.objects.visible_to(request.user).select_related("meeting__country")
    found = get_object_or_404(rows, reference=reference)
    return _calendar_file(registration_calendar(found), f"{found.meeting.slug}-{found.reference}")


@require_safe
def document(request: HttpRequest, slug: str, pk: int) -> HttpResponseBase:
    """A document that the portal keeps, as a download that cannot run in the page."""
    if pk > _LARGEST_KEY:
        raise Http404
    meetings = Meeting.objects.visible_to(request.user).filter(slug=slug)
    found = get_object_or_404(MeetingDocument.objects.select_related("file"), pk=pk, meeting__in=meetings, file__isnull=False)
    assert found.file is not None
    name = f"{found.code}-{found.language}.{(found.file.file.name or '').rpartition('.')[2]}"
    response = FileResponse(found.file.file.open("rb"), as_attachment=True, filename=name, content_type=found.file.mime)
    response["X-Content-Type-Options"] = "nosniff"
    return response
