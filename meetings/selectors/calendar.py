"""Dates of meetings and thematic events, side by side."""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import datetime
from itertools import groupby
from typing import Any

from django.db.models import Prefetch, Q

from meetings.enums import EventState
from meetings.models import CoSponsorship, Meeting, ThematicEvent
from meetings.selectors.events import Overlap, overlaps_among, planned_for


@dataclass(frozen=True)
class Date:
    """A meeting or a thematic event as the calendar shows it.

    Args:
        thing: the meeting or the event; an event that has become an announced meeting is that meeting.
        event: the event itself, or the one that became the meeting; None for other meetings.
        starts, ends: on the place's clock.
        agencies: who convenes it: the host, or the proposing agency and its confirmed co-sponsors.
        overlaps: what takes place at the same time; worked out for secretariat staff only.
    """

    thing: Any
    event: Any
    starts: datetime
    ends: datetime
    agencies: tuple[Any, ...]
    overlaps: tuple[Overlap, ...] = field(default=(), compare=False)

    @property
    def is_event(self) -> bool:
        return self.thing is self.event

    @property
    def organizer(self) -> Any:
        return self.agencies[0]


@dataclass(frozen=True)
class Month:
    """The dates of one month."""

    first: datetime
    dates: list[Date]


def _of_meeting(meeting: Meeting) -> Date:
    zone = meeting.zone
    event = getattr(meeting, "thematic_event", None)
    return Date(meeting, event, meeting.starts_at.astimezone(zone), meeting.ends_at.astimezone(zone), (meeting.host,))


def _of_event(event: ThematicEvent) -> Date:
    zone = event.zone
    bodies = (event.proposed_by, *(row.organization for row in event.co_sponsorships.all()))
    return Date(event, event, event.starts_at.astimezone(zone), event.ends_at.astimezone(zone), bodies)


def dates_for(user: Any) -> list[Date]:
    """Every date that the reader may see, in order; proposals are no dates yet.

    An event that has become a meeting stands once: as the meeting, as soon as the reader may see that.
    """
    meetings = Meeting.objects.visible_to(user).select_related("country", "host", "thematic_event__theme")
    # Proposals have pages of their own; only what is accepted, or was and is off, stands in a calendar.
    stands = Q(state=EventState.ACCEPTED) | Q(state=EventState.WITHDRAWN, accepted_at__isnull=False)
    confirmed = CoSponsorship.objects.confirmed().select_related("organization")
    events = (
        ThematicEvent.objects.visible_to(user)
        .filter(stands)
        .select_related("country", "proposed_by", "theme", "session")
        .prefetch_related(Prefetch("co_sponsorships", confirmed))
    )
    rows = [_of_meeting(meeting) for meeting in meetings]
    shown = {row.thing.pk for row in rows}
    rows += [_of_event(event) for event in events if event.meeting_id not in shown]
    return sorted(rows, key=lambda row: (row.starts, row.thing.slug))


def with_overlaps(dates: list[Date], user: Any) -> list[Date]:
    """The same dates, each with what else stands or is proposed at that time. Two queries for all of them."""
    if not dates:
        return []
    others = planned_for(user, start=min(date.starts for date in dates), end=max(date.ends for date in dates))
    return [replace(date, overlaps=tuple(overlaps_among(date.thing, others, [(date.starts, date.ends)]))) for date in dates]


def by_month(dates: Iterable[Date]) -> list[Month]:
    """Dates grouped by the month in which they begin at their place."""
    return [
        Month(group[0].starts, group)
        for _key, rows in groupby(dates, key=lambda row: (row.starts.year, row.starts.month))
        if (group := list(rows))
    ]
