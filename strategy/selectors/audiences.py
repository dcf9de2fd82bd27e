"""Lists of people of the strategy that the secretariat can write to."""

from collections.abc import Iterable, Mapping
from typing import Any

from django.utils.translation import gettext_lazy as _

from directory.models import Membership, Organization, User
from notifications.audiences import Choice, audience
from strategy.enums import PositionState
from strategy.models import ConsultationRound, Position


def _rounds(by: Any) -> list[tuple[str, str]]:
    rows = ConsultationRound.objects.visible_to(by).select_related("draft__strategy").order_by("-closes_at")
    return [(str(row.pk), f"{row.draft.strategy}: {row}") for row in rows]


@audience(
    "strategy.not_submitted",
    _("Focal points of agencies that have not submitted a position"),
    Choice("round", _("Consultation round"), _rounds),
)
def focal_points_that_owe_a_position(by: Any, chosen: Mapping[str, Any]) -> Iterable[User]:
    """The focal points and alternates of the agencies that the round invites and that have not submitted."""
    consultation = ConsultationRound.objects.visible_to(by).filter(pk=chosen["round"]).first()
    if consultation is None:
        return User.objects.none()
    invited = Organization.objects.filter(is_agency=True, is_secretariat=False)
    if not consultation.invites_all_agencies:
        invited = invited.filter(pk__in=consultation.invited.values("pk"))
    submitted = Position.objects.filter(round=consultation, state=PositionState.SUBMITTED).values("organization")
    serving = Membership.objects.focal_points().filter(organization__in=invited.exclude(pk__in=submitted))
    return serving.people()
