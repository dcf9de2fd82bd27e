"""How often briefs were taken: a total for readers, days and briefs for the secretariat."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from django.db.models import Sum

from briefs.enums import DownloadFile
from briefs.models import Brief, DownloadCount


def downloads_of(brief: Brief) -> int:
    """How often files of a brief's editions were taken, all told."""
    return DownloadCount.objects.filter(edition__brief=brief).aggregate(total=Sum("count"))["total"] or 0


@dataclass(frozen=True)
class BriefDownloads:
    """The downloads of a brief in a span of days, by file in the order of `DownloadFile`."""

    slug: str
    title: str
    language: str
    files: list[int]

    @property
    def labelled(self) -> list[tuple[str, int]]:
        """Each file's name with its number."""
        return list(zip(map(str, DownloadFile.labels), self.files, strict=True))

    @property
    def total(self) -> int:
        return sum(self.files)


def downloads_by_day(*, first: date, last: date, files: Sequence[str] = ()) -> list[tuple[date, int]]:
    """Each day from first to last with its downloads; days without any are there with 0."""
    rows = DownloadCount.objects.filter(day__range=(first, last))
    if files:
        rows = rows.filter(file__in=files)
    counted = dict(rows.order_by("day").values_list("day").annotate(total=Sum("count")))
    days = [first + timedelta(days=place) for place in range((last - first).days + 1)]
    return [(day, counted.get(day, 0)) for day in days]


def downloads_by_brief(*, first: date, last: date) -> list[BriefDownloads]:
    """The briefs that were taken in a span of days, the most taken first."""
    rows = (
        DownloadCount.objects.filter(day__range=(first, last))
        .order_by()
        .values_list("edition__brief__slug", "edition__brief__current_edition__title", "edition__brief__language", "file")
        .annotate(total=Sum("count"))
    )
    places = {file: place for place, file in enumerate(DownloadFile.values)}
    found: dict[str, BriefDownloads] = {}
    for slug, title, language, file, total in rows:
        row = found.setdefault(slug, BriefDownloads(slug, title or slug, language, [0] * len(places)))
        row.files[places[file]] += total
    return sorted(found.values(), key=lambda row: (-row.total, row.slug))
