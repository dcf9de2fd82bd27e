"""The drafters' answers: a disposition for every submitted comment, released to the agencies."""

from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from common.access import Refused, require
from directory.models import Organization
from strategy.enums import WITHOUT_REASON, CommentState, Decision
from strategy.messages import consultation as messages
from strategy.models import Comment, ConsultationRound, Disposition, Position


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
    # Both ends of a duplicate, in a fixed order, so that two comments never become duplicates of each other.
    ends = {comment.pk, duplicate_of.pk} if duplicate_of else {comment.pk}
    rows = {row.pk: row for row in Comment.objects.select_for_update(of=("self",)).filter(pk__in=ends).order_by("pk")}
    comment, duplicate_of = rows[comment.pk], rows[duplicate_of.pk] if duplicate_of else None
    require(by, "strategy.dispose_comment", comment)
    reason, resulting_text = reason.strip(), resulting_text.strip()
    if decision == Decision.ACCEPTED:
        resulting_text = resulting_text or comment.proposed_text
    if decision not in WITHOUT_REASON and not reason:
        raise Refused(_("Give the reason: the agency will ask for it. Only an accepted comment needs none."))
    if decision != Decision.DUPLICATE_OF:
        duplicate_of = None
    else:
        _refuse_bad_original(comment, duplicate_of)
    present = Disposition.objects.filter(comment=comment).first()
    if present and present.is_released:
        raise Refused(_("The answer to this comment is released: the agency has read it. It no longer changes."))
    if (present.decided_at if present else None) != seen:
        raise Refused(
            _(
                "%(person)s has answered this comment meanwhile. "
                "Load the page again to read that answer, then change it if need be."
            )
            % {"person": present.by if present else _("Another drafter")}
        )
    if decision == Decision.DUPLICATE_OF and comment.duplicates.exists():
        raise Refused(_("Other comments point to this one as their original. Answer it as such."))
    row = present or Disposition(comment=comment)
    row.decision, row.reason, row.resulting_text, row.duplicate_of = decision, reason, resulting_text, duplicate_of
    row.by, row.decided_at = by, timezone.now()
    row.save()
    return row


def _refuse_bad_original(comment: Comment, original: Comment | None) -> None:
    if original is None:
        raise Refused(_("Choose the comment that this one repeats."))
    if original.pk == comment.pk:
        raise Refused(_("A comment cannot be a duplicate of itself."))
    if original.state != CommentState.SUBMITTED or original.round_id != comment.round_id:
        raise Refused(_("A duplicate points to a submitted comment of the same round. Choose another."))
    if Disposition.objects.filter(comment=original, decision=Decision.DUPLICATE_OF).exists():
        raise Refused(_("That comment is itself a duplicate. Choose the one that it repeats."))


@transaction.atomic
def release_dispositions(*, consultation: ConsultationRound, by: Any, organization: Organization | None = None) -> int:
    """Show the agencies the answers to their comments: of one agency's position, or of all in the round.

    Notifies the authors of the comments and the focal points of each agency, one message per person and agency.

    Returns:
        How many answers were released.
    """
    require(by, "strategy.release_dispositions", consultation)
    waiting = Disposition.objects.select_for_update(of=("self", "comment")).filter(
        comment__round=consultation, comment__state=CommentState.SUBMITTED, released_at__isnull=True
    )
    if organization is not None:
        waiting = waiting.filter(comment__organization=organization)
    rows = list(waiting.select_related("comment").order_by("comment_id"))
    if not rows:
        raise Refused(_("There is no answer to release. Answer a comment first."))
    now = timezone.now()
    by_agency: dict[int | None, list[Comment]] = {}
    for row in rows:
        row.released_at, row.released_by = now, by
        by_agency.setdefault(row.comment.organization_id, []).append(row.comment)
    Disposition.objects.bulk_update(rows, ["released_at", "released_by"])
    positions = Position.objects.filter(round=consultation, organization__in=by_agency.keys() - {None}).select_related(
        "organization", "round__draft__strategy"
    )
    for position in positions:
        messages.disposition_released(position, comments=by_agency[position.organization_id], at=now)
    return len(rows)
