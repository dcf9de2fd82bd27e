"""Bytes of briefs for people: the PDFs of an edition, the clearance table."""

from briefs.documents.clearance import clearance_xlsx
from briefs.documents.editions import VARIANTS, edition_files, edition_html, edition_pdf, print_by_fours
from briefs.documents.embargo import embargoed_copy
from briefs.documents.figures import figure_bytes
from briefs.documents.signs import unprintable_signs

__all__ = [
    "VARIANTS",
    "clearance_xlsx",
    "edition_files",
    "edition_html",
    "edition_pdf",
    "embargoed_copy",
    "figure_bytes",
    "print_by_fours",
    "unprintable_signs",
]
