"""The comments a reader sees: threads beside a paragraph, lists for a position, what is new in an open thread."""

import hashlib
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Prefetch, Q, QuerySet
from django.utils.safestring import SafeString

from common.access import may
from common.textdiff import word_diff_html
from directory.models import Organization
from directory.rules import memberships_of
from strategy.enums import CommentState, Relation, Visibility, no_further_than, shareable_in
from strategy.models import Comment, CommentReply, ConsultationRound, Disposition, Draft, Paragraph
from strategy.models.markup import Passage, find_passage, reading_text
from strategy.selectors.earlier import Lineage, Placed, earlier_comments
from strategy.selectors.rounds import Side


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
    can_moderate: bool = False
    can_pin: bool = False
    replies_as: list[Organization] = field(default_factory=list)
    placed: Placed | None = None
    is_pinned: bool = False

    @property
    def proposal_html(self) -> SafeString | str:
        """The proposed text as a word difference from the passage or paragraph; empty without a proposal."""
        if not self.comment.proposed_text or self.comment.paragraph is None:
            return ""
        before = self.comment.quote or self.comment.paragraph.reading
        return word_diff_html(before, reading_text(self.comment.proposed_text))

    @property
    def is_of_a_participant(self) -> bool:
        return self.comment.category_id is not None

    @property
    def relation_label(self) -> str:
        """What became of the comment's paragraph on the way to the draft that is read."""
        relations = {relation.value: relation.label for relation in Relation}
        return str(relations.get(self.placed.relation, "")) if self.placed else ""

    @property
    def was_merged(self) -> bool:
        return self.placed is not None and self.placed.relation == Relation.MERGED

    @property
    def travels(self) -> Visibility:
        """How far the comment will travel, or has."""
        if self.comment.state == CommentState.SUBMITTED:
            return Visibility(self.comment.visibility)
        return no_further_than(self.comment.round.sharing, self.comment.share_with)

    @property
    def ways(self) -> list[tuple[str, str, bool]]:
        """How far its agency may let it travel in this round: value, label, chosen; empty where there is no choice."""
        allowed = shareable_in(self.comment.round.sharing)
        return [(one.value, str(one.label), one == self.travels) for one in allowed] if len(allowed) > 1 else []


def entries_of(user: Any, comments: QuerySet[Comment], sides: Iterable[Side]) -> list[Entry]:
    """Comments in their order with replies, answers and the acts open to the reader. Four queries, whatever their number."""
    replies = CommentReply.objects.visible_to(user).select_related("author", "organization")
    rows = list(
        comments.visible_to(user)  # type: ignore[attr-defined]
        .select_related("organization", "category", "author", "edited_by", "paragraph", "round__draft__strategy")
        .prefetch_related(Prefetch("replies", replies, to_attr="seen_replies"))
    )
    # One object for each round: what it knows of its invitations is read once, not once for each comment.
    rounds: dict[int, ConsultationRound] = {}
    for row in rows:
        row.round = rounds.setdefault(row.round_id, row.round)
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
    has_left = state == CommentState.SUBMITTED
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
        can_moderate=comment.category_id is not None and not has_left and may(user, "strategy.moderate_comment", comment),
        replies_as=voices(user, comment) if has_left else [],
    )


def voices(user: Any, comment: Comment) -> list[Organization]:
    """The organizations in whose name the person may reply to the readers of a comment now."""
    is_open = comment.round.is_open
    known = {row.organization_id: row.organization for row in memberships_of(user)}
    return [
        one
        for one in known.values()
        if (one.is_secretariat or (one.is_agency and is_open))
        and may(user, "strategy.reply_to_readers", CommentReply(comment=comment, author=user, organization=one))
    ]


def thread_of(user: Any, draft: Draft, paragraph: Paragraph | None, sides: Iterable[Side]) -> list[Entry]:
    """The thread of one paragraph, or of the draft as a whole."""
    return entries_of(user, Comment.objects.live().filter(round__draft=draft, paragraph=paragraph), sides)


def earlier_thread(user: Any, draft: Draft, paragraph: Paragraph | None) -> list[Entry]:
    """The comments on earlier drafts that are read at this paragraph, or with the draft as a whole; oldest draft first."""
    if draft.number == 0:
        return []
    if paragraph is None:
        return _in_order(entries_of(user, Comment.objects.filter(pk__in=earlier_comments(user, draft, origins=()).whole), []))
    lineage = Lineage(draft)
    origins = lineage.origins_of(paragraph)
    if not origins:
        return []
    placed = {one.comment: one for one in earlier_comments(user, draft, origins, lineage).by_paragraph.get(paragraph.pk, [])}
    if not placed:
        return []
    entries = _in_order(entries_of(user, Comment.objects.filter(pk__in=placed).prefetch_related("pins"), []))
    for entry in entries:
        entry.placed = placed[entry.comment.pk]
        pins = {pin.paragraph_id for pin in entry.comment.pins.all()}
        entry.is_pinned = paragraph.pk in pins
        parts = len(lineage.ends(entry.placed.origin))
        entry.can_pin = parts > 1 and may(user, "strategy.pin_comment", entry.comment)
    return entries


def _in_order(entries: list[Entry]) -> list[Entry]:
    return sorted(entries, key=lambda entry: (entry.comment.round.draft.number, entry.comment.pk))


def detached_thread(user: Any, draft: Draft) -> list[tuple[Paragraph, list[Entry]]]:
    """The comments on text that this draft no longer has, by the paragraph that they speak of."""
    detached = {one.comment: one for one in earlier_comments(user, draft).detached}
    groups: dict[int, tuple[Paragraph, list[Entry]]] = {}
    if not detached:
        return []
    for entry in _in_order(entries_of(user, Comment.objects.filter(pk__in=detached), [])):
        entry.placed = detached[entry.comment.pk]
        paragraph = entry.comment.paragraph
        assert paragraph is not None
        groups.setdefault(paragraph.pk, (paragraph, []))[1].append(entry)
    return sorted(groups.values(), key=lambda group: (group[1][0].comment.round.draft.number, group[0].position))


def passages_in(paragraph: Paragraph, entries: Iterable[Entry]) -> list[Passage]:
    """Where the passages of the comments stand in the paragraph; those whose words are no longer there are left out."""
    text, found = paragraph.reading, []
    for entry in entries:
        one = entry.comment
        place = find_passage(text, one.quote, one.quote_prefix, one.quote_suffix) if one.quote else None
        if place:
            found.append(Passage(place.start, place.end, one.pk))
    return found


def thread_version(user: Any, draft: Draft, paragraph: Paragraph | None) -> str:
    """Names what the reader sees in a thread: another name as soon as anything in it is new or changed."""
    shown = Q(round__draft=draft, paragraph=paragraph)
    if draft.number:
        shown |= Q(pk__in=_earlier_in(user, draft, paragraph))
    comments = Comment.objects.visible_to(user).live().filter(shown).order_by("pk")
    rows: list[Any] = list(comments.values_list("pk", "state", "visibility", "share_with", "edited_at"))
    seen: Sequence[int] = [row[0] for row in rows]
    rows += CommentReply.objects.visible_to(user).filter(comment__in=seen).order_by("pk").values_list("pk", "comment")
    answers = Disposition.objects.visible_to(user).filter(comment__in=seen).order_by("pk")
    rows += answers.values_list("pk", "decided_at", "released_at")
    return hashlib.sha256(repr(rows).encode()).hexdigest()[:20]


def _earlier_in(user: Any, draft: Draft, paragraph: Paragraph | None) -> Collection[int]:
    if paragraph is None:
        return earlier_comments(user, draft, origins=()).whole
    lineage = Lineage(draft)
    origins = lineage.origins_of(paragraph)
    if not origins:
        return ()
    return [one.comment for one in earlier_comments(user, draft, origins, lineage).by_paragraph.get(paragraph.pk, [])]
