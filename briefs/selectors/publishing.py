"""What is planned, what stands at the head of an edition, and how language editions follow their source."""

from collections.abc import Iterable
from typing import Any

from django.core import signing
from django.db.models import DateTimeField, F, OuterRef, Subquery
from django.db.models.functions import Greatest
from django.utils.safestring import mark_safe

from briefs.enums import BriefState, NoticeKind, PlanState
from briefs.models import (
    Brief,
    BriefStateChange,
    Edition,
    EmbargoReader,
    HeadNotice,
    LanguageEdition,
    PlannedPublication,
    Section,
)

EMBARGO_SALT = "briefs.embargo reader"
_signer = signing.Signer(salt=EMBARGO_SALT)


def with_notices(content: dict[str, Any], notices: Iterable[HeadNotice]) -> dict[str, Any]:
    """A frozen content with what is printed at its head: corrections, the oldest first, and its withdrawal."""
    notices = list(notices)
    corrections = [{"at": row.at.isoformat(), "text": row.text} for row in notices if row.kind == NoticeKind.CORRECTION]
    withdrawal = next(
        ({"at": row.at.isoformat(), "text": row.text} for row in notices if row.kind == NoticeKind.WITHDRAWAL), None
    )
    head = {**({"corrigenda": corrections} if corrections else {}), **({"withdrawal": withdrawal} if withdrawal else {})}
    return {**content, **head} if head else content


def last_public_change() -> Greatest:
    """When what readers see of a brief changed last, for queries of briefs that have an edition.

    The newest of: the date of the edition in force, the moment it was put in force (later than its date when a planned
    publication was made up for), its newest correction, the withdrawal. Whoever asks for what is new by a date misses none.
    """
    states = [BriefState.PUBLISHED, BriefState.WITHDRAWN]
    moved = BriefStateChange.objects.filter(subject=OuterRef("pk"), new__in=states).order_by("-at").values("at")[:1]
    noticed = HeadNotice.objects.filter(edition=OuterRef("current_edition")).order_by("-at").values("at")[:1]
    # PostgreSQL leaves out what is NULL.
    return Greatest(F("current_edition__published_at"), Subquery(moved), Subquery(noticed), output_field=DateTimeField())


def plan_of(brief: Brief) -> PlannedPublication | None:
    """The publication of a brief that is planned, if one is."""
    return brief.plans.waiting().first()


def last_stopped(brief: Brief) -> PlannedPublication | None:
    """The newest plan if it did not take place: the secretariat has to act on it."""
    newest = brief.plans.first()
    return newest if newest and newest.state == PlanState.STOPPED else None


def embargo_token(reader: EmbargoReader) -> str:
    """What opens an embargoed text for a reader from outside, as often as they like, until it is revoked."""
    return _signer.sign(str(reader.pk))


def reader_behind(token: str) -> EmbargoReader | None:
    """The reader whose link this is, revoked or not; None for a link that nobody was given."""
    try:
        key = int(_signer.unsign(token))
    except (signing.BadSignature, ValueError):
        return None
    readers = EmbargoReader.objects.select_related("plan__brief__series", "plan__brief__current_edition", "user")
    return readers.filter(pk=key, user__isnull=True).first()


def newest_source(brief: Brief) -> Edition | None:
    """The newest edition of the brief that `brief` is a translation of."""
    first = brief.translation_of
    return first.current_edition if first else None


def lags_behind(brief: Brief, edition: Edition | None) -> Edition | None:
    """The newest edition of the source, if a translation (as published in `edition`, or as it is written) is of an older one."""
    newest = newest_source(brief)
    if newest is None:
        return None
    if edition is None:
        translated = LanguageEdition.objects.filter(brief=brief).select_related("source").defer("source__content").first()
        return newest if translated and translated.source.number < newest.number else None
    source = edition.content.get("source")
    if source:
        return newest if source["edition"] < newest.number else None
    # Published before translations named their source: a later edition of the source cannot have been translated.
    return newest if newest.number > 1 and edition.published_at < newest.published_at else None


def source_of_section(section: Section) -> dict[str, Any] | None:
    """The text that a section translates; None where it translates nothing."""
    translated = LanguageEdition.objects.filter(brief=section.brief_id).select_related("source__brief").first()
    if translated is None:
        return None
    place = getattr(getattr(section, "source", None), "place", 0)
    sections = translated.source.content["sections"]
    if not 0 < place <= len(sections):
        return None
    row = sections[place - 1]
    return {
        **row,
        "html": mark_safe(row["body"]),  # noqa: S308 - cleaned when it was saved
        "language": translated.source.content["language"],
        "direction": translated.source.brief.direction,
        "edition": translated.source,
    }
