"""Two drafts side by side: paragraphs aligned by their lineage, where none is recorded by their number."""

from collections import defaultdict
from dataclasses import dataclass
from typing import Any

from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe

from common.textdiff import word_pieces
from strategy.enums import Relation
from strategy.models import Draft, Paragraph, ParagraphLink

# Over this share of changed text a reader learns more from the two versions whole than from a patchwork of words.
WHOLE_REPLACEMENT = 0.6


@dataclass(frozen=True)
class Row:
    """One line of a comparison: paragraphs of the older draft beside those of the newer."""

    old: list[Paragraph]
    new: list[Paragraph]
    relation: str  # a Relation, "added" or "deleted"
    old_html: SafeString
    new_html: SafeString

    @property
    def anchor(self) -> str:
        return f"new-{self.new[0].anchor}" if self.new else f"old-{self.old[0].anchor}"

    @property
    def heading_level(self) -> int:
        return (self.new or self.old)[0].heading_level

    @property
    def is_changed(self) -> bool:
        return self.relation != Relation.SAME


def compare_drafts(user: Any, older: Draft, newer: Draft) -> list[Row]:
    """Rows in the order of the newer draft; what was deleted stands where it stood before."""
    before = list(Paragraph.objects.visible_to(user).filter(draft=older).order_by("position"))
    after = list(Paragraph.objects.visible_to(user).filter(draft=newer).order_by("position"))
    origins, relations = _lineage(user, before, after)
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
    return rows


def _lineage(user: Any, before: list[Paragraph], after: list[Paragraph]) -> tuple[dict[int, set[int]], dict[int, str]]:
    """For each newer paragraph, the older ones it continues and how; by number where the drafts have no links at all."""
    origins: dict[int, set[int]] = defaultdict(set)
    relations: dict[int, str] = {}
    links = ParagraphLink.objects.visible_to(user).filter(origin__in=before, target__in=after)
    for origin, target, relation in links.values_list("origin", "target", "relation"):
        origins[target].add(origin)
        relations[target] = relation
    if not origins:
        numbers = {row.anchor: row for row in before}
        for row in after:
            match = numbers.get(row.anchor)
            if match and match.is_heading == row.is_heading:
                origins[row.pk].add(match.pk)
                relations[row.pk] = Relation.SAME if match.text == row.text else Relation.EDITED
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


def _row(old: list[Paragraph], new: list[Paragraph], relation: str) -> Row:
    before, after = " ".join(row.plain for row in old), " ".join(row.plain for row in new)
    if relation == Relation.SAME and before != after:
        relation = Relation.EDITED
    old_html, new_html = _sides(before, after)
    return Row(old, new, relation, old_html, new_html)


def _sides(before: str, after: str) -> tuple[SafeString, SafeString]:
    """The two texts with what was removed marked on one side and what was added on the other."""
    if before == after:
        return _marked([("same", before)]), _marked([("same", after)])
    pieces = [(piece.kind, piece.text) for piece in word_pieces(before, after)]
    changed = sum(len(text) for kind, text in pieces if kind != "same")
    if changed > WHOLE_REPLACEMENT * (len(before) + len(after)):
        pieces = [("removed", before), ("added", after)]
    return (
        _marked([piece for piece in pieces if piece[0] != "added"]),
        _marked([piece for piece in pieces if piece[0] != "removed"]),
    )


def _marked(pieces: list[tuple[str, str]]) -> SafeString:
    tags = {"added": ("<ins>", "</ins>"), "removed": ("<del>", "</del>"), "same": ("", "")}
    parts = [tags[kind][0] + escape(text) + tags[kind][1] for kind, text in pieces if text]
    return mark_safe("".join(parts))  # noqa: S308 - every piece is escaped
