"""Word differences between two texts. Input is plain text of any script; output is escaped here and nowhere else."""

import difflib
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from django.utils.html import conditional_escape, format_html
from django.utils.safestring import SafeString, mark_safe

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


def word_diff_html(old: str, new: str) -> SafeString:
    """Return the difference as HTML with `<del>` and `<ins>`, every piece escaped."""
    tags = {"added": "<ins>{}</ins>", "removed": "<del>{}</del>"}
    return mark_safe(  # noqa: S308 - every piece is escaped on the way
        "".join(
            format_html(tags[piece.kind], piece.text) if piece.kind in tags else conditional_escape(piece.text)
            for piece in word_pieces(old, new)
        )
    )
