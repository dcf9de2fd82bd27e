"""The marks in a paragraph's text: `*emphasis*`, `[^1]` for a footnote; and where a passage of it stands.

What a reader sees of a text, without its marks, is its reading text: passages are looked for in that.
"""

import itertools
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.html import conditional_escape, format_html
from django.utils.safestring import SafeString, mark_safe

_MARKS = re.compile(r"\*(?=\S)(?P<em>[^*\n]+?)(?<=\S)\*|\[\^(?P<note>\d{1,3})\]")
# What XML 1.0 cannot hold; such signs have no place in a text either.
_UNPRINTABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")
_NEAR = 256  # characters looked at around a place: four times what surroundings may have
CONTEXT = 32  # characters kept before and after a passage, to find it again where its words occur twice


@dataclass(frozen=True)
class Bit:
    """A run of text, in emphasis or not, or with `note` the sign of a footnote."""

    text: str
    is_emphasis: bool = False
    note: int = 0


@dataclass(frozen=True)
class Passage:
    """Where a passage stands in the reading text, and which comment speaks of it."""

    start: int
    end: int
    comment: int = 0


def clean(text: str) -> str:
    """The text with one kind of line end and without signs that no file can carry."""
    return _UNPRINTABLE.sub("", text.replace("\r\n", "\n").replace("\r", "\n"))


def bits_of(text: str, *, notes: int | None = None) -> list[Bit]:
    """The runs of a text in order; a footnote inside emphasis is found too.

    Args:
        notes: how many footnotes there are; the sign of any other is then plain text.
    """
    bits, last = [], 0
    for mark in _MARKS.finditer(text):
        if notes is not None and mark["note"] and not (0 < int(mark["note"]) <= notes and mark["note"][0] != "0"):
            continue
        bits.append(Bit(text[last : mark.start()]))
        if mark["note"]:
            bits.append(Bit("", note=int(mark["note"])))
        else:
            bits += [Bit(one.text, True, one.note) for one in bits_of(mark["em"], notes=notes)]
        last = mark.end()
    bits.append(Bit(text[last:]))
    return [bit for bit in bits if bit.text or bit.note]


def cut(bits: Iterable[Bit], places: Iterable[int]) -> Iterator[Bit | int]:
    """The bits in order, cut at places of their reading text; each place comes twice, where it stands.

    The signs of footnotes that stand at a place come between: they belong to the words before, so that what ends at the
    place has ended, and what begins there begins behind them. Places outside the text come at its ends.
    """
    waiting, behind = sorted(set(places), reverse=True), list[int]()
    here = 0
    for bit in bits:
        text = bit.text
        while waiting and waiting[-1] <= here + len(text):
            place = waiting.pop()
            if place > here and not bit.note:
                yield from behind
                behind.clear()
                yield Bit(text[: place - here], bit.is_emphasis)
                text, here = text[place - here :], place
            yield place
            behind.append(place)
        if text:
            yield from behind
            behind.clear()
            yield Bit(text, bit.is_emphasis)
        elif bit.note:
            yield bit
        here += len(text)
    for place in [*behind, *(one for rest in reversed(waiting) for one in (rest, rest))]:
        yield place


def reading_text(text: str) -> str:
    """What is read: the text without marks of emphasis and signs of footnotes."""
    return "".join(bit.text for bit in bits_of(text))


def places_of(text: str, exact: str) -> list[Passage]:
    """Every place in the reading text where the words stand, whatever spaces and line ends are between them."""
    words = exact.split()
    if not words:
        return []
    pattern = re.compile(r"\s+".join(re.escape(word) for word in words))
    return [Passage(found.start(), found.end()) for found in pattern.finditer(text)]


def find_passage(text: str, exact: str, prefix: str = "", suffix: str = "") -> Passage | None:
    """The place of the words in a reading text; of several the one whose surroundings are most like those given."""
    return max(places_of(text, exact), key=lambda place: _likeness(text, place, prefix, suffix), default=None)


def _likeness(text: str, place: Passage, prefix: str, suffix: str) -> int:
    # Of a long text as much as can be compared: a sign that stands there a thousand times is looked at a thousand times.
    before = _squeezed(text[max(place.start - _NEAR, 0) : place.start])[::-1]
    after = _squeezed(text[place.end : place.end + _NEAR])
    return _common(before, _squeezed(prefix)[::-1]) + _common(after, _squeezed(suffix))


def _squeezed(text: str) -> str:
    return "".join(text.split())


def _common(one: str, other: str) -> int:
    """How many characters two texts have in common from their beginning."""
    number = 0
    for a, b in zip(one, other, strict=False):
        if a != b:
            break
        number += 1
    return number


def html_of(text: str, *, anchor: str = "", first_note: int = 1, passages: Sequence[Passage] = ()) -> SafeString:
    """The text as HTML, every piece escaped.

    Args:
        anchor: of the paragraph; without one, signs of footnotes are no links.
        first_note: the number that its first footnote has on the page.
        passages: are marked, each piece with the comments that speak of it.
    """
    parts: list[Any] = []
    place = 0
    for bit in bits_of(text):
        if bit.note:
            parts.append(sign_of(bit.note, anchor, first_note))
            continue
        inner = _marked(bit.text, place, passages) if passages else conditional_escape(bit.text)
        place += len(bit.text)
        parts.append(format_html("<em>{}</em>", inner) if bit.is_emphasis else inner)
    return mark_safe("".join(parts))  # noqa: S308 - every piece is escaped on the way


def sign_of(note: int, anchor: str, first_note: int) -> SafeString:
    """The sign of a footnote as HTML; see `html_of`."""
    number = first_note + note - 1
    if not anchor:
        return format_html('<sup class="note-sign">{}</sup>', number)
    return format_html(
        '<sup class="note-sign"><a id="s{0}-{1}" href="#n{0}-{1}" aria-describedby="n{0}-{1}">{2}</a></sup>',
        anchor,
        note,
        number,
    )


def _marked(text: str, place: int, passages: Iterable[Passage]) -> SafeString:
    """A run of text that begins at `place` of the reading text, with what passages cover of it marked."""
    inside = [(max(one.start - place, 0), min(one.end - place, len(text)), one.comment) for one in passages]
    inside = [one for one in inside if one[0] < one[1]]
    cuts = sorted({0, len(text), *(cut for start, end, _ in inside for cut in (start, end))})
    parts = []
    for start, end in itertools.pairwise(cuts):
        comments = [str(comment) for one, other, comment in inside if one <= start and end <= other]
        piece = text[start:end]
        parts.append(
            format_html('<mark class="passage" data-comments="{}">{}</mark>', " ".join(comments), piece)
            if comments
            else conditional_escape(piece)
        )
    return mark_safe("".join(parts))  # noqa: S308 - every piece is escaped on the way
