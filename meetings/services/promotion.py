"""Carrying out a plan that shares seats out among the categories in which people wait."""

from collections.abc import Mapping
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from common.access import Refused, require
from directory.services.state import locked, refuse_if_changed
from meetings.enums import PromotionCause
from meetings.models import Meeting
from meetings.rules import secretariat_of
from meetings.selectors.promotion import Plan, plan_promotion
from meetings.services.quotas import move_seats, set_seats
from meetings.services.seats import give_from_list, lock_quotas


@transaction.atomic
def carry_out_plan(*, meeting: Meeting, given: Mapping[int, int], by: Any, seen: str, reason: str) -> Plan:
    """Move the seats and give them as the plan said that was looked at.

    Args:
        seen: the fingerprint of that plan.

    Raises:
        Refused: people or seats have changed since, no reason, or nothing to give.
    """
    require(by, "meetings.manage_registration", meeting)
    if not reason.strip():
        raise Refused(_("Say why the seats are shared out: the reason is kept with each move."))
    lock_quotas(meeting_id=meeting.pk, categories=list(meeting.quotas.values_list("category_id", flat=True)))
    plan = plan_promotion(meeting, given, timezone.now())
    refuse_if_changed(
        seen=seen,
        present=plan.fingerprint,
        refusal=_("Seats or the waiting lists have changed since this plan. Look at the new plan, then carry it out."),
    )
    if not plan.steps:
        raise Refused(_("Nobody waits for these seats, so there is nothing to share out."))
    for source, target, count in plan.moves:
        if source is None:
            target.refresh_from_db(fields=["seats"])
            # Without promotion: who gets the seats is what the plan says.
            set_seats(quota=target, seats=target.seats + count, by=by, reason=reason, promote=False)
        else:
            move_seats(source=source, target=target, count=count, by=by, reason=reason, promote=False)
    for step in plan.steps:
        quota = lock_quotas(meeting_id=meeting.pk, categories=[step.quota.category_id])[step.quota.category_id]
        give_from_list(
            registration=locked(step.registration),
            quota=quota,
            cause=PromotionCause.FREED if step.from_own else PromotionCause.PLANNED,
            by=by,
            on_behalf_of=secretariat_of(by),
        )
    return plan
