"""A text as a Word document: real styles, tables and footnotes; hidden names, so that it is known again when it returns.

The compilation text is built on `WordText` too (`compilation_word.py`): `add_block(block, write=…)` writes the paragraph's
own content by the caller's function, with `add_runs()` for the parts that are plain text.
"""

import io
import itertools
import re
from collections.abc import Callable, Iterable
from typing import Any

import docx
from django.utils.translation import get_language_info, override
from docx.enum.style import WD_STYLE_TYPE
from docx.enum.text import WD_TAB_ALIGNMENT
from docx.opc.constants import CONTENT_TYPE, RELATIONSHIP_TYPE
from docx.opc.packuri import PackURI
from docx.opc.part import Part
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Mm, Pt, RGBColor
from lxml import etree

from strategy.documents.blocks import Block, blocks_of, fingerprint, in_order, runs_of
from strategy.documents.word_parts import NUMBER_STYLE, PROPERTY, TABLE_STYLE
from strategy.enums import ParagraphKind
from strategy.models import Draft
from strategy.models.markup import Bit

Write = Callable[[Any, Block], None]  # the content of a paragraph after its number, or of a table's cell

STYLES = {
    ParagraphKind.HEADING1: "Heading 1",
    ParagraphKind.HEADING2: "Heading 2",
    ParagraphKind.HEADING3: "Heading 3",
    ParagraphKind.ANNEX_HEADING: "SSC Annex Heading",
    ParagraphKind.PARAGRAPH: "SSC Paragraph",
    ParagraphKind.LIST_ITEM: "SSC List Item",
}
_PAIRS = 6  # in a property: Word cuts its text off at 255 signs, a pair has 42
_CUSTOM = "http://schemas.openxmlformats.org/officeDocument/2006/custom-properties"
_TYPES = "http://schemas.openxmlformats.org/officeDocument/2006/docPropsVTypes"
_W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
_LOCALES = {"ar": "ar-SA", "en": "en-GB", "es": "es-ES", "fr": "fr-FR", "ru": "ru-RU", "zh-hans": "zh-CN"}


def draft_docx(draft: Draft) -> bytes:
    """The text of a draft, that the caller may show, as a Word document with hidden names."""
    with override(draft.language):
        title, label = draft.strategy.title, draft.label
        text = WordText(title=title, label=label, language=draft.language)
        blocks = blocks_of(draft)
        for block in blocks:
            text.add_block(block)
        text.remember(slug=draft.strategy.slug, number=draft.number, sha256=draft.text_hash(), blocks=blocks)
        return text.bytes()


def made(tag: str, **attributes: Any) -> Any:
    """An element with `w:` attributes."""
    element = OxmlElement(tag)
    for name, value in attributes.items():
        element.set(qn(f"w:{name}"), str(value))
    return element


class WordText:
    """A Word document that grows block by block."""

    def __init__(self, *, title: str, label: str, language: str) -> None:
        """Begin a document with its title, styles, header and footer; `language` is that of the text."""
        self.document = docx.Document()
        self.is_rtl = bool(get_language_info(language)["bidi"])
        self.locale = _LOCALES.get(language, language)
        self._ids = itertools.count(1)
        self._style_ids: dict[str, str] = {}
        self._footnotes: list[Any] = []
        self._table: Any = None
        self._columns = 0
        body: Any = self.document.element.body
        self._end = body.sectPr
        self._set_styles()
        self._set_page(title, label)
        core = self.document.core_properties
        core.title, core.subject, core.language = title, label, self.locale
        core.author = core.last_modified_by = core.comments = ""
        self.document.add_paragraph(title, style="Title")
        self.document.add_paragraph(label, style="Subtitle")

    # --- Look --------------------------------------------------------------------------------------------------------

    def _set_styles(self) -> None:
        styles: Any = self.document.styles
        defaults = styles.element.find(qn("w:docDefaults")).find(qn("w:rPrDefault")).find(qn("w:rPr"))
        for old in defaults.findall(qn("w:lang")):
            defaults.remove(old)
        east = self.locale if self.locale.startswith("zh") else "zh-CN"
        defaults.append(made("w:lang", val=self.locale, eastAsia=east, bidi=self.locale if self.is_rtl else "ar-SA"))
        fonts = defaults.find(qn("w:rFonts"))
        if fonts is not None:
            defaults.remove(fonts)
        defaults.insert(0, made("w:rFonts", ascii="Calibri", hAnsi="Calibri", cs="Arial", eastAsia="SimSun"))
        normal = styles["Normal"]
        normal.font.size = Pt(11)
        normal.paragraph_format.space_after = Pt(6)
        normal.paragraph_format.line_spacing = 1.15
        self._direct(normal)
        for name, size in (("Title", 22), ("Subtitle", 13), ("Heading 1", 16), ("Heading 2", 13), ("Heading 3", 11.5)):
            self._dress(styles[name], size)
        annex = styles.add_style("SSC Annex Heading", WD_STYLE_TYPE.PARAGRAPH)
        annex.base_style, annex.next_paragraph_style, annex.quick_style = styles["Heading 1"], normal, True
        annex.paragraph_format.page_break_before = True
        for name, left, hanging in (("SSC Paragraph", 0, 0), ("SSC List Item", 24, 12)):
            style = styles.add_style(name, WD_STYLE_TYPE.PARAGRAPH)
            style.base_style, style.quick_style = normal, True
            style.paragraph_format.left_indent, style.paragraph_format.first_line_indent = Mm(left), Mm(-hanging)
            style.paragraph_format.tab_stops.add_tab_stop(Mm(left or 12), WD_TAB_ALIGNMENT.LEFT)
        number = styles.add_style(NUMBER_STYLE, WD_STYLE_TYPE.CHARACTER)
        number.font.color.rgb = RGBColor(0x4A, 0x57, 0x59)
        note = styles.add_style("footnote text", WD_STYLE_TYPE.PARAGRAPH)
        note.base_style, note.font.size = normal, Pt(9)
        sign = styles.add_style("footnote reference", WD_STYLE_TYPE.CHARACTER)
        sign.font.superscript = True
        table = styles.add_style(TABLE_STYLE, WD_STYLE_TYPE.TABLE)
        table.base_style = styles["Table Grid"]

    def _direct(self, style: Any) -> None:
        if self.is_rtl:
            style.element.get_or_add_pPr().insert(0, made("w:bidi"))

    def _dress(self, style: Any, size: float) -> None:
        """Set a heading of the template in the portal's colour, in the font of the text, upright."""
        look: Any = style.element.get_or_add_rPr()
        for tag in ("w:rFonts", "w:i", "w:iCs", "w:spacing"):
            for old in look.findall(qn(tag)):
                look.remove(old)
        style.font.size, style.font.color.rgb = Pt(size), RGBColor(0x0B, 0x3F, 0x46)
        style.paragraph_format.keep_with_next = True
        around: Any = style.element.get_or_add_pPr()
        for border in around.findall(qn("w:pBdr")):
            around.remove(border)

    def _set_page(self, title: str, label: str) -> None:
        section: Any = self.document.sections[0]
        section.page_width, section.page_height = Mm(210), Mm(297)
        section.left_margin = section.right_margin = Mm(25)
        section.top_margin = section.bottom_margin = Mm(25)
        if self.is_rtl:
            section._sectPr.append(made("w:bidi"))
        section.header.paragraphs[0].text = f"{title} · {label}"
        page = section.footer.paragraphs[0]
        page.alignment = 1
        for kind, field in (("begin", ""), ("", "PAGE"), ("separate", ""), ("text", "1"), ("end", "")):
            run = page.add_run("1" if kind == "text" else "")
            if field == "PAGE":
                instruction = OxmlElement("w:instrText")
                instruction.text = " PAGE "
                run._r.append(instruction)
            elif kind in {"begin", "separate", "end"}:
                run._r.append(made("w:fldChar", fldCharType=kind))

    # --- Content -----------------------------------------------------------------------------------------------------

    def add_block(self, block: Block, write: Write | None = None) -> Any:
        """Append a block under its number and hidden name; return its paragraph, or the row of a table.

        Args:
            write: writes what stands after the number (in a row: in each cell, given a block of that cell's text);
                by default the runs of the text, with its footnotes.
        """
        block = in_order(block)
        write = write or self._write_text
        if block.kind == ParagraphKind.TABLE_ROW:
            return self._add_row(block, write)
        self._table = None
        paragraph = self._paragraph(STYLES[ParagraphKind(block.kind)])
        self._end.addprevious(paragraph)
        self._add_named(paragraph, block, tab=True)
        write(paragraph, block)
        self._close_name(paragraph)
        return paragraph

    def _paragraph(self, style: str) -> Any:
        paragraph = OxmlElement("w:p")
        properties = OxmlElement("w:pPr")
        properties.append(made("w:pStyle", val=self._id_of(style)))
        if self.is_rtl:
            properties.append(made("w:bidi"))
        paragraph.append(properties)
        return paragraph

    def _id_of(self, style: str) -> str:
        if style not in self._style_ids:  # a look-up walks all styles, and a long text asks for each run
            styles: Any = self.document.styles
            self._style_ids[style] = str(styles[style].style_id)
        return self._style_ids[style]

    def _add_named(self, paragraph: Any, block: Block, *, tab: bool) -> None:
        """Open the bookmark with the hidden name and print the number."""
        self._open = next(self._ids) if block.uid else 0
        if block.uid:
            paragraph.append(made("w:bookmarkStart", id=self._open, name=f"{PROPERTY}{block.uid.hex}"))
        if block.number:
            self._add_run(paragraph, block.number, style=NUMBER_STYLE)
        if tab and block.number:
            self._add_run(paragraph, "\t", style=NUMBER_STYLE)

    def _close_name(self, paragraph: Any) -> None:
        if self._open:
            paragraph.append(made("w:bookmarkEnd", id=self._open))

    def _write_text(self, paragraph: Any, block: Block) -> None:
        self.add_runs(paragraph, runs_of(block.text, len(block.footnotes)), block.footnotes)

    def add_runs(self, paragraph: Any, runs: Iterable[Bit], footnotes: list[str]) -> None:
        """Append runs to a paragraph, the footnotes that they point at to the document."""
        for run in runs:
            if run.note:
                self._add_footnote(paragraph, footnotes[run.note - 1])
            else:
                self._add_run(paragraph, run.text, is_emphasis=run.is_emphasis)

    def add_styled(self, paragraph: Any, text: str, style: str) -> None:
        """Append words in a character style of the document; without one, as they are."""
        self._add_run(paragraph, text, style=style)

    def _add_run(self, parent: Any, text: str, *, is_emphasis: bool = False, style: str = "") -> Any:
        run = OxmlElement("w:r")
        look = OxmlElement("w:rPr")
        if style:
            look.append(made("w:rStyle", val=self._id_of(style)))
        if is_emphasis:
            look.extend([OxmlElement("w:i"), OxmlElement("w:iCs")])
        if self.is_rtl:
            look.append(OxmlElement("w:rtl"))
        if len(look):
            run.append(look)
        for piece in _pieces(text):
            if piece in "\n\t":
                run.append(OxmlElement("w:br" if piece == "\n" else "w:tab"))
                continue
            words = OxmlElement("w:t")
            words.text = piece
            words.set("{http://www.w3.org/XML/1998/namespace}space", "preserve")
            run.append(words)
        parent.append(run)
        return run

    def _add_footnote(self, paragraph: Any, note: str) -> None:
        number = len(self._footnotes) + 1
        run = OxmlElement("w:r")
        look = OxmlElement("w:rPr")
        look.append(made("w:rStyle", val=self._id_of("footnote reference")))
        run.extend([look, made("w:footnoteReference", id=number)])
        paragraph.append(run)
        whole = made("w:footnote", id=number)
        text = self._paragraph("footnote text")
        sign = OxmlElement("w:r")
        look = OxmlElement("w:rPr")
        look.append(made("w:rStyle", val=self._id_of("footnote reference")))
        sign.extend([look, OxmlElement("w:footnoteRef")])
        text.append(sign)
        self._add_run(text, " ")
        for one in runs_of(note):
            self._add_run(text, one.text, is_emphasis=one.is_emphasis)
        whole.append(text)
        self._footnotes.append(whole)

    # --- Tables ------------------------------------------------------------------------------------------------------

    def _add_row(self, block: Block, write: Write) -> Any:
        is_first = self._table is None
        if is_first:
            self._begin_table()
        cells = block.cells
        self._widen(len(cells) + 1)
        row = OxmlElement("w:tr")
        if is_first:
            properties = OxmlElement("w:trPr")
            properties.append(OxmlElement("w:tblHeader"))
            row.append(properties)
        named = self._cell(row)
        self._add_named(named, block, tab=False)
        self._close_name(named)
        for text in cells:
            write(self._cell(row), Block(block.kind, "", text, block.footnotes))
        self._table.append(row)
        self._span()
        return row

    def _begin_table(self) -> None:
        self._table = OxmlElement("w:tbl")
        properties = OxmlElement("w:tblPr")
        properties.append(made("w:tblStyle", val=self._id_of(TABLE_STYLE)))
        if self.is_rtl:
            properties.append(OxmlElement("w:bidiVisual"))
        properties.extend([made("w:tblW", w=5000, type="pct"), made("w:tblLook", val="0420", firstRow=1, noVBand=1)])
        self._grid = OxmlElement("w:tblGrid")
        self._table.extend([properties, self._grid])
        self._end.addprevious(self._table)
        self._end.addprevious(OxmlElement("w:p"))  # Word asks for a paragraph after a table
        self._columns = 0

    def _widen(self, columns: int) -> None:
        for _ in range(self._columns, columns):
            self._grid.append(made("w:gridCol", w=9000 // columns))
        self._columns = max(self._columns, columns)

    def _cell(self, row: Any) -> Any:
        cell = OxmlElement("w:tc")
        cell.append(OxmlElement("w:tcPr"))
        paragraph = self._paragraph("Normal")
        cell.append(paragraph)
        row.append(cell)
        return paragraph

    def _span(self) -> None:
        """Let the last cell of a row with fewer cells than others reach to the end."""
        for row in self._table.findall(qn("w:tr")):
            cells = row.findall(qn("w:tc"))
            properties = cells[-1].find(qn("w:tcPr"))
            for old in properties.findall(qn("w:gridSpan")):
                properties.remove(old)
            missing = self._columns - len(cells)
            if missing > 0:
                properties.append(made("w:gridSpan", val=missing + 1))

    # --- What is not seen --------------------------------------------------------------------------------------------

    def remember(self, *, slug: str, number: int, sha256: str, blocks: Iterable[Block]) -> None:
        """Keep unseen which text this is, and a fingerprint of every block: who changed what since is told from them."""
        pairs = [f"{block.uid.hex}{fingerprint(block)}" for block in blocks if block.uid]
        values = {"strategy": slug, "draft": str(number), "sha256": sha256}
        for place in range(0, len(pairs), _PAIRS):
            values[f"base_{place // _PAIRS + 1}"] = "".join(pairs[place : place + _PAIRS])
        root = etree.Element(f"{{{_CUSTOM}}}Properties", nsmap={None: _CUSTOM, "vt": _TYPES})
        for place, (name, value) in enumerate(values.items(), 2):
            one = etree.SubElement(root, f"{{{_CUSTOM}}}property")
            one.set("fmtid", "{D5CDD505-2E9C-101B-9397-08002B2CF9AE}")
            one.set("pid", str(place))
            one.set("name", f"{PROPERTY}{name}")
            etree.SubElement(one, f"{{{_TYPES}}}lpwstr").text = value
        package: Any = self.document.part.package
        part = Part(PackURI("/docProps/custom.xml"), CONTENT_TYPE.OFC_CUSTOM_PROPERTIES, xml_of(root), package)
        package.relate_to(part, RELATIONSHIP_TYPE.CUSTOM_PROPERTIES)

    def bytes(self) -> bytes:
        """The finished file."""
        if self._footnotes:
            self._finish_footnotes()
        file = io.BytesIO()
        self.document.save(file)
        return file.getvalue()

    def _finish_footnotes(self) -> None:
        root = etree.Element(f"{{{_W}}}footnotes", nsmap={"w": _W})
        for number, kind, tag in ((-1, "separator", "w:separator"), (0, "continuationSeparator", "w:continuationSeparator")):
            rule = made("w:footnote", type=kind, id=number)
            paragraph, run = OxmlElement("w:p"), OxmlElement("w:r")
            run.append(OxmlElement(tag))
            paragraph.append(run)
            rule.append(paragraph)
            root.append(rule)
        root.extend(self._footnotes)
        part = Part(PackURI("/word/footnotes.xml"), CONTENT_TYPE.WML_FOOTNOTES, xml_of(root), self.document.part.package)
        self.document.part.relate_to(part, RELATIONSHIP_TYPE.FOOTNOTES)
        settings: Any = self.document.settings.element
        rules = OxmlElement("w:footnotePr")
        rules.extend([made("w:footnote", id=-1), made("w:footnote", id=0)])
        before = settings.find(qn("w:compat"))
        if before is None:
            settings.append(rules)
        else:
            before.addprevious(rules)


def xml_of(root: Any) -> bytes:
    """A part of the document as it is stored."""
    return bytes(etree.tostring(root, xml_declaration=True, encoding="UTF-8", standalone=True))


def _pieces(text: str) -> list[str]:
    """The text cut at line ends and tabs, which are elements of their own."""
    return [piece for piece in re.split(r"([\n\t])", text) if piece]
