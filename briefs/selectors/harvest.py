"""What libraries harvest: published briefs as records with the moment of their last change, withdrawn ones as deleted."""

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from django.conf import settings
from django.db.models import Q
from django.db.models.functions import TruncSecond

from briefs.enums import BriefState
from briefs.models import Brief, BriefQuerySet, Series
from briefs.selectors.publishing import last_public_change, with_notices
from common.ui_words import LANGUAGE_NAMES


@dataclass(frozen=True)
class Asked:
    """Which records are asked for: changed from `first` to `last`, both within, of a set, and after a place in the list."""

    first: datetime | None = None
    last: datetime | None = None
    set: str = ""
    after: tuple[datetime, int] | None = None
    given: int = 0


@dataclass(frozen=True)
class Record:
    """A brief as a library keeps it."""

    pk: int
    slug: str
    edition: int
    changed_at: datetime
    is_deleted: bool
    sets: tuple[str, str]
    content: dict[str, Any] = field(repr=False)


def _records() -> BriefQuerySet:
    # The protocol counts in whole seconds.
    return (
        Brief.objects.public()
        .annotate(changed_at=TruncSecond(last_public_change(), tzinfo=UTC))
        .select_related("series", "current_edition")
        .defer("current_edition__text")
        .prefetch_related("current_edition__notices")
        .order_by("changed_at", "pk")
    )


def _of_set(briefs: BriefQuerySet, spec: str) -> BriefQuerySet:
    kind, _colon, value = spec.partition(":")
    if not value:  # the set of all series, or of all languages
        return briefs
    return briefs.filter(series__slug=value) if kind == "series" else briefs.filter(language=value)


def _row(brief: Brief) -> Record:
    edition = brief.edition
    return Record(
        pk=brief.pk,
        slug=brief.slug,
        edition=edition.number,
        changed_at=brief.changed_at,  # type: ignore[attr-defined]
        is_deleted=brief.state == BriefState.WITHDRAWN,
        sets=(f"series:{brief.series.slug}", f"language:{brief.language}"),
        content=with_notices(edition.content, edition.notices.all()),
    )


def records_page(asked: Asked, *, size: int) -> tuple[list[Record], int]:
    """The records in the order of their changes, one more than `size` if there are more, and how many there are in all."""
    briefs = _of_set(_records(), asked.set)
    if asked.first:
        briefs = briefs.filter(Q(changed_at__gte=asked.first))
    if asked.last:
        briefs = briefs.filter(Q(changed_at__lte=asked.last))
    whole = briefs.count()
    if asked.after:
        at, pk = asked.after
        briefs = briefs.filter(Q(changed_at__gt=at) | Q(changed_at=at, pk__gt=pk))
    return [_row(brief) for brief in briefs[: size + 1]], whole


def record_of(pk: int) -> Record | None:
    brief = _records().filter(pk=pk).first()
    return _row(brief) if brief else None


def earliest_datestamp() -> datetime:
    """No record is older than this, now or later; without records, the present second."""
    first = Brief.objects.public().order_by("editions__published_at").values_list("editions__published_at", flat=True).first()
    return first or datetime.now(UTC) - timedelta(seconds=1)


def known_set(spec: str) -> bool:
    return spec in dict(sets_of_records())


def sets_of_records() -> list[tuple[str, str]]:
    """The sets that records are in: by series and by language; a set of either stands above them."""
    languages = [(f"language:{code}", str(LANGUAGE_NAMES.get(code, name))) for code, name in settings.LANGUAGES]
    series = [(f"series:{slug}", title) for slug, title in Series.objects.values_list("slug", "title")]
    return [("series", "Series"), *series, ("language", "Languages"), *languages]
