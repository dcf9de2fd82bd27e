"""The rows of a response matrix: every submitted comment that the reader may see, with what became of it."""

import hashlib
import json
from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import F
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from strategy.enums import CommentState
from strategy.models import Assignment, CarryForward, Comment, ConsultationRound, Disposition, Draft, Paragraph, ParagraphLink

STATUS = {
    "waiting": gettext_lazy("To answer"),
    "carried": gettext_lazy("Carried forward"),
    "answered": gettext_lazy("Answered, not released"),
    "released": gettext_lazy("Answered"),
}


@dataclass(frozen=True)
class MatrixRow:
    """One comment of the matrix, in words but for its keys."""

    number: int
    version: str
    speaker: str
    old: str
    new: str
    quote: str
    type: str
    text: str
    proposed_text: str
    decision: str
    duplicate_of: int | None
    reason: str
    resulting_text: str
    responsible: str
    status: str
    decided: str  # when, as the round trip carries it

    @property
    def place(self) -> str:
        """The paragraph in the draft that was commented on, and where it is in the latest."""
        return f"{self.old} → {self.new}" if self.new else self.old

    @property
    def fingerprint(self) -> str:
        """Names the answer as it was written into the file: what comes back untouched is no decision of the reader."""
        return fingerprint(self.decision, self.duplicate_of, self.reason, self.resulting_text)


def fingerprint(decision: str, duplicate_of: int | None, reason: str, resulting_text: str) -> str:
    """Names the four cells of an answer, whatever a spreadsheet program does to line ends and outer spaces."""
    cells = [decision, duplicate_of or 0, *(" ".join(one.split()) for one in (reason, resulting_text))]
    return hashlib.sha256(json.dumps(cells).encode()).hexdigest()[:16]


def latest_draft(user: Any, consultation: ConsultationRound) -> Draft | None:
    """The newest draft after the one of the round that the reader may see."""
    later = Draft.objects.visible_to(user).filter(strategy=consultation.draft.strategy_id, number__gt=consultation.draft.number)
    return later.order_by("-number").first()


def continuations(user: Any, older: Draft, newer: Draft | None) -> dict[int, list[Paragraph]]:
    """For each paragraph of the older draft, those of the newer that continue it: along the placed links, draft by draft."""
    if newer is None:
        return {}
    links = defaultdict(list)
    rows = ParagraphLink.objects.visible_to(user).placed()
    rows = rows.filter(origin__draft__strategy=older.strategy_id, origin__draft__number__gte=older.number)
    rows = rows.filter(target__draft__number__lte=newer.number)
    for origin, target in rows.values_list("origin", "target"):
        links[origin].append(target)
    ends = {row.pk: row for row in Paragraph.objects.visible_to(user).filter(draft=newer)}
    found: dict[int, list[Paragraph]] = {}
    for start in Paragraph.objects.filter(draft=older).values_list("pk", flat=True):
        seen, front = {start}, [start]
        while front:
            front = [target for one in front for target in links[one] if target not in seen]
            seen.update(front)
        found[start] = sorted((ends[one] for one in seen if one in ends), key=lambda row: row.position)
    return found


def submitted_to(user: Any, consultation: ConsultationRound) -> Any:
    """The submitted comments of a round that the reader may see."""
    return Comment.objects.visible_to(user).filter(round=consultation, state=CommentState.SUBMITTED)


def matrix_rows(user: Any, consultation: ConsultationRound, *, only: Collection[int] | None = None) -> Iterator[MatrixRow]:
    """Rows in the order of the text; all of them, or those whose numbers are in `only`."""
    newer = latest_draft(user, consultation)
    later = continuations(user, consultation.draft, newer)
    comments = submitted_to(user, consultation).select_related("organization", "category", "paragraph")
    if only is not None:
        comments = comments.filter(pk__in=only)
    comments = list(comments.order_by(F("paragraph__position").asc(nulls_first=True), "pk"))
    names = {**_states(user, consultation), "newer": newer}
    for comment in comments:
        yield _row(comment, later, names)


def _states(user: Any, consultation: ConsultationRound) -> dict[str, Any]:
    of_round = {"comment__round": consultation}
    seen = {row.comment_id: row for row in Disposition.objects.visible_to(user).filter(**of_round)}
    assigned = Assignment.objects.visible_to(user).filter(**of_round).select_related("drafter")
    carried = CarryForward.objects.visible_to(user).filter(**of_round)
    return {
        "answers": seen,
        "drafters": {row.comment_id: str(row.drafter) for row in assigned},
        "carried": set(carried.values_list("comment", flat=True)),
        # A duplicate names its original only to those who may read the original.
        "originals": set(
            Comment.objects.visible_to(user)
            .filter(round=consultation, pk__in={row.duplicate_of_id for row in seen.values() if row.duplicate_of_id})
            .values_list("pk", flat=True)
        ),
    }


def _row(comment: Comment, later: Mapping[int, list[Paragraph]], names: Mapping[str, Any]) -> MatrixRow:
    answer = names["answers"].get(comment.pk)
    original = answer.duplicate_of_id if answer and answer.duplicate_of_id in names["originals"] else None
    proposed = comment.proposed_text or (_("[Delete the paragraph]") if comment.proposes_deletion else "")
    if answer:
        status = "released" if answer.is_released else "answered"
    else:
        status = "carried" if comment.pk in names["carried"] else "waiting"
    return MatrixRow(
        number=comment.pk,
        version=comment.version,
        speaker=_speaker(comment),
        old=comment.paragraph.number if comment.paragraph else _("Whole draft"),
        new=_new_place(comment, later, names["newer"]),
        quote=comment.quote,
        type=str(comment.get_type_display()),
        text=comment.text,
        proposed_text=proposed,
        decision=answer.decision if answer else "",
        duplicate_of=original,
        reason=answer.reason if answer else "",
        resulting_text=answer.resulting_text if answer else "",
        responsible=names["drafters"].get(comment.pk, ""),
        status=str(STATUS[status]),
        decided=answer.decided_at.isoformat() if answer else "",
    )


def _speaker(comment: Comment) -> str:
    return comment.organization.short_name if comment.organization else str(comment.category)


def _new_place(comment: Comment, later: Mapping[int, list[Paragraph]], newer: Draft | None) -> str:
    if newer is None or comment.paragraph_id is None:
        return ""
    places = ", ".join(row.number for row in later.get(comment.paragraph_id, []))
    return places or _("not in the %(draft)s") % {"draft": newer.label}
