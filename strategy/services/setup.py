"""Setting up a strategy and its drafts: begun empty or as a copy of the latest published one, discarded while unpublished."""

from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from common.access import Refused, require
from directory.page_versions import bump
from directory.services.state import locked, record_start
from strategy.enums import DraftState, Relation
from strategy.models import Comment, Draft, Paragraph, ParagraphLink, Strategy
from strategy.models.texts import IMMUTABLE
from strategy.services.imports import forget_file

RESERVED = {"new"}  # addresses of the portal's own


@transaction.atomic
def create_strategy(*, by: Any, values: dict[str, Any]) -> Strategy:
    """Create a strategy: its address, and title and summary in the languages given.

    Raises:
        Refused: the address is taken or kept for the portal's own.
    """
    require(by, "strategy.add_strategy")
    if values["slug"] in RESERVED:
        raise Refused(_("This word is kept for the portal's own addresses. Choose another one."))
    if Strategy.objects.filter(slug=values["slug"]).exists():
        raise Refused(_("Another strategy has this address. Choose another one."))
    strategy = Strategy.objects.create(**values)
    bump("strategy")
    return strategy


@transaction.atomic
def change_strategy(*, strategy: Strategy, by: Any, values: dict[str, Any]) -> Strategy:
    """Change title and summary; the address stays, for letters and links name it."""
    strategy = locked(strategy)
    require(by, "strategy.change_strategy", strategy)
    for name, value in values.items():
        if name != "slug":
            setattr(strategy, name, value)
    strategy.save()
    bump("strategy")
    return strategy


@transaction.atomic
def start_draft(*, strategy: Strategy, by: Any, values: dict[str, Any], copies_latest: bool = False) -> Draft:
    """Begin the next draft, empty or with the text of the latest published one and the lineage to it.

    Raises:
        Refused: there is no published draft to copy.
    """
    strategy = locked(strategy)
    require(by, "strategy.add_draft", strategy)
    drafts = Draft.objects.filter(strategy=strategy).order_by("-number")
    latest = drafts.first()
    draft = Draft.objects.create(strategy=strategy, number=latest.number + 1 if latest else 0, **values)
    record_start(draft, by=by)
    if copies_latest:
        source = drafts.filter(state=DraftState.PUBLISHED).first()
        if source is None:
            raise Refused(_("No draft is published yet, so there is nothing to copy. Begin with an empty one."))
        _copy(source, draft, by)
    return draft


def _copy(source: Draft, draft: Draft, by: Any) -> None:
    origins = list(source.paragraphs.order_by("position"))
    copies = Paragraph.objects.bulk_create(
        Paragraph(
            draft=draft, position=place, number=row.number, kind=row.kind, text=row.text, footnotes=row.footnotes
        )
        for place, row in enumerate(origins, start=1)
    )  # fmt: skip
    ParagraphLink.objects.bulk_create(
        ParagraphLink(origin=origin, target=copy, relation=Relation.SAME, confirmed_by=by)
        for origin, copy in zip(origins, copies, strict=True)
    )


@transaction.atomic
def discard_draft(*, draft: Draft, by: Any) -> None:
    """Discard a draft that was never published, with its text and the history of its writing.

    Raises:
        Refused: it is published, or a round, a comment or a later draft refers to it.
    """
    draft = locked(draft)
    require(by, "strategy.discard_draft", draft)
    if draft.state == DraftState.PUBLISHED:
        raise Refused(IMMUTABLE)
    if draft.rounds.exists() or draft.carried.exists() or Comment.objects.filter(paragraph__draft=draft).exists():
        raise Refused(_("A round or an answer refers to this draft, so it must stay. Write on in it instead."))
    links = ParagraphLink.objects.filter(origin__draft=draft)
    if links.exists() or Paragraph.objects.filter(draft=draft, omissions__isnull=False).exists():
        raise Refused(_("A later draft continues this one, so it must stay."))
    ParagraphLink.objects.filter(target__draft=draft).delete()
    for record in draft.imports.exclude(file=None).select_related("file"):
        forget_file(record)
    draft.paragraphs.all().delete()
    draft.delete()
    bump("strategy")
