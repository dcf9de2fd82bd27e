"""Dates of meetings and thematic events, side by side."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from typing import Any

from meetings.enums import EventState
from meetings.models import Meeting, ThematicEvent


@dataclass(frozen=True)
class Date:
    """A meeting or a thematic event as the calendar shows it."""

    thing: Any
    is_event: bool
    starts: datetime  # on the place's clock
    ends: datetime


@dataclass(frozen=True)
class Month:
    """The dates of one month."""

    first: datetime
    dates: list[Date]


def _date(thing: Any, *, is_event: bool) -> Date:
    return Date(thing, is_event, thing.starts_at.astimezone(thing.zone), thing.ends_at.astimezone(thing.zone))


def dates_for(user: Any) -> list[Date]:
    """Every date that the reader may see, in order; proposals are no dates yet."""
    meetings = Meeting.objects.visible_to(user).select_related("country", "host")
    # Proposals have pages of their own; only what is accepted stands in a calendar.
    events = ThematicEvent.objects.visible_to(user).filter(state=EventState.ACCEPTED).select_related("country", "proposed_by")
    rows = [_date(thing, is_event=False) for thing in meetings] + [_date(thing, is_event=True) for thing in events]
    return sorted(rows, key=lambda row: (row.starts, row.thing.slug))


def by_month(dates: Iterable[Date]) -> list[Month]:
    """Dates grouped by the month in which they begin at their place."""
    return [
        Month(group[0].starts, group)
        for _key, rows in groupby(dates, key=lambda row: (row.starts.year, row.starts.month))
        if (group := list(rows))
    ]
