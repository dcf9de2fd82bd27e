"""Two drafts side by side: paragraphs aligned by their lineage, where none is recorded by the engine and their number."""

import hashlib
from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any

from django.utils.functional import Promise
from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext_lazy

from common.alignment import Part, align
from common.textdiff import spoken, word_pieces
from strategy.enums import ParagraphKind, Relation
from strategy.models import Draft, LineageAct, Paragraph, ParagraphLink

# Over this share of changed text a reader learns more from the two versions whole than from a patchwork of words.
WHOLE_REPLACEMENT = 0.6
RELATIONS: dict[str, str | Promise] = {**dict(Relation.choices), "added": gettext_lazy("New"), "deleted": gettext_lazy("Deleted")}


@dataclass
class Row:
    """One line of a comparison: paragraphs of the older draft beside those of the newer."""

    old: list[Paragraph]
    new: list[Paragraph]
    relation: str  # a Relation, "added" or "deleted"
    pieces: list[tuple[str, str]]
    links: list[ParagraphLink] = field(default_factory=list)
    previous: str = ""
    next: str = ""
    comments: int = 0
    rejected: list[LineageAct] = field(default_factory=list)
    is_left_out: bool = False

    @property
    def anchor(self) -> str:
        return f"new-{self.new[0].anchor}" if self.new else f"o{self.old[0].anchor}"

    @property
    def heading_level(self) -> int:
        return (self.new or self.old)[0].heading_level

    @property
    def is_changed(self) -> bool:
        return self.relation != Relation.SAME

    @property
    def word(self) -> str:
        return str(RELATIONS[self.relation])

    @property
    def old_numbers(self) -> str:
        return " + ".join(one.number for one in self.old)

    @property
    def new_numbers(self) -> str:
        return " + ".join(one.number for one in self.new)

    @property
    def old_html(self) -> SafeString:
        return _marked(piece for piece in self.pieces if piece[0] != "added")

    @property
    def new_html(self) -> SafeString:
        return _marked(piece for piece in self.pieces if piece[0] != "removed")

    @property
    def old_spoken(self) -> SafeString:
        return spoken(self.old_html)

    @property
    def new_spoken(self) -> SafeString:
        return spoken(self.new_html)

    @property
    def inline_spoken(self) -> SafeString:
        return spoken(_marked(self.pieces))

    @property
    def proposed(self) -> list[ParagraphLink]:
        return [link for link in self.links if link.is_proposed]


def proposals_version(draft: Draft) -> str:
    """Names the list of proposed links as it stands."""
    links = ParagraphLink.objects.filter(target__draft=draft, is_proposed=True)
    return hashlib.sha256(repr(list(links.order_by("pk").values_list("pk", flat=True))).encode()).hexdigest()


def compare_drafts(user: Any, older: Draft, newer: Draft, *, with_proposed: bool = False) -> list[Row]:
    """Rows in the order of the newer draft; what was deleted stands where it stood before."""
    before = list(Paragraph.objects.visible_to(user).filter(draft=older).order_by("position"))
    after = list(Paragraph.objects.visible_to(user).filter(draft=newer).order_by("position"))
    origins, relations = _lineage(older, newer, before, after, with_proposed=with_proposed)
    continued = {key for keys in origins.values() for key in keys}
    by_key = {row.pk: row for row in before}
    deleted = _deleted_after(before, continued)
    rows, shown = [_row([row], [], "deleted") for row in deleted[None]], set()
    splits = defaultdict(list)
    for row in after:
        if len(origins[row.pk]) == 1:
            splits[next(iter(origins[row.pk]))].append(row)
    for row in after:
        if row.pk in shown:
            continue
        old = [by_key[key] for key in sorted(origins[row.pk], key=lambda key: by_key[key].position)]
        new = splits[old[0].pk] if len(old) == 1 and len(splits[old[0].pk]) > 1 else [row]
        shown |= {one.pk for one in new}
        rows.append(_row(old, new, relations.get(row.pk, "added") if old else "added"))
        for one in old:
            rows += [_row([gone], [], "deleted") for gone in deleted.pop(one.pk, [])]
    changed = [row for row in rows if row.is_changed]
    for first, second in pairwise(changed):
        first.next, second.previous = second.anchor, first.anchor
    return rows


def counts_of(rows: Iterable[Row]) -> list[tuple[str, int]]:
    """How many rows there are of each relation, in words."""
    numbers = Counter(row.relation for row in rows)
    return [(str(word), numbers[key]) for key, word in RELATIONS.items() if numbers[key]]


def _lineage(
    older: Draft, newer: Draft, before: list[Paragraph], after: list[Paragraph], *, with_proposed: bool
) -> tuple[dict[int, set[int]], dict[int, str]]:
    """For each newer paragraph, the older ones it continues and how.

    Through every draft between the two, whoever may read those: nothing of their text is shown. Where no link leads
    from one to the other, by the engine and then by number.
    """
    links = ParagraphLink.objects.filter(
        origin__draft__strategy=older.strategy_id,
        origin__draft__number__gte=older.number,
        target__draft__number__lte=newer.number,
    )
    if not with_proposed:
        links = links.placed()
    reached: dict[int, dict[int, list[str]]] = defaultdict(dict)
    for row in before:
        reached[row.pk][row.pk] = []
    rows = links.order_by("origin__draft__number", "target__draft__number", "pk")
    for origin, target, relation in rows.values_list("origin", "target", "relation"):
        for first, passed in reached.get(origin, {}).items():
            reached[target].setdefault(first, [*passed, relation])
    origins: dict[int, set[int]] = defaultdict(set)
    relations: dict[int, str] = {}
    for row in after:
        if row.pk in reached and older.pk != newer.pk:
            origins[row.pk] = set(reached[row.pk])
            passed = [one for each in reached[row.pk].values() for one in each]
            relations[row.pk] = min(passed, key=lambda one: _STRONGEST.index(Relation(one)))
    if not origins and not with_proposed:
        return _guessed(before, after)
    return origins, relations


_STRONGEST = [Relation.SPLIT, Relation.MERGED, Relation.MOVED, Relation.EDITED, Relation.SAME]


def _guessed(before: list[Paragraph], after: list[Paragraph]) -> tuple[dict[int, set[int]], dict[int, str]]:
    origins: dict[int, set[int]] = defaultdict(set)
    relations: dict[int, str] = {}
    first, second = ([Part(row.pk, _text(row), "heading" if row.is_heading else "") for row in side] for side in (before, after))
    result = align(first, second)
    for link in result.links:
        origins[link.new].add(link.old)
        relations[link.new] = link.relation
    numbers = {row.anchor: row for row in before if row.pk in set(result.deleted)}
    for row in after:
        match = numbers.get(row.anchor) if row.pk not in origins else None
        if match and match.is_heading == row.is_heading:
            origins[row.pk].add(match.pk)
            relations[row.pk] = Relation.EDITED
    return origins, relations


def _deleted_after(before: list[Paragraph], continued: set[int]) -> dict[int | None, list[Paragraph]]:
    """Deleted paragraphs under the key of the last paragraph before them that lives on (None: at the beginning)."""
    deleted: dict[int | None, list[Paragraph]] = defaultdict(list)
    last = None
    for row in before:
        if row.pk in continued:
            last = row.pk
        else:
            deleted[last].append(row)
    return deleted


def _text(row: Paragraph) -> str:
    """What is compared of a paragraph: its text, the cells of a row one after the other, its footnotes below."""
    text = " | ".join(row.plain.splitlines()) if row.kind == ParagraphKind.TABLE_ROW else row.plain
    return "\n".join([text, *(f"[{number}] {note}" for number, note in enumerate(row.footnotes, start=1))])


def _row(old: list[Paragraph], new: list[Paragraph], relation: str) -> Row:
    before, after = " ".join(_text(row) for row in old), " ".join(_text(row) for row in new)
    if relation == Relation.SAME and before != after:
        relation = Relation.EDITED
    return Row(old, new, relation, _pieces(before, after))


def _pieces(before: str, after: str) -> list[tuple[str, str]]:
    """The pieces that lead from one text to the other: "same", "removed", "added"; both whole where little stayed."""
    if before == after:
        return [("same", before)]
    if not before or not after:
        return [("removed", before), ("added", after)]
    pieces = [(piece.kind, piece.text) for piece in word_pieces(before, after)]
    changed = sum(len(text) for kind, text in pieces if kind != "same")
    if changed > WHOLE_REPLACEMENT * (len(before) + len(after)):
        return [("removed", before), ("added", after)]
    return [(str(kind), text) for kind, text in pieces]


def _marked(pieces: Iterable[tuple[str, str]]) -> SafeString:
    tags = {"added": ("<ins>", "</ins>"), "removed": ("<del>", "</del>"), "same": ("", "")}
    parts = [tags[kind][0] + escape(text) + tags[kind][1] for kind, text in pieces if text]
    return mark_safe("".join(parts))  # noqa: S308 - every piece is escaped
