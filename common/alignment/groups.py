"""Splits and merges: neighbours of one side that together are liker to a paragraph of the other than any one of them."""

from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass

from rapidfuzz.distance import LCSseq

from common.alignment.likely import AUTOMATIC, PROPOSED
from common.alignment.settled import Relation, Settled
from common.alignment.texts import Pair, Text, Texts, ratio

MOST_NEIGHBOURS = 4
# How much of each part must stand in the whole, in the order of its words and by weight of rarity.
_KEPT = 0.3
_RARE = 0.12
# Of a part that nothing else is like and that stands beside the rest of the whole.
_KEPT_BESIDE = 0.22
_KEPT_AUTOMATIC = 0.5
# How much the parts together must be liker than the likest alone: little, if nearly all of each is in the whole.
_GAIN, _SMALL_GAIN = 0.04, 0.01


@dataclass(frozen=True)
class Group:
    """One paragraph (`whole`) and the neighbours on the other side that make it up together."""

    relation: Relation
    whole: int
    parts: tuple[int, ...]
    score: float
    automatic: bool

    @property
    def pairs(self) -> list[Pair]:
        return [(self.whole, part) if self.relation == "split" else (part, self.whole) for part in self.parts]


@dataclass(frozen=True)
class _Direction:
    """A split is looked for from the old text to the new, a merge from the new to the old."""

    relation: Relation
    side: list[Text]
    other: list[Text]
    mine: dict[int, list[int]]
    theirs: dict[int, list[int]]
    pair: Callable[[int, int], Pair]


def _directions(texts: Texts, settled: Settled) -> tuple[_Direction, _Direction]:
    return (
        _Direction("split", texts.old, texts.new, settled.forth, settled.back, lambda whole, part: (whole, part)),
        _Direction("merged", texts.new, texts.old, settled.back, settled.forth, lambda whole, part: (part, whole)),
    )


def take_groups(texts: Texts, settled: Settled, nearby: set[Pair]) -> None:
    """The likest groups first; certain links of others stand in the way, proposed ones give way."""
    around: tuple[dict[int, set[int]], dict[int, set[int]]] = (defaultdict(set), defaultdict(set))
    for old, new in {*nearby, *settled.given, *_beside(settled)}:
        around[0][old].add(new)
        around[1][new].add(old)
    groups = [
        group
        for direction, near in zip(_directions(texts, settled), around, strict=True)
        for whole in sorted(near)
        if (group := _best_group(texts, settled, direction, whole, near[whole]))
    ]
    for group in sorted(groups, key=lambda one: (-one.score, one.relation != "merged", one.whole)):
        _take(settled, group)


def _beside(settled: Settled) -> set[Pair]:
    """Where something free stands beside one end of a link: it may be the other part of a split or a merge."""
    pairs = set()
    for old, new in settled.found:
        pairs |= {(old, one) for one in (new - 1, new + 1) if 0 <= one < settled.size[1] and settled.is_free_new(one)}
        pairs |= {(one, new) for one in (old - 1, old + 1) if 0 <= one < settled.size[0] and settled.is_free_old(one)}
        pairs.add((old, new))
    return pairs


def take_what_stands_beside(texts: Texts, settled: Settled) -> None:
    """What is left alone beside a paragraph that is found: another part of the same, proposed, if enough of it was there."""
    directions = _directions(texts, settled)
    for pair in sorted(settled.found):
        for direction in directions:
            _extend(texts, settled, direction, pair)


def _extend(texts: Texts, settled: Settled, direction: _Direction, pair: Pair) -> None:
    whole, part = pair if direction.relation == "split" else pair[::-1]
    # What has all its words, or is itself a part of something else, has no further part.
    if settled.found[pair][0] >= 1 or len(direction.theirs[part]) > 1:
        return
    parts = sorted(direction.mine[whole])
    if parts[-1] - parts[0] >= len(parts) or len(parts) == MOST_NEIGHBOURS:
        return
    for place in (parts[0] - 1, parts[-1] + 1):
        if not 0 <= place < len(direction.other) or direction.theirs.get(place):
            continue
        if not texts.may_match(direction.pair(whole, place)):
            continue
        wider = tuple(sorted([*parts, place]))
        if group := _group(texts, direction, whole, wider, least_kept=_KEPT_BESIDE, gain=0.0):
            settled.settle(direction.pair(whole, place), group.score, automatic=False)
            settled.grouped.update(dict.fromkeys(group.pairs, group.relation))
            return


def _best_group(texts: Texts, settled: Settled, direction: _Direction, whole: int, nearby: set[int]) -> Group | None:
    def is_open(part: int) -> bool:
        holders = direction.theirs.get(part, [])
        return (part in nearby or whole in holders) and all(
            one == whole or not settled.found[direction.pair(one, part)][1] for one in holders
        )

    held = {part for part in direction.mine.get(whole, []) if settled.found[direction.pair(whole, part)][1]}
    if any(settled.found[direction.pair(whole, part)][0] >= 1 for part in held):
        return None
    ready = {part for part in nearby | held if is_open(part) and texts.may_match(direction.pair(whole, part))}
    best: Group | None = None
    for first in sorted(ready):
        for size in range(2, MOST_NEIGHBOURS + 1):
            parts = tuple(range(first, first + size))
            if not ready.issuperset(parts):
                break
            if held.issubset(parts) and (group := _group(texts, direction, whole, parts)):
                best = group if best is None or group.score > best.score else best
    return best


def _group(
    texts: Texts, direction: _Direction, whole: int, parts: tuple[int, ...], *, least_kept: float = _KEPT, gain: float = _GAIN
) -> Group | None:
    text = direction.side[whole]
    joined, common, kept, least = "", 0, 1.0, 1.0
    for part in parts:
        piece = direction.other[part]
        if not piece.coded:
            return None
        joined += piece.coded
        grown = LCSseq.similarity(text.coded, joined)
        share, rare = (grown - common) / len(piece.coded), texts.shared(text, piece) / texts.heavy(piece)
        if share < least_kept or rare < _RARE:
            return None
        kept, least, common = min(kept, share), min(least, share, rare), grown
    score = ratio(common, len(text.coded) + len(joined))
    alone = max(texts.like(direction.pair(whole, part))[0] for part in parts)
    if score < PROPOSED or score < alone + (min(gain, _SMALL_GAIN) if kept >= 0.7 else gain):
        return None
    return Group(direction.relation, whole, parts, score, score >= AUTOMATIC and least >= _KEPT_AUTOMATIC)


def _take(settled: Settled, group: Group) -> None:
    pairs = group.pairs
    touching = {one for pair in pairs for one in settled.links_at(pair)}
    # Somebody else's certain link, or another group, came first.
    if any(one in settled.grouped or (one not in pairs and settled.found[one][1]) for one in touching):
        return
    for one in touching:
        if one not in settled.given:
            settled.drop(one)
    for pair in pairs:
        if pair not in settled.given:
            settled.settle(pair, group.score, automatic=group.automatic)
        settled.grouped[pair] = group.relation
