"""Proposals as brackets in the text of a paragraph: pure functions over texts.

A proposal is taken apart into the changes that it makes, each at its place; the same change proposed by several is one
bracket with all their names. Places are those of the paragraph's reading text, without its marks.
"""

import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

from common.textdiff import Change, changes
from strategy.enums import CommentType, Decision
from strategy.models.markup import Bit, bits_of, clean, cut, find_passage, reading_text
from strategy.selectors.lineage import WHOLE_REPLACEMENT

# What a bracket asks for: words put in, taken out, put in the place of others; another wording of the whole paragraph, or
# to do without it.
Kind = Literal["add", "delete", "replace", "alternative", "remove"]
WHOLE: frozenset[Kind] = frozenset({"alternative", "remove"})


@dataclass(frozen=True)
class Voice:
    """A submitted comment as a compilation text names it."""

    number: int
    speaker: str
    title: str
    code: str  # what a filter by agency calls the speaker
    type: str
    text: str
    proposed_text: str
    proposes_deletion: bool
    quote: str
    quote_prefix: str
    quote_suffix: str
    at: datetime | None
    decision: str  # empty where the reader knows of none
    is_open: bool

    @property
    def type_word(self) -> str:
        return str(CommentType(self.type).label)

    @property
    def decision_word(self) -> str:
        return str(Decision(self.decision).label) if self.decision else ""

    @property
    def proposes(self) -> bool:
        return bool(self.proposed_text) or self.proposes_deletion


@dataclass
class Bracket:
    """One proposed change with everybody who proposes it. It stands behind `end`; `start` to `end` are the words it changes."""

    kind: Kind
    start: int
    end: int
    old: str
    new: str
    voices: list[Voice] = field(default_factory=list)
    number: int = 0  # of an alternative among those of its paragraph

    @property
    def is_open(self) -> bool:
        """Whether somebody still waits to hear if these words go into the text."""
        return any(one.is_open for one in self.voices)

    @property
    def is_whole(self) -> bool:
        """Whether it stands behind the paragraph and not in it."""
        return self.kind in WHOLE

    @property
    def speakers(self) -> list[str]:
        """The names in order, each once."""
        return list(dict.fromkeys(one.speaker for one in self.voices))

    @property
    def decision(self) -> str:
        """What was decided, where everybody has heard the same."""
        decisions = {one.decision for one in self.voices}
        return decisions.pop() if len(decisions) == 1 and not self.is_open else ""

    @property
    def shown_old(self) -> str:
        """The words that it changes, a long passage by its beginning and its end."""
        words = self.old.split()
        return self.old.strip() if len(words) <= 12 else f"{' '.join(words[:5])} … {' '.join(words[-5:])}"

    @property
    def shown_new(self) -> str:
        return self.new.strip()


@dataclass
class Woven:
    """A paragraph's text with what is proposed to it."""

    bits: list[Bit]
    brackets: list[Bracket]  # in the text, by their place
    behind: list[Bracket]  # of the whole paragraph
    notes: list[Voice]  # which propose no other words

    @property
    def reading(self) -> str:
        return "".join(bit.text for bit in self.bits)

    @property
    def all(self) -> list[Bracket]:
        return [*self.brackets, *self.behind]


def bits_and_reading(text: str, notes: int) -> tuple[list[Bit], str]:
    """The runs of a paragraph's text, and what is read of them."""
    bits = bits_of(clean(text), notes=notes)
    return bits, "".join(bit.text for bit in bits)


def changes_of(reading: str, voice: Voice) -> list[Change]:
    """What a proposal changes in the reading text of its paragraph; nothing where it proposes the words that stand there."""
    if voice.proposes_deletion:
        return [Change(0, len(reading), "")]
    new = reading_text(clean(voice.proposed_text)).strip()
    start, end = 0, len(reading)
    if voice.quote:
        passage = find_passage(reading, voice.quote, voice.quote_prefix, voice.quote_suffix)
        # Words that do not stand there any more: it is for the drafter to see where the proposal belongs.
        start, end = (passage.start, passage.end) if passage else (len(reading), len(reading))
    found = changes(reading[start:end], new, same=_compared, whole=WHOLE_REPLACEMENT)
    moved = [Change(one.start + start, one.end + start, one.text) for one in found]
    return [one for one in moved if one.text.strip() or reading[one.start : one.end].strip()]


def kind_of(change: Change, reading: str, voice: Voice) -> Kind:
    """What a change is called."""
    if voice.proposes_deletion:
        return "remove"
    if reading.strip() and change.start == 0 and change.end == len(reading):
        return "alternative" if change.text.strip() else "remove"
    if change.start == change.end:
        return "add"
    return "replace" if change.text.strip() else "delete"


def woven(text: str, notes: int, voices: Iterable[Voice]) -> Woven:
    """The brackets of one paragraph. Voices come in the order in which they are named."""
    bits, reading = bits_and_reading(text, notes)
    found: dict[tuple[object, ...], Bracket] = {}
    known: dict[tuple[object, ...], list[Change]] = {}
    without: list[Voice] = []
    for voice in voices:
        if not voice.proposes:
            without.append(voice)
            continue
        proposal = (voice.proposed_text, voice.proposes_deletion, voice.quote, voice.quote_prefix, voice.quote_suffix)
        if proposal not in known:
            known[proposal] = changes_of(reading, voice)
        if not known[proposal]:
            without.append(voice)
        for change in known[proposal]:
            kind, old = kind_of(change, reading, voice), reading[change.start : change.end]
            key = (kind, change.start, change.end, wording(change.text, old))
            bracket = found.setdefault(key, Bracket(kind, change.start, change.end, old, change.text))
            bracket.voices.append(voice)
    inline = sorted((one for one in found.values() if not one.is_whole), key=lambda one: (one.end, one.start))
    behind = [one for one in found.values() if one.kind == "alternative"]
    for number, one in enumerate(behind, start=1):
        one.number = number
    behind += [one for one in found.values() if one.kind == "remove"]
    return Woven(bits, inline, behind, without)


@dataclass(frozen=True)
class Standing:
    """A bracket where it stands, with the spaces that part it from the text around it: they go when it goes."""

    bracket: Bracket
    left: str
    right: str


def in_text(bits: Iterable[Bit], brackets: Iterable[Bracket], start: int = 0) -> Iterator[Bit | Standing]:
    """The runs of a text with the brackets among them; without those, the runs are the text, unchanged.

    Args:
        start: where these runs begin in the reading text, if they are a part of it: a cell of a row.
    """
    bits = list(bits)
    reading = "".join(bit.text for bit in bits)
    places: dict[int, list[Bracket]] = defaultdict(list)
    for bracket in brackets:
        if start <= bracket.end <= start + len(reading):
            places[bracket.end - start].append(bracket)
    ended = set[int]()
    for piece in cut(bits, places):
        if isinstance(piece, Bit):
            yield piece
        elif piece not in ended:
            ended.add(piece)
        else:
            before, after = reading[:piece][-1:], reading[piece : piece + 1]
            for number, bracket in enumerate(places[piece], start=1):
                is_last = number == len(places[piece])
                yield Standing(bracket, *_spaces("]" if number > 1 else before, after if is_last else ""))


def _spaces(before: str, after: str) -> tuple[str, str]:
    left = " " if before and not before.isspace() and before not in _OPENING else ""
    return left, " " if after and (after.isalnum() or after in _OPENING) else ""


_OPENING = "([{“‘«/"
_QUOTES = str.maketrans({**dict.fromkeys("‘’‚‛ʼ′", "'"), **dict.fromkeys("“”„‟«»″", '"'), **dict.fromkeys("‐‑‒–—", "-")})
_SPACES = re.compile(r"\s+")


def _compared(token: str) -> str:
    """A word, space or sign of a proposal as it is compared: whoever types a text anew makes other spaces and quotes."""
    return " " if token.isspace() else token.translate(_QUOTES)


def wording(new: str, old: str = "") -> str:
    """What makes two proposed wordings the same: spaces, forms of quotes and dashes, and case make no other wording.

    Unless that is all that they change of the words that stand there.
    """
    exact = _SPACES.sub(" ", unicodedata.normalize("NFC", new)).strip()
    folded, before = (
        _SPACES.sub(" ", unicodedata.normalize("NFKC", one).translate(_QUOTES).casefold()).strip() for one in (new, old)
    )
    return folded if folded != before else exact
