"""Paragraphs made ready for comparing, and how like two of them are."""

import math
import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from typing import Any

from rapidfuzz.distance import LCSseq

_NOTE = re.compile(r"\[\^\d+\]")
# Vowel signs and the stretching of Arabic; what else combines is composed by NFC.
_MARKS = re.compile(r"[\u0300-\u036f\u064b-\u065f\u0670\u0640]")
# Chinese and Japanese are written without spaces: each sign is a word, two signs a pair.
_IDEOGRAPHS = r"\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff"
# So are Thai, Lao, Burmese and Khmer, of which a letter alone says little: two letters that follow each other are a word.
_UNSPACED = r"\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff"
# The vowel signs of such and of Indic scripts belong to the letter before them; for `re` they are no letters.
_SIGNS = "".join(one for one in map(chr, range(0x0483, 0x1E00)) if unicodedata.category(one) in {"Mn", "Mc"})
_LETTER = rf"[{_UNSPACED}][{_SIGNS}]*"
_WORDS = re.compile(rf"[{_IDEOGRAPHS}]|(?:[^\W_{_IDEOGRAPHS}{_UNSPACED}][{_SIGNS}]*)+|(?:{_LETTER})+")
_LETTERS = re.compile(_LETTER)

Pair = tuple[int, int]


@dataclass(frozen=True)
class Part:
    """A paragraph as the engine sees it. Only parts of the same `kind` are matched by likeness."""

    key: Any
    text: str
    kind: str = ""
    uid: str = ""


def words_of(text: str) -> list[str]:
    """The words of a text as they are compared: composed, of one case, without punctuation and note marks."""
    folded = unicodedata.normalize("NFC", unicodedata.normalize("NFC", _NOTE.sub(" ", text)).casefold())
    words: list[str] = []
    for word in _WORDS.findall(_MARKS.sub("", folded)):
        letters = _LETTERS.findall(word)
        words += map("".join, pairwise(letters)) if len(letters) > 1 else [word]
    return words


def likeness(old: str, new: str) -> float:
    """How many words two texts share in the same order: 1 for all of both, 0 for none."""
    codes: dict[str, str] = {}
    first, second = (_coded(words_of(text), codes) for text in (old, new))
    return ratio(LCSseq.similarity(first, second), len(first) + len(second))


def ratio(common: float, both: float) -> float:
    """The share that two things have in common, of both together."""
    return 1.0 if not both else 2 * common / both


def is_letter_for_letter(first: Part, second: Part) -> bool:
    """Whether two parts differ by nothing but white space."""
    one, other = (" ".join(unicodedata.normalize("NFC", part.text).split()) for part in (first, second))
    return one == other and first.kind == second.kind


def _coded(words: Iterable[str], codes: dict[str, str]) -> str:
    """Each word as one character, so that RapidFuzz compares words as fast as letters."""
    return "".join(codes.setdefault(word, chr(0x10000 + len(codes) % 0xF0000)) for word in words)


@dataclass(frozen=True)
class Text:
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


class Texts:
    """Both versions made ready, and the likeness of any pair (place in the old, place in the new) of them."""

    def __init__(self, old: Sequence[Part], new: Sequence[Part], refused: Iterable[tuple[Any, Any]] = ()) -> None:
        codes: dict[str, str] = {}
        self.old = [Text(part, _coded(words_of(part.text), codes)) for part in old]
        self.new = [Text(part, _coded(words_of(part.text), codes)) for part in new]
        texts = [*self.old, *self.new]
        spread = Counter(word for text in texts for word in text.counts)
        self._weight = {word: math.log(1 + len(texts) / number) for word, number in spread.items()}
        self._cache: dict[Pair, tuple[float, float]] = {}
        olds, news = ({text.part.key: place for place, text in enumerate(side)} for side in (self.old, self.new))
        self.refused = {(olds[first], news[second]) for first, second in refused if first in olds and second in news}

    def like(self, pair: Pair) -> tuple[float, float]:
        """Words in the same order that both share, and the same by weight of rarity in any order; each from 0 to 1."""
        if pair not in self._cache:
            first, second = self.old[pair[0]], self.new[pair[1]]
            common = LCSseq.similarity(first.coded, second.coded)
            score = ratio(common, len(first.coded) + len(second.coded))
            self._cache[pair] = score, ratio(self.shared(first, second), self.heavy(first) + self.heavy(second))
        return self._cache[pair]

    def value(self, pair: Pair) -> float:
        """By which of several partners the right one is chosen."""
        score, rare = self.like(pair)
        return (score + rare) / 2

    def shorter(self, pair: Pair) -> int:
        """How many words the shorter of the two has."""
        return min(len(self.old[pair[0]].coded), len(self.new[pair[1]].coded))

    def may_match(self, pair: Pair) -> bool:
        """Whether both are of one kind and nobody has said that they do not belong together."""
        return pair not in self.refused and self.old[pair[0]].part.kind == self.new[pair[1]].part.kind

    def heavy(self, text: Text) -> float:
        """The weight of a text: rare words weigh more."""
        return sum(self._weight[word] * number for word, number in text.counts.items())

    def shared(self, first: Text, second: Text) -> float:
        """The weight of the words that two texts share."""
        if len(second.counts) < len(first.counts):
            first, second = second, first
        return sum(self._weight[word] * min(number, second.counts[word]) for word, number in first.counts.items())
