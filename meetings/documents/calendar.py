"""Calendar files."""

from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.utils.translation import gettext as _
from icalendar import Calendar, Event

from meetings.enums import ENDED_REGISTRATIONS, EventState, MeetingState, SessionKind
from meetings.models import Meeting, Registration, Session, ThematicEvent

CALENDAR_MIME = "text/calendar; charset=utf-8"


def _uid(kind: str, name: str) -> str:
    """The same entry has the same identifier in every file, so that calendars replace it instead of doubling it."""
    return f"{kind}-{name}@{urlsplit(settings.PUBLIC_URL).hostname}"


def _calendar(name: str) -> Calendar:
    calendar = Calendar()
    calendar.add("prodid", "-//South-South Cooperation Portal//Calendar//EN")
    calendar.add("version", "2.0")
    calendar.add("calscale", "GREGORIAN")
    calendar.add("method", "PUBLISH")
    calendar.add("x-wr-calname", name)
    return calendar


def _entry(
    *,
    uid: str,
    summary: str,
    description: str,
    start: datetime,
    end: datetime,
    where: str,
    url: str,
    stamp: datetime,
    sequence: int,
    cancelled: bool,
) -> Event:
    entry = Event()
    entry.add("uid", uid)
    entry.add("summary", summary)
    entry.add("description", description)
    # UTC, so that no calendar needs a definition of the place's time zone.
    entry.add("dtstart", start.astimezone(UTC))
    entry.add("dtend", end.astimezone(UTC))
    entry.add("location", where)
    entry.add("url", url)
    entry.add("dtstamp", stamp.astimezone(UTC).replace(microsecond=0))
    entry.add("sequence", sequence)
    entry.add("status", "CANCELLED" if cancelled else "CONFIRMED")
    return entry


def _where(*parts: Any) -> str:
    return ", ".join(str(part) for part in parts if part)


def _meeting_entry(meeting: Meeting, *, description: str = "", gone: bool = False) -> Event:
    return _entry(
        uid=_uid("meeting", meeting.slug),
        summary=meeting.title,
        description=description or meeting.summary,
        start=meeting.starts_at,
        end=meeting.ends_at,
        where=_where(meeting.place, meeting.city, meeting.country),
        url=settings.PUBLIC_URL + meeting.get_absolute_url(),
        stamp=meeting.changed_at,
        sequence=meeting.sequence + gone,
        cancelled=gone or meeting.state == MeetingState.CANCELLED,
    )


def _event_entry(event: ThematicEvent) -> Event:
    return _entry(
        uid=_uid("event", event.slug),
        summary=event.title,
        description=event.summary,
        start=event.held.starts_at,
        end=event.held.ends_at,
        where=_where(event.place, event.city, event.country),
        url=settings.PUBLIC_URL + event.get_absolute_url(),
        stamp=event.changed_at,
        sequence=event.sequence,
        cancelled=event.state == EventState.WITHDRAWN,
    )


def whole_calendar(*, meetings: Iterable[Meeting], events: Iterable[ThematicEvent]) -> bytes:
    """All public dates in one file to subscribe to."""
    calendar = _calendar(_("South-South Cooperation Portal"))
    for entry in [*map(_meeting_entry, meetings), *map(_event_entry, events)]:
        calendar.add_component(entry)
    return calendar.to_ical()


def meeting_calendar(meeting: Meeting, sessions: Iterable[Session]) -> bytes:
    """One entry for the whole meeting and one for each of `sessions`, breaks and services left out."""
    calendar = _calendar(meeting.title)
    calendar.add_component(_meeting_entry(meeting))
    for session in sessions:
        if session.kind in {SessionKind.BREAK, SessionKind.SERVICE}:
            continue
        calendar.add_component(
            _entry(
                uid=_uid("session", f"{meeting.slug}-{session.code}"),
                summary=str(session),
                description=session.summary,
                start=session.starts_at,
                end=session.ends_at,
                where=_where(session.room, meeting.place, meeting.city),
                url=settings.PUBLIC_URL + session.get_absolute_url(),
                stamp=meeting.changed_at,
                sequence=meeting.sequence,
                cancelled=meeting.state == MeetingState.CANCELLED,
            )
        )
    return calendar.to_ical()


def registration_calendar(registration: Registration) -> bytes:
    """The registrant's own entry: the meeting with the reference. It replaces the entry of the meeting's public file."""
    meeting = registration.meeting
    calendar = _calendar(meeting.title)
    description = _("Registration %(reference)s. %(summary)s") % {"reference": registration.reference, "summary": meeting.summary}
    gone = registration.state in ENDED_REGISTRATIONS
    calendar.add_component(_meeting_entry(meeting, description=description, gone=gone))
    return calendar.to_ical()
