"""What the secretariat's pages of a meeting show: the grid of a day, linked pages, the last edits."""

import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.utils.formats import date_format

from common.place_time import hour_at
from meetings.models import Meeting, MeetingEdit, Room, Session
from meetings.selectors.warnings import ProgrammeWarning, numbered, sessions_to_check, warnings_of

MINUTES_OF_DAY = 24 * 60


@dataclass
class Block:
    """A session in the grid; `start` and `end` in minutes after midnight of the day, on the place's clock."""

    session: Session
    start: int
    end: int
    starts: datetime
    ends: datetime
    warnings: list[ProgrammeWarning]


@dataclass
class Column:
    """A room with its sessions of the day; `room` is None for sessions that have none yet."""

    room: Room | None
    blocks: list[Block] = field(default_factory=list)


@dataclass(frozen=True)
class GridDay:
    """A day to choose from."""

    day: date
    sessions: int
    is_shown: bool


@dataclass(frozen=True)
class Grid:
    """One day of the programme: rooms as columns, time as rows from `first` to `last` (minutes after midnight)."""

    day: date
    days: list[GridDay]
    columns: list[Column]
    first: int
    last: int
    warnings: list[ProgrammeWarning]
    has_sessions: bool

    @property
    def hours(self) -> list[tuple[int, str]]:
        """The full hours as minutes after midnight and as they are said."""
        return [(at, f"{at // 60 % 24:02d}:00") for at in range(self.first, self.last, 60)]


def days_of(meeting: Meeting) -> list[date]:
    """The days of a meeting on the place's calendar."""
    first, last = hour_at(meeting.starts_at, meeting.zone).date(), hour_at(meeting.ends_at, meeting.zone).date()
    return [first + timedelta(days=number) for number in range(min((last - first).days, 60) + 1)]


def days_later(meeting: Meeting, *, starts_at: datetime, zone: ZoneInfo) -> int:
    """By how many days a meeting that is to begin at `starts_at` would begin later on the calendar of its place."""
    return (hour_at(starts_at, zone).date() - hour_at(meeting.starts_at, meeting.zone).date()).days


def sessions_outside(meeting: Meeting, *, starts_at: datetime, ends_at: datetime, zone: ZoneInfo) -> int:
    """How many sessions would not lie on the days of a meeting that is to be at other hours."""
    first, last = hour_at(starts_at, zone).date(), hour_at(ends_at, zone).date()
    rows = meeting.sessions.values_list("starts_at", "ends_at")
    days = [tuple(hour_at(hour, meeting.zone).date() for hour in row) for row in rows]
    return sum(begins < first or ends > last for begins, ends in days)


def grid_of(meeting: Meeting, wished: date | None = None) -> Grid:
    """The grid of a day: the one that is wished for, else the first. Four queries, however many sessions there are."""
    sessions = list(sessions_to_check(meeting))
    for session in sessions:
        session.meeting = meeting
    warnings = warnings_of(meeting, sessions)
    of_session = numbered(warnings)
    starts = {session.pk: hour_at(session.starts_at, meeting.zone) for session in sessions}
    counts = Counter(moment.date() for moment in starts.values())
    days = sorted({*days_of(meeting), *counts})
    day = wished if wished in days else days[0]
    midnight = datetime.combine(day, datetime.min.time())
    rooms = list(meeting.rooms.all())
    columns = {room.pk: Column(room) for room in rooms}
    without = Column(None)
    for session in sessions:
        at = starts[session.pk]
        if at.date() != day:
            continue
        ends = hour_at(session.ends_at, meeting.zone)
        start, end = (int((hour - midnight).total_seconds() // 60) for hour in (at, ends))
        # Where the clocks go back in between, an hour of the clock comes twice: a block has some height all the same.
        block = Block(session, start, max(end, start + 5), at, ends, of_session.get(session.pk, []))
        columns.get(session.room_id or 0, without).blocks.append(block)
    shown = [*columns.values(), without]
    blocks = [block for column in shown for block in column.blocks]
    opens, closes = (hour.hour * 60 + hour.minute for hour in (meeting.hours_from, meeting.hours_to))
    return Grid(
        day=day,
        days=[GridDay(one, counts[one], one == day) for one in days],
        columns=shown,
        first=min([opens, *(block.start for block in blocks)]) // 60 * 60,
        last=-(-min(max([closes, *(block.end for block in blocks)]), 2 * MINUTES_OF_DAY) // 60) * 60,
        warnings=warnings,
        has_sessions=bool(sessions),
    )


def linked_pages(session: Session, user: Any) -> list[Any]:
    """The drafts, briefs and solutions that a session is linked to and that `user` may see."""
    drafts = session.drafts.visible_to(user).select_related("strategy")  # type: ignore[attr-defined]
    briefs, solutions = session.briefs.visible_to(user), session.solutions.visible_to(user)  # type: ignore[attr-defined]
    return [*drafts, *briefs, *solutions]


# As `services/sessions.py` writes down where a session was put: the day, the hours, the room.
_PLACED = re.compile(r"(?P<day>\d{4}-\d\d-\d\d) (?P<hours>\d\d:\d\d–\d\d:\d\d)(?:, (?P<room>.+))?", re.DOTALL)


def last_edits(meeting: Meeting, number: int = 20) -> Iterable[MeetingEdit]:
    """Who did what to a meeting, newest first; each with `said`, the parts of its detail in the reader's language."""
    edits = list(meeting.edits.select_related("by", "on_behalf_of")[:number])
    for edit in edits:
        edit.said = _said(edit.detail)  # type: ignore[attr-defined]
    return edits


def _said(detail: str) -> list[str]:
    placed = _PLACED.fullmatch(detail)
    if not placed:
        return [detail] if detail else []
    day = date_format(date.fromisoformat(placed["day"]), "DATE_FORMAT")
    return [part for part in (day, placed["hours"], placed["room"]) if part]
