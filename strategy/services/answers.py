"""The drafters' answers: a disposition for every submitted comment, released to the agencies."""

from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from common.access import Refused, require
from directory.models import Organization
from directory.page_versions import bump
from strategy.enums import CommentState
from strategy.messages import consultation as messages
from strategy.models import Comment, ConsultationRound, Disposition, Position
from strategy.services.batch_answers import Answer, RefusedAnswers, dispose_batch


@transaction.atomic
def dispose_comment(
    *,
    comment: Comment,
    by: Any,
    decision: str,
    reason: str = "",
    resulting_text: str = "",
    duplicate_of: Comment | None = None,
    seen: datetime | None = None,
) -> Disposition:
    """Decide on a submitted comment; until it is released the decision can be changed in the same way.

    An accepted proposal is the resulting text unless another is given.

    Args:
        seen: `decided_at` of the answer that the drafter had before them and replaces; None for a first answer.

    Raises:
        Refused: a reason is missing, the duplicate points nowhere useful, another drafter was faster, or the answer
            is released.
    """
    require(by, "strategy.dispose_comment", Comment.objects.select_related("round__draft__strategy").get(pk=comment.pk))
    original = duplicate_of.pk if duplicate_of else None
    try:
        return dispose_batch(answers=[Answer(comment.pk, decision, reason, resulting_text, original, seen)], by=by)[0]
    except RefusedAnswers as refusal:
        raise Refused(refusal.problems[comment.pk]) from None


@transaction.atomic
def release_dispositions(*, consultation: ConsultationRound, by: Any, organization: Organization | None = None) -> int:
    """Show the agencies the answers to their comments: of one agency's position, or of all in the round.

    Notifies the authors of the comments and the focal points of each agency, one message per person and agency.

    Returns:
        How many answers were released.
    """
    require(by, "strategy.release_dispositions", consultation)
    answered = Comment.objects.filter(round=consultation, state=CommentState.SUBMITTED, disposition__released_at__isnull=True)
    if organization is not None:
        answered = answered.filter(organization=organization)
    # Comments first, as whoever answers or withdraws them does; only then their answers, as they are after the wait.
    comments = list(answered.filter(disposition__isnull=False).select_for_update(of=("self",)).order_by("pk"))
    waiting = Disposition.objects.select_for_update(of=("self",)).filter(comment__in=comments, released_at__isnull=True)
    rows = list(waiting.select_related("comment").order_by("comment_id"))
    if not rows:
        raise Refused(_("There is no answer to release. Answer a comment first."))
    now = timezone.now()
    by_agency: dict[int | None, list[Comment]] = {}
    for row in rows:
        row.released_at, row.released_by = now, by
        by_agency.setdefault(row.comment.organization_id, []).append(row.comment)
    Disposition.objects.bulk_update(rows, ["released_at", "released_by"], batch_size=500)
    bump("strategy")
    positions = Position.objects.filter(round=consultation, organization__in=by_agency.keys() - {None}).select_related(
        "organization", "round__draft__strategy"
    )
    for position in positions:
        messages.disposition_released(position, comments=by_agency[position.organization_id], at=now)
    return len(rows)
