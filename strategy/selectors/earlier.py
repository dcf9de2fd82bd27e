"""Comments on earlier drafts, read in a later one where the lineage of their paragraphs leads.

A comment never moves: it keeps its paragraph. Where that paragraph lives on, the comment is shown there; where it does
not, in the list of what is detached. Nothing falls between the two.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Count, Q

from strategy.enums import CommentState, Relation
from strategy.models import Comment, CommentPin, Draft, Paragraph, ParagraphLink

# What to tell of a way over several drafts: the change that moved the words furthest.
_WEIGHT = {Relation.SAME: 0, Relation.EDITED: 1, Relation.MOVED: 2, Relation.SPLIT: 3, Relation.MERGED: 4}


def _weight(relation: str) -> int:
    return _WEIGHT[Relation(relation)]


class Lineage:
    """The ways from paragraphs of earlier drafts of a strategy to those of one draft; one query.

    The ways are walked whoever asks: what they lead to is shown by `visible_to` of comments and drafts.
    """

    def __init__(self, draft: Draft) -> None:
        self.draft = draft
        self._next: dict[int, list[tuple[int, str]]] = defaultdict(list)
        self._number: dict[int, int] = {}
        rows = ParagraphLink.objects.placed().filter(
            target__draft__strategy=draft.strategy_id, target__draft__number__lte=draft.number
        )
        for origin, target, relation, number in rows.order_by().values_list(
            "origin", "target", "relation", "target__draft__number"
        ):
            self._next[origin].append((target, relation))
            self._number[target] = number
        self._known: dict[tuple[int, frozenset[int]], dict[int, str]] = {}

    def ends(self, paragraph: Paragraph | int, pinned: Collection[int] = ()) -> dict[int, str]:
        """The paragraphs of the draft that continue an earlier one, and how; empty if it was deleted on the way.

        Args:
            pinned: paragraphs to which the comment at hand is pinned: of the parts of a split only they count.
        """
        key = (paragraph if isinstance(paragraph, int) else paragraph.pk, frozenset(pinned))
        if key not in self._known:
            self._known[key] = self._walk(*key)
        return self._known[key]

    def origins_of(self, paragraph: Paragraph) -> set[int]:
        """The paragraphs of earlier drafts that lead to one of this draft."""
        before: dict[int, list[int]] = defaultdict(list)
        for origin, targets in self._next.items():
            for target, _relation in targets:
                before[target].append(origin)
        found: set[int] = set()
        frontier = [paragraph.pk]
        while frontier:
            new = set(before[frontier.pop()]) - found
            found |= new
            frontier += new
        return found

    def _walk(self, start: int, pinned: frozenset[int]) -> dict[int, str]:
        here: dict[int, str] = {start: Relation.SAME}
        ends: dict[int, str] = {}
        seen = {start}
        while here:
            reached: dict[int, str] = {}
            for origin, how in here.items():
                for target, relation in self._next.get(origin, ()):
                    reached[target] = max(reached.get(target, how), how, relation, key=_weight)
            if chosen := pinned & reached.keys():
                reached = {target: how for target, how in reached.items() if target in chosen}
            ends |= {target: how for target, how in reached.items() if self._number[target] == self.draft.number}
            here = {target: how for target, how in reached.items() if target not in seen and target not in ends}
            seen |= reached.keys()
        return ends


@dataclass(frozen=True)
class Placed:
    """A comment on an earlier draft, at a paragraph of this one; `relation` says what became of its own."""

    comment: int
    origin: int
    relation: str


@dataclass
class EarlierComments:
    """Every comment on earlier drafts that the reader may see: at a paragraph, on the whole, or detached."""

    by_paragraph: dict[int, list[Placed]] = field(default_factory=lambda: defaultdict(list))
    whole: list[int] = field(default_factory=list)
    detached: list[Placed] = field(default_factory=list)


def _submitted_before(user: Any, draft: Draft) -> Any:
    return Comment.objects.visible_to(user).filter(
        state=CommentState.SUBMITTED,
        round__draft__strategy=draft.strategy_id,
        round__draft__number__lt=draft.number,
    )


@dataclass
class Pins:
    """The paragraphs to which comments are pinned, and the paragraph that each of these comments speaks of."""

    targets: dict[int, set[int]] = field(default_factory=lambda: defaultdict(set))
    origins: dict[int, int] = field(default_factory=dict)


def _pins(draft: Draft, comments: Any = None) -> Pins:
    rows = CommentPin.objects.filter(
        paragraph__draft__strategy=draft.strategy_id, paragraph__draft__number__lte=draft.number, comment__paragraph__isnull=False
    )
    if comments is not None:
        rows = rows.filter(comment__in=comments)
    pins = Pins()
    for comment, target, origin in rows.order_by().values_list("comment", "paragraph", "comment__paragraph"):
        pins.targets[comment].add(target)
        pins.origins[comment] = origin
    return pins


def earlier_comments(
    user: Any, draft: Draft, origins: Iterable[int] | None = None, lineage: Lineage | None = None
) -> EarlierComments:
    """Where each visible comment on an earlier draft is read in this one. Three queries, whatever the number.

    Args:
        origins: only comments on these paragraphs of earlier drafts, and on the drafts as a whole.
    """
    lineage = lineage or Lineage(draft)
    found = EarlierComments()
    rows = _submitted_before(user, draft).order_by("pk")
    if origins is not None:
        rows = rows.filter(Q(paragraph__in=origins) | Q(paragraph=None))
    pins = _pins(draft).targets
    for comment, paragraph in rows.values_list("pk", "paragraph"):
        if paragraph is None:
            found.whole.append(comment)
            continue
        ends = lineage.ends(paragraph, pins.get(comment, ()))
        for target, relation in ends.items():
            found.by_paragraph[target].append(Placed(comment, paragraph, relation))
        if not ends:
            found.detached.append(Placed(comment, paragraph, "deleted"))
    return found


@dataclass
class Counts:
    """How many visible comments there are to read: beside each paragraph (None: on the draft as a whole), and detached."""

    here: dict[int | None, int] = field(default_factory=dict)
    earlier: dict[int | None, int] = field(default_factory=dict)
    detached: int = 0

    def of(self, paragraph: int | None) -> int:
        return self.here.get(paragraph, 0) + self.earlier.get(paragraph, 0)

    def __bool__(self) -> bool:
        return bool(self.here or self.earlier or self.detached)


def counts_of(user: Any, draft: Draft) -> Counts:
    """The counts for the margin of a draft: one query, three where there are comments on earlier drafts."""
    counts = Counts()
    earlier: dict[int | None, int] = {}
    own = Q(round__draft=draft)
    before = Q(round__draft__strategy=draft.strategy_id, round__draft__number__lt=draft.number, state=CommentState.SUBMITTED)
    rows = Comment.objects.visible_to(user).live().filter(own | before).order_by()
    for consulted, paragraph, number in rows.values_list("round__draft", "paragraph").annotate(number=Count("pk")):
        side = counts.here if consulted == draft.pk else earlier
        side[paragraph] = side.get(paragraph, 0) + number
    if not earlier:
        return counts
    lineage, pins = Lineage(draft), _pins(draft, Comment.objects.visible_to(user).filter(before).values("pk"))
    if None in earlier:
        counts.earlier[None] = earlier.pop(None)
    for comment, paragraph in pins.origins.items():
        earlier[paragraph] = earlier.get(paragraph, 0) - 1
        _count(counts, lineage.ends(paragraph, pins.targets[comment]), 1)
    for origin, number in earlier.items():
        if origin is not None and number:
            _count(counts, lineage.ends(origin), number)
    return counts


def _count(counts: Counts, ends: dict[int, str], number: int) -> None:
    for target in ends:
        counts.earlier[target] = counts.earlier.get(target, 0) + number
    if not ends:
        counts.detached += number
