"""What still keeps a draft from being published: each thing with the page on which it is mended."""

from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from strategy.enums import CommentState, DraftState
from strategy.models import Comment, Draft, Paragraph, ParagraphLink, ParagraphOmission


@dataclass(frozen=True)
class Gap:
    """One thing that is missing: what it is, in words, and where to go."""

    subject: str
    says: str | Promise
    url: str


def earlier_draft(user: Any, draft: Draft) -> Draft | None:
    """The latest published draft before this one: its comments are the ones that this draft answers."""
    rows = Draft.objects.visible_to(user).filter(strategy=draft.strategy_id, number__lt=draft.number, state=DraftState.PUBLISHED)
    return rows.select_related("strategy").order_by("-number").first()


def submitted_on(user: Any, draft: Draft) -> Any:
    """The submitted comments of the rounds on a draft."""
    return Comment.objects.visible_to(user).filter(round__draft=draft, state=CommentState.SUBMITTED)


def text_gaps(draft: Draft) -> list[Gap]:
    """Paragraphs without words, and headings that skip a level."""
    rows = list(draft.paragraphs.order_by("position"))
    page = draft.get_absolute_url()
    gaps = [Gap(f"¶ {row.number}", _("has no text. Write it or take it out."), f"{page}#p{row.anchor}")
            for row in rows if not row.text.strip()]  # fmt: skip
    headings = [row for row in rows if row.is_heading]
    levels = [1, *(row.heading_level for row in headings)]
    for (before, level), row in zip(pairwise(levels), headings, strict=True):
        if level > before + 1:
            says = _("is a heading that skips a level. Raise it, or put a heading of the level between above it.")
            gaps.append(Gap(f"¶ {row.number}", says, f"{page}#p{row.anchor}"))
    return gaps


def lineage_gaps(user: Any, draft: Draft, earlier: Draft) -> list[Gap]:
    """Commented paragraphs of the earlier draft that are neither placed nor left out on purpose."""
    commented = Paragraph.objects.filter(pk__in=submitted_on(user, earlier).exclude(paragraph=None).values("paragraph"))
    links = ParagraphLink.objects.filter(origin__draft=earlier, target__draft=draft)
    placed = set(links.placed().values_list("origin", flat=True))
    proposed = set(links.filter(is_proposed=True).values_list("origin", flat=True))
    left_out = set(ParagraphOmission.objects.filter(draft=draft).values_list("paragraph", flat=True))
    page = reverse("strategy:lineage", args=[draft.strategy.slug, draft.number])
    gaps = []
    for row in commented.order_by("position"):
        if row.pk in proposed:
            says, anchor = _("has comments, and its place in this draft is only proposed. Confirm it or reject it."), "#proposed"
        elif row.pk not in placed and row.pk not in left_out:
            says, anchor = _("has comments and no place in this draft. Place it, or say that it is left out."), f"#o{row.anchor}"
        else:
            continue
        gaps.append(Gap(f"{earlier.label}, ¶ {row.number}", says, f"{page}{anchor}"))
    return gaps


def comment_gaps(user: Any, draft: Draft, earlier: Draft) -> list[Gap]:
    """Submitted comments of the earlier draft's rounds that are neither answered nor carried into this draft."""
    rows = submitted_on(user, earlier).filter(disposition=None).exclude(carried__draft=draft)
    slug = draft.strategy.slug
    says = _("has no answer. Answer it, or carry it forward into this draft.")
    return [
        Gap(f"{row.organization or row.category} #{row.pk}", says, reverse("strategy:answer", args=[slug, row.pk]))
        for row in rows.select_related("organization", "category").order_by("pk")
    ]


def publication_gaps(user: Any, draft: Draft) -> list[Gap]:
    """Everything that is missing, in the order in which one mends it. A draft without a text is a gap of its own."""
    gaps = text_gaps(draft)
    earlier = earlier_draft(user, draft)
    if earlier:
        gaps += lineage_gaps(user, draft, earlier) + comment_gaps(user, draft, earlier)
    return gaps
