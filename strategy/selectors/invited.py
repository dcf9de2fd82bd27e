"""Which agencies a round invites, and which of them have answered."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet

from directory.models import Organization
from strategy.enums import NOT_REACHED, ObjectionState, PositionState, RoundKind
from strategy.models import ConsultationRound, Endorsement, LateAdmission, Objection, Position, RoundNotice


def invited_agencies(consultation: ConsultationRound) -> QuerySet[Organization]:
    """The agencies that the round invites; once a silence procedure has opened, those that it has been announced to."""
    rows = Organization.objects.filter(is_agency=True, is_secretariat=False)
    if consultation.kind == RoundKind.SILENCE and consultation.announced_at:
        return Organization.objects.filter(pk__in=consultation.notices.values("organization"))
    return rows if consultation.invites_all_agencies else rows.filter(pk__in=consultation.invited.values("pk"))


def answered_ids(consultation: ConsultationRound) -> set[int]:
    """Agencies that have answered: a submitted position, a standing objection, an endorsement or its refusal."""
    rows: Any
    if consultation.kind == RoundKind.SILENCE:
        rows = Objection.objects.filter(round=consultation, state=ObjectionState.LODGED)
    elif consultation.kind == RoundKind.ENDORSEMENT:
        rows = Endorsement.objects.filter(round=consultation).current()
    else:
        rows = Position.objects.filter(round=consultation, state=PositionState.SUBMITTED)
    return set(rows.values_list("organization", flat=True))


@dataclass(frozen=True)
class Line:
    """One invited agency in the secretariat's list of a round."""

    organization: Organization
    has_answered: bool
    notice: RoundNotice | None
    late: LateAdmission | None

    @property
    def is_not_reached(self) -> bool:
        return self.notice is not None and self.notice.state in NOT_REACHED


def lines_of(user: Any, consultation: ConsultationRound) -> list[Line]:
    """Every invited agency with what it has done and whether it was told; four queries whatever their number."""
    answered = answered_ids(consultation)
    notices = {row.organization_id: row for row in RoundNotice.objects.visible_to(user).filter(round=consultation)}
    late = {row.organization_id: row for row in consultation.late_admissions.all()}
    rows: Iterable[Organization] = invited_agencies(consultation)
    return [
        Line(row, row.pk in answered, notices.get(row.pk), late.get(row.pk))
        for row in sorted(rows, key=lambda row: row.short_name.casefold())
    ]
