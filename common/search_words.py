"""Looking words up in columns of text, and showing where they stand."""

from django.db.models import Q

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
