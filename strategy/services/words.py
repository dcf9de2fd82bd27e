"""Words of a paragraph: what a form sends, cut in two, joined; footnotes go with the words that call them."""

import re
from collections.abc import Iterable
from dataclasses import dataclass

from django.utils.translation import gettext as _

from common.access import Refused
from strategy.enums import ParagraphKind
from strategy.models import Paragraph

_CALL = re.compile(r"\[\^(\d{1,3})\]")
_EMPHASIS = re.compile(r"\*(?=\S)([^*\n]+?)(?<=\S)\*")
LONGEST_PARAGRAPH = 20000


@dataclass(frozen=True)
class Words:
    """What is written in a paragraph."""

    kind: str
    number: str
    text: str
    footnotes: tuple[str, ...] = ()

    @classmethod
    def of(cls, row: Paragraph) -> "Words":
        return cls(row.kind, row.number, row.text, tuple(row.footnotes))

    def cleaned(self) -> "Words":
        """With one kind of line end and no space around.

        Raises:
            Refused: no text, no number that an address can carry, or a call without its footnote.
        """
        text = self.text.replace("\r\n", "\n").replace("\r", "\n")
        if self.kind == ParagraphKind.TABLE_ROW:  # an empty first cell is a cell
            text = "\n".join(line.strip() for line in text.split("\n")).rstrip()
        else:
            text = text.strip()
        number = " ".join(self.number.split())
        notes = tuple(note for note in (" ".join(one.split()) for one in self.footnotes) if note)
        if self.kind not in ParagraphKind.values:
            raise Refused(_("Choose what this piece of text is: a heading, a paragraph, a list item or a row."))
        if not text:
            raise Refused(_("A paragraph needs words. To take it out of the draft, delete it."))
        if len(text) > LONGEST_PARAGRAPH:
            raise Refused(_("This paragraph is longer than %(limit)d characters. Split it.") % {"limit": LONGEST_PARAGRAPH})
        if len(number) > 20 or not Paragraph.anchor_of(number):
            raise Refused(_("Number the paragraph with Latin letters or digits, 20 signs at most: 12, 16(a), IV.A."))
        missing = [call for call in map(int, _CALL.findall(text)) if not 1 <= call <= len(notes)]
        if missing:
            raise Refused(
                _("The text calls footnote %(number)d, but there is none. Write it, or take its sign out.")
                % {"number": missing[0]}
            )
        return Words(self.kind, number, text, notes)


def cut(text: str, notes: Iterable[str], at: int) -> tuple[tuple[str, list[str]], tuple[str, list[str]]]:
    """Cut before the character `at`; emphasis is closed and opened again, a call of a footnote stays whole.

    Raises:
        Refused: one of the parts would be empty.
    """
    for call in _CALL.finditer(text):
        if call.start() < at < call.end():
            at = call.end()
    mark = next((one for one in _EMPHASIS.finditer(text) if one.start() < at < one.end()), None)
    first, second = text[:at].rstrip(), text[at:].lstrip()
    if mark:
        inside, after = text[mark.start(1) : at].strip(), text[at : mark.end(1)].strip()
        first = f"{first}*" if inside else text[: mark.start()].rstrip()
        second = f"*{second}" if after else text[mark.end() :].lstrip()
        if not inside:
            second = text[mark.start() :]
        if not after:
            first = text[: mark.end()]
    if not first.strip() or not second.strip():
        raise Refused(_("Choose a place inside the text: both parts need words."))
    notes = list(notes)
    called = {int(one) for one in _CALL.findall(second)} - {int(one) for one in _CALL.findall(first)}
    own = [index for index in range(1, len(notes) + 1) if index not in called]
    theirs = sorted({int(one) for one in _CALL.findall(second)})
    return _renumbered(first, notes, own), _renumbered(second, notes, theirs)


def _renumbered(text: str, notes: list[str], kept: list[int]) -> tuple[str, list[str]]:
    place = {old: new for new, old in enumerate(kept, start=1)}
    told = _CALL.sub(lambda call: f"[^{place.get(int(call[1]), int(call[1]))}]", text)
    return told, [notes[index - 1] for index in kept if index <= len(notes)]


def join(first: Paragraph, second: Paragraph) -> tuple[str, list[str]]:
    """One text of two; a row's cells stay on their lines."""
    shift = len(first.footnotes)
    text = _CALL.sub(lambda call: f"[^{int(call[1]) + shift}]", second.text)
    between = "\n" if ParagraphKind.TABLE_ROW in {first.kind, second.kind} else " "
    return f"{first.text}{between}{text}", [*first.footnotes, *second.footnotes]


def places_to_cut(text: str) -> list[tuple[int, str, str]]:
    """Where a sentence or a line ends: the offset, some words before it and some after."""
    found = []
    for end in re.finditer(r"(?<=[.!?;:。؟！？；])[\"”»')]*(?:\[\^\d+\])?\s+|\n+|(?<=[。！？；])", text):
        before, after = text[: end.end()].strip(), text[end.end() :].strip()
        if before and after:
            found.append((end.end(), before[-60:], after[:60]))
    return found
