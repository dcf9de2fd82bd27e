"""The styles of a Word document, and the numbers that its lists print."""

import re
from dataclasses import dataclass
from typing import Any

from common.numbers import whole_number
from common.word_files import W, is_on, val
from strategy.documents.readings import letters, roman

# What our own documents are known by when they return.
NUMBER_STYLE = "SSC Number"
TABLE_STYLE = "SSC Results Framework"
PROPERTY = "ssc_"  # begins the names of our document properties and bookmarks


def _count(text: str) -> int | None:
    return whole_number(text, digits=9)


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
