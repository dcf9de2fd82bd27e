"""What every act on the lineage leaves behind: who said what of which paragraphs."""

from collections.abc import Iterable
from typing import Any

from strategy.enums import LineageKind
from strategy.models import Comment, Draft, LineageAct, Paragraph, ParagraphLink


def record_alignment(draft: Draft, *, by: Any) -> None:
    """An alignment changes links that nobody has settled; it is told, so that the history can be understood."""
    LineageAct.objects.create(draft=draft, kind=LineageKind.ALIGNED, by=by)


def record_links(draft: Draft, kind: LineageKind, links: Iterable[ParagraphLink], *, by: Any) -> None:
    """One row for each pair of paragraphs."""
    LineageAct.objects.bulk_create(
        [
            LineageAct(
                draft=draft, kind=kind, origin_id=one.origin_id, target_uid=one.target.uid, target_number=one.target.number, by=by
            )
            for one in links
        ],
        batch_size=500,
    )


def record_omission(draft: Draft, kind: LineageKind, origin: Paragraph, *, by: Any) -> None:
    LineageAct.objects.create(draft=draft, kind=kind, origin=origin, by=by)


def record_pin(kind: LineageKind, comment: Comment, paragraph: Paragraph, *, by: Any) -> None:
    """A pin speaks of a comment, of the paragraph on which it was written and of the part where it is read."""
    LineageAct.objects.create(
        draft_id=paragraph.draft_id,
        kind=kind,
        origin_id=comment.paragraph_id,
        target_uid=paragraph.uid,
        target_number=paragraph.number,
        comment=comment,
        by=by,
    )
