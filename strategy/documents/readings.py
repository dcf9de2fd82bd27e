"""What was read from a file: blocks with their numbers, and everything that a person must know before saying yes."""

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from strategy.documents.blocks import Block, clean
from strategy.enums import ParagraphKind
from strategy.models import Paragraph

MOST_BLOCKS = 3000
_LONGEST_NUMBER = 20
_AGAIN = ("bis", "ter", "quater", "quinquies", "sexies", "septies", "octies", "novies", "decies")
_HEADINGS = {ParagraphKind.HEADING1, ParagraphKind.HEADING2, ParagraphKind.HEADING3, ParagraphKind.ANNEX_HEADING}
_TYPED = re.compile(
    r"(?P<number>\d{1,3}(?:\.\d{1,3})*(?:\([a-z]{1,4}\))?|[IVXLC]{1,6}(?:\.[A-Z])?|[A-Z](?:\.\d{1,2})?|\([a-z]{1,4}\)|[a-z])"
    r"(?:(?:\s+(?:bis|ter))?[.)]?\t\s*|[.)]\s+|(?<=\))\s+)(?=\S)"
)
_ANNEX = re.compile(r"(?i)^(annexe?|anexo|appendix|приложение|附件|المرفق)(?![^\W\d_])")


@dataclass
class Reading:
    """A file as it was read."""

    blocks: list[Block] = field(default_factory=list)
    base: dict[str, str] = field(default_factory=dict)  # fingerprint by hidden name, from a file of our own
    source: dict[str, str] = field(default_factory=dict)  # which text our own file was made of
    changes: list[dict[str, str]] = field(default_factory=list)  # tracked: kind, author, date, text
    comments: list[dict[str, str]] = field(default_factory=list)  # author, date, text, quote
    lost: Counter[str] = field(default_factory=Counter)  # what cannot be carried, by code
    hidden: list[str] = field(default_factory=list)  # words that Word does not show, read like the others
    renumbered: list[list[str]] = field(default_factory=list)  # number in the file, number given
    encoding: str = ""

    def as_json(self) -> dict[str, Any]:
        return {
            "blocks": [
                {**vars(block), "uid": block.uid.hex if block.uid else ""} for block in self.blocks
            ],
            "base": self.base,
            "source": self.source,
            "changes": self.changes,
            "comments": self.comments,
            "lost": dict(+self.lost),
            "hidden": self.hidden,
            "renumbered": self.renumbered,
            "encoding": self.encoding,
        }  # fmt: skip


def blocks_from(rows: Iterable[dict[str, Any]]) -> list[Block]:
    """Blocks as `as_json` wrote them."""
    return [Block(**{**row, "uid": UUID(row["uid"]) if row["uid"] else None}) for row in rows]


# --- Numbers ---------------------------------------------------------------------------------------------------------


def is_annex(text: str) -> bool:
    return bool(_ANNEX.match(text.lstrip("* ")))


def printed(number: str) -> str:
    """A number as the portal prints it: Western digits, without the full stop behind it."""
    digits = "".join(str(unicodedata.digit(sign)) if sign.isdigit() and not sign.isascii() else sign for sign in clean(number))
    return " ".join(digits.split()).rstrip(".,:、．").strip()


def without_typed_number(text: str) -> tuple[str, str]:
    """The number that somebody typed before a text, and the rest; no number where none is."""
    digits = re.sub(r"^\d+", lambda found: "".join(str(unicodedata.digit(sign)) for sign in found[0]), text)
    found = _TYPED.match(digits)
    if found is None:
        return "", text
    return found["number"], digits[found.end() :]


def roman(number: int) -> str:
    whole = ""
    for value, signs in ((100, "C"), (90, "XC"), (50, "L"), (40, "XL"), (10, "X"), (9, "IX"), (5, "V"), (4, "IV"), (1, "I")):
        whole += signs * (number // value)
        number %= value
    return whole


def letters(number: int) -> str:
    """1 is a, 26 z, 27 aa."""
    return chr(ord("a") + (number - 1) % 26) * ((number - 1) // 26 + 1)


class Numbering:
    """Gives each block a number of its own: the one that was printed where there is one, else the next."""

    def __init__(self, taken: Iterable[str] = ()) -> None:
        """`taken` are numbers that stand in the text at places to come; nobody else gets them."""
        self.taken = {Paragraph.anchor_of(printed(number)) for number in taken}
        self.used: set[str] = set()
        self.chapter = self.section = self.paragraph = self.annex = ""
        self.counts: Counter[str] = Counter()
        self.was_row = False

    def number(self, block: Block) -> str:
        """The number for the next block in order."""
        wish = self._printed(block)
        number = self._free(wish) if wish else self._next(block)
        self.used.add(Paragraph.anchor_of(number))
        self._step(block, number)
        return number

    def _printed(self, block: Block) -> str:
        number = printed(block.number)
        if block.kind == ParagraphKind.LIST_ITEM and re.fullmatch(r"\(?[a-z]{1,5}\)?", number):
            number = f"{self.paragraph or self.chapter}({number.strip('()')})"
        return number if Paragraph.anchor_of(number) and len(number) <= _LONGEST_NUMBER else ""

    def _next(self, block: Block) -> str:
        kind = block.kind
        if kind == ParagraphKind.HEADING1:
            return self._free(roman(self.counts["chapters"] + 1), is_ours=True)
        if kind == ParagraphKind.ANNEX_HEADING:
            return self._free(f"A{self.counts['annexes'] + 1}", is_ours=True)
        if kind == ParagraphKind.HEADING2:
            return self._free(f"{self.chapter or 'I'}.{letters(self.counts['sections'] + 1).upper()}", is_ours=True)
        if kind == ParagraphKind.HEADING3:
            return self._free(f"{self.section or self.chapter or 'I'}.{self.counts['parts'] + 1}", is_ours=True)
        if kind == ParagraphKind.LIST_ITEM:
            return self._free(f"{self.paragraph or self.chapter or '0'}({letters(self.counts['items'] + 1)})", is_ours=True)
        if kind == ParagraphKind.TABLE_ROW:
            table = self.counts["tables"] + (not self.was_row)
            return self._free(f"T{table}.{self.counts['rows'] + 1 if self.was_row else 1}", is_ours=True)
        last = re.match(r"\d+", self.paragraph)
        after = str(int(last[0]) + 1) if last else "1"
        if Paragraph.anchor_of(after) in self.taken | self.used:
            # Between 12 and 13 stands 12 bis; what stands before 1 is 1 ante.
            return self._free(last[0] if last else f"{after} ante", is_ours=True)
        return self._free(after)

    def _free(self, number: str, *, is_ours: bool = False) -> str:
        """The number, or where it is taken the nearest that is not; ours give way to those that are printed further on."""
        held = self.used | self.taken if is_ours else self.used

        def is_free(one: str) -> bool:
            anchor = Paragraph.anchor_of(one)
            return bool(anchor) and anchor not in held and len(one) <= _LONGEST_NUMBER

        if is_free(number):
            return number
        inside = [f"{self.annex}.{number}"] if self.annex else []
        again = [f"{number} {word}" for word in _AGAIN]
        counted = (f"{number[:12]}-{place}" for place in range(2, 100_000))
        return next(one for one in (*inside, *again, *counted) if is_free(one))

    def _step(self, block: Block, number: str) -> None:
        kind, counts = block.kind, self.counts
        if kind in {ParagraphKind.HEADING1, ParagraphKind.ANNEX_HEADING}:
            counts["chapters" if kind == ParagraphKind.HEADING1 else "annexes"] += 1
            counts["sections"] = counts["parts"] = 0
            self.chapter, self.section, self.annex = number, "", number if kind == ParagraphKind.ANNEX_HEADING else ""
        elif kind == ParagraphKind.HEADING2:
            counts["sections"] += 1
            counts["parts"] = 0
            self.section = number
        elif kind == ParagraphKind.HEADING3:
            counts["parts"] += 1
        elif kind == ParagraphKind.PARAGRAPH:
            self.paragraph, counts["items"] = number, 0
        elif kind == ParagraphKind.LIST_ITEM:
            counts["items"] += 1
        if kind == ParagraphKind.TABLE_ROW:
            counts["tables"] += not self.was_row
            counts["rows"] = counts["rows"] + 1 if self.was_row else 1
        self.was_row = kind == ParagraphKind.TABLE_ROW


def number_all(blocks: list[Block]) -> list[list[str]]:
    """Give every block a number that nothing else has; return those that differ from what was printed."""
    numbering = Numbering(block.number for block in blocks)
    changed = []
    for block in blocks:
        before, block.number = block.number, numbering.number(block)
        if before and printed(before) != block.number and f"({printed(before).strip('()')})" not in block.number:
            changed.append([printed(before), block.number])
    return changed
