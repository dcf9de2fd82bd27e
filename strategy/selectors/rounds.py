"""Which round counts now, how many agencies answered, and how far a person's own agency is."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db.models import Count
from django.utils import timezone

from common.access import may
from directory.models import Organization
from directory.rules import memberships_of
from strategy.enums import CommentState, RoundKind, RoundState
from strategy.models import Comment, ConsultationRound, Draft, Position, Strategy
from strategy.rules import agencies_of
from strategy.selectors.addresses import position_url
from strategy.selectors.invited import answered_ids, invited_agencies

_ORDER = {
    RoundState.OPEN: 0,
    RoundState.PAUSED: 1,
    RoundState.UPCOMING: 2,
    RoundState.CLOSED: 3,
    RoundState.CANCELLED: 4,
}


def _first(rounds: Iterable[ConsultationRound]) -> ConsultationRound | None:
    """The open round that closes first, else a paused one, the next to open, the one that closed last, a cancelled one."""

    def rank(consultation: ConsultationRound) -> tuple[int, float]:
        closes = consultation.closes_at.timestamp()
        state = consultation.state
        if state == RoundState.UPCOMING:
            return _ORDER[state], consultation.opens_at.timestamp()
        return _ORDER[state], closes if state in {RoundState.OPEN, RoundState.PAUSED} else -closes

    return min(rounds, key=rank, default=None)


def current_round(user: Any, *, strategy: Strategy | None = None, draft: Draft | None = None) -> ConsultationRound | None:
    """The round that counts now for the reader: on a draft, in a strategy, or in any."""
    rows = ConsultationRound.objects.visible_to(user).select_related("draft__strategy")
    if strategy is not None:
        rows = rows.filter(draft__strategy=strategy)
    if draft is not None:
        rows = rows.filter(draft=draft)
    return _first(rows)


def boundaries_of(rounds: Iterable[ConsultationRound | None]) -> list[datetime]:
    """The moments at which pages that show these rounds change by themselves."""
    now = timezone.now()
    turning = (one for one in rounds if one and not one.cancelled_at and not one.paused_at)
    moments = [moment for one in turning for moment in (one.opens_at, one.closes_at)]
    return sorted(moment for moment in moments if moment > now)


@dataclass(frozen=True)
class RoundFigures:
    """What the public may know of a round's progress: two numbers, no names."""

    invited: int
    submitted: int


def round_figures(consultation: ConsultationRound) -> RoundFigures:
    """How many agencies are invited and how many have answered; public wherever the round is."""
    return RoundFigures(invited_agencies(consultation).count(), len(answered_ids(consultation)))


@dataclass(frozen=True)
class Side:
    """One agency's side of a round, as a member of it sees it."""

    consultation: ConsultationRound
    organization: Organization
    position: Position | None
    is_focal_point: bool
    counts: dict[str, int] = field(default_factory=dict)
    admitted_until: datetime | None = None

    @property
    def url(self) -> str:
        """The page of the agency's position. Needs the round's draft and strategy."""
        return position_url(self.consultation, self.organization)

    @property
    def is_submitted(self) -> bool:
        return self.position is not None and self.position.is_submitted

    @property
    def takes_comments(self) -> bool:
        """Whether anything of this agency can be written or changed now."""
        is_for_comments = self.consultation.kind == RoundKind.COMMENTS
        return is_for_comments and (self.consultation.is_open or self.is_admitted_late) and not self.is_submitted

    @property
    def is_admitted_late(self) -> bool:
        """Whether the secretariat lets this agency go on after the close, now."""
        return self.admitted_until is not None and timezone.now() < self.admitted_until

    @property
    def waiting(self) -> int:
        return self.counts.get(CommentState.DRAFT, 0)

    @property
    def cleared(self) -> int:
        return self.counts.get(CommentState.CLEARED, 0)

    @property
    def submitted(self) -> int:
        return self.counts.get(CommentState.SUBMITTED, 0)

    @property
    def decided(self) -> int:
        """Comments on which the focal point has decided for the position."""
        return self.cleared + self.submitted

    @property
    def live(self) -> int:
        """All comments that were not dropped."""
        return self.waiting + self.decided


def sides_of(user: Any, consultation: ConsultationRound | None) -> list[Side]:
    """The sides of the agencies that the person serves in a round, by acronym; empty for everybody else."""
    agencies = agencies_of(user)
    if consultation is None or not agencies:
        return []
    if not consultation.invites_all_agencies:
        agencies &= consultation.invited_ids
    own = {row.organization_id: row.organization for row in memberships_of(user) if row.organization_id in agencies}
    positions = {
        row.organization_id: row
        for row in Position.objects.visible_to(user).filter(round=consultation, organization__in=own).select_related("cleared_by")
    }
    counts: dict[int, dict[str, int]] = {}
    rows = Comment.objects.visible_to(user).filter(round=consultation, organization__in=own).order_by()
    for row in rows.values("organization", "state").annotate(number=Count("pk")):
        counts.setdefault(row["organization"], {})[row["state"]] = row["number"]
    late = {}
    if consultation.state == RoundState.CLOSED:
        late = dict(consultation.late_admissions.filter(organization__in=own).values_list("organization", "until"))
    return [
        Side(
            consultation=consultation,
            organization=organization,
            position=positions.get(organization.pk),
            is_focal_point=may(user, "strategy.submit_position", Position(round=consultation, organization=organization)),
            counts=counts.get(organization.pk, {}),
            admitted_until=late.get(organization.pk),
        )
        for organization in sorted(own.values(), key=lambda row: row.short_name)
    ]
