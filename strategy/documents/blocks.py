"""A text between the portal and a file: blocks in order, each with its runs; and what names a text that nobody changed.

Writers and readers of every format speak in blocks, so that a text that goes out and comes back is the same text.
"""

import hashlib
import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from strategy.enums import ParagraphKind
from strategy.models import Draft
from strategy.models.markup import Bit, bits_of, clean


@dataclass
class Block:
    """A paragraph as files know it: what `strategy.models.Paragraph` says of it, and its hidden name where it has one."""

    kind: str
    number: str
    text: str
    footnotes: list[str] = field(default_factory=list)
    uid: UUID | None = None

    @property
    def cells(self) -> list[str]:
        """The cells of a table's row."""
        return self.text.split("\n")


def blocks_of(draft: Draft) -> list[Block]:
    """The text of a draft that the caller may show."""
    return [as_block(row) for row in draft.paragraphs.order_by("position")]


def as_block(paragraph: Any) -> Block:
    return Block(paragraph.kind, paragraph.number, paragraph.text, list(paragraph.footnotes), paragraph.uid)


def runs_of(text: str, notes: int = 0) -> list[Bit]:
    """The runs of a text in order; `[^n]` is the sign of a footnote only up to `notes`, else plain text."""
    return _joined(bits_of(clean(text), notes=notes))


def _joined(runs: Iterable[Bit]) -> list[Bit]:
    """The runs without empty ones, neighbours of the same look in one."""
    whole: list[Bit] = []
    for run in runs:
        if not (run.text or run.note):
            continue
        if whole and not run.note and not whole[-1].note and whole[-1].is_emphasis == run.is_emphasis:
            whole[-1] = Bit(whole[-1].text + run.text, run.is_emphasis)
        else:
            whole.append(run)
    return whole


def text_of(runs: Iterable[Bit]) -> str:
    """Runs as the portal writes them: emphasis in stars, footnotes by number.

    Stars must hug their words and cannot cross a line, so spaces and line ends are left outside them.
    """
    rows = _joined(runs)
    text = _written(rows, "[^{}]")
    if _read(bits_of(text)) == _read(rows):
        return text
    # A star that stands for itself would take the sign of a footnote for its words; stars of its own keep it apart.
    apart = _written(rows, "*[^{}]*")
    return apart if _read(bits_of(apart)) == _read(rows) else text


def _written(runs: list[Bit], lone_note: str) -> str:
    parts: list[str] = []
    for is_emphasis, stretch in _stretches(runs):
        note = "[^{}]" if is_emphasis else lone_note
        text = "".join(note.format(run.note) if run.note else run.text for run in stretch)
        parts.append("\n".join(_starred(line) for line in text.split("\n")) if is_emphasis else text)
    return "".join(parts)


def _read(bits: Iterable[Bit]) -> list[str | int]:
    """The words and signs that a reader sees, whatever stands in emphasis."""
    seen: list[str | int] = []
    for bit in bits:
        if bit.note:
            seen.append(bit.note)
        elif seen and isinstance(seen[-1], str):
            seen[-1] += bit.text
        else:
            seen.append(bit.text)
    return seen


def _stretches(runs: list[Bit]) -> list[tuple[bool, list[Bit]]]:
    """Neighbouring runs of one look; the sign of a footnote belongs to the emphasis only if both its sides do."""
    stretches: list[tuple[bool, list[Bit]]] = []
    for place, run in enumerate(runs):
        is_emphasis = run.is_emphasis
        if run.note:
            is_emphasis = any(r.is_emphasis for r in runs[:place][-1:]) and any(r.is_emphasis for r in runs[place + 1 :][:1])
        if stretches and stretches[-1][0] == is_emphasis:
            stretches[-1][1].append(run)
        else:
            stretches.append((is_emphasis, [run]))
    return stretches


def _starred(text: str) -> str:
    words = text.strip()
    if not words or "*" in words:
        return text
    start = text.index(words)
    return f"{text[:start]}*{words}*{text[start + len(words) :]}"


# --- What names a text -----------------------------------------------------------------------------------------------


def in_order(block: Block) -> Block:
    """The block as a file shows it: footnotes in the order of their signs, one for each sign, none without a sign."""
    signs: list[int] = []

    def renumbered(text: str) -> str:
        parts, last = [], 0
        for mark in re.finditer(r"\[\^([1-9]\d{0,2})\]", text):
            if int(mark[1]) > len(block.footnotes):
                continue
            signs.append(int(mark[1]))
            parts += [text[last : mark.start()], f"[^{len(signs)}]"]
            last = mark.end()
        return "".join([*parts, text[last:]])

    text = renumbered(clean(block.text))
    for place in range(1, len(block.footnotes) + 1):
        if place not in signs:
            signs.append(place)
            text += f"[^{len(signs)}]"
    return Block(block.kind, block.number, text, [clean(block.footnotes[place - 1]) for place in signs], block.uid)


def appearance(block: Block) -> tuple[Any, ...]:
    """What a reader sees of the block; two blocks that look the same are the same, however their marks are written."""
    shown = in_order(block)
    cells = shown.cells if block.kind == ParagraphKind.TABLE_ROW else [shown.text]
    return (
        block.kind,
        _squeezed(block.number),
        tuple(_look(cell, len(shown.footnotes)) for cell in cells),
        tuple(_look(note, 0) for note in shown.footnotes),
    )


def _squeezed(text: str) -> str:
    return " ".join(unicodedata.normalize("NFC", clean(text)).split())


def _look(text: str, notes: int) -> tuple[tuple[str, bool], ...]:
    """The runs with spaces as a reader sees them: one between words, none at the ends, none of them in emphasis alone."""
    signs = [
        (sign, run.is_emphasis and not run.note)
        for run in runs_of(unicodedata.normalize("NFC", text), notes)
        for sign in (f"[^{run.note}]" if run.note else run.text)
    ]
    look: list[tuple[str, bool]] = []
    gap = ""
    for sign, is_emphasis in signs:
        if sign.isspace():
            gap = "\n" if "\n" in (gap, sign) else " "
            continue
        if gap and look:
            look.append((gap, False))
        gap = ""
        look.append((sign, is_emphasis))
    whole: list[tuple[str, bool]] = []
    for sign, is_emphasis in look:
        if whole and whole[-1][1] == is_emphasis:
            whole[-1] = (whole[-1][0] + sign, is_emphasis)
        else:
            whole.append((sign, is_emphasis))
    return tuple(whole)


def fingerprint(block: Block) -> str:
    """Ten signs that name what a reader sees of the block, kept unseen in a file to tell who changed it since."""
    return hashlib.sha256(repr(appearance(block)).encode()).hexdigest()[:10]
