"""Words of one script inside a sentence of another: without a mark, brackets, dots and numbers beside them change places."""

import re
import unicodedata
from typing import Any

from django.utils.translation import get_language_bidi

_FIRST_STRONG_ISOLATE, _POP, _RIGHT_TO_LEFT_MARK = "\u2068", "\u2069", "\u200f"
_RIGHT_TO_LEFT = re.compile(r"[\u0590-\u08FF\uFB1D-\uFDFF\uFE70-\uFEFC]")


def isolated(words: Any) -> str:
    """A name or a title as it stands in a sentence: set apart as by `<bdi>`, where a text has no tags.

    Where neither the sentence nor the words run from right to left, nothing is added.
    """
    said = str(words)
    if said and (get_language_bidi() or _RIGHT_TO_LEFT.search(said)):
        return f"{_FIRST_STRONG_ISOLATE}{said}{_POP}"
    return said


def marked(mark: str, words: str) -> str:
    """Words behind the number or letter that they have, "(a) Title": the mark stands where the words begin, also from the right.

    Browsers and mail take the direction of a text from its first letter, which would be the mark's.
    """
    first = next((kind for kind in map(unicodedata.bidirectional, words) if kind in {"L", "R", "AL"}), "L")
    return f"{'' if first == 'L' else _RIGHT_TO_LEFT_MARK}{mark} {words}"
