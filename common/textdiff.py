"""Word differences between two texts. Input is plain text of any script; output is escaped here and nowhere else."""

import difflib
import itertools
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Literal

from django.utils.html import conditional_escape, format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from rapidfuzz.distance import LCSseq

# Words, single ideographs (Chinese is written without spaces), runs of space, single signs.
_TOKENS = re.compile(r"[\u3400-\u9fff]|[^\W\u3400-\u9fff]+|\s+|[^\w\s]", re.UNICODE)

Kind = Literal["same", "added", "removed"]


@dataclass(frozen=True)
class Piece:
    """A run of text that is the same in both versions, added in the new or removed from the old."""

    kind: Kind
    text: str


def word_pieces(old: str, new: str) -> Iterator[Piece]:
    """Yield the pieces that lead from `old` to `new`; joined without "added" they give `old`, without "removed" `new`."""
    before, after = _TOKENS.findall(old), _TOKENS.findall(new)
    for operation, a, b, c, d in difflib.SequenceMatcher(None, before, after, autojunk=False).get_opcodes():
        if operation == "equal":
            yield Piece("same", "".join(before[a:b]))
            continue
        if b > a:
            yield Piece("removed", "".join(before[a:b]))
        if d > c:
            yield Piece("added", "".join(after[c:d]))


@dataclass(frozen=True)
class Change:
    """Where one text is to become another: `old[start:end]` gives way to `text`."""

    start: int
    end: int
    text: str


def changes(old: str, new: str, *, same: Callable[[str], str] = str, apart: int = 3, whole: float = 1.0) -> list[Change]:
    """What has to be done to `old`, from its beginning to its end, to make it `new`; nothing where they are the same.

    Args:
        same: gives words, spaces and signs the form in which they are compared.
        apart: changes with fewer unchanged words between them are one: a reader follows a phrase, not a patchwork.
        whole: over this share of changed text, one change of everything; but words only put in or taken out stay what they are.
    """
    old_tokens, new_tokens = _TOKENS.findall(old), _TOKENS.findall(new)
    before, after = [same(one) for one in old_tokens], [same(one) for one in new_tokens]
    # Most proposals change little of a long text: what both ends share needs no search.
    head = _shared(before, after)
    tail = _shared(before[head:][::-1], after[head:][::-1])
    # Ten thousand proposals are compared for one page: ten times faster than difflib, and the gaps are closed below.
    found_by = LCSseq.opcodes(before[head : len(before) - tail], after[head : len(after) - tail])
    places: list[list[int]] = []  # from, to in `before`; from, to in `after`
    for step in found_by:
        if step.tag == "equal":
            continue
        a, b, c, d = step.src_start + head, step.src_end + head, step.dest_start + head, step.dest_end + head
        if places and sum(token[:1].isalnum() for token in before[places[-1][1] : a]) < apart:
            places[-1][1], places[-1][3] = b, d
        else:
            places.append([a, b, c, d])
    lengths = [0, *itertools.accumulate(map(len, old_tokens))]
    found = [Change(lengths[a], lengths[b], "".join(new_tokens[c:d])) for a, b, c, d in places]
    only_one = len(found) == 1 and not (found[0].text and found[0].end > found[0].start)  # words put in, or taken out
    if not only_one and sum(one.end - one.start + len(one.text) for one in found) > whole * (len(old) + len(new)):
        return [Change(0, len(old), new)]
    return [_settled(old, one) for one in found]


def _shared(one: list[str], other: list[str]) -> int:
    """How many tokens two lists have in common from their beginning."""
    pairs = zip(one, other, strict=False)
    return next((place for place, (a, b) in enumerate(pairs) if a != b), min(len(one), len(other)))


def _settled(old: str, change: Change) -> Change:
    """The same change with the space between words before it and not behind: it then stands right after a word."""
    start, end, text = change.start, change.end, change.text
    while end > start and text and old[start] == text[0] and old[start].isspace():
        start, text = start + 1, text[1:]
    while end > start and text and old[end - 1] == text[-1] and old[end - 1].isspace():
        end, text = end - 1, text[:-1]
    if (start < end) != bool(text):  # words only put in, or only taken out
        moved = text or old[start:end]
        while start and old[start - 1].isspace() and moved[-1] == old[start - 1]:
            start, end, moved = start - 1, end - 1, moved[-1] + moved[:-1]
        text = moved if text else ""
    return Change(start, end, text)


def word_diff_html(old: str, new: str) -> SafeString:
    """Return the difference as HTML with `<del>` and `<ins>`, every piece escaped."""
    tags = {"added": "<ins>{}</ins>", "removed": "<del>{}</del>"}
    return mark_safe(  # noqa: S308 - every piece is escaped on the way
        "".join(
            format_html(tags[piece.kind], piece.text) if piece.kind in tags else conditional_escape(piece.text)
            for piece in word_pieces(old, new)
        )
    )


def spoken(html: SafeString) -> SafeString:
    """With words for whoever hears the text: browsers do not say what is underlined or struck.

    The words are set apart (`bdi`): in the reader's language, they have no say in the direction of the text around them.
    """
    said = str(html)
    for tag, word in (("ins", _("added:")), ("del", _("taken out:"))):
        mark = format_html('<bdi class="visually-hidden">[{} </bdi>', word)
        said = said.replace(f"<{tag}>", f"<{tag}>{mark}").replace(f"</{tag}>", f'<bdi class="visually-hidden">]</bdi></{tag}>')
    return mark_safe(said)  # noqa: S308 - marks of our own around escaped text
