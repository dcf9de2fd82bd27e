"""The certain pairs: what a person settled, hidden names of our own export, the same words."""

from collections import Counter, defaultdict
from collections.abc import Iterable
from typing import Any

from common.alignment.chains import COMMON, longest_chain
from common.alignment.settled import Settled
from common.alignment.texts import Text, Texts


def take_known(texts: Texts, settled: Settled, known: Iterable[tuple[Any, Any]]) -> None:
    """Pairs of keys that a person settled."""
    olds = {text.part.key: place for place, text in enumerate(texts.old)}
    news = {text.part.key: place for place, text in enumerate(texts.new)}
    for first, second in known:
        pair = (olds.get(first, -1), news.get(second, -1))
        if min(pair) >= 0 and pair not in settled.found:
            settled.settle(pair, texts.like(pair)[0])
            settled.given.add(pair)


def take_hidden_names(texts: Texts, settled: Settled) -> None:
    """The same hidden name, where it stands once on each side."""
    olds, news = _once(settled.free_olds(), texts.old), _once(settled.free_news(), texts.new)
    for uid, place in olds.items():
        pair = (place, news.get(uid, -1))
        if uid in news and pair not in texts.refused:
            settled.settle(pair, texts.like(pair)[0])
            settled.given.add(pair)


def _once(places: list[int], side: list[Text]) -> dict[str, int]:
    """Places by hidden name, of the names that stand there once: a copied paragraph carries its name along."""
    numbers = Counter(side[place].part.uid for place in places)
    return {side[place].part.uid: place for place in places if side[place].part.uid and numbers[side[place].part.uid] == 1}


def take_same_words(texts: Texts, settled: Settled) -> None:
    """The same words: once on both sides they are one; repeated ones are told apart by their order."""
    olds: dict[tuple[str, str], list[int]] = defaultdict(list)
    news: dict[tuple[str, str], list[int]] = defaultdict(list)
    for place in settled.free_olds():
        olds[texts.old[place].hash].append(place)
    for place in settled.free_news():
        news[texts.new[place].hash].append(place)
    repeated = []
    for words, places in olds.items():
        others = news.get(words, [])
        if len(places) == len(others) == 1:
            if not texts.may_match((places[0], others[0])):
                continue
            settled.settle((places[0], others[0]), 1.0)
        elif others:
            repeated.append((places, others))
    if repeated:
        _take_repeated(texts, settled, repeated)


def _take_repeated(texts: Texts, settled: Settled, repeated: list[tuple[list[int], list[int]]]) -> None:
    pairs = [(old, news[0], 2.0) for old, news in settled.forth.items()]
    # Equally many on both sides: first to first. Otherwise each to those of nearly the same rank, as the chain says.
    for olds, news in repeated:
        slack = 0 if len(olds) == len(news) else abs(len(olds) - len(news)) if max(len(olds), len(news)) <= COMMON else 2
        for rank, old in enumerate(olds):
            near = news[max(0, rank - slack) : rank + slack + 1]
            pairs += [(old, new, 1.0) for new in near if texts.may_match((old, new))]
    certain = len(settled.forth)
    for index in longest_chain(pairs):
        if index >= certain:
            old, new, _weight = pairs[index]
            settled.settle((old, new), 1.0)
    for olds, news in repeated:
        left = [place for place in olds if settled.is_free_old(place)], [place for place in news if settled.is_free_new(place)]
        for pair in filter(texts.may_match, zip(*left, strict=False)):
            settled.settle(pair, 1.0, automatic=len(olds) == len(news))
