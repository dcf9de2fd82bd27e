"""Words in the drawings of a PDF are set as words.

WeasyPrint 70 sets the text of an SVG letter by letter, because each letter may have a place of its own. Arabic letters then stand
apart, in their forms for letters alone and from left to right; a chart in Arabic cannot be read. Where no letter asks for a place
of its own, the text is given to it as one piece. Source: `weasyprint/svg/text.py`, which loops over the letters of `node.text`.
"""

from collections.abc import Iterator
from functools import cache
from typing import Any

_PLACES = ("x", "y", "dx", "dy", "rotate")


class _Whole(str):
    """A text of which WeasyPrint's loop over letters finds a single one: all of it."""

    __slots__ = ()

    def __iter__(self) -> Iterator[str]:
        yield str(self)


@cache
def set_words_whole() -> None:
    """Teach WeasyPrint, in this process and once."""
    import weasyprint.svg as svg

    by_letters: Any = svg.text

    def by_words(drawing: Any, node: Any, font_size: float) -> None:
        has_places = any(len(node.get(name, "").replace(",", " ").split()) > 1 for name in _PLACES)
        if node.text and not (has_places or node.get("letter-spacing") or node.get("textLength")):
            node._etree_node.text = _Whole(node.text)
        by_letters(drawing, node, font_size)

    svg.TAGS.update({tag: by_words for tag, draws in svg.TAGS.items() if draws is by_letters})
    svg.text = by_words
