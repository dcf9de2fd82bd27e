"""The PDFs of an edition: for screens, for archives, for print shops. One source, two layouts, three files."""

import json
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.conf import settings
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import translation
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from briefs.documents.cover import STYLES, cover_art
from briefs.documents.figures import charts_with_numbers, figure_assets, figure_html, numbers_html, with_long_tables
from briefs.models import Edition
from briefs.selectors import citation_of, public_path
from briefs.selectors.marks import Marks, with_marks
from common.bidi import isolated
from common.pdf import Asset, Attached, Filler, Source, Variant, render_variants
from common.pdf_apart import Limits, Rendered, render_apart
from common.pdf_parts import TEAL, direction_of, qr_code, style

VARIANTS: dict[str, Variant] = {"screen_pdf": "pdf/ua-1", "archive_pdf": "pdf/a-3a", "print_pdf": "pdf/x-4"}
_STYLESHEETS = ("brief.css", "brief-cover.css", "brief-matter.css")
_FEW_LINES = 7
_BY_FOURS = Filler(4, "<!-- blank pages -->", '<div class="blank-page"></div>')


def edition_html(edition: Edition) -> str:
    """The whole document of an edition in the brief's language, from its frozen content alone."""
    content = edition.content
    slug = edition.brief.slug
    published_at = datetime.fromisoformat(content["published_at"])
    with translation.override(content["language"]):
        sections = [
            {
                **section,
                "kind": section.get("kind", "section"),
                "html": with_long_tables(with_marks(section["body"], content, _MARKS)),
            }
            for section in content["sections"]
        ]
        references = [{**one, "direction": direction_of(one["text"])} for one in content.get("references", [])]
        address = settings.PUBLIC_URL + public_path(slug)
        citation = citation_of(content, slug=slug, year=published_at.year, edition=content["edition"])
        numbers = [numbers_html(figure) for figure in charts_with_numbers(content)]
        corrigenda = [{**one, "at": datetime.fromisoformat(one["at"])} for one in content.get("corrigenda", [])]
        withdrawn_at = datetime.fromisoformat(content["withdrawal"]["at"]) if content.get("withdrawal") else None
        return render_to_string(
            "pdf/briefs/brief.html",
            {
                "content": content,
                "sections": [section for section in sections if section["kind"] != "annex"],
                "annexes": [section for section in sections if section["kind"] == "annex"],
                "corrigenda": corrigenda,
                "withdrawn_at": withdrawn_at,
                "numbers": numbers,
                # Two pages of opening would be one too many.
                "is_dense": len(sections) + bool(numbers) + bool(references) + 2 * len(corrigenda) > _FEW_LINES,
                "solutions": [
                    {"title": isolated(one["title"]), "url": _solution_address(one["slug"])} for one in content["solutions"]
                ],
                "paragraphs": [
                    {
                        **one,
                        **{name: isolated(one[name]) for name in ("label", "text")},
                        "url": settings.PUBLIC_URL + one["path"],
                    }
                    for one in content.get("paragraphs", [])
                ],
                "references": references,
                "agencies": ", ".join(agency["acronym"] for agency in content["agencies"]),
                "reservations": [agency for agency in content["agencies"] if agency["reservation"]],
                "silent": ", ".join(agency["acronym"] for agency in content["agencies"] if agency.get("no_answer")),
                "published_at": published_at,
                "modified_at": max(filter(None, [published_at, withdrawn_at, *(one["at"] for one in corrigenda)])),
                "citation": citation.replace(address, isolated(address)),
                "address": address,
                "direction": "rtl" if translation.get_language_bidi() else "ltr",
                "cover": _cover(content),
            },
        )


def edition_pdf(edition: Edition, field: str) -> bytes:
    """The bytes of one of an edition's files, made here and now; `field` is its name in `Edition`."""
    return render_variants(_source(edition, field), variants=(VARIANTS[field],))[0]


def edition_files(edition: Edition, fields: Sequence[str]) -> Rendered:
    """The bytes of some of an edition's files, in their order, made in a bounded process of their own.

    Files for the screen and for the archive share one layout when both are asked for.
    """
    shared = [field for field in ("screen_pdf", "archive_pdf") if field in fields]
    work: list[tuple[Source, tuple[Variant, ...]]] = []
    made: list[str] = []
    if shared:
        work.append((_source(edition, shared[-1]), tuple(VARIANTS[field] for field in shared)))
        made += shared
    if "print_pdf" in fields:
        work.append((_source(edition, "print_pdf"), (VARIANTS["print_pdf"],)))
        made.append("print_pdf")
    rendered = render_apart(work, limits=_limits())
    files = dict(zip(made, rendered.files, strict=True))
    return Rendered([files[field] for field in fields], rendered.peak_megabytes)


def print_by_fours(edition: Edition) -> bytes:
    """The file for a print shop with blank pages before its last, so that they fill folded sheets of four."""
    return render_apart([(_source(edition, "print_pdf", _BY_FOURS), (VARIANTS["print_pdf"],))], limits=_limits()).files[0]


def _limits() -> Limits:
    return Limits(
        seconds=settings.RENDER_SECONDS,
        clock_seconds=settings.RENDER_CLOCK_SECONDS,
        megabytes=settings.RENDER_MEGABYTES,
        pages=settings.RENDER_PAGES,
    )


def _source(edition: Edition, field: str, filler: Filler | None = None) -> Source:
    content = edition.content
    names: tuple[str, ...] = _STYLESHEETS
    if translation.get_language_info(content["language"])["bidi"]:
        names += ("rtl.css",)
    if field == "print_pdf":
        names += ("brief-print.css",)
    assets: dict[str, Asset] = {name: style(name) for name in names}
    assets["qr.svg"] = qr_code(settings.PUBLIC_URL + public_path(edition.brief.slug), dark=TEAL)
    assets["cover.svg"] = cover_art(_cover(content), seed=edition.brief.slug)
    assets |= figure_assets(content, in_inks=field == "print_pdf")
    html = edition_html(edition)
    attached = _sources_of(edition, html) if field == "archive_pdf" else ()
    return Source(html, assets, names, attached, filler)


def _sources_of(edition: Edition, html: str) -> tuple[Attached, ...]:
    """What an archive file carries: the frozen content, whose hash the edition shows, and the document made of it."""
    at = datetime.fromisoformat(edition.content["published_at"])
    # Notices printed at the head came later: what is attached is what the edition's hash was made of.
    frozen = {name: value for name, value in edition.content.items() if name not in {"corrigenda", "withdrawal"}}
    content = json.dumps(frozen, ensure_ascii=False, indent=1, sort_keys=True)
    return (
        Attached("content.json", content.encode(), "Source", "The content of this edition as it was frozen", at),
        Attached("document.html", html.encode(), "Alternative", "The document that the pages were set from", at),
    )


def _cover(content: dict[str, Any]) -> str:
    cover = content["series"].get("cover", "field")
    return cover if cover in STYLES else "field"


def _solution_address(slug: str) -> str:
    with translation.override("en"):
        return settings.PUBLIC_URL + reverse("solutions:detail", args=[slug])


def _page_footnote(number: int, text: str) -> SafeString:
    return format_html('<span class="footnote">{}</span>', text)


def _references(cited: list[dict[str, Any]]) -> SafeString:
    numbers = format_html_join(", ", '<a href="#reference-{0}">{0}</a>', ((one["number"],) for one in cited))
    return format_html('<span class="reference">[{}]</span>', numbers)


_MARKS = Marks(note=_page_footnote, references=_references, figure=figure_html)
