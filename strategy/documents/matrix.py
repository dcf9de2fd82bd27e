"""The response matrix as a workbook that can be filled in and comes back, and as a Word document to print and circulate."""

import re
from collections.abc import Callable, Iterable, Sequence
from io import BytesIO
from typing import Any
from xml.sax.saxutils import escape

from django.conf import settings
from django.utils import translation
from django.utils.translation import get_language, get_language_bidi
from django.utils.translation import gettext as _

from common.spreadsheets import Sheet, workbook
from strategy.enums import Decision
from strategy.selectors.matrix import MatrixRow

KEYS = ("id", "text_version", "answer_version", "as_exported")  # of the round trip; never translated, never shown
_WIDTHS = (8, 14, 12, 24, 13, 44, 44, 20, 13, 36, 44, 18, 18)
_ODD = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff\ud800-\udfff]")
_TWIPS = (600, 950, 950, 1500, 950, 2500, 2500, 1150, 2000, 2500, 950, 950)
_DECISION = 7

Report = Callable[[int, int], None]


def headings() -> list[str]:
    """The columns of the workbook in the active language."""
    return [
        _("No."), _("Agency"), _("Paragraph"), _("Quoted text"), _("Type"), _("Comment"), _("Proposed text"),
        _("Disposition"), _("Duplicate of no."), _("Reason"), _("New text"), _("Responsible"), _("Status"),
    ]  # fmt: skip


def answer_columns() -> dict[str, str]:
    """Every heading under which the four cells of an answer may come back, in any language of the portal → what it is."""
    names = {}
    for code, _name in settings.LANGUAGES:
        with translation.override(code):
            words = headings()
            for place, what in ((7, "decision"), (8, "duplicate_of"), (9, "reason"), (10, "resulting_text")):
                names[words[place].casefold()] = what
    return names


def matrix_xlsx(rows: Iterable[MatrixRow], *, title: str, with_keys: bool, report: Report = lambda _d, _t: None) -> bytes:
    """The matrix as a workbook; with its keys, it can be filled in and uploaded again."""
    rows = list(rows)
    decisions = {str(one.value): str(one.label) for one in Decision}
    header = [*headings(), *(KEYS if with_keys else ())]
    shown = len(_WIDTHS)

    def cells() -> Iterable[Sequence[Any]]:
        for number, row in enumerate(rows, start=1):
            if number % 500 == 0:
                report(number, len(rows))
            keys = (row.number, row.version, row.decided, row.fingerprint) if with_keys else ()
            yield (
                row.number, row.speaker, row.place, row.quote, row.type, row.text, row.proposed_text,
                decisions.get(row.decision, ""), row.duplicate_of or "", row.reason, row.resulting_text,
                row.responsible, row.status, *keys,
            )  # fmt: skip

    sheet = Sheet(
        title,
        header,
        cells(),
        widths=(*_WIDTHS, *([10] * (len(header) - shown))),
        hidden=range(shown, len(header)),
        choices={_DECISION: list(decisions.values())} if with_keys else {},
    )
    content = workbook([sheet], right_to_left=get_language_bidi())
    report(len(rows), len(rows))
    return content


# --- Word ------------------------------------------------------------------------------------------------------------

_NS = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'


def matrix_docx(rows: Iterable[MatrixRow], *, title: str, lead: str, report: Report = lambda _d, _t: None) -> bytes:
    """The matrix as a Word table: landscape, the header on every page, from right to left where the language is."""
    from docx import Document
    from docx.enum.section import WD_ORIENT
    from docx.oxml import parse_xml
    from docx.shared import Cm, Pt

    rows, rtl = list(rows), get_language_bidi()
    document = Document()
    section = document.sections[0]
    section.orientation, section.page_width, section.page_height = WD_ORIENT.LANDSCAPE, Cm(29.7), Cm(21)
    section.left_margin = section.right_margin = Cm(1)
    section.top_margin = section.bottom_margin = Cm(1.2)
    document.styles["Normal"].font.size = Pt(7.5)
    document.styles["Normal"].paragraph_format.space_after = Pt(0)
    document.core_properties.title, document.core_properties.author = _clean(title), ""
    document.core_properties.language = get_language() or "en"
    for words, level in ((title, 1), (lead, 0)):
        paragraph = document.add_heading(_clean(words), level) if level else document.add_paragraph(_clean(words))
        if rtl:
            _turn(paragraph)
    # Written as text and read in once: adding cell by cell takes minutes for ten thousand rows.
    names = [*headings()[:8], *headings()[9:]]
    decisions = {str(one.value): str(one.label) for one in Decision}
    grid = "".join(f'<w:gridCol w:w="{width}"/>' for width in _TWIPS)
    parts = [_table_start(grid, rtl), _line(names, rtl, head=True)]
    for number, row in enumerate(rows, start=1):
        if number % 500 == 0:
            report(number, len(rows))
        parts.append(_line(_cells(row, decisions), rtl))
    parts.append("</w:tbl>")
    document.element.body.insert(len(document.element.body) - 1, parse_xml("".join(parts)))
    buffer = BytesIO()
    document.save(buffer)
    report(len(rows), len(rows))
    return buffer.getvalue()


def _cells(row: MatrixRow, decisions: dict[str, str]) -> list[str]:
    decision = decisions.get(row.decision, "")
    if row.duplicate_of:
        decision = _("Duplicate of no. %(number)d") % {"number": row.duplicate_of}
    return [
        str(row.number), row.speaker, row.place, row.quote, row.type, row.text, row.proposed_text,
        decision, row.reason, row.resulting_text, row.responsible, row.status,
    ]  # fmt: skip


def _table_start(grid: str, rtl: bool) -> str:
    sides = "".join(
        f'<w:{side} w:val="single" w:sz="4" w:space="0" w:color="8A9A9C"/>'
        for side in ("top", "left", "bottom", "right", "insideH", "insideV")
    )
    return (
        f'<w:tbl {_NS}><w:tblPr>{"<w:bidiVisual/>" if rtl else ""}<w:tblW w:w="{sum(_TWIPS)}" w:type="dxa"/>'
        f'<w:tblBorders>{sides}</w:tblBorders><w:tblLayout w:type="fixed"/>'
        '<w:tblCellMar><w:left w:w="60" w:type="dxa"/><w:right w:w="60" w:type="dxa"/></w:tblCellMar>'
        f"</w:tblPr><w:tblGrid>{grid}</w:tblGrid>"
    )


def _line(cells: Sequence[str], rtl: bool, *, head: bool = False) -> str:
    props = "<w:trPr><w:cantSplit/><w:tblHeader/></w:trPr>" if head else ""
    shade = '<w:shd w:val="clear" w:color="auto" w:fill="E4ECEC"/>' if head else ""
    bold = ("<w:b/><w:bCs/>" if head else "") + ("<w:rtl/>" if rtl else "")
    direction = "<w:pPr><w:bidi/></w:pPr>" if rtl else ""
    run = f"<w:rPr>{bold}</w:rPr>" if bold else ""
    done = []
    for width, words in zip(_TWIPS, cells, strict=True):
        lines = [
            f'<w:p>{direction}<w:r>{run}<w:t xml:space="preserve">{escape(_clean(line))}</w:t></w:r></w:p>'
            for line in words.split("\n")
        ]
        done.append(f'<w:tc><w:tcPr><w:tcW w:w="{width}" w:type="dxa"/>{shade}</w:tcPr>{"".join(lines)}</w:tc>')
    return f"<w:tr>{props}{''.join(done)}</w:tr>"


def _turn(paragraph: Any) -> None:
    from docx.oxml import OxmlElement

    paragraph._p.get_or_add_pPr().append(OxmlElement("w:bidi"))
    for run in paragraph.runs:
        run.font.rtl = True


def _clean(words: str) -> str:
    """Without the signs that no XML may hold."""
    return _ODD.sub("", words)
