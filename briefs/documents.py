"""The PDFs of an edition: for screens, for archives, for print shops. One source, three stylesheets."""

import io
from datetime import datetime
from functools import lru_cache
from pathlib import Path
from typing import Any

import segno
from django.conf import settings
from django.contrib.staticfiles import finders
from django.template.loader import render_to_string
from django.utils import translation
from django.utils.html import format_html

from briefs.models import Edition
from briefs.selectors import citation_of, public_path, with_footnotes
from common.pdf import Asset, Variant, render_pdf

VARIANTS: dict[str, Variant] = {"screen_pdf": "pdf/ua-1", "archive_pdf": "pdf/a-3a", "print_pdf": "print"}


@lru_cache(maxsize=8)
def _style(name: str) -> Asset:
    path = finders.find(f"css/pdf/{name}")
    if path is None:
        raise FileNotFoundError(f"static/css/pdf/{name}")
    return Asset(Path(path).read_bytes(), "text/css")


def _qr_code(address: str) -> Asset:
    code = io.BytesIO()
    segno.make(address, error="m", micro=False).save(code, kind="svg", border=0, dark="#0b3f46", xmldecl=False)
    return Asset(code.getvalue(), "image/svg+xml")


def edition_html(edition: Edition) -> str:
    """The whole document of an edition in the brief's language, from its frozen content alone."""
    content = edition.content
    slug = edition.brief.slug
    published_at = datetime.fromisoformat(content["published_at"])
    with translation.override(content["language"]):
        return render_to_string(
            "pdf/briefs/brief.html",
            {
                "content": content,
                "sections": [
                    {**section, "html": with_footnotes(section["body"], content["footnotes"], _page_footnote)}
                    for section in content["sections"]
                ],
                "agencies": ", ".join(agency["acronym"] for agency in content["agencies"]),
                "reservations": [agency for agency in content["agencies"] if agency["reservation"]],
                "published_at": published_at,
                "citation": citation_of(content, slug=slug, year=published_at.year, edition=content["edition"]),
                "address": settings.PUBLIC_URL + public_path(slug),
                "direction": "rtl" if translation.get_language_bidi() else "ltr",
            },
        )


def _page_footnote(number: int, text: str) -> str:
    return format_html('<span class="footnote">{}</span>', text)


def edition_pdf(edition: Edition, field: str) -> bytes:
    """The bytes of one of an edition's files; `field` is its name in `Edition`."""
    names: tuple[str, ...] = ("brief.css",)
    if translation.get_language_info(edition.content["language"])["bidi"]:
        names += ("rtl.css",)
    if field == "print_pdf":
        names += ("print.css",)
    assets: dict[str, Any] = {name: _style(name) for name in names}
    assets["qr.svg"] = _qr_code(settings.PUBLIC_URL + public_path(edition.brief.slug))
    return render_pdf(edition_html(edition), assets=assets, stylesheets=names, variant=VARIANTS[field])
