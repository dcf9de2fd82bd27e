"""A text from a Word document, by a walker of our own: nothing that the document holds is passed over unsaid.

Tracked changes are read as if all were accepted, or as if all were rejected, and are listed either way; so are comments.
What a text of the portal cannot carry is counted in `Reading.lost`.
"""

import re
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _

from common.access import Refused
from common.numbers import whole_number
from common.word_files import W, WordParts, is_on, val
from strategy.documents.blocks import Block, clean, text_of
from strategy.documents.readings import MOST_BLOCKS, Reading, is_annex, number_all, without_typed_number
from strategy.documents.word_parts import NUMBER_STYLE, PROPERTY, TABLE_STYLE, Lists, Styles
from strategy.enums import ParagraphKind
from strategy.models.markup import Bit

_M = "{http://schemas.openxmlformats.org/officeDocument/2006/math}"
_MC = "{http://schemas.openxmlformats.org/markup-compatibility/2006}"
_R_ID = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"
_NAME = re.compile(rf"{PROPERTY}([0-9a-f]{{32}})")
_PAIR = re.compile(r"([0-9a-f]{32})([0-9a-f]{10})")
_LEVELS = (ParagraphKind.HEADING1, ParagraphKind.HEADING2, ParagraphKind.HEADING3)
_KINDS = {
    "ssc annex heading": ParagraphKind.ANNEX_HEADING,
    "ssc paragraph": ParagraphKind.PARAGRAPH,
    "ssc list item": ParagraphKind.LIST_ITEM,
}
_KEEPS = {"ins": "accept", "moveTo": "accept", "del": "reject", "moveFrom": "reject"}
_CONTAINERS = {"hyperlink", "smartTag", "sdt", "sdtContent", "fldSimple", "customXml", "dir", "bdo", "ruby", "rubyBase"}


@dataclass
class _Line:
    """A paragraph on its way from the file."""

    runs: list[Bit] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    number: str = ""
    uid: UUID | None = None
    boxes: list[Any] = field(default_factory=list)

    @property
    def text(self) -> str:
        return text_of(self.runs)


def read_word(content: bytes, *, accept: bool = True) -> Reading:
    """Read a Word document.

    Args:
        accept: read its tracked changes as accepted; otherwise as rejected.

    Raises:
        Refused: what cannot be read, or not safely; a sentence says what to do.
    """
    return _Reader(WordParts(content), accept=accept).read()


class _Reader:
    def __init__(self, parts: WordParts, *, accept: bool) -> None:
        self.parts, self.accept = parts, accept
        self.styles, self.lists = Styles(parts.xml("word/styles.xml")), Lists(parts.xml("word/numbering.xml"))
        self.notes = {
            kind: {one.get(W + "id"): one for one in root} if (root := parts.xml(f"word/{kind}s.xml")) is not None else {}
            for kind in ("footnote", "endnote")
        }
        self.reading = Reading()
        self.names: set[str] = set()
        self.fields: list[str] = []  # of each open field: "code" until its result begins
        self.open_comments: dict[str, list[str]] = {}
        self.quotes: dict[str, str] = {}
        self.carried: tuple[_Line, Any] | None = None  # a paragraph whose end is struck out goes on in the next
        self._noted: Any = None  # the tracked change that was read last
        self.in_note = False
        self.is_ours = False

    def read(self) -> Reading:
        root = self.parts.xml("word/document.xml")
        body = root.find(W + "body") if root is not None else None
        if body is None:
            raise Refused(_("This Word document holds no text. Open it in Word, save it again, then upload it."))
        self._read_properties()
        self._read_children(body)
        self._finish_carried()
        self._read_comments()
        for name in sorted(self.parts.names):
            if re.fullmatch(r"word/(header|footer)\d*\.xml", name) and not self.is_ours:
                part = self.parts.xml(name)
                if part is not None and "".join(one.text or "" for one in part.iter(W + "t")).strip(" 0123456789"):
                    self.reading.lost["header"] += 1
        if len(self.reading.blocks) > MOST_BLOCKS:
            raise Refused(_("This text has more than %(most)s paragraphs. Import it in parts.") % {"most": MOST_BLOCKS})
        self.reading.renumbered = number_all(self.reading.blocks)
        return self.reading

    def _read_properties(self) -> None:
        root = self.parts.xml("docProps/custom.xml")
        for one in root if root is not None else []:
            name, value = one.get("name") or "", "".join(one.itertext())
            if name.startswith(f"{PROPERTY}base_"):
                self.reading.base |= dict(_PAIR.findall(value))
            elif name.startswith(PROPERTY):
                self.reading.source[name.removeprefix(PROPERTY)] = value[:100]
        self.is_ours = bool(self.reading.source)

    def _read_comments(self) -> None:
        root = self.parts.xml("word/comments.xml")
        for one in root if root is not None else []:
            text = "\n".join("".join(t.text or "" for t in p.iter(W + "t")) for p in one.iter(W + "p"))
            self.reading.comments.append(
                {**_who(one), "text": clean(text), "quote": self.quotes.get(one.get(W + "id") or "", "")}
            )

    # --- Blocks ------------------------------------------------------------------------------------------------------

    def _read_children(self, parent: Any) -> None:
        for child in parent:
            tag = _tag(child)
            if tag == "p":
                self._read_paragraph(child)
            elif tag == "tbl":
                self._finish_carried()
                self._read_table(child)
            elif tag in _KEEPS:
                if self._is_kept(child, tag):
                    self._read_children(child)
            elif tag == "sdt":
                gallery = val(child, "sdtPr/docPartObj/docPartGallery") or ""
                if gallery == "Table of Contents":
                    self.reading.lost["contents"] += 1
                    continue
                for content in child.findall(W + "sdtContent"):
                    self._read_children(content)
            elif tag == "customXml":
                self._read_children(child)
            elif child.tag == _MC + "AlternateContent":
                self._read_children(child[0] if len(child) else child)
            elif tag == "altChunk":
                self.reading.lost["object"] += 1
            elif child.tag in {_M + "oMathPara", _M + "oMath"}:
                self.reading.lost["equation"] += 1
            elif tag == "commentRangeStart":
                self.open_comments[child.get(W + "id")] = []

    def _properties(self, paragraph: Any) -> Any:
        """Those of a paragraph, as they were where a tracked change of them is rejected."""
        properties = paragraph.find(W + "pPr")
        old = properties.find(f"{W}pPrChange") if properties is not None else None
        if old is None:
            return properties
        self._note_change("format", old, "")
        return properties if self.accept else old.find(W + "pPr")

    def _read_paragraph(self, paragraph: Any) -> None:
        line = _Line()
        own = paragraph.find(W + "pPr")
        if self.carried:
            line, _first = self.carried
            self.carried = None
        properties = self._properties(paragraph)
        self._read_inline(paragraph, line)
        if self._end_is_struck(own):
            # A paragraph that goes whole leaves nothing to the next, its hidden name least of all.
            self.carried = (line, properties) if line.runs or line.number or line.boxes else None
            return
        self._finish(line, properties)

    def _end_is_struck(self, properties: Any) -> bool:
        """Whether the paragraph's end goes with the changes, so that it goes on in the next paragraph."""
        look = properties.find(W + "rPr") if properties is not None else None
        if look is None:
            return False
        for tag, kept_by in _KEEPS.items():
            found = look.find(W + tag)
            if found is not None:
                self._note_change("mark_added" if kept_by == "accept" else "mark_removed", found, "")
                if (kept_by == "accept") != self.accept:
                    return True
        return False

    def _finish_carried(self) -> None:
        if self.carried:
            line, properties = self.carried
            self.carried = None
            self._finish(line, properties)

    def _finish(self, line: _Line, properties: Any) -> None:
        """Turn a line into a block, unless it is empty, a title or a table of contents."""
        style = self.styles.get(val(properties, "pStyle"))
        name = style.name.casefold()
        text = line.text.strip("\n")
        if text.strip() or line.uid:
            if name in {"title", "subtitle"}:
                self.reading.lost["title"] += not self.is_ours
            elif name.startswith("toc ") or name == "table of contents":
                self.reading.lost["contents"] += 1
            else:
                self._add(line, self._block(line, text, name, style, properties))
        for box in line.boxes:
            self._read_children(box)
            self._finish_carried()

    def _add(self, line: _Line, block: Block) -> None:
        block.footnotes, block.uid = line.notes, line.uid
        self.reading.blocks.append(block)

    def _block(self, line: _Line, text: str, name: str, style: Any, properties: Any) -> Block:
        outline = val(properties, "outlineLvl")
        own = whole_number(outline, digits=9) if outline else None
        level = style.level if own is None else own
        label = self._label(style, properties)
        kind = _KINDS.get(name)
        if kind is None and level is not None and level < 9:
            kind = _LEVELS[min(level, 2)]
            self.reading.lost["deep"] += level > 2
        number = line.number or (label.text if label else "")
        if not number:
            number, text = without_typed_number(text.lstrip(" \t"))
            if kind in _LEVELS and re.fullmatch(r"[a-z]", number):
                number, text = "", f"{number}. {text}"
        if kind == ParagraphKind.HEADING1 and is_annex(text) and not line.number:
            kind = ParagraphKind.ANNEX_HEADING
        if kind is None:
            is_item = label is not None and (label.is_bullet or label.level > 0 or label.format.startswith("lower"))
            is_item = is_item or bool(re.fullmatch(r"\(?[a-z]{1,5}\)?", number)) or "list bullet" in name
            kind = ParagraphKind.LIST_ITEM if is_item else ParagraphKind.PARAGRAPH
        return Block(kind, number, text.strip("\n") if line.number else text.strip())

    def _label(self, style: Any, properties: Any) -> Any:
        own = properties.find(W + "numPr") if properties is not None else None
        list_id, level = val(own, "numId"), val(own, "ilvl")
        inherited = style.number or ("0", "0")
        return self.lists.label(list_id or inherited[0], level or (inherited[1] if list_id is None else "0"))

    # --- Tables ------------------------------------------------------------------------------------------------------

    def _read_table(self, table: Any) -> None:
        is_ours = self.styles.get(val(table, "tblPr/tblStyle")).name == TABLE_STYLE
        rows = [row for row in _children_through(table, "tr") if self._row_is_kept(row)]
        cells = [list(_children_through(row, "tc")) for row in rows]
        if len(cells) == 1 and len(cells[0]) == 1:  # a box around paragraphs
            self._read_children(cells[0][0])
            self._finish_carried()
            return
        for row in cells:
            line = _Line()
            texts = [self._cell(cell, line, is_first=is_ours and place == 0) for place, cell in enumerate(row)]
            # Programs that lose the style of the table keep the hidden name in the cell of the number.
            has_number = is_ours or line.uid is not None
            number = line.number if has_number else ""
            texts = texts[1:] if has_number else texts
            if any(text.strip() for text in texts) or line.uid:
                self._add(line, Block(ParagraphKind.TABLE_ROW, number, "\n".join(texts)))

    def _row_is_kept(self, row: Any) -> bool:
        for tag, kept_by in _KEEPS.items():
            found = row.find(f"{W}trPr/{W}{tag}")
            if found is not None:
                words = "".join(one.text or "" for one in row.iter(W + "t", W + "delText"))
                self._note_change("added" if kept_by == "accept" else "removed", found, words)
                if (kept_by == "accept") != self.accept:
                    return False
        return True

    def _cell(self, cell: Any, line: _Line, *, is_first: bool) -> str:
        merged = cell.find(f"{W}tcPr/{W}vMerge")
        self.reading.lost["merged"] += merged is not None and merged.get(W + "val") != "restart"
        paragraphs = [one for one in cell.iter(W + "p") if _owner(one) is cell]
        self.reading.lost["nested"] += len(list(cell.iter(W + "tbl")))
        texts = []
        for paragraph in paragraphs:
            line.runs = []
            self._read_inline(paragraph, line)
            self._end_is_struck(paragraph.find(W + "pPr"))
            texts.append(" ".join(line.text.split("\n")) if not is_first else "")
        for inner in cell.iter(W + "tbl"):
            texts += ["".join(t.text or "" for t in p.iter(W + "t")) for p in inner.iter(W + "p")]
        for box in line.boxes:
            texts.append(" ".join("".join(t.text or "" for t in p.iter(W + "t")) for p in box.iter(W + "p")))
        line.boxes, line.runs = [], []
        return " ".join(text for text in texts if text.strip()) or "".join(texts[:1])

    # --- Inside a paragraph ------------------------------------------------------------------------------------------

    def _is_kept(self, element: Any, tag: str) -> bool:
        words = "".join(one.text or "" for one in element.iter(W + "t", W + "delText"))
        kind = {"ins": "added", "del": "removed", "moveTo": "moved_here", "moveFrom": "moved_away"}[tag]
        if words or element.find(f".//{W}footnoteReference") is not None:
            self._note_change(kind, element, words)
        return (_KEEPS[tag] == "accept") == self.accept

    def _note_change(self, kind: str, element: Any, text: str) -> None:
        """Keep a tracked change; what Word cut into several pieces beside each other is one."""
        change = {"kind": kind, **_who(element), "text": clean(text)[:2000]}
        last = self.reading.changes[-1:]
        goes_on = self._noted is not None and _before(element) is self._noted
        if goes_on and last and text and last[0]["kind"] == kind and last[0]["author"] == change["author"]:
            last[0]["text"] += change["text"]
        else:
            self.reading.changes.append(change)
        self._noted = element

    def _read_inline(self, parent: Any, line: _Line) -> None:
        for child in parent:
            tag = _tag(child)
            if tag == "r":
                self._read_run(child, line)
            elif tag in _KEEPS:
                if self._is_kept(child, tag):
                    self._read_inline(child, line)
            elif tag in _CONTAINERS:
                self.reading.lost["link"] += tag == "hyperlink" and child.get(_R_ID) is not None
                self._read_inline(child, line)
            elif tag == "bookmarkStart":
                found = _NAME.fullmatch(child.get(W + "name") or "")
                if found and line.uid is None and found[1] not in self.names:
                    self.names.add(found[1])
                    line.uid = UUID(found[1])
            elif tag == "commentRangeStart":
                self.open_comments[child.get(W + "id")] = []
            elif tag == "commentRangeEnd":
                self.quotes[child.get(W + "id")] = "".join(self.open_comments.pop(child.get(W + "id"), []))[:500]
            elif child.tag in {_M + "oMath", _M + "oMathPara"}:
                self.reading.lost["equation"] += 1
            elif child.tag == _MC + "AlternateContent":
                self._read_inline(child[0] if len(child) else child, line)

    def _read_run(self, run: Any, line: _Line) -> None:
        look = run.find(W + "rPr")
        old = look.find(W + "rPrChange") if look is not None else None
        if old is not None:
            words = "".join(one.text or "" for one in run.iter(W + "t", W + "delText"))
            self._note_change("format", old, words)
            look = look if self.accept else old.find(W + "rPr")
        style = self.styles.get(val(look, "rStyle"))
        switch = look.find(W + "i") if look is not None else None
        is_emphasis = is_on(look, "i") if switch is not None else style.is_italic
        switch = look.find(W + "vanish") if look is not None else None
        if is_on(look, "vanish") if switch is not None else style.is_hidden:
            self._note_hidden(run)
        for kind in ("b", "u", "strike", "dstrike", "highlight"):
            self.reading.lost["look"] += is_on(look, kind) and not self.in_note
        self._read_pieces(run, line, is_emphasis=is_emphasis, is_number=style.name == NUMBER_STYLE)

    def _note_hidden(self, run: Any) -> None:
        """Hidden text is part of the text, so it is read; the person is shown which words Word does not show."""
        words = clean("".join(one.text or "" for one in run.iter(W + "t")))
        if words.strip() and "code" not in self.fields:
            self.reading.hidden.append(words.strip()[:500])

    def _read_pieces(self, run: Any, line: _Line, *, is_emphasis: bool, is_number: bool) -> None:
        for piece in run:
            tag = _tag(piece)
            if tag == "fldChar":
                self._step_field(piece.get(W + "fldCharType"))
            elif "code" in self.fields:
                continue
            elif tag in {"footnoteReference", "endnoteReference"} and not self.in_note:
                self._read_note(tag.removesuffix("Reference"), piece.get(W + "id"), line, is_emphasis=is_emphasis)
            elif tag in {"drawing", "pict", "object"} or piece.tag == _MC + "AlternateContent":
                self._read_drawing(piece, line)
            elif (text := _sign(piece, tag)) is not None:
                text = clean(text)
                if is_number and not line.runs:
                    line.number += text.strip("\t")
                    continue
                line.runs.append(Bit(text, is_emphasis))
                for quote in self.open_comments.values():
                    quote.append(text)
            elif tag == "sym":
                self.reading.lost["symbol"] += 1

    def _step_field(self, kind: str | None) -> None:
        if kind == "begin":
            self.fields.append("code")
        elif kind == "separate" and self.fields:
            self.fields[-1] = "result"
        elif kind == "end" and self.fields:
            self.fields.pop()

    def _read_note(self, kind: str, key: str | None, line: _Line, *, is_emphasis: bool) -> None:
        note = self.notes[kind].get(key)
        text = ""
        if note is not None:
            self.in_note = True
            lines = []
            for paragraph in note.iter(W + "p"):
                inner = _Line()
                self._read_inline(paragraph, inner)
                lines.append(inner.text)
            self.in_note = False
            text = "\n".join(lines).strip()
        if text:
            line.notes.append(text)
            line.runs.append(Bit("", is_emphasis, len(line.notes)))
        else:
            self.reading.lost["empty_note"] += 1

    def _read_drawing(self, drawing: Any, line: _Line) -> None:
        if drawing.tag == _MC + "AlternateContent":
            for one in drawing[0] if len(drawing) else []:
                self._read_drawing(one, line)
            return
        boxes = list(drawing.iter(W + "txbxContent"))
        line.boxes += boxes
        self.reading.lost["box"] += len(boxes)
        if not boxes:
            self.reading.lost["object" if _tag(drawing) == "object" else "picture"] += 1


def _tag(element: Any) -> str:
    """The name of a w: element; empty for one of another kind."""
    tag = element.tag
    return tag.removeprefix(W) if isinstance(tag, str) and tag.startswith(W) else ""


def _sign(piece: Any, tag: str) -> str | None:
    """The text that a piece of a run stands for; None for what is no text."""
    if tag in {"t", "delText"}:
        return piece.text or ""
    if tag == "br":
        return "\n" if piece.get(W + "type", "textWrapping") == "textWrapping" else ""
    return {"tab": "\t", "cr": "\n", "noBreakHyphen": "\u2011", "softHyphen": "\u00ad", "ptab": "\t"}.get(tag)


def _before(element: Any) -> Any:
    """What stands right before an element, whatever marks of Word's own lie between."""
    before = element.getprevious()
    while before is not None and _tag(before) in {"bookmarkStart", "bookmarkEnd", "proofErr"}:
        before = before.getprevious()
    return before


def _who(element: Any) -> dict[str, str]:
    return {"author": (element.get(W + "author") or "")[:200], "date": (element.get(W + "date") or "")[:20]}


def _children_through(parent: Any, wanted: str) -> Any:
    """The rows of a table or cells of a row, also those inside controls and tracked changes."""
    for child in parent:
        tag = _tag(child)
        if tag == wanted:
            yield child
        elif tag in {"sdt", "sdtContent", "customXml", "ins", "del"}:
            yield from _children_through(child, wanted)


def _owner(paragraph: Any) -> Any:
    """The nearest cell or text box around a paragraph."""
    return next((one for one in paragraph.iterancestors(W + "tc", W + "txbxContent")), None)
