"""The PDFs of an edition: for screens, for archives, for print shops. One source, three stylesheets. And the clearance table."""

from datetime import datetime
from typing import Any

from django.conf import settings
from django.template.loader import render_to_string
from django.utils import translation
from django.utils.html import format_html
from django.utils.translation import gettext as _

from briefs.enums import BriefState, Clearance
from briefs.models import Brief, BriefAgency, Edition
from briefs.selectors import citation_of, public_path, with_footnotes
from briefs.selectors.clearance import ClearanceTable
from common.pdf import Variant, render_pdf
from common.pdf_parts import TEAL, qr_code, style
from common.spreadsheets import Sheet, workbook

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
                "silent": ", ".join(agency["acronym"] for agency in content["agencies"] if agency.get("no_answer")),
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


def clearance_xlsx(table: ClearanceTable) -> bytes:
    """The clearance table as a workbook: a row for each brief, a column for each agency."""
    header = [_("Brief"), _("Series"), _("No."), _("State"), _("Answers are due by (UTC)")]
    header += [agency.short_name for agency in table.agencies]
    rows = (
        [
            row.brief.title,
            str(row.brief.series),
            row.brief.number,
            row.brief.get_state_display(),
            row.brief.clearance_deadline.strftime("%Y-%m-%d %H:%M") if row.brief.clearance_deadline else "",
            *(_words_of(cell, row.brief) for cell in row.cells),
        ]
        for row in table.rows
    )
    sheet = Sheet(_("Clearance"), header, rows, widths=[44, 24, 6, 16, 20, *[28] * len(table.agencies)])
    return workbook([sheet], right_to_left=translation.get_language_bidi())


def _words_of(cell: BriefAgency | None, brief: Brief) -> str:
    """What an agency has said: its answer, the reservation that is printed, why the brief goes on without it."""
    if cell is None:
        return ""
    if brief.state == BriefState.DRAFTING and cell.clearance == Clearance.PENDING:
        return _("Not asked yet")
    words = [str(cell.get_clearance_display()), cell.reservation or cell.waiver_reason]
    return ": ".join(word for word in words if word)
