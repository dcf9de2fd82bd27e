"""Two searches over many paragraphs that cost little more than their number: what keeps the order, and what is nearest."""

import bisect
import heapq
from collections import defaultdict
from collections.abc import Sequence

from common.alignment.texts import Pair, Text

# A word pair or word that more paragraphs than this share says little about which of them belong together.
COMMON = 16
_CANDIDATES = 8


def longest_chain(pairs: Sequence[tuple[int, int, float]]) -> list[int]:
    """Which of the pairs (old place, new place, weight) keep the order in both and weigh most together; their indexes."""
    if not pairs:
        return []
    places = sorted({new for _old, new, _weight in pairs})
    tree: list[tuple[float, int]] = [(0.0, -1)] * (len(places) + 1)
    before = [-1] * len(pairs)
    # Of one old place the later new places first, so that a chain takes only one of them.
    for index in sorted(range(len(pairs)), key=lambda one: (pairs[one][0], -pairs[one][1], one)):
        _old, new, weight = pairs[index]
        place = bisect.bisect_left(places, new)
        best, cursor = (0.0, -1), place
        while cursor > 0:
            best = max(best, tree[cursor], key=lambda one: one[0])
            cursor -= cursor & -cursor
        before[index] = best[1]
        total, cursor = best[0] + weight, place + 1
        while cursor < len(tree):
            if total > tree[cursor][0]:
                tree[cursor] = (total, index)
            cursor += cursor & -cursor
    last = max(tree, key=lambda one: one[0])[1]
    chain = []
    while last >= 0:
        chain.append(last)
        last = before[last]
    return chain[::-1]


def nearest(places: list[int], side: list[Text], others: list[int], other: list[Text]) -> set[Pair]:
    """For each of `places` the few of `others` with which it shares most, rare things counting more."""
    holders: dict[str, list[int]] = defaultdict(list)
    for place in others:
        for feature in other[place].features:
            holders[feature].append(place)
    pairs = set()
    for place in places:
        shared: dict[int, float] = defaultdict(float)
        for feature in sorted(side[place].features):
            found = holders.get(feature, ())
            if found and len(found) <= COMMON:
                for one in found:
                    shared[one] += 1 / len(found)
        for one in heapq.nsmallest(_CANDIDATES, shared, key=lambda one: (-shared[one], one)):
            pairs.add((place, one))
    return pairs
