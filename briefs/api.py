"""Public API of briefs: what is published, read-only."""

from datetime import datetime
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.shortcuts import get_object_or_404
from django.urls import reverse
from ninja import Field, Query, Router, Schema

from briefs.models import Brief, Series
from briefs.selectors import citation_of, found_in, narrowed, page_of, public_briefs, public_path, shelf
from briefs.selectors.citations import Source, csl
from briefs.selectors.downloads import downloads_of

router = Router()
MOST = 100


class SeriesOut(Schema):
    """A series of policy briefs."""

    slug: str
    title: str
    description: str


class BriefOut(Schema):
    """A published brief as it stands in a list."""

    slug: str
    series: str = Field(description="The slug of the series.")
    number: int = Field(description="The number in the series; language editions share it.")
    language: str = Field(description="ar, en, es, fr, ru or zh-hans.")
    state: str = Field(description="published, or withdrawn (still citable). While a new edition is written: published.")
    edition: int
    published_at: datetime
    title: str
    summary: str
    agencies: list[str] = Field(description="Codes of the co-authoring agencies, the lead agency first.")
    sdgs: list[int]
    themes: list[str] = Field(description="Codes of the Conference's themes.")
    regions: list[str] = Field(
        description="M49 codes of the regions of the solutions that the brief cites, and of those around them."
    )
    minutes: int = Field(description="Minutes that it takes to read.")
    url: str
    pdf: str | None = Field(description="Address of the PDF; null while it is being made.")


class SectionOut(Schema):
    """A section of a brief."""

    heading: str
    agency: str
    body: str = Field(description="HTML; [^1] points to the first of the footnotes.")


class NoticeOut(Schema):
    """What is printed at the head of an edition."""

    kind: str = Field(description="correction, or withdrawal.")
    at: datetime
    text: str


class BriefDetail(BriefOut):
    """A published brief with its text."""

    key_messages: list[str]
    sections: list[SectionOut]
    footnotes: list[str]
    reservations: dict[str, str] = Field(description="Reservations with which agencies cleared the text, by agency.")
    notices: list[NoticeOut] = Field(
        description="Corrections and the withdrawal, the oldest first. They stand beside the text, which never changes."
    )
    citation: str
    csl: dict[str, Any] = Field(description="The citation as CSL-JSON.")
    downloads: int = Field(
        description="How often files of its editions were taken, robots not counted, to the last quarter of an hour."
    )
    sha256: str = Field(description="Hash of the edition's frozen content.")


class BriefList(Schema):
    """One page of briefs."""

    count: int = Field(description="How many briefs there are on all pages.")
    results: list[BriefOut]
    next: str = Field(description="Pass it as `after` to get the next page; empty on the last.")


class BriefQuery(Schema):
    """Filters of the list."""

    series: str = Field("", max_length=50, pattern=r"^[-\w]*$", description="Slug of a series.")
    year: int | None = Field(None, ge=1, le=9999, description="Year of publication of the edition in force.")
    sdg: int | None = Field(None, ge=1, le=17, description="Number of a Sustainable Development Goal.")
    language: str = Field("", max_length=10, pattern=r"^[a-z-]*$", description="ar, en, es, fr, ru or zh-hans.")
    theme: str = Field("", max_length=50, pattern=r"^[-\w]*$", description="Code of a theme of the Conference.")
    region: str = Field("", max_length=3, pattern=r"^[0-9]*$", description="M49 code of a region, of the solutions cited.")
    agency: str = Field("", max_length=50, pattern=r"^[-\w]*$", description="Code of a co-authoring agency.")
    q: str = Field("", max_length=200, pattern=r"^[^\x00]*$", description="Words of the brief; titles come first.")
    after: str = Field("", max_length=9, pattern=r"^[0-9]*$", description="The `next` of the page before.")
    limit: int = Field(20, ge=1, le=MOST)


def _row(brief: Brief) -> dict[str, Any]:
    edition, row = brief.edition, brief.on_shelf  # type: ignore[attr-defined]
    return {
        "slug": brief.slug,
        "series": brief.series.slug,
        "number": brief.number,
        "language": brief.language,
        "state": "withdrawn" if brief.state == "withdrawn" else "published",
        "edition": edition.number,
        "published_at": edition.published_at,
        "title": edition.title,
        "summary": edition.summary,
        "agencies": list(row.agency),
        "sdgs": list(row.sdg),
        "themes": list(row.theme),
        "regions": list(row.region),
        "minutes": row.minutes,
        "url": settings.PUBLIC_URL + public_path(brief.slug),
        "pdf": settings.PUBLIC_URL + reverse("briefs_files:pdf", args=[brief.slug]) if edition.screen_pdf_id else None,
    }


@router.get("/series/", response=list[SeriesOut], summary="The series of policy briefs")
def list_series(request: HttpRequest) -> Any:
    return list(Series.objects.all())


@router.get("/", response=BriefList, summary="Published policy briefs")
def list_briefs(request: HttpRequest, query: Query[BriefQuery]) -> dict[str, Any]:
    """By series, the newest number first; of a search, titles first, then the newest."""
    rows = shelf()
    if query.q.strip():
        by_key = {row.pk: row for row in rows}
        rows = [by_key[pk] for pk in found_in(query.q) if pk in by_key]
    asked = {name: str(getattr(query, name) or "") for name in ("series", "year", "sdg", "theme", "region", "agency", "language")}
    found = narrowed(rows, asked)
    page, after = page_of(found, after=query.after, size=query.limit)
    return {"count": len(found), "results": [_row(brief) for brief in public_briefs(page)], "next": after}


@router.get("/{slug:slug}/", response=BriefDetail, summary="One published policy brief")
def get_brief(request: HttpRequest, slug: str) -> dict[str, Any]:
    """The edition in force with its text; 404 for a brief that is not published."""
    brief = get_object_or_404(Brief.objects.public().select_related("series", "current_edition"), slug=slug)
    edition = brief.edition
    brief.on_shelf = shelf(slug=slug)[0]  # type: ignore[attr-defined]
    content = edition.content
    return {
        **_row(brief),
        "key_messages": content["key_messages"],
        "sections": content["sections"],
        "footnotes": content["footnotes"],
        "reservations": {agency["code"]: agency["reservation"] for agency in content["agencies"] if agency["reservation"]},
        "notices": edition.notices.all(),
        "citation": citation_of(content, slug=slug, year=edition.published_at.year, edition=edition.number),
        "csl": csl(Source(content, slug=slug, edition=edition.number)),
        "downloads": downloads_of(brief),
        "sha256": edition.sha256,
    }
