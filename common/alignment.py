"""What became of each paragraph of a text in its next version. A pure engine: no tables, no clock, the same answer every time.

In this order: hidden names that our own export carries; the same words (whatever case, spaces and punctuation); an
order-keeping chain of the likest pairs; neighbours taken together, for splits and merges. Pairs are looked for by the
rare words and word pairs that two paragraphs share, a fixed number for each: all pairs would cost fourfold for twice the text.
"""

import bisect
import heapq
import math
import re
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from typing import Any, Literal

from rapidfuzz.distance import LCSseq

Relation = Literal["same", "edited", "moved", "split", "merged"]

AUTOMATIC = 0.60
PROPOSED = 0.35
MOST_NEIGHBOURS = 4

# A word pair or word that more paragraphs than this share says little about which of them belong together.
_COMMON = 16
_CANDIDATES = 8
_GAP = 6
# Of what two texts share by weight of rarity: less is the common words of any two texts of one subject.
_RARE_AUTOMATIC = 0.40
_RARE_PROPOSED = 0.20
_RIVAL = 0.08
_SHORT = 4
_SHORT_AUTOMATIC = 0.80

_NOTE = re.compile(r"\[\^\d+\]")
# Vowel signs and the stretching of Arabic; what else combines is composed by NFC.
_MARKS = re.compile(r"[\u0300-\u036f\u064b-\u065f\u0670\u0640]")
# Chinese and Japanese are written without spaces: each sign is a word, two signs a pair.
_WORDS = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff]|[^\W_\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff]+")


@dataclass(frozen=True)
class Part:
    """A paragraph as the engine sees it. Only parts of the same `kind` are matched by likeness."""

    key: Any
    text: str
    kind: str = ""
    uid: str = ""


@dataclass(frozen=True)
class Link:
    """An old paragraph lives on in a new one; `automatic` means that nobody needs to look."""

    old: Any
    new: Any
    relation: Relation
    score: float
    automatic: bool


@dataclass(frozen=True)
class Alignment:
    """Every old key is in a link or deleted, every new one in a link or added."""

    links: list[Link]
    deleted: list[Any]
    added: list[Any]


def words_of(text: str) -> list[str]:
    """The words of a text as they are compared: composed, of one case, without punctuation and note marks."""
    folded = unicodedata.normalize("NFC", unicodedata.normalize("NFC", _NOTE.sub(" ", text)).casefold())
    return _WORDS.findall(_MARKS.sub("", folded))


def likeness(old: str, new: str) -> float:
    """How many words two texts share in the same order: 1 for all of both, 0 for none."""
    codes: dict[str, str] = {}
    first, second = (_coded(words_of(text), codes) for text in (old, new))
    return _ratio(LCSseq.similarity(first, second), len(first) + len(second))


def align(old: Sequence[Part], new: Sequence[Part], known: Iterable[tuple[Any, Any]] = ()) -> Alignment:
    """Link the paragraphs of two versions.

    Args:
        known: pairs of keys that are settled already (a person said so); they are in the answer, nothing contradicts them.
    """
    return _Aligner(old, new).run(known)


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


def _coded(words: Iterable[str], codes: dict[str, str]) -> str:
    """Each word as one character, so that RapidFuzz compares words as fast as letters."""
    return "".join(codes.setdefault(word, chr(0x10000 + len(codes) % 0xF0000)) for word in words)


def _ratio(common: float, both: float) -> float:
    return 1.0 if not both else 2 * common / both


@dataclass(frozen=True)
class _Text:
    """A paragraph made ready: one character for each word."""

    part: Part
    coded: str

    @cached_property
    def counts(self) -> Counter[str]:
        return Counter(self.coded)

    @cached_property
    def features(self) -> frozenset[str]:
        return frozenset(self.coded) | {first + second for first, second in pairwise(self.coded)}

    @property
    def hash(self) -> tuple[str, str]:
        return self.part.kind, self.coded or self.part.text.strip()


@dataclass(frozen=True)
class _Group:
    """One paragraph (`whole`) and the neighbours on the other side that make it up together."""

    whole: int
    parts: tuple[int, ...]
    score: float
    automatic: bool


class _Aligner:
    def __init__(self, old: Sequence[Part], new: Sequence[Part]) -> None:
        codes: dict[str, str] = {}
        self.old = [_Text(part, _coded(words_of(part.text), codes)) for part in old]
        self.new = [_Text(part, _coded(words_of(part.text), codes)) for part in new]
        texts = [*self.old, *self.new]
        spread = Counter(word for text in texts for word in text.counts)
        self.weight = {word: math.log(1 + len(texts) / number) for word, number in spread.items()}
        self.cache: dict[tuple[int, int], tuple[float, float]] = {}
        # What is settled so far: new places of an old one and the reverse; scores and whether automatic, by pair.
        self.forth: dict[int, list[int]] = defaultdict(list)
        self.back: dict[int, list[int]] = defaultdict(list)
        self.found: dict[tuple[int, int], tuple[float, bool]] = {}
        self.grouped: dict[tuple[int, int], Relation] = {}
        self.settled: set[tuple[int, int]] = set()

    def run(self, known: Iterable[tuple[Any, Any]]) -> Alignment:
        self._take_known(known)
        self._take_hidden_names()
        self._take_same_words()
        nearby = self._candidates()
        self._take_chain(nearby)
        nearby |= self._take_gaps()
        self._take_groups(nearby)
        return self._answer()

    # --- Certain pairs -----------------------------------------------------------------------------------------------

    def _settle(self, old: int, new: int, score: float, *, automatic: bool = True) -> None:
        self.forth[old].append(new)
        self.back[new].append(old)
        self.found[old, new] = (score, automatic)

    def _take_known(self, known: Iterable[tuple[Any, Any]]) -> None:
        olds = {text.part.key: place for place, text in enumerate(self.old)}
        news = {text.part.key: place for place, text in enumerate(self.new)}
        for first, second in known:
            pair = (olds.get(first, -1), news.get(second, -1))
            if min(pair) >= 0 and pair not in self.found:
                self._settle(*pair, self._like(*pair)[0])
                self.settled.add(pair)

    def _free_olds(self) -> list[int]:
        return [place for place in range(len(self.old)) if not self.forth.get(place)]

    def _free_news(self) -> list[int]:
        return [place for place in range(len(self.new)) if not self.back.get(place)]

    def _take_hidden_names(self) -> None:
        olds, news = (_once(places, side) for places, side in ((self._free_olds(), self.old), (self._free_news(), self.new)))
        for uid, place in olds.items():
            if uid in news:
                self._settle(place, news[uid], self._like(place, news[uid])[0])
                self.settled.add((place, news[uid]))

    def _take_same_words(self) -> None:
        """The same words: once on both sides they are one; repeated ones are told apart by their order."""
        olds: dict[tuple[str, str], list[int]] = defaultdict(list)
        news: dict[tuple[str, str], list[int]] = defaultdict(list)
        for place in self._free_olds():
            olds[self.old[place].hash].append(place)
        for place in self._free_news():
            news[self.new[place].hash].append(place)
        repeated = []
        for words, places in olds.items():
            others = news.get(words, [])
            if len(places) == len(others) == 1:
                self._settle(places[0], others[0], 1.0)
            elif others:
                repeated.append((places, others))
        if repeated:
            self._take_repeated(repeated)

    def _take_repeated(self, repeated: list[tuple[list[int], list[int]]]) -> None:
        pairs = [(old, news[0], 2.0) for old, news in self.forth.items()]
        # Equally many on both sides: first to first. Otherwise each to those of nearly the same rank, as the chain says.
        for olds, news in repeated:
            slack = 0 if len(olds) == len(news) else abs(len(olds) - len(news)) if max(len(olds), len(news)) <= _COMMON else 2
            for rank, old in enumerate(olds):
                pairs += [(old, new, 1.0) for new in news[max(0, rank - slack) : rank + slack + 1]]
        certain = len(self.forth)
        for index in longest_chain(pairs):
            if index >= certain:
                old, new, _weight = pairs[index]
                self._settle(old, new, 1.0)
        for olds, news in repeated:
            left = [[place for place in side if not taken.get(place)] for side, taken in ((olds, self.forth), (news, self.back))]
            for old, new in zip(*left, strict=False):
                self._settle(old, new, 1.0, automatic=len(olds) == len(news))

    # --- Likeness ----------------------------------------------------------------------------------------------------

    def _like(self, old: int, new: int) -> tuple[float, float]:
        """Words in the same order that both share, and the same by weight of rarity in any order; each from 0 to 1."""
        pair = (old, new)
        if pair not in self.cache:
            first, second = self.old[old], self.new[new]
            common = LCSseq.similarity(first.coded, second.coded)
            score = _ratio(common, len(first.coded) + len(second.coded))
            self.cache[pair] = score, _ratio(self._shared(first, second), self._heavy(first) + self._heavy(second))
        return self.cache[pair]

    def _heavy(self, text: _Text) -> float:
        return sum(self.weight[word] * number for word, number in text.counts.items())

    def _shared(self, first: _Text, second: _Text) -> float:
        if len(second.counts) < len(first.counts):
            first, second = second, first
        return sum(self.weight[word] * min(number, second.counts[word]) for word, number in first.counts.items())

    def _value(self, pair: tuple[int, int]) -> float:
        score, rare = self._like(*pair)
        return (score + rare) / 2

    def _candidates(self) -> set[tuple[int, int]]:
        """For each paragraph that is not found yet the few of the other side that share most rare words and word pairs."""
        olds, news = self._free_olds(), self._free_news()
        olds += [old for old, new in self.settled if self.found[old, new][0] < 1]
        news += [new for old, new in self.settled if self.found[old, new][0] < 1]
        return _nearest(olds, self.old, news, self.new) | {
            (old, new) for new, old in _nearest(news, self.new, olds, self.old)
        }  # fmt: skip

    # --- One to one --------------------------------------------------------------------------------------------------

    def _take_chain(self, nearby: set[tuple[int, int]]) -> None:
        """The likest pairs that keep the order; then, of what is left, the likest that break it."""
        pairs = [
            pair
            for pair in sorted(nearby)
            if not self.forth.get(pair[0]) and not self.back.get(pair[1]) and self._is_worth_proposing(pair)
        ]
        best_old: dict[int, float] = defaultdict(float)
        best_new: dict[int, float] = defaultdict(float)
        for pair in pairs:
            value = self._value(pair)
            best_old[pair[0]], best_new[pair[1]] = max(best_old[pair[0]], value), max(best_new[pair[1]], value)
        # Who has a much liker partner elsewhere has been moved: its neighbour by order is somebody else.
        strong = [pair for pair in pairs if self._value(pair) >= 0.75 * max(best_old[pair[0]], best_new[pair[1]])]
        anchors = [(old, news[0], 2.0) for old, news in self.forth.items()]
        chain = longest_chain([*anchors, *((old, new, self._value((old, new))) for old, new in strong)])
        chosen = [strong[index - len(anchors)] for index in chain if index >= len(anchors)]
        olds, news = {old for old, _new in chosen}, {new for _old, new in chosen}
        for pair in sorted(pairs, key=lambda pair: (-self._value(pair), pair)):
            if pair[0] not in olds and pair[1] not in news:
                chosen.append(pair)
                olds.add(pair[0])
                news.add(pair[1])
        partner = {**{("old", old): self._value((old, new)) for old, new in chosen}}
        partner |= {("new", new): self._value((old, new)) for old, new in chosen}
        rivals = self._rivals(pairs, set(chosen), partner)
        for pair in sorted(chosen):
            self._settle(*pair, self._like(*pair)[0], automatic=pair not in rivals and self._is_certain(pair))

    def _take_gaps(self) -> set[tuple[int, int]]:
        """What is left between two neighbours that are found: few words of the kind that all share, in the same place."""
        pairs = [(old, news[0], 1.0) for old, news in sorted(self.forth.items()) if news]
        order = [
            (-1, -1),
            *((pairs[index][0], pairs[index][1]) for index in longest_chain(pairs)),
            (len(self.old), len(self.new)),
        ]
        tried = set()
        for (first, start), (last, end) in pairwise(order):
            olds = [place for place in range(first + 1, last) if not self.forth.get(place)][:_GAP]
            news = [place for place in range(start + 1, end) if not self.back.get(place)][:_GAP] if olds else []
            tried |= {(old, new) for old in olds for new in news}
        self._take_chain(tried)
        return tried

    def _is_worth_proposing(self, pair: tuple[int, int]) -> bool:
        if self.old[pair[0]].part.kind != self.new[pair[1]].part.kind:
            return False
        score, rare = self._like(*pair)
        return max(score, rare) >= PROPOSED and rare >= _RARE_PROPOSED

    def _is_certain(self, pair: tuple[int, int]) -> bool:
        score, rare = self._like(*pair)
        shorter = min(len(self.old[pair[0]].coded), len(self.new[pair[1]].coded))
        return score >= (AUTOMATIC if shorter >= _SHORT else _SHORT_AUTOMATIC) and rare >= _RARE_AUTOMATIC

    def _rivals(
        self, pairs: list[tuple[int, int]], chosen: set[tuple[int, int]], partner: dict[tuple[str, int], float]
    ) -> set[tuple[int, int]]:
        """Chosen pairs of which one end is nearly as like somebody who has no better partner: a person should look."""
        near: dict[tuple[str, int], float] = defaultdict(float)
        for old, new in pairs:
            if (old, new) in chosen:
                continue
            value = self._value((old, new))
            if partner.get(("new", new), 0.0) <= value:
                near["old", old] = max(near["old", old], value)
            if partner.get(("old", old), 0.0) <= value:
                near["new", new] = max(near["new", new], value)
        return {
            (old, new)
            for old, new in chosen
            if max(near.get(("old", old), 0.0), near.get(("new", new), 0.0)) > self._value((old, new)) - _RIVAL
        }

    # --- Splits and merges -------------------------------------------------------------------------------------------

    def _take_groups(self, nearby: set[tuple[int, int]]) -> None:
        around: dict[int, set[int]] = defaultdict(set)
        sources: dict[int, set[int]] = defaultdict(set)
        for old, new in {*nearby, *self.settled}:
            around[old].add(new)
            sources[new].add(old)
        splits = [
            ("split", group)
            for old in sorted(around)
            if (group := self._best_group(old, around[old], self.old, self.new, self.forth, self.back, lambda a, b: (a, b)))
        ]
        merges = [
            ("merged", group)
            for new in sorted(sources)
            if (group := self._best_group(new, sources[new], self.new, self.old, self.back, self.forth, lambda a, b: (b, a)))
        ]
        groups = sorted([*splits, *merges], key=lambda one: (-one[1].score, one[0], one[1].whole))
        for relation, group in groups:
            self._take_group("split" if relation == "split" else "merged", group)

    def _best_group(
        self,
        whole: int,
        nearby: set[int],
        side: list[_Text],
        other: list[_Text],
        mine: dict[int, list[int]],
        theirs: dict[int, list[int]],
        pair_of: Callable[[int, int], tuple[int, int]],
    ) -> _Group | None:
        """The neighbours of the other side that together are liker to the whole than any one of them."""

        def open_to(part: int) -> bool:
            holders = theirs.get(part, [])
            return (part in nearby or whole in holders) and all(
                one == whole or not self.found[pair_of(one, part)][1] for one in holders
            )

        held = [part for part in mine.get(whole, []) if self.found[pair_of(whole, part)][1]]
        if any(self.found[pair_of(whole, part)][0] >= 1 for part in held):
            return None
        ready = {part for part in nearby | set(held) if open_to(part) and other[part].part.kind == side[whole].part.kind}
        best: _Group | None = None
        for first in sorted(ready):
            for size in range(2, MOST_NEIGHBOURS + 1):
                parts = tuple(range(first, first + size))
                if not ready.issuperset(parts):
                    break
                if set(held) <= set(parts) and (group := self._group(whole, parts, side, other, pair_of)):
                    best = group if best is None or group.score > best.score else best
        return best

    def _group(
        self,
        whole: int,
        parts: tuple[int, ...],
        side: list[_Text],
        other: list[_Text],
        pair_of: Callable[[int, int], tuple[int, int]],
    ) -> _Group | None:
        text = side[whole]
        joined, common, least = "", 0, 1.0
        for part in parts:
            piece = other[part]
            if not piece.coded:
                return None
            joined += piece.coded
            grown = LCSseq.similarity(text.coded, joined)
            least = min(least, (grown - common) / len(piece.coded), self._shared(text, piece) / self._heavy(piece))
            common = grown
        score = _ratio(common, len(text.coded) + len(joined))
        alone = max(self._like(*pair_of(whole, part))[0] for part in parts)
        if score < PROPOSED or least < 0.3 or score < alone + (0.01 if least >= 0.7 else 0.04):
            return None
        return _Group(whole, parts, score, score >= AUTOMATIC and least >= 0.5)

    def _take_group(self, relation: Relation, group: _Group) -> None:
        def pair(part: int) -> tuple[int, int]:
            return (group.whole, part) if relation == "split" else (part, group.whole)

        pairs = [pair(part) for part in group.parts]
        ends = {("old", old) for old, _new in pairs} | {("new", new) for _old, new in pairs}
        touching = {one for old, new in pairs for one in self._links_at(old, new)}
        # Somebody else's certain link, or another group, came first.
        if any(one in self.grouped or (one not in pairs and self.found[one][1]) for one in touching):
            return
        for one in touching:
            if one not in self.settled:
                self._drop(*one)
        assert ends
        for old, new in pairs:
            if (old, new) not in self.settled:
                self._settle(old, new, group.score, automatic=group.automatic)
            self.grouped[old, new] = relation

    def _links_at(self, old: int, new: int) -> list[tuple[int, int]]:
        return [(old, one) for one in self.forth.get(old, [])] + [(one, new) for one in self.back.get(new, [])]

    def _drop(self, old: int, new: int) -> None:
        self.forth[old].remove(new)
        self.back[new].remove(old)
        del self.found[old, new]

    # --- The answer --------------------------------------------------------------------------------------------------

    def _answer(self) -> Alignment:
        pairs = sorted(self.found)
        in_order = {
            pairs[index] for index in longest_chain([(old, new, 2.0 if self.found[old, new][1] else 1.0) for old, new in pairs])
        }
        links = []
        for old, new in pairs:
            score, automatic = self.found[old, new]
            links.append(
                Link(
                    self.old[old].part.key,
                    self.new[new].part.key,
                    self._relation(old, new, is_in_order=(old, new) in in_order),
                    round(min(score, 1.0), 4),
                    automatic,
                )
            )
        return Alignment(
            links,
            [self.old[place].part.key for place in self._free_olds()],
            [self.new[place].part.key for place in self._free_news()],
        )

    def _relation(self, old: int, new: int, *, is_in_order: bool) -> Relation:
        if (old, new) in self.grouped:
            return self.grouped[old, new]
        if len(self.forth[old]) > 1:
            return "split"
        if len(self.back[new]) > 1:
            return "merged"
        if not is_in_order:
            return "moved"
        first, second = self.old[old].part, self.new[new].part
        return "same" if _exact(first.text) == _exact(second.text) and first.kind == second.kind else "edited"


def _exact(text: str) -> str:
    return " ".join(unicodedata.normalize("NFC", text).split())


def _once(places: list[int], side: list[_Text]) -> dict[str, int]:
    """Places by hidden name, of the names that stand there once: a copied paragraph carries its name along."""
    numbers = Counter(side[place].part.uid for place in places)
    return {side[place].part.uid: place for place in places if side[place].part.uid and numbers[side[place].part.uid] == 1}


def _nearest(places: list[int], side: list[_Text], others: list[int], other: list[_Text]) -> set[tuple[int, int]]:
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
            if found and len(found) <= _COMMON:
                for one in found:
                    shared[one] += 1 / len(found)
        for one in heapq.nsmallest(_CANDIDATES, shared, key=lambda one: (-shared[one], one)):
            pairs.add((place, one))
    return pairs
