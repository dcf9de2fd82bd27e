"""Numbers of paragraphs: I, IV.A, IV.A.1 for headings; 1, 2, 3 and 16(a) for the text."""

import re
from collections.abc import Iterable, Iterator

from strategy.documents.readings import roman
from strategy.enums import ParagraphKind as Kind
from strategy.models import Paragraph

_LATIN = ["bis", "ter", "quater", "quinquies", "sexies", "septies", "octies"]
# What the portal itself would give, "16 bis" between two renumberings included: it is not kept.
_AUTOMATIC = re.compile(
    r"([IVXLC]+(\.[A-Z]{1,2}(\.\d+)?)?|(Annex |R)[IVXLC\d]+|\d+(\([a-z]{1,2}\))?|\([a-z]{1,2}\)|[A-Z])"
    rf"( ({'|'.join(_LATIN)}|\d+))?"
)
_LONGEST = 20


def letters(value: int) -> str:
    """1 → A, 26 → Z, 27 → AA."""
    told = ""
    while value:
        value, rest = divmod(value - 1, 26)
        told = chr(65 + rest) + told
    return told


def is_manual(number: str) -> bool:
    """Whether a person gave this number on purpose: "Box 1", "Preamble"."""
    return not _AUTOMATIC.fullmatch(number)


class _Counter:
    """Counts through a text and gives each kind of paragraph its next number."""

    def __init__(self) -> None:
        self.heading, self.count, self.item, self.annex, self.row = [0, 0, 0], 0, 0, 0, 0

    def next(self, kind: str) -> str:
        levels = [Kind.HEADING1, Kind.HEADING2, Kind.HEADING3]
        if kind in levels:
            level = levels.index(Kind(kind))
            self.heading = [*self.heading[:level], self.heading[level] + 1, *[0] * (2 - level)]
            self.item = 0
            return self._heading(level)
        if kind == Kind.ANNEX_HEADING:
            self.annex, self.item = self.annex + 1, 0
            return f"Annex {roman(self.annex)}"
        if kind == Kind.TABLE_ROW:
            self.row += 1
            return f"R{self.row}"
        if kind == Kind.LIST_ITEM:
            self.item += 1
            return f"{self.count}({letters(self.item).lower()})"
        self.count, self.item = self.count + 1, 0
        return str(self.count)

    def _heading(self, level: int) -> str:
        first, second, third = self.heading
        parts = [roman(first) if first else "0", letters(second) if second else "0", str(third)]
        return ".".join(parts[: level + 1])


def numbers_for(rows: Iterable[Paragraph], *, keep_manual: bool) -> Iterator[tuple[Paragraph, str]]:
    """The number that each paragraph gets; one given by hand stays, and the count goes on past it."""
    rows = list(rows)
    taken = {Paragraph.anchor_of(row.number) for row in rows if keep_manual and is_manual(row.number)}
    counter = _Counter()
    for row in rows:
        if keep_manual and is_manual(row.number):
            yield row, row.number
            continue
        number = counter.next(row.kind)
        while Paragraph.anchor_of(number) in taken:
            number = counter.next(row.kind)
        taken.add(Paragraph.anchor_of(number))
        yield row, number


def number_between(number: str, taken: set[str]) -> str:
    """A number for what comes after `number` without renumbering the rest: 16 bis, 16 ter …

    Args:
        number: of the paragraph before; empty at the beginning.
        taken: anchors that the draft has already.
    """
    root = re.sub(rf" ({'|'.join(_LATIN)}|\d+)$", "", number) or "0"
    for word in [*_LATIN, *map(str, range(9, 1000))]:
        candidate = f"{root[: _LONGEST - 1 - len(word)]} {word}"
        if Paragraph.anchor_of(candidate) not in taken:
            return candidate
    raise AssertionError("a thousand paragraphs with one number")
