"""What a bracket says, in the active language: the same words on the page, in Word and in a PDF."""

import re
from typing import Literal

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from strategy.selectors.brackets import Bracket

# Signs around it, the names of who proposes, the words that stand there, the words that are proposed.
Role = Literal["mark", "names", "old", "new"]
_PLACES = re.compile(r"%\((names|old|new)\)s")


def said(bracket: Bracket) -> list[tuple[Role, str]]:
    """The bracket in pieces, its signs included."""
    texts = {"names": names_of(bracket), "old": bracket.shown_old, "new": bracket.shown_new}
    pieces: list[tuple[Role, str]] = [("mark", "[")]
    for place, piece in enumerate(_PLACES.split(_pattern(bracket))):
        if place % 2:
            role: Role = piece  # type: ignore[assignment]
            pieces.append((role, texts[piece]))
        elif piece:
            pieces.append(("mark", piece))
    return [*pieces, ("mark", "]")]


def names_of(bracket: Bracket) -> str:
    """Who proposes it, and what became of it where that is known."""
    names = comma().join(bracket.speakers)
    if not bracket.decision:
        return names
    return _("%(names)s – %(decision)s") % {"names": names, "decision": bracket.voices[0].decision_word}


def _pattern(bracket: Bracket) -> str:
    patterns = {
        "add": _("%(names)s: %(new)s"),
        "delete": _("%(names)s: delete “%(old)s”"),
        "replace": _("%(names)s: replace “%(old)s” with “%(new)s”"),
        "remove": _("%(names)s: delete the paragraph"),
    }
    if bracket.kind == "alternative":
        return _("Alt. %(number)d – %(names)s: %(new)s").replace("%(number)d", str(bracket.number))
    return patterns[bracket.kind]


def text_of(bracket: Bracket) -> str:
    """The bracket as plain text."""
    return "".join(text for _role, text in said(bracket))


def comma() -> str:
    return pgettext("between two words of a list, or a date and an hour", ", ")
