"""The comments a reader sees: counts for the margin, threads beside a paragraph, lists for a position."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Count, Prefetch, QuerySet
from django.utils.safestring import SafeString

from common.access import may
from common.textdiff import word_diff_html
from strategy.enums import CommentState
from strategy.models import Comment, CommentReply, Disposition, Draft, Paragraph
from strategy.selectors.rounds import Side


def comment_counts(user: Any, draft: Draft) -> dict[int | None, int]:
    """Visible comments by paragraph; under None those on the draft as a whole. Dropped ones do not count."""
    rows = Comment.objects.visible_to(user).live().filter(round__draft=draft).order_by()
    return dict(rows.values("paragraph").annotate(number=Count("pk")).values_list("paragraph", "number"))


@dataclass
class Entry:
    """A comment with what the reader sees around it and may do with it."""

    comment: Comment
    is_own: bool
    replies: list[CommentReply] = field(default_factory=list)
    answer: Disposition | None = None
    original: Comment | None = None
    can_edit: bool = False
    can_clear: bool = False
    can_drop: bool = False
    can_reopen: bool = False
    can_reply: bool = False
    can_answer: bool = False

    @property
    def proposal_html(self) -> SafeString | str:
        """The proposed text as a word difference from the paragraph; empty without a proposal."""
        if not self.comment.proposed_text or self.comment.paragraph is None:
            return ""
        return word_diff_html(self.comment.paragraph.plain, self.comment.proposed_text.replace("*", ""))


def entries_of(user: Any, comments: QuerySet[Comment], sides: Iterable[Side]) -> list[Entry]:
    """Comments in their order with replies, answers and the acts open to the reader. Four queries, whatever their number."""
    rows = list(
        comments.visible_to(user)  # type: ignore[attr-defined]
        .select_related("organization", "category", "author", "edited_by", "paragraph", "round__draft__strategy")
        .prefetch_related(
            Prefetch("replies", CommentReply.objects.visible_to(user).select_related("author"), to_attr="seen_replies")
        )
    )
    answers = {row.comment_id: row for row in Disposition.objects.visible_to(user).filter(comment__in=rows).select_related("by")}
    originals_wanted = {row.duplicate_of_id for row in answers.values() if row.duplicate_of_id}
    originals = {
        row.pk: row
        for row in Comment.objects.visible_to(user)
        .filter(pk__in=originals_wanted)
        .select_related("organization", "category", "paragraph", "round__draft__strategy")
    } if originals_wanted else {}  # fmt: skip
    open_sides = {(side.consultation.pk, side.organization.pk) for side in sides if side.takes_comments}
    return [_entry(user, row, answers.get(row.pk), originals, open_sides) for row in rows]


def _entry(
    user: Any, comment: Comment, answer: Disposition | None, originals: dict[int, Comment], open_sides: set[tuple[int, int]]
) -> Entry:
    state = comment.state
    is_open = (comment.round_id, comment.organization_id) in open_sides
    clears = is_open and may(user, "strategy.clear_comment", comment)
    is_own = may(user, "strategy.reply_to_comment", comment)
    return Entry(
        comment=comment,
        is_own=is_own,
        replies=comment.seen_replies,  # type: ignore[attr-defined]
        answer=answer,
        original=originals.get(answer.duplicate_of_id or 0) if answer else None,
        can_edit=is_open and state == CommentState.DRAFT and may(user, "strategy.edit_comment", comment),
        can_clear=clears and state == CommentState.DRAFT,
        can_drop=clears and state in {CommentState.DRAFT, CommentState.CLEARED},
        can_reopen=clears and state in {CommentState.CLEARED, CommentState.DROPPED},
        can_reply=is_own,
        can_answer=may(user, "strategy.dispose_comment", comment) and not (answer and answer.is_released),
    )


def thread_of(user: Any, draft: Draft, paragraph: Paragraph | None, sides: Iterable[Side]) -> list[Entry]:
    """The thread of one paragraph, or of the draft as a whole."""
    return entries_of(user, Comment.objects.live().filter(round__draft=draft, paragraph=paragraph), sides)
