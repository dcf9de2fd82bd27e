"""Where every paragraph went: the rows of the drafter's page, what waits first."""

from dataclasses import dataclass
from typing import Any

from django.db.models import Count

from strategy.models import Draft, ParagraphLink, ParagraphOmission
from strategy.selectors.lineage import Row, compare_drafts
from strategy.selectors.lineage_history import rejections
from strategy.selectors.publishing import submitted_on


@dataclass(frozen=True)
class Places:
    """The rows of the page and what is counted above them."""

    rows: list[Row]

    @property
    def unplaced(self) -> list[Row]:
        """Those without a place and not left out, the commented ones first."""
        rows = [row for row in self.rows if row.relation == "deleted" and not row.is_left_out]
        return sorted(rows, key=lambda row: (not row.comments, row.old[0].position))

    @property
    def commented(self) -> int:
        return sum(1 for row in self.unplaced if row.comments)

    @property
    def proposed(self) -> list[Row]:
        return sorted((row for row in self.rows if row.proposed), key=lambda row: (not row.comments, row.new[0].position))

    @property
    def proposals(self) -> int:
        return sum(len(row.proposed) for row in self.rows)

    @property
    def left_out(self) -> list[Row]:
        return [row for row in self.rows if row.is_left_out]


def places_of(user: Any, draft: Draft, earlier: Draft) -> Places:
    """Every paragraph of both drafts, beside each other in order, with its links and its submitted comments."""
    rows = compare_drafts(user, earlier, draft, with_proposed=True)
    links = ParagraphLink.objects.visible_to(user).filter(origin__draft=earlier, target__draft=draft)
    by_target: dict[int, list[ParagraphLink]] = {}
    for link in links.select_related("origin", "target", "confirmed_by").order_by("origin__position", "target__position"):
        by_target.setdefault(link.target_id, []).append(link)
    spoken = submitted_on(user, earlier).exclude(paragraph=None).order_by().values("paragraph")
    comments = dict(spoken.annotate(number=Count("pk")).values_list("paragraph", "number"))
    left_out = set(ParagraphOmission.objects.visible_to(user).filter(draft=draft).values_list("paragraph", flat=True))
    rejected = rejections(user, draft)
    for row in rows:
        row.links = [link for one in row.new for link in by_target.get(one.pk, [])]
        row.comments = sum(comments.get(one.pk, 0) for one in row.old)
        row.rejected = [act for one in row.old for act in rejected.get(one.pk, [])] if not row.new else []
        row.is_left_out = not row.new and row.old[0].pk in left_out
    return Places(rows)
