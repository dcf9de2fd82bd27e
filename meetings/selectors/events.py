"""Reads of thematic events: what waits for whom, what overlaps with what."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Count, Q
from django.utils import timezone
from django.utils.translation import gettext as _

from common.access import may
from common.bidi import isolated
from directory.desk import DeskItem
from directory.enums import FOCAL_ROLES
from directory.rules import organizations_of
from meetings.enums import COUNTED_EVENTS, EDITABLE_EVENTS, UNDECIDED_EVENTS, CoSponsorState, EventState, MeetingState
from meetings.models import CoSponsorship, EventCall, Meeting, ThematicEvent

Span = tuple[datetime, datetime]


# --- The desk --------------------------------------------------------------------------------------------------------


def desk_of_events(user: Any) -> list[DeskItem]:
    """Proposals that wait for the secretariat's decision, for the agency's next step, for a co-sponsor's answer."""
    own, speaks_for = organizations_of(user), organizations_of(user, FOCAL_ROLES)
    waiting = Q(state__in=UNDECIDED_EVENTS) | Q(state__in=EDITABLE_EVENTS, proposed_by__in=own)
    items, asked = [], _asked_of(speaks_for)
    to_answer = [row.event_id for row in asked]
    for event in ThematicEvent.objects.visible_to(user).filter(waiting).exclude(pk__in=to_answer).select_related("call"):
        if event.is_editable:
            items.append(_for_its_agency(event, event.proposed_by_id in speaks_for))
            continue
        decides = may(user, "meetings.decide_thematicevent", event)
        items.append(
            DeskItem(
                title=event.title,
                act=_("Decide on the proposal") if decides else _("View"),
                url=event.get_absolute_url(),
                note=event.get_state_display(),
                is_mine=decides,
            )
        )
    return items + [_for_co_sponsor(row) for row in asked]


def _for_its_agency(event: ThematicEvent, speaks: bool) -> DeskItem:
    returned = event.state == EventState.RETURNED
    return DeskItem(
        title=event.title,
        act=_("Revise the proposal") if returned else _("Finish and propose"),
        url=event.get_absolute_url(),
        due=event.call.closes_at if event.call and not returned else None,
        note=event.get_state_display(),
        is_mine=speaks or returned,
        focal_points_of=event.proposed_by_id if speaks else None,
    )


def _asked_of(speaks_for: set[int]) -> list[CoSponsorship]:
    if not speaks_for:
        return []
    rows = CoSponsorship.objects.filter(
        organization__in=speaks_for,
        state=CoSponsorState.ASKED,
        event__state__in=COUNTED_EVENTS,
        event__ends_at__gt=timezone.now(),
    )
    return list(rows.select_related("event__proposed_by"))


def _for_co_sponsor(row: CoSponsorship) -> DeskItem:
    return DeskItem(
        title=row.event.title,
        act=_("Confirm or decline to co-sponsor"),
        url=row.event.get_absolute_url() + "#co-sponsors",
        note=_("Proposed by %(agency)s") % {"agency": isolated(row.event.proposed_by.short_name)},
        focal_points_of=row.organization_id,
    )


# --- Overlaps --------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Overlap:
    """Something else at the same time.

    Args:
        thing: a meeting or a thematic event.
        shared: what makes it worse, as words: the same city, country, theme or agency.
    """

    thing: Any
    is_event: bool
    shared: tuple[str, ...]

    @property
    def is_strong(self) -> bool:
        return bool(self.shared)


def _agencies(thing: Any) -> set[int]:
    if isinstance(thing, Meeting):
        return {thing.host_id}
    # Those who have not confirmed are nobody's business but theirs.
    confirmed = (row for row in thing.co_sponsorships.all() if row.state == CoSponsorState.CONFIRMED)
    return {thing.proposed_by_id, *(row.organization_id for row in confirmed)}


def _theme(thing: Any) -> int | None:
    event = getattr(thing, "thematic_event", None) if isinstance(thing, Meeting) else thing
    return event.theme_id if event else None


def _shared(one: Any, other: Any) -> tuple[str, ...]:
    """What two things at the same time have in common, the gravest first."""
    found = []
    if one.city and one.city.casefold() == other.city.casefold() and one.country_id == other.country_id:
        found.append(_("same city"))
    elif one.country_id and one.country_id == other.country_id:
        found.append(_("same country"))
    if _theme(one) is not None and _theme(one) == _theme(other):
        found.append(_("same theme"))
    if _agencies(one) & _agencies(other):
        found.append(_("same agency"))
    return tuple(found)


def _is_same(one: Any, other: Any) -> bool:
    """Whether two rows are one thing: an event and the meeting that it became, or whose programme it is in."""
    if type(one) is type(other):
        return one.pk == other.pk
    event, meeting = (one, other) if isinstance(one, ThematicEvent) else (other, one)
    return meeting.pk in {event.meeting_id, event.session.meeting_id if event.session else None}


def overlaps_among(thing: Any, others: Iterable[Any], spans: Iterable[Span]) -> list[Overlap]:
    """Which of `others` take place during one of `spans`, those that share most with `thing` first."""
    spans = list(spans)
    found = [
        Overlap(other, isinstance(other, ThematicEvent), _shared(thing, other))
        for other in others
        if not _is_same(thing, other) and any(other.starts_at < end and other.ends_at > start for start, end in spans)
    ]
    return sorted(found, key=lambda row: (-len(row.shared), row.thing.starts_at, row.thing.slug))


def planned_for(user: Any, *, start: datetime, end: datetime) -> list[Any]:
    """Every meeting and event between two moments that stands or is proposed, as far as the reader may see it."""
    during = Q(starts_at__lt=end, ends_at__gt=start)
    meetings = Meeting.objects.visible_to(user).filter(during).exclude(state=MeetingState.CANCELLED)
    events = ThematicEvent.objects.visible_to(user).filter(during, state__in=UNDECIDED_EVENTS | {EventState.ACCEPTED})
    rows: list[Any] = list(meetings.select_related("country", "host", "thematic_event"))
    known = {meeting.pk for meeting in rows}
    events = events.select_related("country", "proposed_by", "session").prefetch_related("co_sponsorships")
    return rows + [event for event in events if event.meeting_id not in known]


def spans_of(event: ThematicEvent) -> list[Span]:
    """The dates of the first choice and, until it is decided, of the others."""
    spans = [(event.starts_at, event.ends_at)]
    if event.state not in {EventState.ACCEPTED, EventState.DECLINED, EventState.WITHDRAWN}:
        spans += [(row.starts_at, row.ends_at) for row in event.alternatives.all()]
    return spans


@dataclass(frozen=True)
class Choice:
    """One choice of dates with what it overlaps."""

    starts_at: datetime
    ends_at: datetime
    overlaps: list[Overlap]


def choices_of(event: ThematicEvent, user: Any) -> list[Choice]:
    """The dates of a proposal in the order of preference, each with what stands in its way."""
    spans = spans_of(event)
    others = planned_for(user, start=min(start for start, _end in spans), end=max(end for _start, end in spans))
    return [Choice(start, end, overlaps_among(event, others, [(start, end)])) for start, end in spans]


# --- Lists -----------------------------------------------------------------------------------------------------------


def proposals_of(user: Any) -> Any:
    """The proposals of the person's organizations, in every state."""
    rows = ThematicEvent.objects.visible_to(user).filter(proposed_by__in=organizations_of(user))
    return rows.select_related("proposed_by", "theme", "call", "country").order_by("-pk")


def co_sponsored_by(user: Any) -> Any:
    """What other agencies ask the person's organizations to co-sponsor."""
    rows = CoSponsorship.objects.visible_to(user).filter(
        organization__in=organizations_of(user), event__in=ThematicEvent.objects.proposed()
    )
    return rows.select_related("event__proposed_by", "organization").order_by("-pk")


@dataclass(frozen=True)
class OpenCall:
    """A call with what an organization may still propose under it."""

    call: EventCall
    used: int

    @property
    def left(self) -> int:
        return max(self.call.limit_per_agency - self.used, 0)


def open_calls_for(user: Any) -> list[OpenCall]:
    """The calls that take proposals now, with the places used by the person's organization (the most, if they serve several)."""
    own = organizations_of(user)
    rows = EventCall.objects.visible_to(user).open().prefetch_related("themes")
    found = []
    for call in rows:
        counts = call.events.filter(proposed_by__in=own, state__in=COUNTED_EVENTS).values("proposed_by").annotate(n=Count("pk"))
        found.append(OpenCall(call, max((row["n"] for row in counts), default=0) if own else 0))
    return found
