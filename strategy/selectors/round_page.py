"""What the page of a round shows."""

from dataclasses import dataclass, field
from typing import Any

from common.access import may
from directory.models import Organization
from directory.rules import memberships_of
from strategy.enums import EndorsementAnswer, RoundAct, RoundKind, RoundState
from strategy.models import ConsultationRound, Draft, Endorsement, Objection, RoundChange, RoundNotice, RoundOutcome
from strategy.rules import agencies_of
from strategy.selectors.invited import Line, lines_of
from strategy.selectors.rounds import RoundFigures, round_figures


@dataclass(frozen=True)
class AgencySide:
    """What a person's own agency has said in a silence procedure or endorsement, and whether the person may act for it."""

    organization: Organization
    may_act: bool
    objection: Objection | None
    endorsement: Endorsement | None
    notice: RoundNotice | None


@dataclass(frozen=True)
class RoundPage:
    """The page of one round for one reader."""

    figures: RoundFigures
    outcome: RoundOutcome | None
    sides: list[AgencySide]
    objections: list[Objection]
    objection_count: int
    endorsements: list[Endorsement]
    answers: list[tuple[str, str, int]]
    history: list[dict[str, Any]]
    may_manage: bool
    lines: list[Line] = field(default_factory=list)
    unreached: list[Line] = field(default_factory=list)
    came_back_late: list[Line] = field(default_factory=list)
    newer: Draft | None = None


def own_sides(user: Any, consultation: ConsultationRound) -> list[AgencySide]:
    """The sides of the invited agencies that the person serves, those first for which they may act."""
    own = agencies_of(user)
    if not consultation.invites_all_agencies:
        own &= consultation.invited_ids
    if not own:
        return []
    bodies = {row.organization_id: row.organization for row in memberships_of(user) if row.organization_id in own}
    mine = {"round": consultation, "organization__in": own}
    objections = {row.organization_id: row for row in Objection.objects.visible_to(user).filter(**mine, state="lodged")}
    endorsed = {row.organization_id: row for row in Endorsement.objects.visible_to(user).current().filter(**mine)}
    notices = {row.organization_id: row for row in RoundNotice.objects.visible_to(user).filter(**mine)}
    right = "strategy.object" if consultation.kind == RoundKind.SILENCE else "strategy.endorse"
    sides = [
        AgencySide(
            body,
            may(user, right, Objection(round=consultation, organization=body)),
            objections.get(pk),
            endorsed.get(pk),
            notices.get(pk),
        )
        for pk, body in bodies.items()
    ]
    return sorted(sides, key=lambda side: (not side.may_act, side.organization.short_name))


def _history(consultation: ConsultationRound, with_people: bool) -> list[dict[str, Any]]:
    """The acts on the round, newest first; the public reads what and why, the secretariat also by whom."""
    rows: list[RoundChange] = list(consultation.changes.select_related("by").order_by("-at", "-pk"))
    return [
        {
            "label": RoundAct(row.act).label,
            "at": row.at,
            "by": row.by if with_people else None,
            "on_behalf_of": None,
            "reason": row.reason,
            "closes": row.new_closes_at if row.act in {RoundAct.EXTENDED, RoundAct.RESUMED} else None,
        }
        for row in rows
    ]


def round_page(user: Any, consultation: ConsultationRound) -> RoundPage:
    """Everything that the reader may see of a round."""
    manages = may(user, "strategy.manage_round", consultation)
    is_silence = consultation.kind == RoundKind.SILENCE
    is_endorsement = consultation.kind == RoundKind.ENDORSEMENT
    lines = lines_of(user, consultation) if manages else []
    objections = (
        Objection.objects.visible_to(user).filter(round=consultation, state="lodged").select_related("organization", "by")
    )
    endorsements: list[Endorsement] = []
    if is_endorsement:
        rows = Endorsement.objects.visible_to(user).current().filter(round=consultation).select_related("organization")
        endorsements = sorted(rows, key=lambda row: row.organization.short_name.casefold())
    counts = {value: sum(row.answer == value for row in endorsements) for value in EndorsementAnswer.values}
    outcome = RoundOutcome.objects.visible_to(user).filter(round=consultation).first()
    figures = round_figures(consultation)
    newer = None
    if manages and is_silence and consultation.state != RoundState.CANCELLED:
        drafts = Draft.objects.filter(strategy=consultation.draft.strategy_id, published_at__isnull=False)
        newer = drafts.filter(number__gt=consultation.draft.number).order_by("-number").first()
    return RoundPage(
        figures=figures,
        outcome=outcome,
        sides=own_sides(user, consultation) if is_silence or is_endorsement else [],
        objections=list(objections) if is_silence else [],
        objection_count=figures.submitted if is_silence else 0,
        endorsements=endorsements,
        answers=[(value, str(EndorsementAnswer(value).label), number) for value, number in counts.items() if number],
        history=_history(consultation, manages),
        may_manage=manages,
        lines=lines,
        unreached=[line for line in lines if line.notice and line.notice.state in {"bounced", "nobody"} and not outcome],
        came_back_late=[
            line for line in lines if outcome and line.notice and line.notice.counts_as_consent and line.is_not_reached
        ],
        newer=newer,
    )
