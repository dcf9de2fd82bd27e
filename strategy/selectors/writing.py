"""What the page for writing shows: each paragraph with whoever writes in it, and what was done last."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.utils.safestring import SafeString

from common.textdiff import word_diff_html
from strategy.enums import ParagraphKind, WritingKind
from strategy.models import Draft, LeaseBreak, Paragraph, ParagraphLease, ParagraphLink, ParagraphRevision, WritingAct


@dataclass(frozen=True)
class Line:
    """A paragraph of the outline."""

    paragraph: Paragraph
    lease: ParagraphLease | None
    is_first: bool
    is_last: bool
    following: UUID | None = None  # hidden name of the paragraph next to it

    @property
    def cells(self) -> list[str]:
        return self.paragraph.text.split("\n")


@dataclass(frozen=True)
class Change:
    """What one act did to one paragraph, as a reader of the history sees it."""

    revision: ParagraphRevision
    number: str
    difference: SafeString
    is_only_lineage: bool


def columns_of(draft: Draft, row: Paragraph) -> tuple[list[str], bool]:
    """The headings of the table that a row stands in, from its first row, and whether the row is that first one."""
    above = draft.paragraphs.exclude(kind=ParagraphKind.TABLE_ROW).filter(position__lt=row.position).order_by("-position")
    rows = draft.paragraphs.filter(kind=ParagraphKind.TABLE_ROW, position__lte=row.position)
    head = rows.filter(position__gt=(above.values_list("position", flat=True).first() or 0)).order_by("position").first()
    if head is None or head.pk == row.pk:
        return [], True
    return [" ".join(cell.split()) for cell in head.plain.split("\n")], False


def outline(user: Any, draft: Draft) -> list[Line]:
    rows = list(Paragraph.objects.visible_to(user).filter(draft=draft).order_by("position"))
    leases = ParagraphLease.objects.visible_to(user).live().filter(paragraph__draft=draft).select_related("holder")
    held = {lease.paragraph_id: lease for lease in leases}
    last = len(rows) - 1
    next_to = [*(row.uid for row in rows[1:]), None]
    return [Line(row, held.get(row.pk), place == 0, place == last, next_to[place]) for place, row in enumerate(rows)]


def history(user: Any, draft: Draft, uid: Any = None, limit: int = 100) -> list[dict[str, Any]]:
    """Acts, newest first, each with what it did; of one paragraph only, if `uid` is given."""
    acts = WritingAct.objects.visible_to(user).filter(draft=draft)
    revisions = ParagraphRevision.objects.visible_to(user).filter(draft=draft)
    if uid:
        revisions = revisions.filter(uid=uid)
        acts = acts.filter(revisions__in=revisions)
    shown = list(acts.select_related("by", "undoes").order_by("-pk")[:limit])
    changes: dict[int, list[Change]] = {}
    for row in revisions.filter(act__in=shown):
        changes.setdefault(row.act_id, []).append(_change(row))
    return [
        {
            "act": act,
            "changes": changes.get(act.pk, []) if uid or act.kind != WritingKind.RENUMBERED else [],
            "count": len(changes.get(act.pk, [])),
        }
        for act in shown
    ]


def breaks(user: Any, draft: Draft, uid: Any = None) -> Any:
    rows = LeaseBreak.objects.visible_to(user).filter(draft=draft).select_related("by", "holder")
    return rows.filter(uid=uid) if uid else rows


def _change(row: ParagraphRevision) -> Change:
    before, after = row.before or {}, row.after or {}
    old, new = _text(before), _text(after)
    return Change(row, (after or before)["number"], word_diff_html(old, new), old == new)


def _text(state: dict[str, Any]) -> str:
    if not state:
        return ""
    return "\n".join([f"{state['number']}  {state['text']}", *state["footnotes"]])


def lineage_of(user: Any, paragraph: Paragraph) -> list[ParagraphLink]:
    """What the paragraph continues, with how many comments stand there."""
    links = ParagraphLink.objects.visible_to(user).filter(target=paragraph).select_related("origin__draft")
    return list(links)
