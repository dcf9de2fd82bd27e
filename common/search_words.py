"""Looking words up in columns of text, and showing where they stand."""

import re

from django.db.models import Q
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
    """`text` as HTML with `<mark>` around each of `words`, whatever their case; everything is escaped."""
    wanted = sorted(words_of(words), key=len, reverse=True)
    if not wanted:
        return mark_safe(escape(text))  # noqa: S308 - escaped
    word = "(?:" + "|".join(re.escape(word) for word in wanted) + ")"
    pieces = re.split(rf"({word}(?:\s+{word})*)", text, flags=re.IGNORECASE)
    return mark_safe(  # noqa: S308 - every piece is escaped
        "".join(f"<mark>{escape(piece)}</mark>" if place % 2 else escape(piece) for place, piece in enumerate(pieces))
    )


def marked_snippet(text: str, words: str) -> SafeString:
    """The part of `text` around the words, all together where they stand so, else around the first; marked."""
    together = " ".join(words.split())
    in_one_line = " ".join(text.split()).lower()
    focus = next((one for one in (together, *words_of(words)) if one.lower() in in_one_line), "")
    return marked(snippet(text, focus), words)
