"""What is settled so far: which old paragraph goes where, how sure that is, and what still stands free."""

from collections import defaultdict
from typing import Literal

from common.alignment.texts import Pair

Relation = Literal["same", "edited", "moved", "split", "merged"]


class Settled:
    """Pairs of places with their score and whether they are automatic; changed by each step in turn."""

    def __init__(self, olds: int, news: int) -> None:
        self.size = (olds, news)
        self.forth: dict[int, list[int]] = defaultdict(list)
        self.back: dict[int, list[int]] = defaultdict(list)
        self.found: dict[Pair, tuple[float, bool]] = {}
        # What a person or a hidden name said, and what belongs to a split or a merge.
        self.given: set[Pair] = set()
        self.grouped: dict[Pair, Relation] = {}

    def settle(self, pair: Pair, score: float, *, automatic: bool = True) -> None:
        self.forth[pair[0]].append(pair[1])
        self.back[pair[1]].append(pair[0])
        self.found[pair] = (score, automatic)

    def drop(self, pair: Pair) -> None:
        self.forth[pair[0]].remove(pair[1])
        self.back[pair[1]].remove(pair[0])
        del self.found[pair]

    def free_olds(self) -> list[int]:
        return [place for place in range(self.size[0]) if self.is_free_old(place)]

    def free_news(self) -> list[int]:
        return [place for place in range(self.size[1]) if self.is_free_new(place)]

    def is_free_old(self, place: int) -> bool:
        return not self.forth.get(place)

    def is_free_new(self, place: int) -> bool:
        return not self.back.get(place)

    def links_at(self, pair: Pair) -> list[Pair]:
        """The links that either end has."""
        return [(pair[0], one) for one in self.forth.get(pair[0], [])] + [(one, pair[1]) for one in self.back.get(pair[1], [])]
