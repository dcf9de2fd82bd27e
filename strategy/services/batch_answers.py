"""Many answers in one transaction: each is checked as if it stood alone, and one that cannot be given stops them all."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from common.access import Refused, may
from strategy.enums import WITHOUT_REASON, CommentState, Decision
from strategy.models import Comment, ConsultationRound, Disposition
from strategy.models.comments import LONGEST_TEXT

MOST_NAMED = 12


@dataclass(frozen=True)
class Answer:
    """What a drafter decides about one comment, and what they had before them.

    Attributes:
        seen: `decided_at` of the answer that this one replaces; None for a first answer.
        words: `version` of the comment that the drafter read; None asks nothing.
    """

    comment: int
    decision: str
    reason: str = ""
    resulting_text: str = ""
    duplicate_of: int | None = None
    seen: datetime | None = None
    words: str | None = None


class RefusedAnswers(Refused):
    """Some of the answers cannot be given, and so none is: `problems` names each by the number of its comment."""

    def __init__(self, problems: Mapping[int, str]) -> None:
        self.problems = dict(problems)
        lines = [_("no. %(number)d: %(why)s") % {"number": key, "why": why} for key, why in sorted(self.problems.items())]
        more = len(lines) - MOST_NAMED
        named = " · ".join(lines[:MOST_NAMED])
        rest = " " + _("And %(n)d more.") % {"n": more} if more > 0 else ""
        super().__init__(_("Nothing was answered. %(problems)s") % {"problems": named + rest})


class _Known:
    """The comments, answers and originals that a batch touches, read in four queries; locked for the transaction if asked."""

    def __init__(self, answers: Iterable[Answer], *, consultation: ConsultationRound | None, lock: bool) -> None:
        rows = list(answers)
        keys = {one.comment for one in rows} | {one.duplicate_of for one in rows if one.duplicate_of}
        found = Comment.objects.filter(pk__in=keys).order_by("pk")
        if consultation is not None:
            found = found.filter(round=consultation)
        if lock:
            # Both ends of a duplicate, in a fixed order, so that two comments never become duplicates of each other.
            found = found.select_for_update(of=("self",))
        self.comments = {row.pk: row for row in found}
        rounds = {
            row.pk: row
            for row in ConsultationRound.objects.filter(pk__in={one.round_id for one in self.comments.values()}).select_related(
                "draft__strategy"
            )
        }
        for row in self.comments.values():
            row.round = rounds[row.round_id]
        dispositions = Disposition.objects.filter(comment__in=list(self.comments)).select_related("by")
        self.present = {row.comment_id: row for row in dispositions}
        self.pointed_at = set(
            Disposition.objects.filter(duplicate_of__in=list(self.comments)).values_list("duplicate_of", flat=True)
        )

    def repeats(self, answers: Iterable[Answer]) -> None:
        """Take the answers themselves into account: what is made a duplicate now is no original, and the other way round."""
        now = {one.comment: one for one in answers}
        self.becomes_duplicate = {key for key, one in now.items() if one.decision == Decision.DUPLICATE_OF}
        self.is_original = {one.duplicate_of for one in now.values() if one.decision == Decision.DUPLICATE_OF}


def completed(answer: Answer, comment: Comment | None) -> Answer:
    """The answer as it is kept: trimmed, an accepted proposal as the resulting text unless another is given."""
    text = answer.resulting_text.strip()
    if answer.decision == Decision.ACCEPTED and comment is not None:
        text = text or comment.proposed_text
    original = answer.duplicate_of if answer.decision == Decision.DUPLICATE_OF else None
    return Answer(answer.comment, answer.decision, answer.reason.strip(), text, original, answer.seen, answer.words)


def _problem(answer: Answer, known: _Known, by: Any) -> str:
    """Why the answer cannot be given, in a sentence; empty if it can."""
    comment = known.comments.get(answer.comment)
    if comment is None or not may(by, "strategy.dispose_comment", comment):
        return _("This comment is not among those that you can answer: its agency has withdrawn it, or it is of another round.")
    if answer.decision not in Decision.values:
        return _("Choose a decision from the list.")
    if answer.decision not in WITHOUT_REASON and not answer.reason:
        return _("Give the reason: the agency will ask for it. Only an accepted comment needs none.")
    if len(answer.reason) > LONGEST_TEXT or len(answer.resulting_text) > LONGEST_TEXT:
        return _("Reason and resulting text have at most %(most)d characters each. Shorten them.") % {"most": LONGEST_TEXT}
    if answer.decision == Decision.DUPLICATE_OF and (problem := _bad_original(answer, comment, known)):
        return problem
    present = known.present.get(comment.pk)
    if present and present.is_released:
        return _("The answer to this comment is released: the agency has read it. It no longer changes.")
    if (present.decided_at if present else None) != answer.seen:
        return _(
            "%(person)s has answered this comment meanwhile. Load the page again to read that answer, then change it if need be."
        ) % {"person": present.by if present else _("Another drafter")}
    if answer.words is not None and answer.words != comment.version:
        return _("The comment was changed after you read it. Read its present text, then answer it.")
    return ""


def _bad_original(answer: Answer, comment: Comment, known: _Known) -> str:
    if answer.duplicate_of is None:
        return _("Choose the comment that this one repeats.")
    if answer.duplicate_of == comment.pk:
        return _("A comment cannot be a duplicate of itself.")
    original = known.comments.get(answer.duplicate_of)
    if original is None or original.state != CommentState.SUBMITTED or original.round_id != comment.round_id:
        return _("A duplicate points to a submitted comment of the same round. Choose another.")
    present = known.present.get(original.pk)
    if original.pk in known.becomes_duplicate or (present and present.decision == Decision.DUPLICATE_OF):
        return _("That comment is itself a duplicate. Choose the one that it repeats.")
    if comment.pk in known.pointed_at or comment.pk in known.is_original:
        return _("Other comments point to this one as their original. Answer it as such.")
    return ""


def problems_of(answers: Sequence[Answer], *, by: Any, consultation: ConsultationRound | None = None) -> dict[int, str]:
    """What would keep the answers from being given as things stand now, by the number of the comment. Locks nothing."""
    known = _Known(answers, consultation=consultation, lock=False)
    return _problems([completed(one, known.comments.get(one.comment)) for one in answers], known, by)


def _problems(answers: Sequence[Answer], known: _Known, by: Any) -> dict[int, str]:
    known.repeats(answers)
    return {one.comment: problem for one in answers if (problem := _problem(one, known, by))}


@transaction.atomic
def dispose_batch(*, answers: Sequence[Answer], by: Any, consultation: ConsultationRound | None = None) -> list[Disposition]:
    """Decide on many submitted comments of a round at once: all of them, or none.

    Raises:
        RefusedAnswers: for every comment that cannot be answered so, why.
    """
    if not answers:
        raise Refused(_("Choose the comments to answer first."))
    if len({one.comment for one in answers}) < len(answers):
        raise Refused(_("A comment is there twice. Answer each once."))
    known = _Known(answers, consultation=consultation, lock=True)
    answers = [completed(one, known.comments.get(one.comment)) for one in answers]
    problems = _problems(answers, known, by)
    if problems:
        raise RefusedAnswers(problems)
    now = timezone.now()
    new: list[Disposition] = []
    changed: list[Disposition] = []
    for one in answers:
        row = known.present.get(one.comment)
        (changed if row else new).append(row := row or Disposition(comment_id=one.comment))
        row.decision, row.reason, row.resulting_text = one.decision, one.reason, one.resulting_text
        row.duplicate_of_id, row.by, row.decided_at = one.duplicate_of, by, now
    Disposition.objects.bulk_create(new, batch_size=1000)
    fields = ["decision", "reason", "resulting_text", "duplicate_of", "by", "decided_at"]
    Disposition.objects.bulk_update(changed, fields, batch_size=500)
    return [*new, *changed]
