"""Calendar files."""

from collections.abc import Iterable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.utils.translation import gettext as _
from icalendar import Calendar, Event

from meetings.enums import ENDED_REGISTRATIONS, EventState, MeetingState
from meetings.models import Meeting, Registration, ThematicEvent
from meetings.selectors.registration import earlier_registrations
from meetings.selectors.snapshots import Programme, ProgrammeSession
from strategy.selectors.adoption_desk import RoundDate

CALENDAR_MIME = "text/calendar; charset=utf-8"


def _uid(kind: str, name: str) -> str:
    """The same entry has the same identifier in every file, so that calendars replace it instead of doubling it."""
    return f"{kind}-{name}@{urlsplit(settings.PUBLIC_URL).hostname}"


def _calendar(name: str, method: str = "PUBLISH") -> Calendar:
    calendar = Calendar()
    calendar.add("prodid", "-//South-South Cooperation Portal//Calendar//EN")
    calendar.add("version", "2.0")
    calendar.add("calscale", "GREGORIAN")
    calendar.add("method", method)
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


def _meeting_entry(meeting: Meeting, *, description: str = "", gone: bool = False, earlier: int = 0) -> Event:
    return _entry(
        uid=_uid("meeting", meeting.slug),
        summary=meeting.title,
        description=description or meeting.summary,
        start=meeting.starts_at,
        end=meeting.ends_at,
        where=_where(meeting.place, meeting.city, meeting.country),
        url=settings.PUBLIC_URL + meeting.get_absolute_url(),
        stamp=meeting.changed_at,
        # Whoever registers again, or cancels, must overtake what their calendar has of the same entry.
        sequence=meeting.sequence + 2 * earlier + gone,
        cancelled=gone or meeting.state == MeetingState.CANCELLED,
    )


def _event_entry(event: ThematicEvent) -> Event:
    return _entry(
        uid=_uid("event", event.slug),
        summary=event.title,
        description=event.summary,
        start=event.starts_at,
        end=event.ends_at,
        where=_where(event.place, event.city, event.country),
        url=settings.PUBLIC_URL + event.get_absolute_url(),
        stamp=event.changed_at,
        sequence=event.sequence,
        cancelled=event.state == EventState.WITHDRAWN,
    )


def _deadline_entry(deadline: RoundDate) -> Event:
    """Half an hour that ends at the close, named as in the mail about the round: neither doubles the other."""
    return _entry(
        uid=_uid("round", f"{deadline.consultation.pk}-closes"),
        summary=deadline.title,
        description=deadline.consultation.draft.strategy.title,
        start=deadline.closes_at - timedelta(minutes=30),
        end=deadline.closes_at,
        where="",
        url=settings.PUBLIC_URL + deadline.url,
        stamp=deadline.changed_at,
        sequence=deadline.changes,
        cancelled=False,
    )


def whole_calendar(*, meetings: Iterable[Meeting], events: Iterable[ThematicEvent], deadlines: Iterable[RoundDate] = ()) -> bytes:
    """All public dates in one file to subscribe to."""
    calendar = _calendar(_("South-South Cooperation Portal"))
    for entry in [*map(_meeting_entry, meetings), *map(_event_entry, events), *map(_deadline_entry, deadlines)]:
        calendar.add_component(entry)
    return calendar.to_ical()


def _session_entry(programme: Programme, session: ProgrammeSession, *, gone: bool = False) -> Event:
    """A session of a released version: the version's number makes calendars take the newer hour and room."""
    meeting = programme.meeting
    assert programme.number is not None, "calendars show what is released"
    assert programme.released_at is not None
    return _entry(
        uid=_uid("session", f"{meeting.slug}-{session.code}"),
        summary=str(session),
        description=session.summary,
        start=session.starts_at,
        end=session.ends_at,
        where=_where(session.room, meeting.place, meeting.city),
        url=settings.PUBLIC_URL + session.get_absolute_url(),
        stamp=max(programme.released_at, meeting.changed_at),
        sequence=meeting.sequence + programme.number,
        cancelled=gone or meeting.state == MeetingState.CANCELLED,
    )


def _session_entries(
    programme: Programme, sessions: Iterable[ProgrammeSession], removed: Iterable[ProgrammeSession]
) -> Iterator[Event]:
    """Breaks and services stand in no calendar; what was taken out of the programme is cancelled, so that calendars drop it."""
    for session in sessions:
        if not session.is_quiet:
            yield _session_entry(programme, session)
    for session in removed:
        if not session.is_quiet:
            yield _session_entry(programme, session, gone=True)


def meeting_calendar(meeting: Meeting, programme: Programme | None) -> bytes:
    """One entry for the whole meeting and one for each session of the released programme."""
    calendar = _calendar(meeting.title)
    calendar.add_component(_meeting_entry(meeting))
    if programme:
        for entry in _session_entries(programme, programme.sessions, programme.removed):
            calendar.add_component(entry)
    return calendar.to_ical()


def sessions_calendar(
    programme: Programme, *, sessions: Iterable[ProgrammeSession], removed: Iterable[ProgrammeSession] = ()
) -> bytes:
    """Some sessions of a released programme."""
    calendar = _calendar(programme.meeting.title)
    for entry in _session_entries(programme, sessions, removed):
        calendar.add_component(entry)
    return calendar.to_ical()


def personal_calendar(
    registrations: Iterable[Registration], starred: Iterable[tuple[Programme, set[str]]], of_groups: Iterable[Meeting] = ()
) -> bytes:
    """A person's own: the meetings they are registered for, the sessions they have starred, the meetings of their groups."""
    calendar = _calendar(_("My South-South cooperation calendar"))
    for registration in registrations:
        calendar.add_component(_registration_entry(registration))
    for programme, codes in starred:
        sessions = [row for row in programme.sessions if row.code in codes]
        for entry in _session_entries(programme, sessions, [row for row in programme.removed if row.code in codes]):
            calendar.add_component(entry)
    for meeting in of_groups:
        calendar.add_component(_meeting_entry(meeting))
    return calendar.to_ical()


def _registration_entry(registration: Registration) -> Event:
    meeting = registration.meeting
    description = _("Registration %(reference)s. %(summary)s") % {"reference": registration.reference, "summary": meeting.summary}
    gone = registration.state in ENDED_REGISTRATIONS
    return _meeting_entry(meeting, description=description, gone=gone, earlier=earlier_registrations(registration))


def group_calendar(name: str, meetings: Iterable[Meeting]) -> bytes:
    """The meetings of a working group, one entry each: its agenda is no programme with hours."""
    calendar = _calendar(name)
    for meeting in meetings:
        calendar.add_component(_meeting_entry(meeting))
    return calendar.to_ical()


def registration_calendar(registration: Registration) -> bytes:
    """The registrant's own entry: the meeting with the reference. It replaces the entry of the meeting's public file.

    Once the registration has ended, the file takes the entry out of the calendar.
    """
    method = "CANCEL" if registration.state in ENDED_REGISTRATIONS else "PUBLISH"
    calendar = _calendar(registration.meeting.title, method)
    calendar.add_component(_registration_entry(registration))
    return calendar.to_ical()
