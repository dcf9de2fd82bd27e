"""A text from Markdown or plain text: what encoding it has, its headings, numbers, lists, tables and footnotes."""

import re
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _
from markdown_it import MarkdownIt

from common.access import Refused
from strategy.documents.blocks import Block, clean, text_of
from strategy.documents.readings import (
    MOST_BLOCKS,
    Reading,
    is_annex,
    number_all,
    printed,
    without_typed_number,
)
from strategy.enums import ParagraphKind
from strategy.models.markup import Bit

_HEAD = re.compile(r"<!-- ssc-draft (?P<facts>[^>]*) -->")
_FACT = re.compile(r'(\w+)="([^"]{0,100})"')
_NAME = re.compile(r"<!-- ssc (?:(?P<uid>[0-9a-f]{32}) (?P<base>[0-9a-f]{10}) )?(?P<kind>[a-z0-9_]+)(?: (?P<cells>\d{1,3}))? -->")
_BASE = re.compile(r"<!-- ssc-base ([0-9a-f ]*)-->")
_NOTE = re.compile(r"\[\^([^\]\s]{1,40})\]")
_NOTE_TEXT = re.compile(r"^ {0,3}\[\^([^\]\s]{1,40})\]:[ \t]*(.*)$")
_LEVELS = {"h1": ParagraphKind.HEADING1, "h2": ParagraphKind.HEADING2}
_KINDS = set(ParagraphKind)


_BYTE_ORDER_MARKS = (
    (b"\xef\xbb\xbf", "utf-8-sig", "UTF-8"),
    (b"\xff\xfe", "utf-16", "UTF-16"),
    (b"\xfe\xff", "utf-16", "UTF-16"),
)


# --- Encoding --------------------------------------------------------------------------------------------------------


def decoded(content: bytes) -> tuple[str, str]:
    """The text of a file and the name of its encoding; Refused for what is no text."""
    for mark, encoding, name in _BYTE_ORDER_MARKS:
        if content.startswith(mark):
            return _decode(content, encoding), name
    if b"\0" in content:
        even, odd = content[0::2].count(0), content[1::2].count(0)
        if min(even, odd) > len(content) // 20:
            raise Refused(_no_text())
        return _decode(content, "utf-16-be" if even > odd else "utf-16-le"), "UTF-16"
    try:
        return content.decode("utf-8"), "UTF-8"
    except UnicodeDecodeError:
        return _decode(content, "cp1252"), "Windows-1252"


def _no_text() -> str:
    return _("This file is not text. Upload a Word document (.docx), Markdown (.md) or plain text (.txt).")


def _decode(content: bytes, encoding: str) -> str:
    try:
        return content.decode(encoding)
    except UnicodeDecodeError as error:
        raise Refused(_no_text()) from error


# --- Markdown --------------------------------------------------------------------------------------------------------


def read_markdown(content: bytes) -> Reading:
    """Read Markdown (CommonMark with tables and footnotes), our own or anybody's."""
    text, encoding = decoded(content)
    reader = _Reader(text)
    reader.reading.encoding = encoding
    return reader.read()


class _Reader:
    def __init__(self, text: str) -> None:
        self.reading = Reading()
        self.definitions: dict[str, str] = {}
        # Escaped signs stay apart from the text around them: `\[^1\]` is no footnote.
        self.markdown = MarkdownIt("commonmark", {"maxNesting": 40}).enable("table").disable(["text_join"])
        self.source = self._without_definitions(clean(text))
        self.name: re.Match[str] | None = None
        self.names: set[str] = set()
        self.notes: list[str] = []

    def _without_definitions(self, text: str) -> str:
        kept, fence, last = [], "", ""
        for line in text.split("\n"):
            mark = re.match(r" {0,3}(```+|~~~+)", line)
            if mark and (not fence or mark[1].startswith(fence)):
                fence = "" if fence else mark[1]
            found = None if fence else _NOTE_TEXT.match(line)
            if found:
                last = found[1]
                self.definitions.setdefault(last, found[2])
            elif last and line.strip() and not fence and re.match(r" {4}|\t", line):
                self.definitions[last] += " " + line.strip()
            else:
                last = last if not line.strip() else ""
                kept.append(line)
        return "\n".join(kept)

    def read(self) -> Reading:
        head = _HEAD.search(self.source)
        if head:
            self.reading.source = dict(_FACT.findall(head["facts"]))
        base = _BASE.search(self.source)
        if base:
            self.reading.base = {pair[:32]: pair[32:] for pair in base[1].split() if len(pair) == 42}
        tokens = self.markdown.parse(self.source)
        self._walk(tokens)
        if len(self.reading.blocks) > MOST_BLOCKS:
            raise Refused(_("This text has more than %(most)s paragraphs. Import it in parts.") % {"most": MOST_BLOCKS})
        self.reading.renumbered = number_all(self.reading.blocks)
        return self.reading

    def _walk(self, tokens: list[Any]) -> None:
        lists: list[tuple[bool, int]] = []  # ordered, next number
        label = ""
        heading = ""
        row: list[str] | None = None
        for token in tokens:
            kind = token.type
            if kind == "html_block":
                self._take_html(token.content)
            elif kind in {"fence", "code_block"}:
                self.reading.lost["code"] += 1
                self._add(ParagraphKind.PARAGRAPH, "", token.content.rstrip("\n"))
            elif kind in {"ordered_list_open", "bullet_list_open"}:
                lists.append((kind == "ordered_list_open", int(token.attrGet("start") or 1)))
            elif kind in {"ordered_list_close", "bullet_list_close"}:
                lists.pop()
            elif kind == "list_item_open":
                is_ordered, _next = lists[-1]
                label = token.info if is_ordered else "-"
            elif kind == "list_item_close":
                label = ""
            elif kind == "heading_open":
                heading = token.tag
            elif kind == "heading_close":
                heading = ""
            elif kind == "tr_open":
                row, self.notes = [], []
            elif kind == "tr_close" and row is not None:
                self._add_row(row)
                row = None
            elif kind == "inline":
                if row is not None:
                    row.append(" ".join(self._text(token, in_row=True).split("\n")))
                    continue
                self.notes = []
                self._add_line(self._text(token), heading, label, depth=len(lists), is_ordered=bool(lists and lists[-1][0]))
                label = "+" if label else ""

    def _take_html(self, content: str) -> None:
        found = _NAME.search(content)
        if found:
            self.name = found
        elif not _HEAD.search(content) and not re.fullmatch(r"(?s)\s*<!--.*-->\s*", content):
            self.reading.lost["html"] += 1
            self._add(ParagraphKind.PARAGRAPH, "", content.strip())

    def _add_line(self, text: str, heading: str, label: str, *, depth: int, is_ordered: bool) -> None:
        number, text = self._number(text)
        if heading:
            kind = _LEVELS.get(heading, ParagraphKind.HEADING3)
            if kind == ParagraphKind.HEADING1 and is_annex(text):
                kind = ParagraphKind.ANNEX_HEADING
            self.reading.lost["deep"] += heading in {"h4", "h5", "h6"}
        elif label and (depth > 1 or not is_ordered):
            kind = ParagraphKind.LIST_ITEM
        else:
            kind = ParagraphKind.PARAGRAPH
            if label and label not in {"-", "+"} and not number:
                number = label
        if not number and self.name is None:
            number, text = without_typed_number(text)
            if number.strip("()").islower() and kind == ParagraphKind.PARAGRAPH:
                kind = ParagraphKind.LIST_ITEM
        if text.strip() or self.name:
            self._add(kind, number, text)

    def _add_row(self, cells: list[str]) -> None:
        number = ""
        if self.name:
            number, _rest = self._number(cells[0])
            cells = cells[1 : int(self.name["cells"]) + 1] if self.name["cells"] else cells[1:]
        if any(cell.strip() for cell in cells) or self.name:
            self._add(ParagraphKind.TABLE_ROW, number, "\n".join(cells))

    def _number(self, text: str) -> tuple[str, str]:
        """The number that stands in bold before the text, and the rest."""
        found = re.match(r"\x02(.*?)\x03 ?", text, re.DOTALL)
        number = ""
        if found and (
            self.name or (re.fullmatch(r"[\w().]{1,12}", printed(found[1])) and re.search(r"\d|^[IVXLC]+\.?$", found[1]))
        ):
            number, text = found[1], text[found.end() :]
        return number, text.replace("\x02", "").replace("\x03", "")

    def _add(self, kind: str, number: str, text: str) -> None:
        uid = None
        if self.name:
            kind = self.name["kind"] if self.name["kind"] in _KINDS else kind
            if self.name["uid"] and self.name["uid"] not in self.names:
                self.names.add(self.name["uid"])
                uid = UUID(self.name["uid"])
                self.reading.base[self.name["uid"]] = self.name["base"]
            self.name = None
        self.reading.blocks.append(Block(kind, number, text, self.notes, uid))
        self.notes = []

    # --- Inside a paragraph ------------------------------------------------------------------------------------------

    def _text(self, token: Any, *, in_row: bool = False) -> str:
        """The text of an inline token with our marks; a bold beginning stands between \\x02 and \\x03."""
        runs: list[Bit] = []
        emphasis = bold = 0
        for place, child in enumerate(token.children or []):
            kind = child.type
            if kind in {"em_open", "em_close"}:
                emphasis += 1 if kind == "em_open" else -1
            elif kind in {"strong_open", "strong_close"}:
                if bold or not any(run.text or run.note for run in runs):
                    runs.append(Bit("\x02" if kind == "strong_open" else "\x03"))
                    bold = kind == "strong_open"
                else:
                    self.reading.lost["look"] += kind == "strong_open"
            elif kind == "text":
                runs += self._with_notes(child.content, is_emphasis=emphasis > 0)
            elif kind in {"text_special", "code_inline"}:
                runs.append(Bit(child.content, emphasis > 0))
            elif kind == "softbreak":
                runs.append(Bit(" ", emphasis > 0))
            elif kind == "hardbreak":
                runs.append(Bit("\n", emphasis > 0))
            elif kind == "html_inline":
                found = _NAME.fullmatch(child.content)
                tag = child.content.casefold().replace(" ", "").replace("/>", ">")
                if found and in_row and place == 0:
                    self.name = found
                elif tag in {"<em>", "<i>", "</em>", "</i>"}:
                    emphasis += -1 if "/" in tag else 1
                else:
                    runs.append(Bit("\n" if tag == "<br>" else child.content, emphasis > 0))
            elif kind == "link_open":
                self.reading.lost["link"] += 1
            elif kind == "image":
                self.reading.lost["picture"] += 1
                runs.append(Bit(child.content, emphasis > 0))
        return text_of(runs)

    def _with_notes(self, text: str, *, is_emphasis: bool) -> list[Bit]:
        runs, last = [], 0
        for found in _NOTE.finditer(text):
            words = self.definitions.get(found[1], "")
            if not words.strip():
                continue
            kept, self.notes = self.notes, []
            note = self._text(self.markdown.parseInline(words)[0]).replace("\x02", "").replace("\x03", "")
            self.notes = [*kept, note]
            runs += [Bit(text[last : found.start()], is_emphasis), Bit("", is_emphasis, len(self.notes))]
            last = found.end()
        return [*runs, Bit(text[last:], is_emphasis)]


# --- Plain text ------------------------------------------------------------------------------------------------------


def read_plain(content: bytes) -> Reading:
    """Read plain text: blocks between empty lines, numbers that were typed, short capital lines as headings."""
    text, encoding = decoded(content)
    reading = Reading(encoding=encoding)
    for chunk in re.split(r"\n[ \t]*\n", clean(text).replace("\ufeff", "")):
        lines = [line.rstrip() for line in chunk.split("\n") if line.strip()]
        if lines and all(line.count("\t") >= 2 for line in lines):
            reading.blocks += [
                Block(ParagraphKind.TABLE_ROW, "", "\n".join(cell.strip() for cell in line.split("\t"))) for line in lines
            ]
            continue
        for piece in _pieces(lines):
            reading.blocks.append(_plain_block(piece))
    if len(reading.blocks) > MOST_BLOCKS:
        raise Refused(_("This text has more than %(most)s paragraphs. Import it in parts.") % {"most": MOST_BLOCKS})
    reading.renumbered = number_all(reading.blocks)
    return reading


def _pieces(lines: list[str]) -> list[str]:
    """Lines that belong together: a number or a dash begins a new paragraph, other lines go on."""
    pieces: list[str] = []
    for line in lines:
        begins = without_typed_number(line.strip())[0] or re.match(r"\s*[-•–*]\s", line)
        if pieces and not begins:
            pieces[-1] += " " + line.strip()
        else:
            pieces.append(line.strip())
    return pieces


def _plain_block(text: str) -> Block:
    bullet = re.match(r"[-•–*]\s+", text)
    if bullet:
        return Block(ParagraphKind.LIST_ITEM, "", text[bullet.end() :])
    number, rest = without_typed_number(text)
    is_short = len(rest) <= 100 and not rest.rstrip().endswith((".", ";", ":", "?", "!", "。", "؟"))
    if is_short and is_annex(rest):
        return Block(ParagraphKind.ANNEX_HEADING, number, rest)
    if is_short and (re.fullmatch(r"[IVXLC]+", number) or (not number and rest.isupper())):
        return Block(ParagraphKind.HEADING1, number, rest)
    if is_short and re.fullmatch(r"[A-Z]|[IVXLC]+\.[A-Z]", number):
        return Block(ParagraphKind.HEADING2, number, rest)
    if number.strip("()").isalpha() and number.strip("()").islower():
        return Block(ParagraphKind.LIST_ITEM, number, rest)
    if number and not number[0].isdigit():
        number, rest = "", text
    return Block(ParagraphKind.PARAGRAPH, number, rest)
