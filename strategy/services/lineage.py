"""Where each paragraph of the earlier draft went: aligned by the engine, settled by a drafter."""

from collections.abc import Iterable, Mapping
from typing import Any

from django.db import transaction
from django.utils import translation
from django.utils.translation import gettext as _

from common.access import Refused, require
from common.alignment import Part, align, likeness
from directory.models import Job
from directory.page_versions import bump
from directory.services.jobs import Report, start_job
from directory.services.state import locked, refuse_if_changed
from strategy.enums import LineageKind, ParagraphKind, Relation
from strategy.models import Draft, Paragraph, ParagraphLink, ParagraphOmission
from strategy.selectors.lineage import proposals_version
from strategy.selectors.lineage_history import said_of_pairs
from strategy.selectors.publishing import earlier_draft
from strategy.services.lineage_record import record_alignment, record_links, record_omission

ALIGN_JOB = "strategy.align_draft"
# Both drafts together: more is a worker's.
WITHIN_A_REQUEST = 1000


def _open_draft(draft: Draft, by: Any) -> tuple[Draft, Draft]:
    """The draft, locked and still in preparation, and the one before it."""
    draft = locked(draft)
    require(by, "strategy.place_paragraphs", draft)
    if draft.is_published:
        raise Refused(_("This draft is published: where its paragraphs come from is settled. Correct it in the next draft."))
    earlier = earlier_draft(by, draft)
    if earlier is None:
        raise Refused(_("There is no published draft before this one: nothing to align with."))
    return draft, earlier


def part_of(paragraph: Paragraph, uid: str = "") -> Part:
    """A paragraph as the engine reads it: headings, rows of a table and running text are not mistaken for one another."""
    kind = "heading" if paragraph.is_heading else "row" if paragraph.kind == ParagraphKind.TABLE_ROW else "text"
    return Part(paragraph.pk, "\n".join([paragraph.plain, *paragraph.footnotes]), kind, uid)


def begin_alignment(*, draft: Draft, by: Any, hidden: Mapping[int, str] | None = None) -> Job | None:
    """Align now if the drafts are small, otherwise in a worker; the job then, else None. `hidden` as in `align_draft`."""
    require(by, "strategy.place_paragraphs", draft)
    earlier = earlier_draft(by, draft)
    size = Paragraph.objects.filter(draft__in=[one for one in (draft, earlier) if one]).count()
    if size > WITHIN_A_REQUEST:
        arguments = {"draft": draft.pk, "hidden": dict(hidden or {}), "language": translation.get_language() or "en"}
        return start_job(kind=ALIGN_JOB, arguments=arguments, asked_by=by, key=f"draft {draft.pk}")
    align_draft(draft=draft, by=by, hidden=hidden)
    return None


@transaction.atomic
def align_draft(
    *, draft: Draft, by: Any, hidden: Mapping[int, str] | None = None, report: Report = lambda done, total: None
) -> list[ParagraphLink]:
    """Align the draft with the latest published one before it.

    What a person confirmed, rejected or left out stays so; what the engine found before is found anew. A link that a
    person took back is proposed at most.

    Args:
        hidden: of paragraphs of this draft (primary keys), the `uid` of the earlier paragraph that a file of ours carried.

    Raises:
        Refused: the draft is published, or there is none before it.
    """
    draft, earlier = _open_draft(draft, by)
    report(0, 2)
    links = ParagraphLink.objects.filter(origin__draft=earlier, target__draft=draft)
    kept = list(links.exclude(confirmed_by=None).values_list("origin", "target"))
    links.filter(confirmed_by=None).delete()
    left_out = set(ParagraphOmission.objects.filter(draft=draft).values_list("paragraph", flat=True))
    names = hidden or {}
    before = [part_of(row, str(row.uid)) for row in earlier.paragraphs.order_by("position") if row.pk not in left_out]
    after = [part_of(row, names.get(row.pk, "")) for row in draft.paragraphs.order_by("position")]
    said = said_of_pairs(draft)
    result = align(before, after, known=kept, refused=[pair for pair, kind in said.items() if kind == LineageKind.REJECTED])
    report(1, 2)
    settled = set(kept)
    made = ParagraphLink.objects.bulk_create(
        ParagraphLink(
            origin_id=link.old,
            target_id=link.new,
            relation=link.relation,
            score=link.score,
            is_proposed=not link.automatic or said.get((link.old, link.new)) == LineageKind.UNDONE,
        )
        for link in result.links
        if (link.old, link.new) not in settled
    )
    record_alignment(draft, by=by)
    bump("strategy")
    report(2, 2)
    return made


def _link_of(draft: Draft, key: int, *, proposed: bool | None = None) -> ParagraphLink:
    links = ParagraphLink.objects.select_for_update(of=("self",)).filter(target__draft=draft)
    link = links.filter(pk=key).select_related("target").first()
    if link is None or (proposed is not None and link.is_proposed != proposed):
        raise Refused(_("Somebody else has settled this meanwhile. Load the page again to see how."))
    return link


@transaction.atomic
def confirm_link(*, draft: Draft, key: int, by: Any) -> ParagraphLink:
    """Say that a proposed link is right."""
    draft, _earlier = _open_draft(draft, by)
    link = _link_of(draft, key, proposed=True)
    link.is_proposed, link.confirmed_by = False, by
    link.save(update_fields=["is_proposed", "confirmed_by"])
    record_links(draft, LineageKind.CONFIRMED, [link], by=by)
    bump("strategy")
    return link


@transaction.atomic
def reject_link(*, draft: Draft, key: int, by: Any) -> None:
    """Say that a proposed link is wrong: the two are never proposed again, and the paragraph has no place then."""
    draft, _earlier = _open_draft(draft, by)
    link = _link_of(draft, key, proposed=True)
    record_links(draft, LineageKind.REJECTED, [link], by=by)
    link.delete()
    bump("strategy")


@transaction.atomic
def unlink(*, draft: Draft, key: int, by: Any) -> None:
    """Take a link back, whoever made it; the next alignment proposes it at most."""
    draft, _earlier = _open_draft(draft, by)
    link = _link_of(draft, key)
    record_links(draft, LineageKind.UNDONE, [link], by=by)
    link.delete()
    bump("strategy")


@transaction.atomic
def link_paragraphs(*, draft: Draft, by: Any, origins: Iterable[int], targets: Iterable[int]) -> list[ParagraphLink]:
    """Link paragraphs by hand (primary keys), each origin with each target; an omission of an origin ends."""
    draft, earlier = _open_draft(draft, by)
    olds, news = list(earlier.paragraphs.filter(pk__in=set(origins))), list(draft.paragraphs.filter(pk__in=set(targets)))
    if not olds or not news:
        raise Refused(_("Choose a paragraph of each draft."))
    made = []
    for old in olds:
        for new in news:
            score = likeness(part_of(old).text, part_of(new).text)
            relation = _relation(len(olds), len(news), is_same=old.text == new.text and old.kind == new.kind)
            row, _is_new = ParagraphLink.objects.update_or_create(
                origin=old, target=new, defaults={"relation": relation, "score": score, "is_proposed": False, "confirmed_by": by}
            )
            made.append(row)
    ParagraphOmission.objects.filter(draft=draft, paragraph__in=olds).delete()
    record_links(draft, LineageKind.LINKED, made, by=by)
    bump("strategy")
    return made


def _relation(olds: int, news: int, *, is_same: bool) -> Relation:
    if news > 1:
        return Relation.SPLIT
    if olds > 1:
        return Relation.MERGED
    return Relation.SAME if is_same else Relation.EDITED


@transaction.atomic
def omit_paragraph(*, draft: Draft, by: Any, paragraph: int) -> ParagraphOmission:
    """Say that a paragraph of the earlier draft is left out on purpose; its proposed links go, a placed one refuses."""
    draft, earlier = _open_draft(draft, by)
    row = earlier.paragraphs.filter(pk=paragraph).first()
    if row is None:
        raise Refused(_("Choose a paragraph of the earlier draft."))
    links = ParagraphLink.objects.filter(origin=row, target__draft=draft)
    if links.placed().exists():
        raise Refused(_("This paragraph has a place in the draft. Take that link back first, then leave it out."))
    links.delete()
    omission, is_new = ParagraphOmission.objects.get_or_create(paragraph=row, draft=draft, defaults={"by": by})
    if is_new:
        record_omission(draft, LineageKind.LEFT_OUT, row, by=by)
    bump("strategy")
    return omission


@transaction.atomic
def restore_paragraph(*, draft: Draft, by: Any, paragraph: int) -> None:
    """Take back that a paragraph is left out: it waits for a place again."""
    draft, _earlier = _open_draft(draft, by)
    for omission in ParagraphOmission.objects.filter(draft=draft, paragraph=paragraph).select_related("paragraph"):
        record_omission(draft, LineageKind.RESTORED, omission.paragraph, by=by)
        omission.delete()
    bump("strategy")


@transaction.atomic
def confirm_all(*, draft: Draft, by: Any, seen: str) -> int:
    """Confirm every proposed link that the drafter has seen (`seen` names the list).

    Returns:
        How many were confirmed.
    """
    draft, _earlier = _open_draft(draft, by)
    links = ParagraphLink.objects.select_for_update(of=("self",)).filter(target__draft=draft, is_proposed=True)
    refuse_if_changed(
        seen=seen,
        present=proposals_version(draft),
        refusal=_("The proposals have changed since you read them. Read the list again, then confirm."),
    )
    confirmed = list(links.select_related("target"))
    links.update(is_proposed=False, confirmed_by=by)
    record_links(draft, LineageKind.CONFIRMED, confirmed, by=by)
    bump("strategy")
    return len(confirmed)
