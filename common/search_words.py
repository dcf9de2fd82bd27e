"""Looking words up in columns of text, and showing where they stand."""

import re
import unicodedata
from functools import lru_cache
from typing import Any

from django.db.models import CharField, Func, Q, Value
from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe

_MOST_WORDS = 8
_AROUND = 110  # characters of a snippet on each side of the words


def contains(words: str, *fields: str) -> Q:
    """Rows in which one of `fields` contains the words as they stand, whatever their case."""
    found = Q()
    for field in fields:
        found |= Q(**{f"{field}__icontains": words})
    return found


class Folded(Func):
    """Small letters without accents, for columns and for what is looked for in them alike: the database has no `unaccent`.

    Unicode takes the letters apart, then the marks (accents, Arabic vowel signs) go; letters that it leaves whole are named.
    """

    template = (
        "translate(regexp_replace(normalize(lower(%(expressions)s), NFKD), "
        "'[\u0300-\u036f\u0640\u064b-\u065f\u0670]', '', 'g'), 'øłđıى', 'oldiي')"
    )
    output_field = CharField()


def contains_folded(word: str, *aliases: str) -> Q:
    """Rows in which one of the `aliases`, annotated as `Folded`, holds the word, whatever its case and accents."""
    found = Q()
    for alias in aliases:
        found |= Q(**{f"{alias}__contains": Folded(Value(word))})
    return found


_WHOLE_LETTERS = {"ø": "o", "ł": "l", "đ": "d", "ı": "i", "ى": "ي", "ـ": ""}


@lru_cache(maxsize=4096)
def _base(sign: str) -> str:
    parts = unicodedata.normalize("NFKD", sign.lower())
    return "".join(_WHOLE_LETTERS.get(part, part) for part in parts if unicodedata.category(part) != "Mn")


def _plain(text: str) -> tuple[str, list[int]]:
    """`text` as `Folded` sees it, and for each of its signs the place in `text`; one more for the end."""
    signs, places = [], []
    for place, sign in enumerate(text):
        base = _base(sign)
        signs.append(base)
        places += [place] * len(base)
    return "".join(signs), [*places, len(text)]


def _spans(text: str, pattern: str) -> list[tuple[int, int]]:
    """Where the pattern, of folded words, stands in `text`; marks that belong to the last letter are inside."""
    plain, places = _plain(text)
    found = []
    for hit in re.finditer(pattern, plain):
        end = places[hit.end() - 1] + 1
        while end < len(text) and unicodedata.category(text[end]) == "Mn":
            end += 1
        found.append((places[hit.start()], end))
    return found


def snippet(text: str, words: str) -> str:
    """The part of `text` around the first place of the words, cut at spaces; its beginning where they are not in it."""
    text = " ".join(text.split())
    first = max(text.lower().find(words.lower()), 0)
    last = first + len(words)
    start = max(first - _AROUND, 0)
    end = max(last + _AROUND, start + 2 * _AROUND)
    # Chinese has no spaces: then the cut stays where it is.
    if start:
        start = text.find(" ", start, first) + 1 or start
    if end < len(text):
        cut = text.rfind(" ", last, end)
        end = cut if cut > 0 else end
    return f"{'… ' if start else ''}{text[start:end].strip()}{' …' if end < len(text) else ''}"


def words_of(text: str) -> list[str]:
    """The different words of a search in their order, eight at most; a text without spaces is one word."""
    return list(dict.fromkeys(text.replace("\x00", " ").split()))[:_MOST_WORDS]


def marked(text: str, words: str) -> SafeString:
    """`text` as HTML with `<mark>` around each of `words`, whatever their case and accents; everything is escaped."""
    folded = {_plain(word)[0] for word in words_of(words)} - {""}
    if not folded:
        return mark_safe(escape(text))  # noqa: S308 - escaped
    word = "(?:" + "|".join(re.escape(one) for one in sorted(folded, key=lambda one: (-len(one), one))) + ")"
    pieces: list[Any] = []
    place = 0
    for start, end in _spans(text, rf"{word}(?:\s+{word})*"):
        pieces += [escape(text[place:start]), f"<mark>{escape(text[start:end])}</mark>"]
        place = end
    return mark_safe("".join([*pieces, escape(text[place:])]))  # noqa: S308 - every piece is escaped


def marked_snippet(text: str, words: str) -> SafeString:
    """The part of `text` around the words, all together where they stand so, else around the first; marked."""
    together = " ".join(words.split())
    in_one_line = " ".join(text.split())
    found = (_spans(in_one_line, re.escape(_plain(one)[0])) for one in (together, *words_of(words)) if _plain(one)[0])
    start, end = next((spans[0] for spans in found if spans), (0, 0))
    return marked(snippet(in_one_line, in_one_line[start:end]), words)
