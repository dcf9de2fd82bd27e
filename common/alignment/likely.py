"""One to one by likeness: what keeps the order first, then what lies between neighbours that are found, then moves."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from itertools import pairwise

from common.alignment.chains import longest_chain, nearest
from common.alignment.settled import Settled
from common.alignment.texts import Pair, Texts

AUTOMATIC = 0.60
PROPOSED = 0.35
# Between two neighbours that are found, in their order, the place itself speaks for a pair: less likeness is enough to ask
# a person. Unlike paragraphs of one subject share up to a fifth of their words in order; short ones hardly any.
IN_PLACE = 0.22
IN_PLACE_SHORT = 0.15
SHORT_IN_PLACE = 15
# A heading or a line of a list that is the only one of its kind there: one word that stayed is enough.
SHORT_ALONE = 8

# Of what two texts share by weight of rarity: less is the common words of any two texts of one subject.
_RARE_AUTOMATIC = 0.40
_RARE_PROPOSED = 0.20
_RIVAL = 0.08
_SHORT = 4
# A heading whose words stand elsewhere in the text is often another one: its place does not speak for it.
_SHORT_MOVED = 16
_SHORT_AUTOMATIC = 0.80
# Who has a much liker partner elsewhere has been moved: its neighbour by order is somebody else.
_STRONG = 0.75
_GAP = 8


def candidates(texts: Texts, settled: Settled) -> set[Pair]:
    """For each paragraph that is not found yet the few of the other side that share most rare words and word pairs."""
    olds, news = settled.free_olds(), settled.free_news()
    olds += [old for old, new in settled.given if settled.found[old, new][0] < 1]
    news += [new for old, new in settled.given if settled.found[old, new][0] < 1]
    found = nearest(olds, texts.old, news, texts.new)
    return found | {(old, new) for new, old in nearest(news, texts.new, olds, texts.old)}


def take_likely(texts: Texts, settled: Settled, nearby: set[Pair]) -> set[Pair]:
    """The likest pairs; those nearly as like as another are proposed only.

    Returns:
        The pairs that are like enough besides `nearby`.
    """
    anchors = [(old, news[0]) for old, news in settled.forth.items()]
    pairs = [
        pair
        for pair in sorted(nearby)
        if settled.is_free_old(pair[0]) and settled.is_free_new(pair[1]) and _is_worth_proposing(texts, pair)
    ]
    best = _best(texts, pairs)

    def is_strong(pair: Pair) -> bool:
        return texts.value(pair) >= _STRONG * max(best["old", pair[0]], best["new", pair[1]])

    chosen = _in_order(texts, anchors, [pair for pair in pairs if is_strong(pair)])
    between = set()
    for gap in _gaps(settled, [*anchors, *chosen], chosen):
        near = [pair for pair in gap if texts.may_match(pair) and texts.like(pair)[0] >= PROPOSED]
        chosen += _in_order(texts, [], [pair for pair in near if is_strong(pair)])
        between.update(near)
    in_order = set(chosen)
    _add_moves(texts, pairs, chosen)
    rivals = _rivals(texts, sorted({*pairs, *between}), set(chosen))
    for pair in sorted(chosen):
        settled.settle(
            pair, texts.like(pair)[0], automatic=pair not in rivals and _is_certain(texts, pair, moved=pair not in in_order)
        )
    return between


def take_what_stands_between(texts: Texts, settled: Settled) -> None:
    """What is left alone between two neighbours that are found, in order: proposed, never automatic."""
    found = [(old, new) for old, news in sorted(settled.forth.items()) for new in news]
    for gap in _gaps(settled, found, []):
        near = [pair for pair in gap if texts.may_match(pair)]
        alone = len(near) == 1
        for pair in _in_order(texts, [], [pair for pair in near if _is_like_in_place(texts, pair, alone=alone)]):
            settled.settle(pair, texts.like(pair)[0], automatic=False)


def _best(texts: Texts, pairs: Iterable[Pair]) -> dict[tuple[str, int], float]:
    best: dict[tuple[str, int], float] = defaultdict(float)
    for pair in pairs:
        for end in (("old", pair[0]), ("new", pair[1])):
            best[end] = max(best[end], texts.value(pair))
    return best


def _in_order(texts: Texts, anchors: list[Pair], pairs: list[Pair]) -> list[Pair]:
    """Of the pairs those that keep the order, among themselves and with the anchors."""
    weighed = [*((old, new, 2.0) for old, new in anchors), *((*pair, texts.value(pair)) for pair in pairs)]
    return [pairs[index - len(anchors)] for index in longest_chain(weighed) if index >= len(anchors)]


def _gaps(settled: Settled, found: list[Pair], taken: Iterable[Pair]) -> Iterator[list[Pair]]:
    """Of each gap between two neighbours in order all pairs of what stands free there; of the first few, if it is long."""
    chain = longest_chain([(old, new, 1.0) for old, new in found])
    if not chain:
        return
    olds_taken, news_taken = {old for old, _new in taken}, {new for _old, new in taken}
    order = [(-1, -1), *(found[index] for index in chain), settled.size]
    for (first, start), (last, end) in pairwise(order):
        olds = [place for place in range(first + 1, last) if settled.is_free_old(place) and place not in olds_taken][:_GAP]
        news = [place for place in range(start + 1, end) if settled.is_free_new(place) and place not in news_taken][:_GAP]
        if olds and news:
            yield [(old, new) for old in olds for new in news]


def _add_moves(texts: Texts, pairs: list[Pair], chosen: list[Pair]) -> None:
    """Of what is left the likest pairs, whatever their order."""
    olds, news = {old for old, _new in chosen}, {new for _old, new in chosen}
    for pair in sorted(pairs, key=lambda pair: (-texts.value(pair), pair)):
        if pair[0] not in olds and pair[1] not in news:
            chosen.append(pair)
            olds.add(pair[0])
            news.add(pair[1])


def _is_worth_proposing(texts: Texts, pair: Pair) -> bool:
    score, rare = texts.like(pair)
    return texts.may_match(pair) and max(score, rare) >= PROPOSED and rare >= _RARE_PROPOSED


def _is_like_in_place(texts: Texts, pair: Pair, *, alone: bool) -> bool:
    score, words = texts.like(pair)[0], texts.shorter(pair)
    if alone and words <= SHORT_ALONE:
        return score > 0
    return score >= (IN_PLACE_SHORT if words <= SHORT_IN_PLACE else IN_PLACE)


def _is_certain(texts: Texts, pair: Pair, *, moved: bool) -> bool:
    score, rare = texts.like(pair)
    is_short = texts.shorter(pair) < (_SHORT_MOVED if moved else _SHORT)
    return score >= (_SHORT_AUTOMATIC if is_short else AUTOMATIC) and rare >= _RARE_AUTOMATIC


def _rivals(texts: Texts, pairs: list[Pair], chosen: set[Pair]) -> set[Pair]:
    """Chosen pairs of which one end is nearly as like somebody who has no better partner: a person should look."""
    partner = _best(texts, chosen)
    near: dict[tuple[str, int], float] = defaultdict(float)
    for pair in pairs:
        if pair in chosen:
            continue
        value, old, new = texts.value(pair), ("old", pair[0]), ("new", pair[1])
        if partner[new] <= value:
            near[old] = max(near[old], value)
        if partner[old] <= value:
            near[new] = max(near[new], value)
    return {pair for pair in chosen if max(near["old", pair[0]], near["new", pair[1]]) > texts.value(pair) - _RIVAL}
