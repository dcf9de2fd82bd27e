"""What is asked of the catalogue: words and chosen values, as an address says them."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from urllib.parse import urlencode

from solutions.enums import Dimension
from solutions.selectors.words import AS_WRITTEN, languages_of, split_exclusions

LONGEST_QUERY = 200


@dataclass(frozen=True)
class Query:
    """Words and, for each dimension, the chosen values as (value of the address, facet code). No values mean all.

    `ignored` names what the address asked for and the catalogue does not know; `is_cut` says that the words were too long,
    `reader` is the language of the page.
    """

    words: str = ""
    chosen: Mapping[Dimension, tuple[tuple[str, int], ...]] = field(default_factory=dict)
    ignored: tuple[str, ...] = ()
    reader: str = "en"
    is_cut: bool = False

    @cached_property
    def included(self) -> str:
        return split_exclusions(self.words)[0]

    @cached_property
    def excluded(self) -> str:
        return split_exclusions(self.words)[1]

    @cached_property
    def languages(self) -> list[str]:
        """The columns of words to search in: by grammar those of the languages that fit, then words as written."""
        return [*languages_of(self.words, self.reader), AS_WRITTEN]

    @property
    def narrows(self) -> bool:
        return bool(self.words or self.chosen)

    def codes(self, dimension: Dimension) -> list[int]:
        return [code for _, code in self.chosen.get(dimension, ())]

    def values(self, dimension: Dimension) -> list[str]:
        return [value for value, _ in self.chosen.get(dimension, ())]

    def address(self, dimension: Dimension | None = None, values: tuple[str, ...] = (), *, words: bool = True) -> str:
        """The query string of this query, with `dimension` set to `values` if one is given: "" or "?q=…"."""
        pairs = [("q", self.words)] if words and self.words else []
        for each in Dimension:
            pairs += [(each.parameter, value) for value in (values if each == dimension else self.values(each))]
        return f"?{urlencode(pairs)}" if pairs else ""
