"""Lists of people of the strategy that the secretariat can write to."""

from collections.abc import Iterable, Mapping
from typing import Any

from django.utils.translation import gettext_lazy as _

from directory.models import Membership, User
from notifications.audiences import Choice, audience
from strategy.models import ConsultationRound
from strategy.selectors.invited import answered_ids, invited_agencies


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
    waiting = invited_agencies(consultation).exclude(pk__in=answered_ids(consultation))
    serving = Membership.objects.focal_points().filter(organization__in=waiting)
    return serving.people()
