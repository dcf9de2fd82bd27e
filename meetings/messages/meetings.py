"""Messages about a meeting itself."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from directory.models import User
from meetings.messages.registration import public_page
from meetings.models import Meeting
from notifications.kinds import Attachment, Kind, in_all_languages, moment, register
from notifications.services import Recipient, notify


def _calendar_file(context: dict[str, Any]) -> list[Attachment]:
    return [("meeting.ics", context["calendar"].encode(), "text/calendar; charset=utf-8; method=PUBLISH")]


MEETING_CANCELLED = register(
    Kind(
        "meetings.meeting_cancelled",
        subject=_("The meeting is cancelled: %(meeting)s"),
        label=_("A meeting that you registered for is cancelled"),
        required=True,
        action=_("Open the meeting"),
        attachments=_calendar_file,
    )
)


def meeting_cancelled(meeting: Meeting, *, reason: str, calendars: dict[str, str]) -> None:
    """To everybody with a live registration: it does not take place, and why; the entry of their calendar is cancelled."""
    to: list[User | Recipient] = [
        row.user or Recipient(row.email, row.language) for row in meeting.registrations.live().select_related("user")
    ]
    context = {
        "meeting": in_all_languages(meeting, "title"),
        "place": in_all_languages(meeting, "place"),
        "city": meeting.city,
        "country": in_all_languages(meeting.country, "name"),
        "starts": moment(meeting.starts_at, meeting.time_zone),
        "ends": moment(meeting.ends_at, meeting.time_zone),
        "zone": meeting.time_zone,
        "contact": meeting.contact_email,
        "reason": reason,
        "calendar": {"_texts": calendars},
        "link": public_page(meeting),
    }
    notify(kind=MEETING_CANCELLED, to=to, cause=f"meeting {meeting.pk} cancelled", context=context)
