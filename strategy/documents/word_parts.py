"""The parts of a Word document, read with care; its styles, and the numbers that its lists print.

A document comes from outside: its archive may be a bomb, its XML may name files or addresses. Nothing is unpacked beyond
a limit, no document type is accepted, nothing is fetched.
"""

import io
import re
import zipfile
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _
from lxml import etree

from common.access import Refused
from common.document_files import DOCX, document_type
from common.numbers import whole_number
from strategy.documents.readings import letters, roman

W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_STRICT = "http://purl.oclc.org/ooxml/wordprocessingml/main"
MOST_UNPACKED = 30 * 1024 * 1024  # bytes of all parts that are read; pictures are not
# What our own documents are known by when they return.
NUMBER_STYLE = "SSC Number"
TABLE_STYLE = "SSC Results Framework"
PROPERTY = "ssc_"  # begins the names of our document properties and bookmarks
_OLD_WORD = b"\xd0\xcf\x11\xe0"


class WordParts:
    """The XML parts of a Word document."""

    def __init__(self, content: bytes) -> None:
        """Open a document; Refused for what is none, holds macros, is locked by a password or cannot be read safely."""
        if content.startswith(_OLD_WORD):
            raise Refused(_("This file has a password or is an old .doc. Save it as .docx without a password, then upload it."))
        if document_type(content) != DOCX:
            raise Refused(_("A PDF holds pages, not paragraphs. Upload the Word document that it was made of."))
        try:
            self._archive = zipfile.ZipFile(io.BytesIO(content))
            sizes = [one.file_size for one in self._archive.infolist()]
        except (zipfile.BadZipFile, ValueError, NotImplementedError) as error:
            raise _unreadable() from error
        if sum(sizes) > MOST_UNPACKED * 6:
            raise _bomb()
        self._left = MOST_UNPACKED
        self.names = set(self._archive.namelist())
        kinds = self.xml("[Content_Types].xml")
        if kinds is not None and any("macroEnabled" in (one.get("ContentType") or "") for one in kinds):
            raise Refused(_("This Word document holds macros, and those can run. Save it without them, as .docx."))

    def xml(self, name: str) -> Any:
        """The root of a part; None where the document has none of that name."""
        if name not in self.names:
            return None
        try:
            with self._archive.open(name) as part:
                content = part.read(self._left + 1)
        except (zipfile.BadZipFile, ValueError, NotImplementedError, RuntimeError, OSError, EOFError) as error:
            raise _unreadable() from error
        except Exception as error:  # zlib.error and its like
            raise _unreadable() from error
        self._left -= len(content)
        if self._left < 0:
            raise _bomb()
        parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False, remove_comments=True)
        try:
            root = etree.fromstring(content, parser)
        except etree.XMLSyntaxError as error:
            raise _unreadable() from error
        if root.getroottree().docinfo.doctype:
            raise Refused(_("This document declares entities of its own, which can reach other files. Save it again in Word."))
        if root.nsmap.get(root.prefix) == _STRICT:
            raise Refused(_("This is a “Strict Open XML” document. Save it in Word as “Word Document (.docx)”."))
        return root


def _unreadable() -> Refused:
    return Refused(_("This Word document is damaged and cannot be read. Open it in Word, save it again, then upload it."))


def _bomb() -> Refused:
    return Refused(_("Unpacked, this document is far larger than a text can be. Save it again without its pictures."))


def val(element: Any, path: str, attribute: str = "val") -> str | None:
    """An attribute of the element at `path` of w: names; None where either is missing."""
    found = element.find("/".join(W + step for step in path.split("/"))) if element is not None else None
    return None if found is None else found.get(W + attribute)


def _count(text: str) -> int | None:
    return whole_number(text, digits=9)


def is_on(properties: Any, name: str) -> bool:
    """Whether a switch such as w:i is there and not turned off."""
    found = properties.find(W + name) if properties is not None else None
    return found is not None and found.get(W + "val") not in {"0", "false", "off", "none"}


@dataclass(frozen=True)
class Style:
    name: str
    level: int | None  # of the outline, 0 is the highest
    number: tuple[str, str] | None  # numId and level of a list
    is_italic: bool
    is_hidden: bool


class Styles:
    """What a style says, with what it has from those that it is based on."""

    def __init__(self, root: Any) -> None:
        self._elements = {one.get(W + "styleId"): one for one in root.iter(W + "style")} if root is not None else {}
        self._known: dict[str, Style] = {}

    def get(self, style: str | None) -> Style:
        key = style or ""
        if key not in self._known:
            self._known[key] = self._read(key)
        return self._known[key]

    def _read(self, key: str) -> Style:
        name, level, number, is_italic, is_hidden = "", None, None, False, False
        seen: set[str] = set()
        while key in self._elements and key not in seen:
            seen.add(key)
            one = self._elements[key]
            name = name or (val(one, "name") or "")
            outline = val(one, "pPr/outlineLvl")
            heading = re.fullmatch(r"heading (\d)", (val(one, "name") or "").casefold())
            if level is None and heading:
                level = int(heading[1]) - 1
            elif level is None and outline:
                level = _count(outline)
            list_id = val(one, "pPr/numPr/numId")
            if number is None and list_id is not None:
                number = (list_id, val(one, "pPr/numPr/ilvl") or "0")
            is_italic = is_italic or is_on(one.find(W + "rPr"), "i")
            is_hidden = is_hidden or is_on(one.find(W + "rPr"), "vanish")
            key = val(one, "basedOn") or ""
        return Style(name, level, number, is_italic, is_hidden)


@dataclass(frozen=True)
class Label:
    """What a list prints before a paragraph."""

    text: str
    is_bullet: bool
    level: int
    format: str


class Lists:
    """Counts automatic numbers as Word does: by abstract list, deeper levels starting anew."""

    def __init__(self, root: Any) -> None:
        self._abstract: dict[str, Any] = {}
        self._nums: dict[str, Any] = {}
        if root is not None:
            self._abstract = {one.get(W + "abstractNumId"): one for one in root.findall(W + "abstractNum")}
            self._nums = {one.get(W + "numId"): one for one in root.findall(W + "num")}
        self._counts: dict[str, dict[int, int]] = {}
        self._restarted: set[tuple[str, int]] = set()

    def label(self, list_id: str, level_text: str) -> Label | None:
        """The label of the next paragraph of a list; None where the list prints none."""
        num = self._nums.get(list_id)
        if num is None or list_id == "0" or (found := _count(level_text)) is None:
            return None
        level = min(found, 8)
        key = val(num, "abstractNumId") or ""
        counts = self._counts.setdefault(key, {})
        for place in range(level + 1):
            override = self._override(num, place)
            start = val(override, "startOverride") if override is not None else None
            first = _count(start.removeprefix("-")) if start else None
            if start and first is not None and (list_id, place) not in self._restarted:
                self._restarted.add((list_id, place))
                counts[place] = (-first if start[0] == "-" else first) - 1
        counts[level] = counts.get(level, self._start(num, key, level) - 1) + 1
        for deeper in [place for place in counts if place > level]:
            del counts[deeper]
        return self._printed(num, key, level, counts)

    def _override(self, num: Any, level: int) -> Any:
        return next((one for one in num.findall(W + "lvlOverride") if one.get(W + "ilvl") == str(level)), None)

    def _level(self, num: Any, key: str, level: int) -> Any:
        override = self._override(num, level)
        own = override.find(W + "lvl") if override is not None else None
        if own is not None:
            return own
        abstract = self._abstract.get(key)
        rows = abstract.findall(W + "lvl") if abstract is not None else []
        return next((one for one in rows if one.get(W + "ilvl") == str(level)), None)

    def _start(self, num: Any, key: str, level: int) -> int:
        start = _count(val(self._level(num, key, level), "start") or "1")
        return 1 if start is None else start

    def _printed(self, num: Any, key: str, level: int, counts: dict[int, int]) -> Label | None:
        own = self._level(num, key, level)
        if own is None:
            return None
        kind = val(own, "numFmt") or "decimal"
        if kind == "bullet":
            return Label("", True, level, kind)
        pattern = val(own, "lvlText") or ""
        is_legal = is_on(own, "isLgl")

        def count(found: re.Match[str]) -> str:
            place = int(found[1]) - 1
            number = counts.get(place, self._start(num, key, place))
            shape = kind if place == level else val(self._level(num, key, place), "numFmt") or "decimal"
            return _counted(number, "decimal" if is_legal else shape)

        return Label(re.sub(r"%([1-9])", count, pattern), False, level, kind)


def _counted(number: int, kind: str) -> str:
    if number < 1 or number > 3000:
        return str(number)
    if kind == "decimalZero":
        return f"{number:02d}"
    shapes = {
        "lowerLetter": letters,
        "upperLetter": lambda one: letters(one).upper(),
        "upperRoman": roman,
        "lowerRoman": lambda one: roman(one).lower(),
        "none": lambda _one: "",
    }
    return shapes.get(kind, str)(number)
