"""The marks in a cleaned text: `[^1]` a note, `[@key; @other]` references, a paragraph `[figure key]` the place of a figure.

One reading of the marks for page and PDF; what stands in their place is the caller's. Unknown marks stay as text.
"""

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from operator import itemgetter
from typing import Any

from django.utils.safestring import SafeString, mark_safe

_KEY = r"[a-z0-9-]{1,40}"
_NOTE = re.compile(r"\[\^(\d{1,3})\]")
_REFERENCES = re.compile(rf"\[@{_KEY}(?:; ?@{_KEY})*\]")
_FIGURE = re.compile(rf"<p>\s*\[figure ({_KEY})\]\s*</p>")


@dataclass(frozen=True)
class Marks:
    """What stands for each mark; every function returns safe markup.

    Attributes:
        note: of a note's number and text.
        references: of the references that one mark names, by their numbers.
        figure: of a figure or chart as the content holds it.
    """

    note: Callable[[int, str], str]
    references: Callable[[list[dict[str, Any]]], str]
    figure: Callable[[dict[str, Any]], str]


def with_marks(body: str, content: dict[str, Any], marks: Marks) -> SafeString:
    """A cleaned body with what its marks stand for.

    Cleaning keeps `<`, `>` and `[` out of attributes, so what stands between two tags is text.
    """
    notes = content["footnotes"]
    references = {one["key"]: one for one in content.get("references", [])}
    figures = {one["key"]: one for one in content.get("figures", [])}

    def note(mark: re.Match[str]) -> str:
        number = int(mark[1])
        return marks.note(number, notes[number - 1]) if 0 < number <= len(notes) else mark[0]

    def cited(mark: re.Match[str]) -> str:
        keys = re.findall(rf"@({_KEY})", mark[0])
        if not all(key in references for key in keys):
            return mark[0]
        return marks.references(sorted((references[key] for key in keys), key=itemgetter("number")))

    def in_text(text: str) -> str:
        return _REFERENCES.sub(cited, _NOTE.sub(note, text))

    def in_part(part: str) -> str:
        return "".join(piece if piece.startswith("<") else in_text(piece) for piece in re.split(r"(<[^>]*>)", part))

    done, place = [], 0
    for mark in _FIGURE.finditer(body):
        if mark[1] in figures:
            done += [in_part(body[place : mark.start()]), marks.figure(figures[mark[1]])]
            place = mark.end()
    return mark_safe("".join([*done, in_part(body[place:])]))  # noqa: S308


def mentioned_figures(bodies: Iterable[str]) -> list[str]:
    """The keys of the figures that have a place in the texts, in order of first mention."""
    return list(dict.fromkeys(mark[1] for body in bodies for mark in _FIGURE.finditer(body)))


def mentioned_references(bodies: Iterable[str]) -> list[str]:
    """The keys of the references that the texts cite, in order of first mention."""
    marks = (mark[0] for body in bodies for mark in _REFERENCES.finditer(body))
    return list(dict.fromkeys(key for mark in marks for key in re.findall(rf"@({_KEY})", mark)))


def mentioned_notes(body: str) -> set[int]:
    """The numbers of the footnotes to which a text points."""
    return {int(mark[1]) for mark in _NOTE.finditer(body)}


def without_marks(text: str) -> str:
    """A text without the marks of notes, references and figures, for searching."""
    return re.sub(rf"\[figure {_KEY}\]", "", _REFERENCES.sub("", _NOTE.sub("", text)))
