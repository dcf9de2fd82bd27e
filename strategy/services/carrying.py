"""Comments that are answered with a later draft: carried forward, each with the reason."""

from collections.abc import Iterable
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from common.access import Refused, require
from strategy.models import CarryForward, ConsultationRound, Disposition, Draft
from strategy.models.comments import LONGEST_TEXT
from strategy.services.assignments import locked_comments


@transaction.atomic
def carry_forward(*, consultation: ConsultationRound, comments: Iterable[int], draft: Draft, reason: str, by: Any) -> int:
    """Leave comments undecided until a later draft, and say why: they hold up the publication no longer.

    Raises:
        Refused: no reason, no later draft, or a comment that is answered or carried forward already.
    """
    require(by, "strategy.answer_round", consultation)
    rows = locked_comments(consultation, comments, by)
    reason = reason.strip()
    if not reason:
        raise Refused(_("Say why these comments are answered later."))
    if len(reason) > LONGEST_TEXT:
        raise Refused(_("The reason has at most %(most)d characters. Shorten it.") % {"most": LONGEST_TEXT})
    if draft.strategy_id != consultation.draft.strategy_id or draft.number <= consultation.draft.number:
        raise Refused(_("Comments are carried into a later draft of the same strategy. Choose one."))
    _refuse_those(Disposition.objects.filter(comment__in=rows), _("Answered already: no. %(numbers)s. Leave them out."))
    refusal = _("Carried forward already: no. %(numbers)s. Take that back first.")
    _refuse_those(CarryForward.objects.filter(comment__in=rows), refusal)
    now = timezone.now()
    CarryForward.objects.bulk_create(
        [CarryForward(comment=row, draft=draft, reason=reason, by=by, at=now) for row in rows], batch_size=500
    )
    return len(rows)


@transaction.atomic
def take_back(*, consultation: ConsultationRound, comments: Iterable[int], by: Any) -> int:
    """Let comments that were carried forward wait for a decision on their own draft again."""
    require(by, "strategy.answer_round", consultation)
    rows = locked_comments(consultation, comments, by)
    gone = CarryForward.objects.filter(comment__in=rows).delete()[0]
    if not gone:
        raise Refused(_("None of these comments is carried forward."))
    return gone


def _refuse_those(found: Any, refusal: str) -> None:
    numbers = ", ".join(str(key) for key in sorted(found.values_list("comment", flat=True)))
    if numbers:
        raise Refused(refusal % {"numbers": numbers})
