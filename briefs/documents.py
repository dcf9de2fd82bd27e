"""The PDFs of an edition: for screens, for archives, for print shops. One source, three stylesheets."""

from datetime import datetime
from typing import Any

from django.conf import settings
from django.template.loader import render_to_string
from django.utils import translation
from django.utils.html import format_html

from briefs.models import Edition
from briefs.selectors import citation_of, public_path, with_footnotes
from common.pdf import Variant, render_pdf
from common.pdf_parts import TEAL, qr_code, style

VARIANTS: dict[str, Variant] = {"screen_pdf": "pdf/ua-1", "archive_pdf": "pdf/a-3a", "print_pdf": "print"}


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
                "corrigenda": [{**one, "at": datetime.fromisoformat(one["at"])} for one in content.get("corrigenda", [])],
                "withdrawn_at": datetime.fromisoformat(content["withdrawal"]["at"]) if content.get("withdrawal") else None,
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
    assets: dict[str, Any] = {name: style(name) for name in names}
    assets["qr.svg"] = qr_code(settings.PUBLIC_URL + public_path(edition.brief.slug), dark=TEAL)
    return render_pdf(edition_html(edition), assets=assets, stylesheets=names, variant=VARIANTS[field])
