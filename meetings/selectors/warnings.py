"""What a programme should not have: computed here, shown to the secretariat, never in anybody's way."""

from collections import defaultdict
from collections.abc import Hashable, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Prefetch, QuerySet
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from common.bidi import isolated
from common.place_time import hour_at
from meetings.enums import RegistrationState, SessionKind, WarningKind
from meetings.models import Meeting, Registration, Session, Speaker
from meetings.selectors.programme import QUIET_KINDS


@dataclass(frozen=True)
class ProgrammeWarning:
    """One thing to look at: which sessions, and a sentence."""

    kind: WarningKind
    sessions: tuple[Session, ...]
    text: str


def sessions_to_check(meeting: Meeting) -> "QuerySet[Session]":
    """The sessions with their rooms and speakers, in order. Two queries, however many there are."""
    people = Speaker.objects.select_related("organization")
    return (
        meeting.sessions.select_related("room")
        .prefetch_related(Prefetch("speakers", people))
        .order_by("starts_at", "room__position", "pk")
    )


def approved_count(meeting: Meeting) -> int:
    """How many people have a seat."""
    return Registration.objects.filter(meeting=meeting, state=RegistrationState.APPROVED).count()


def warnings_of(meeting: Meeting, sessions: list[Session] | None = None) -> list[ProgrammeWarning]:
    """Everything that does not fit in the programme of a meeting, by kind, then in the order of the sessions."""
    rows = list(sessions_to_check(meeting)) if sessions is None else sessions
    approved = approved_count(meeting)
    found: list[ProgrammeWarning] = []
    found += _clashes(meeting, WarningKind.ROOM_TWICE, rows, _rooms)
    found += _clashes(meeting, WarningKind.SPEAKER_TWICE, rows, _people)
    found += _clashes(meeting, WarningKind.TEAM_TWICE, rows, _teams)
    for session in rows:
        found += _of_one(meeting, session, approved)
    order = list(WarningKind)
    return sorted(found, key=lambda row: (order.index(row.kind), row.sessions[0].starts_at, row.sessions[0].pk))


# --- The same thing in two sessions at once --------------------------------------------------------------------------


def _rooms(session: Session) -> Iterator[tuple[Hashable, str]]:
    if session.room:
        yield session.room_id, session.room.name


def _teams(session: Session) -> Iterator[tuple[Hashable, str]]:
    if team := " ".join(session.interpretation_team.split()):
        yield team.casefold(), team


def _people(session: Session) -> Iterator[tuple[Hashable, str]]:
    """A person is the same by their account, or by name and organization: two of one name are two people."""
    for speaker in session.speakers.all():
        if speaker.user_id:
            yield ("account", speaker.user_id), speaker.name
        if name := " ".join(speaker.name.split()):
            body = speaker.organization_id or " ".join(speaker.affiliation.split()).casefold()
            yield ("name", name.casefold(), body), name


_WORDS = {
    WarningKind.ROOM_TWICE: lambda: _("%(thing)s is taken twice, %(when)s: “%(one)s” and “%(other)s”."),
    WarningKind.SPEAKER_TWICE: lambda: _("%(thing)s speaks in two sessions at once, %(when)s: “%(one)s” and “%(other)s”."),
    WarningKind.TEAM_TWICE: lambda: _(
        "The interpreters “%(thing)s” are in two sessions at once, %(when)s: “%(one)s” and “%(other)s”."
    ),
}


def _clashes(meeting: Meeting, kind: WarningKind, rows: list[Session], keys: Any) -> Iterator[ProgrammeWarning]:
    groups: dict[Hashable, list[Session]] = defaultdict(list)
    names: dict[Hashable, str] = {}
    for session in rows:
        for key, name in keys(session):
            if session not in groups[key]:
                groups[key].append(session)
            names.setdefault(key, name)
    told = set()
    for key, sessions in groups.items():
        for one, other in _overlapping(sessions):
            # The same two by account and by name are one warning.
            who = (one.pk, other.pk, names[key].casefold())
            if who in told:
                continue
            told.add(who)
            when = _when(meeting, max(one.starts_at, other.starts_at), min(one.ends_at, other.ends_at))
            words = {"thing": isolated(names[key]), "when": when, "one": isolated(one), "other": isolated(other)}
            yield ProgrammeWarning(kind, (one, other), _WORDS[kind]() % words)


def _overlapping(sessions: Iterable[Session]) -> Iterator[tuple[Session, Session]]:
    """Every two that run at the same time; one that ends when the other begins does not."""
    open_ones: list[Session] = []
    for session in sorted(sessions, key=lambda row: (row.starts_at, row.pk)):
        open_ones = [row for row in open_ones if row.ends_at > session.starts_at]
        for earlier in open_ones:
            yield earlier, session
        open_ones.append(session)


def _when(meeting: Meeting, starts: datetime, ends: datetime) -> str:
    first, last = hour_at(starts, meeting.zone), hour_at(ends, meeting.zone)
    words = {"day": date_format(first, "MONTH_DAY_FORMAT"), "hours": f"{first:%H:%M}–{last:%H:%M}"}
    return _("%(day)s, %(hours)s") % words


# --- What is wrong with one session ----------------------------------------------------------------------------------


def _of_one(meeting: Meeting, session: Session, approved: int) -> Iterator[ProgrammeWarning]:
    for kind, words in (
        (WarningKind.ROOM_SMALL, _too_small(session, approved)),
        (WarningKind.OUTSIDE, _outside(meeting, session)),
    ):
        if words:
            yield ProgrammeWarning(kind, (session,), words)
    if not session.room_id and session.kind not in QUIET_KINDS:
        words = _("“%(session)s” has no room yet.") % {"session": isolated(session)}
        yield ProgrammeWarning(WarningKind.NO_ROOM, (session,), words)


def _too_small(session: Session, approved: int) -> str:
    if not session.room:
        return ""
    words = {"session": isolated(session), "room": isolated(session.room), "seats": session.room.capacity}
    if session.expected is not None:
        if session.expected <= session.room.capacity:
            return ""
        return _("“%(session)s” expects %(people)d people; %(room)s has %(seats)d seats.") % {**words, "people": session.expected}
    # Everybody comes to a plenary; how many go to what runs in parallel nobody knows.
    if session.kind == SessionKind.PLENARY and approved > session.room.capacity:
        return _("%(people)d people are approved; %(room)s has %(seats)d seats for the plenary “%(session)s”.") % {
            **words,
            "people": approved,
        }
    return ""


def _outside(meeting: Meeting, session: Session) -> str:
    starts, ends = hour_at(session.starts_at, meeting.zone), hour_at(session.ends_at, meeting.zone)
    first, last = hour_at(meeting.starts_at, meeting.zone).date(), hour_at(meeting.ends_at, meeting.zone).date()
    words = {"session": isolated(session), "when": _when(meeting, session.starts_at, session.ends_at)}
    if starts.date() < first or ends.date() > last:
        return _("“%(session)s” lies outside the days of the meeting: %(when)s.") % words
    if starts.date() != ends.date() or starts.time() < meeting.hours_from or ends.time() > meeting.hours_to:
        hours = {"from": f"{meeting.hours_from:%H:%M}", "to": f"{meeting.hours_to:%H:%M}"}
        return _("“%(session)s” (%(when)s) lies outside the hours of the rooms, %(from)s to %(to)s.") % {**words, **hours}
    return ""


def numbered(warnings: Iterable[ProgrammeWarning]) -> dict[int, list[ProgrammeWarning]]:
    """The warnings by the key of each session that they are about."""
    by_session: dict[int, list[ProgrammeWarning]] = defaultdict(list)
    for warning in warnings:
        for session in warning.sessions:
            by_session[session.pk].append(warning)
    return by_session
