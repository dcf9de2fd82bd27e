"""A Word text with tracked changes and comments: native ones, each with its author, which Word and LibreOffice open.

`RevisedText` knows Word; what is proposed by whom, and which of it is tracked, is for its caller to say.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from docx.enum.style import WD_STYLE_TYPE
from docx.opc.constants import CONTENT_TYPE, RELATIONSHIP_TYPE
from docx.opc.packuri import PackURI
from docx.opc.part import Part
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Pt
from lxml import etree

from strategy.documents.blocks import Block, clean, runs_of
from strategy.documents.word_writing import WordText, made, xml_of
from strategy.models.markup import Bit, cut

_W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
_LONGEST_AUTHOR = 200


@dataclass(frozen=True)
class Who:
    """Whom Word names beside a change or a comment."""

    author: str
    initials: str = ""
    at: datetime | None = None

    @property
    def attributes(self) -> dict[str, str]:
        named = {"author": clean(self.author)[:_LONGEST_AUTHOR]}
        if self.at is not None:
            named["date"] = f"{self.at.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"
        return named


@dataclass(frozen=True)
class Revision:
    """A tracked change: the words from `start` to `end` of the reading text give way to `new`."""

    start: int
    end: int
    new: str
    who: Who


@dataclass(frozen=True)
class Remark:
    """A comment on the words from `start` to `end`, in lines."""

    start: int
    end: int
    who: Who
    lines: tuple[str, ...]


class RevisedText(WordText):
    """A Word document that also takes tracked changes and comments. Rejecting all of them gives back the text."""

    def __init__(self, *, title: str, label: str, language: str) -> None:
        super().__init__(title=title, label=label, language=language)
        self._comments: list[Any] = []
        styles: Any = self.document.styles
        said = styles.add_style("annotation text", WD_STYLE_TYPE.PARAGRAPH)
        said.base_style, said.font.size = styles["Normal"], Pt(10)
        mark = styles.add_style("annotation reference", WD_STYLE_TYPE.CHARACTER)
        mark.font.size = Pt(8)

    def add_revised(self, block: Block, revisions: Iterable[Revision], remarks: Iterable[Remark]) -> Any:
        """Append a block with what is proposed to it. Revisions must not touch each other, but for insertions at one place."""
        writer = _Writer(self, list(revisions), list(remarks))
        return self.add_block(block, write=writer.write)

    def add_removed(self, block: Block, who: Who, remarks: Iterable[Remark]) -> Any:
        """Append a block that somebody proposes to take out: its words, its number and its end."""
        element = self.add_revised(block, [], remarks)
        for run in list(element.iter(qn("w:r"))):
            if run.find(qn("w:commentReference")) is None:
                struck = self.change("w:del", who)
                run.addprevious(struck)
                struck.append(_struck(run))
        if element.tag == qn("w:tr"):
            properties = element.find(qn("w:trPr"))
            if properties is None:
                properties = OxmlElement("w:trPr")
                element.insert(0, properties)
            properties.append(self.change("w:del", who))
        else:
            mark = OxmlElement("w:rPr")
            mark.append(self.change("w:del", who))
            element.find(qn("w:pPr")).append(mark)
        return element

    def remark_on_title(self, remarks: Iterable[Remark]) -> None:
        """Comments on the whole stand at the title."""
        title: Any = self.document.paragraphs[0]._p
        numbers = [self.add_comment(one) for one in remarks]
        for number in reversed(numbers):
            title.insert(1, made("w:commentRangeStart", id=number))  # behind the properties
        for number in numbers:
            self.end_comment(title, number)

    # --- Parts of it -------------------------------------------------------------------------------------------------

    def change(self, tag: str, who: Who) -> Any:
        """An empty tracked change."""
        return made(tag, id=next(self._ids), **who.attributes)

    def add_comment(self, remark: Remark) -> int:
        """Keep a comment for the document; return what it is referred to by."""
        number = len(self._comments)
        one = made("w:comment", id=number, **remark.who.attributes, initials=clean(remark.who.initials)[:20])
        for place, line in enumerate(remark.lines):
            paragraph = self._paragraph("annotation text")
            if place == 0:
                paragraph.append(self._mark("w:annotationRef"))
            self._add_run(paragraph, clean(line))
            one.append(paragraph)
        self._comments.append(one)
        return number

    def end_comment(self, paragraph: Any, number: int) -> None:
        """The end of what a comment speaks of, with the sign that leads to it."""
        paragraph.append(made("w:commentRangeEnd", id=number))
        paragraph.append(self._mark("w:commentReference", id=number))

    def _mark(self, tag: str, **attributes: Any) -> Any:
        run, look = OxmlElement("w:r"), OxmlElement("w:rPr")
        look.append(made("w:rStyle", val=self._id_of("annotation reference")))
        run.extend([look, made(tag, **attributes)])
        return run

    def bytes(self) -> bytes:
        if self._comments:
            root = etree.Element(f"{{{_W}}}comments", nsmap={"w": _W})
            root.extend(self._comments)
            part = Part(PackURI("/word/comments.xml"), CONTENT_TYPE.WML_COMMENTS, xml_of(root), self.document.part.package)
            self.document.part.relate_to(part, RELATIONSHIP_TYPE.COMMENTS)
        return super().bytes()


class _Writer:
    """Writes one block; the cells of a row one after the other, as parts of one text."""

    def __init__(self, text: RevisedText, revisions: list[Revision], remarks: list[Remark]) -> None:
        self.text, self.revisions = text, sorted(revisions, key=lambda one: (one.end, one.start))
        self.remarks = [(text.add_comment(one), one) for one in remarks]
        self.offset = 0
        self.struck: Revision | None = None
        self.opened: set[int] = set()
        self.closed: set[int] = set()

    def write(self, paragraph: Any, block: Block) -> None:
        runs = runs_of(block.text, len(block.footnotes))
        length = sum(len(run.text) for run in runs)
        places = {place - self.offset for one in self.revisions for place in (one.start, one.end)}
        places |= {place - self.offset for _number, one in self.remarks for place in (one.start, one.end)}
        ended = set[int]()
        for piece in cut(runs, (place for place in places if 0 <= place <= length)):
            if isinstance(piece, Bit):
                self._write_run(paragraph, piece, block.footnotes)
            elif piece not in ended:
                ended.add(piece)
                self._end(paragraph, piece + self.offset)
            else:
                self._begin(paragraph, piece + self.offset)
        self.offset += length + 1  # the line end between two cells

    def _write_run(self, paragraph: Any, run: Bit, footnotes: list[str]) -> None:
        if self.struck is None:
            self.text.add_runs(paragraph, [run], footnotes)
            return
        struck = self.text.change("w:del", self.struck.who)
        paragraph.append(struck)
        self.text.add_runs(struck, [run], footnotes)
        for one in struck:
            _struck(one)

    def _end(self, paragraph: Any, place: int) -> None:
        """What ends here: words taken out, then words put in, then what comments speak of."""
        if self.struck is not None and self.struck.end == place:
            self.struck = None
        for number, one in self.remarks:
            if one.start == one.end == place and number not in self.opened:
                self._open(paragraph, number)
        for revision in self.revisions:
            if revision.end == place and revision.new:
                added = self.text.change("w:ins", revision.who)
                paragraph.append(added)
                self.text.add_runs(added, [Bit(revision.new)], [])
        for number, one in self.remarks:
            if one.end == place and number in self.opened and number not in self.closed:
                self.closed.add(number)
                self.text.end_comment(paragraph, number)

    def _begin(self, paragraph: Any, place: int) -> None:
        for number, one in self.remarks:
            if one.start == place and number not in self.opened:
                self._open(paragraph, number)
        for revision in self.revisions:
            if revision.start == place < revision.end:
                self.struck = revision

    def _open(self, paragraph: Any, number: int) -> None:
        self.opened.add(number)
        paragraph.append(made("w:commentRangeStart", id=number))


def _struck(run: Any) -> Any:
    """The run with its text as Word keeps that of words taken out."""
    for words in run.findall(qn("w:t")):
        words.tag = qn("w:delText")
    return run


def initials_of(name: str) -> str:
    """An acronym as it is; of a long name the first letters of its words."""
    if len(name) <= 12 and " " not in name:
        return name
    return "".join(word[0] for word in re.findall(r"\w+", name) if word[0].isupper() or not word.isascii())[:8] or name[:3]


def joined(names: Iterable[str], comma: str) -> str:
    """Several authors as one, as many as Word takes."""
    rest = list(names)
    shown = rest.copy()
    while len(comma.join(shown)) > _LONGEST_AUTHOR - 8 and len(shown) > 1:
        shown.pop()
    left = len(rest) - len(shown)
    return comma.join(shown) + (f" + {left}" if left else "")
