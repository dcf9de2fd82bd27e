"""Who of the drafters answers which comment."""

from collections.abc import Iterable
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from common.access import Refused, may, require
from strategy.messages.threads import comments_assigned
from strategy.models import Assignment, Comment, ConsultationRound, Disposition


def locked_comments(consultation: ConsultationRound, comments: Iterable[int], by: Any) -> list[Comment]:
    """The comments of a round, locked in a fixed order; each must be one that the person may answer."""
    keys = set(comments)
    if not keys:
        raise Refused(_("Choose at least one comment first."))
    rows = list(Comment.objects.select_for_update(of=("self",)).filter(pk__in=keys, round=consultation).order_by("pk"))
    missing = keys - {row.pk for row in rows}
    for row in rows:
        row.round = consultation
        if not may(by, "strategy.dispose_comment", row):
            missing.add(row.pk)
    if missing:
        numbers = ", ".join(str(key) for key in sorted(missing))
        raise Refused(
            _("Not among the comments that wait for an answer: no. %(numbers)s. Load the page again.") % {"numbers": numbers}
        )
    return rows


@transaction.atomic
def assign_comments(*, consultation: ConsultationRound, comments: Iterable[int], drafter: Any, by: Any) -> int:
    """Give comments to a drafter of the strategy to answer and tell them of those that are new to them.

    Whoever had the comments before has them no longer.

    Raises:
        Refused: a comment is answered and released, or the person is no drafter of this strategy.
    """
    require(by, "strategy.answer_round", consultation)
    rows = locked_comments(consultation, comments, by)
    if not may(drafter, "strategy.answer_round", consultation):
        raise Refused(_("%(person)s is not a drafter of this strategy. Choose somebody who is.") % {"person": drafter})
    _refuse_released(rows)
    theirs = set(Assignment.objects.filter(comment__in=rows, drafter=drafter).values_list("comment", flat=True))
    now = timezone.now()
    Assignment.objects.bulk_create(
        [Assignment(comment=row, drafter=drafter, by=by, at=now) for row in rows],
        update_conflicts=True,
        unique_fields=["comment"],
        update_fields=["drafter", "by", "at"],
        batch_size=500,
    )
    comments_assigned(consultation, [row for row in rows if row.pk not in theirs], drafter=drafter, by=by, at=now)
    return len(rows)


@transaction.atomic
def unassign_comments(*, consultation: ConsultationRound, comments: Iterable[int], by: Any) -> int:
    """Take comments back from the drafters who were to answer them: they are nobody's again."""
    require(by, "strategy.answer_round", consultation)
    rows = locked_comments(consultation, comments, by)
    gone = Assignment.objects.filter(comment__in=rows).delete()[0]
    if not gone:
        raise Refused(_("None of these comments is assigned to anybody."))
    return gone


def _refuse_released(rows: list[Comment]) -> None:
    released = Disposition.objects.filter(comment__in=rows, released_at__isnull=False).values_list("comment", flat=True)
    numbers = ", ".join(str(key) for key in sorted(released))
    if numbers:
        raise Refused(_("Answered and released already: no. %(numbers)s. Leave them out.") % {"numbers": numbers})
