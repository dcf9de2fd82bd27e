"""The compilation text as its page shows it: brackets in the text, what is proposed to a whole paragraph and notes below it.

Brackets speak the language of the text, as do the words for whoever hears them.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from django.utils.html import conditional_escape, format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import override

from common.textdiff import spoken
from strategy.enums import ParagraphKind
from strategy.models import Paragraph
from strategy.models.markup import Bit, sign_of
from strategy.selectors.bracket_words import comma, said
from strategy.selectors.brackets import Bracket, Standing, Voice, in_text
from strategy.selectors.compilation import Compilation, Compiled
from strategy.selectors.pages import Note, notes_of


@dataclass(frozen=True)
class Line:
    """A paragraph of the compilation text on its page."""

    compiled: Compiled
    id: str
    url: str
    body: SafeString
    cells: list[SafeString] = field(default_factory=list)
    is_head: bool = False
    behind: list[SafeString] = field(default_factory=list)

    @property
    def paragraph(self) -> Paragraph:
        return self.compiled.paragraph

    @property
    def notes(self) -> list[Voice]:
        return self.compiled.woven.notes


@dataclass
class Block:
    """A heading or paragraph (`line`), a table (`rows`), or the footnotes of a section (`footnotes`)."""

    line: Line | None = None
    rows: list[Line] = field(default_factory=list)
    footnotes: list[Note] = field(default_factory=list)

    @property
    def name(self) -> str:
        return self.rows[0].paragraph.number if self.rows else ""

    @property
    def lines(self) -> list[Line]:
        return self.rows or ([self.line] if self.line else [])


def blocks_of(compilation: Compilation, part: Iterable[Compiled], first_notes: dict[int, int]) -> list[Block]:
    """A part of the text in order.

    Args:
        first_notes: for each paragraph, the number that its first footnote has in the whole text.
    """
    draft = compilation.draft
    base, blocks, waiting = draft.get_absolute_url(), list[Block](), list[Note]()

    def put_notes() -> None:
        if waiting:
            blocks.append(Block(footnotes=list(waiting)))
            waiting.clear()

    with override(draft.language):
        for one in part:
            row = one.paragraph
            if row.is_heading:
                put_notes()
            goes_on = row.kind == ParagraphKind.TABLE_ROW and bool(blocks) and bool(blocks[-1].rows)
            line = _line(one, f"{base}paragraphs/{row.anchor}/", first_notes[row.pk], is_head=not goes_on)
            if goes_on:
                blocks[-1].rows.append(line)
            else:
                blocks.append(Block(rows=[line]) if row.kind == ParagraphKind.TABLE_ROW else Block(line=line))
            waiting += notes_of(row, first_notes[row.pk])
        put_notes()
    return blocks


def first_notes_of(paragraphs: Iterable[Compiled]) -> dict[int, int]:
    """For each paragraph of a whole text, the number of its first footnote."""
    numbers, number = {}, 1
    for one in paragraphs:
        numbers[one.paragraph.pk] = number
        number += len(one.paragraph.footnotes)
    return numbers


def _line(one: Compiled, url: str, first_note: int, *, is_head: bool) -> Line:
    row, id = one.paragraph, f"p{one.paragraph.anchor}"
    behind = [bracket_html(bracket, url) for bracket in one.woven.behind]
    if row.kind == ParagraphKind.TABLE_ROW:
        cells, start = [], 0
        for cell in _cells(one.woven.bits):
            cells.append(_html(one, cell, start, url, first_note))
            start += sum(len(bit.text) for bit in cell) + 1
        return Line(one, id, url, SafeString(), cells, is_head, behind)
    return Line(one, id, url, _html(one, one.woven.bits, 0, url, first_note), behind=behind)


def _cells(bits: Iterable[Bit]) -> list[list[Bit]]:
    """The runs of a row, cell by cell."""
    cells: list[list[Bit]] = [[]]
    for bit in bits:
        first, *others = bit.text.split("\n")
        cells[-1].append(Bit(first, bit.is_emphasis, bit.note))
        cells += [[Bit(text, bit.is_emphasis)] for text in others]
    return cells


def _html(one: Compiled, bits: list[Bit], start: int, url: str, first_note: int) -> SafeString:
    parts = []
    for piece in in_text(bits, one.woven.brackets, start):
        if isinstance(piece, Standing):
            parts.append(format_html("{}{}{}", piece.left, bracket_html(piece.bracket, url), piece.right))
        elif piece.note:
            parts.append(sign_of(piece.note, one.paragraph.anchor, first_note))
        else:
            parts.append(format_html("<em>{}</em>", piece.text) if piece.is_emphasis else conditional_escape(piece.text))
    return mark_safe("".join(parts))  # noqa: S308 - every piece is escaped on the way


def bracket_html(bracket: Bracket, url: str) -> SafeString:
    """A bracket in which each name leads to the comment that proposes it.

    What it does is said in words; only where words are put in, a hidden one says so, as on the page of a comparison.
    """
    parts = list(_pieces(bracket, url))
    state = "is-open" if bracket.is_open else "is-settled"
    html = '<span class="bracket {}"><bdi class="visually-hidden">{} </bdi>{}</span>'
    return format_html(html, state, _("Proposal:"), mark_safe("".join(parts)))  # noqa: S308 - every piece is escaped


def _pieces(bracket: Bracket, url: str) -> Iterator[SafeString]:
    says_nothing = bracket.kind in {"add", "alternative"}
    for role, text in said(bracket):
        if role == "names":
            yield _names(bracket, url)
        elif role == "new":
            added = format_html("<ins>{}</ins>", text)
            yield spoken(added) if says_nothing else added
        else:
            yield format_html("<del>{}</del>" if role == "old" else "{}", text)


def _names(bracket: Bracket, url: str) -> SafeString:
    first: dict[str, Voice] = {}
    for voice in bracket.voices:
        first.setdefault(voice.speaker, voice)
    link = '<a class="bracket-name" href="{}#c{}"><bdi>{}</bdi></a>'
    names = conditional_escape(comma()).join(format_html(link, url, one.number, name) for name, one in first.items())
    if bracket.decision:
        words = _("%(names)s – %(decision)s") % {"names": "\0", "decision": bracket.voices[0].decision_word}
        before, after = (conditional_escape(part) for part in words.split("\0"))
        names = f"{before}{names}{after}"
    return mark_safe(f'<span class="bracket-names">{names}</span>')  # noqa: S308 - every name is escaped
