"""The words of a section: as lines, where a quotation stands in them, and how two revisions differ."""

import difflib
import html
import re
from collections.abc import Iterator
from dataclasses import dataclass

from django.utils.html import conditional_escape, format_html
from django.utils.safestring import SafeString, mark_safe

from briefs.models import SectionRevision
from common.textdiff import spoken, word_pieces

_TAG = re.compile(r"(<[^>]*>)")
_CHARACTER = re.compile(r"&(?:#\d+|#x[0-9a-fA-F]+|\w+);|.", re.DOTALL)
_BLOCK = re.compile(r"</?(?:p|h3|h4|li|ul|ol|blockquote|aside|table|caption|thead|tbody|tr|br)\b", re.IGNORECASE)
_CELL = re.compile(r"</?(?:th|td)\b", re.IGNORECASE)
# Between lines in the string that quotations are looked for in: a quotation never goes across it.
_EDGE = "\n"
_ALIKE = 0.35  # from this share of common words on, two lines are one that was changed


def lines_of(body: str) -> list[str]:
    """The words of a cleaned body, a line for each paragraph, heading, item or row; cells are set apart by a bar."""
    parts = []
    for piece in _TAG.split(body):
        if not piece.startswith("<"):
            parts.append(re.sub(r"\s+", " ", html.unescape(piece)))
        elif _BLOCK.match(piece):
            parts.append("\n")
        elif _CELL.match(piece):
            parts.append(" | ")
    lines = (re.sub(r"\s+", " ", re.sub(r"(\|\s*)+", "| ", line)).strip(" |") for line in "".join(parts).split("\n"))
    return [line for line in lines if line]


@dataclass(frozen=True)
class _Character:
    sign: str
    start: int  # where it stands in the body
    end: int


def _characters(body: str) -> list[_Character]:
    """The signs that a reader sees, with their places; runs of space are one, edges of blocks stand between."""
    found: list[_Character] = []
    at = 0
    for piece in _TAG.split(body):
        if piece.startswith("<"):
            if _BLOCK.match(piece) or _CELL.match(piece):
                found.append(_Character(_EDGE, at, at))
        else:
            for sign in _CHARACTER.finditer(piece):
                seen = html.unescape(sign[0])
                is_space = seen.isspace()
                if is_space and found and found[-1].sign == " ":
                    found[-1] = _Character(" ", found[-1].start, at + sign.end())
                else:
                    found.append(_Character(" " if is_space else seen, at + sign.start(), at + sign.end()))
        at += len(piece)
    return found


def _places(characters: list[_Character], quote: str) -> Iterator[tuple[int, int]]:
    text = "".join(one.sign for one in characters)
    start = text.find(quote)
    while quote and start >= 0:
        yield start, start + len(quote)
        start = text.find(quote, start + 1)


def normal(words: str) -> str:
    """Words with single spaces, as they are looked for."""
    return re.sub(r"\s+", " ", words).strip()


def occurrences(body: str, quote: str) -> int:
    """How often the quoted words stand in a cleaned body, inside one paragraph."""
    return sum(1 for _place in _places(list(_characters(body)), normal(quote)))


def with_words_replaced(body: str, quote: str, proposal: str) -> str | None:
    """A cleaned body with the quoted words replaced, its markup kept; None unless they stand there exactly once."""
    characters = _characters(body)
    places = list(_places(characters, normal(quote)))
    if len(places) != 1:
        return None
    start, end = places[0]
    chosen = characters[start:end]
    pieces, at = [], 0
    for place, one in enumerate(chosen):
        pieces.append(body[at : one.start])
        if place == 0:
            pieces.append(html.escape(normal(proposal), quote=False))
        # A run of space may hold tags between its signs; they stay.
        pieces.append("".join(_TAG.findall(body[one.start : one.end])))
        at = one.end
    pieces.append(body[at:])
    return "".join(pieces)


@dataclass(frozen=True)
class ComparedLine:
    """One line of two revisions: each side with what is only in it marked, and both in one."""

    old: SafeString | str
    new: SafeString | str
    inline: SafeString | str
    is_changed: bool


def compare_revisions(old: SectionRevision, new: SectionRevision) -> list[ComparedLine]:
    """Two revisions, line by line; lines that are alike stand beside each other."""
    return compare_lines([old.heading, *lines_of(old.body)], [new.heading, *lines_of(new.body)])


def compare_lines(before: list[str], after: list[str]) -> list[ComparedLine]:
    """Two texts, line by line; lines that are alike stand beside each other."""
    rows: list[ComparedLine] = []
    for kind, a, b, c, d in difflib.SequenceMatcher(None, before, after, autojunk=False).get_opcodes():
        if kind == "equal":
            rows += [ComparedLine(line, line, line, False) for line in before[a:b]]
        else:
            rows += [_compared(one, other) for one, other in _paired(before[a:b], after[c:d])]
    return rows


def _paired(before: list[str], after: list[str]) -> list[tuple[str, str]]:
    """Lines that were changed with what they became, in order; an empty string where the other side has none."""
    pairs: list[tuple[str, str]] = []
    place = 0
    for line in before:
        likeness = [difflib.SequenceMatcher(None, line.split(), other.split(), autojunk=False).ratio() for other in after[place:]]
        best = max(range(len(likeness)), key=likeness.__getitem__, default=-1)
        if best < 0 or likeness[best] < _ALIKE:
            pairs.append((line, ""))
            continue
        pairs += [("", other) for other in after[place : place + best]]
        pairs.append((line, after[place + best]))
        place += best + 1
    return pairs + [("", other) for other in after[place:]]


def _compared(old: str, new: str) -> ComparedLine:
    sides: dict[str, list[str]] = {"old": [], "new": [], "inline": []}
    for piece in word_pieces(old, new):
        tag = {"added": "<ins>{}</ins>", "removed": "<del>{}</del>"}.get(piece.kind, "")
        marked = format_html(tag, piece.text) if tag else conditional_escape(piece.text)
        sides["inline"].append(marked)
        if piece.kind != "added":
            sides["old"].append(marked)
        if piece.kind != "removed":
            sides["new"].append(marked)
    said = {name: spoken(mark_safe("".join(parts))) for name, parts in sides.items()}  # noqa: S308 - each part is escaped
    return ComparedLine(said["old"], said["new"], said["inline"], True)
