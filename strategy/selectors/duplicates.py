"""Comments that say nearly the same: pure functions over texts, so that a drafter answers them together."""

import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from rapidfuzz import fuzz

LIKENESS = 0.9
MOST_COMPARED = 300  # of one paragraph; beyond that only identical wording is grouped

_SPACE_OR_MARKS = re.compile(r"[\W_]+")


@dataclass(frozen=True)
class Said:
    """What is compared of a comment."""

    number: int
    place: int | None  # its paragraph; None for the draft as a whole
    text: str
    proposed_text: str = ""
    proposes_deletion: bool = False


def normalized(text: str) -> str:
    """The words alone: one form of each sign, no case, no punctuation, single spaces."""
    return _SPACE_OR_MARKS.sub(" ", unicodedata.normalize("NFKC", text).casefold()).strip()


def near_duplicates(comments: Iterable[Said]) -> list[list[int]]:
    """Groups of two and more comments on one place that say the same or nearly, by number; the earliest comment leads.

    Two belong together if they propose the same text, or if their words are alike by nine tenths and their proposals do
    not differ.
    """
    by_place: dict[int | None, list[Said]] = defaultdict(list)
    for one in comments:
        by_place[one.place].append(one)
    groups = [group for rows in by_place.values() for group in _groups(sorted(rows, key=lambda one: one.number))]
    return sorted(groups)


def _groups(rows: list[Said]) -> list[list[int]]:
    leader = list(range(len(rows)))

    def root(place: int) -> int:
        while leader[place] != place:
            leader[place] = leader[leader[place]]
            place = leader[place]
        return place

    keys = [(normalized(one.text), normalized(one.proposed_text), one.proposes_deletion) for one in rows]
    first: dict[object, int] = {}
    for place, (text, proposed, deletes) in enumerate(keys):
        same: list[object] = [(text, proposed, deletes)]
        if proposed:
            same.append(proposed)
        for key in same:
            _join(leader, root(first.setdefault(key, place)), root(place))
    if len(rows) <= MOST_COMPARED:
        for place, mine in enumerate(keys):
            for other in range(place):
                if root(other) != root(place) and _alike(mine, keys[other]):
                    _join(leader, root(other), root(place))
    groups: dict[int, list[int]] = defaultdict(list)
    for place, one in enumerate(rows):
        groups[root(place)].append(one.number)
    return [group for group in groups.values() if len(group) > 1]


def _join(leader: list[int], one: int, other: int) -> None:
    leader[max(one, other)] = min(one, other)


def _alike(one: tuple[str, str, bool], other: tuple[str, str, bool]) -> bool:
    if one[1:] != other[1:] or not one[0] or not other[0]:
        return False
    return fuzz.ratio(one[0], other[0], score_cutoff=LIKENESS * 100) >= LIKENESS * 100
