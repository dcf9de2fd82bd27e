"""What became of each paragraph of a text in its next version. A pure engine: no tables, no clock, the same answer every time.

In this order: hidden names that our own export carries; the same words (whatever case, spaces and punctuation); the likest
pairs, those first that keep the order; neighbours taken together, for splits and merges; what is left alone between two
neighbours that are found. Pairs are looked for by the rare words and word pairs that two paragraphs share, a fixed number
for each: all pairs would cost fourfold for twice the text. Figures and reasons: docs/adr/0014-alignment.md.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from common.alignment.certain import take_hidden_names, take_known, take_same_words
from common.alignment.chains import longest_chain
from common.alignment.groups import take_groups, take_what_stands_beside
from common.alignment.likely import candidates, take_likely, take_what_stands_between
from common.alignment.settled import Relation, Settled
from common.alignment.texts import Pair, Part, Texts, is_letter_for_letter, likeness, words_of

__all__ = ["Alignment", "Link", "Part", "Relation", "align", "likeness", "longest_chain", "words_of"]


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


def align(
    old: Sequence[Part],
    new: Sequence[Part],
    known: Iterable[tuple[Any, Any]] = (),
    refused: Iterable[tuple[Any, Any]] = (),
) -> Alignment:
    """Link the paragraphs of two versions.

    Args:
        known: pairs of keys that are settled already (a person said so); they are in the answer, nothing contradicts them.
        refused: pairs of keys of which a person said that they do not belong together; they are not in the answer.
    """
    texts, settled = Texts(old, new, refused), Settled(len(old), len(new))
    take_known(texts, settled, known)
    take_hidden_names(texts, settled)
    take_same_words(texts, settled)
    nearby = candidates(texts, settled)
    nearby |= take_likely(texts, settled, nearby)
    take_groups(texts, settled, nearby)
    take_what_stands_between(texts, settled)
    take_what_stands_beside(texts, settled)
    return _answer(texts, settled)


def _answer(texts: Texts, settled: Settled) -> Alignment:
    pairs = sorted(settled.found)
    weighed = [(*pair, 2.0 if settled.found[pair][1] else 1.0) for pair in pairs]
    in_order = {pairs[index] for index in longest_chain(weighed)}
    links = []
    for pair in pairs:
        score, automatic = settled.found[pair]
        old, new = texts.old[pair[0]].part, texts.new[pair[1]].part
        relation = _relation(texts, settled, pair, is_in_order=pair in in_order)
        links.append(Link(old.key, new.key, relation, round(min(score, 1.0), 4), automatic))
    return Alignment(
        links,
        [texts.old[place].part.key for place in settled.free_olds()],
        [texts.new[place].part.key for place in settled.free_news()],
    )


def _relation(texts: Texts, settled: Settled, pair: Pair, *, is_in_order: bool) -> Relation:
    if pair in settled.grouped:
        return settled.grouped[pair]
    if len(settled.forth[pair[0]]) > 1:
        return "split"
    if len(settled.back[pair[1]]) > 1:
        return "merged"
    if not is_in_order:
        return "moved"
    return "same" if is_letter_for_letter(texts.old[pair[0]].part, texts.new[pair[1]].part) else "edited"
