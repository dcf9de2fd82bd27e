"""Marking the words of a search in what is shown; everything else is escaped."""

import re
from collections.abc import Iterable

from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe

from solutions.selectors.query import Query
from solutions.selectors.search import words_that_match
from solutions.selectors.words import chinese_run, fold

# A word with the accents and vowel signs that follow its letters.
_word = re.compile(r"((?:\w[\u0300-\u036f\u064b-\u0655]*)+)")


class Marker:
    """Marks in given texts the words that a query finds; asks PostgreSQL once for all texts."""

    def __init__(self, query: Query, texts: Iterable[str]) -> None:
        self._matching: set[str] = set()
        self._chinese: re.Pattern[str] | None = None
        if not query.included:
            return
        self._matching = words_that_match({fold(word) for text in texts for word in _word.findall(text or "")}, query)
        runs = sorted(chinese_run.findall(query.included), key=len, reverse=True)
        if runs:
            self._chinese = re.compile("(" + "|".join(runs) + ")")

    def mark(self, text: str) -> SafeString:
        """`text` as HTML, with `<mark>` around matching words."""
        parts = []
        for place, part in enumerate(_word.split(text or "")):
            is_word = place % 2 == 1
            if is_word and fold(part) in self._matching:
                parts.append(f"<mark>{escape(part)}</mark>")
            elif is_word and self._chinese and chinese_run.search(part):
                parts.append(self._chinese.sub(r"<mark>\1</mark>", escape(part)))
            else:
                parts.append(escape(part))
        return mark_safe("".join(parts))  # noqa: S308 - every part is escaped above
