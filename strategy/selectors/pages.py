"""The text of a draft as its page shows it: headings, paragraphs, tables, and the notes at the end of each section."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.utils.html import format_html
from django.utils.safestring import SafeString

from strategy.enums import ParagraphKind
from strategy.models import Draft, Paragraph
from strategy.models.markup import Passage, html_of, reading_text
from strategy.selectors.earlier import Counts


@dataclass(frozen=True)
class Note:
    """A footnote with the number that it has on the page."""

    id: str
    back: str
    number: int
    text: str


@dataclass(frozen=True)
class Line:
    """A paragraph as the page shows it."""

    paragraph: Paragraph
    id: str
    body: SafeString
    cells: list[SafeString] = field(default_factory=list)
    is_head: bool = False
    count: int = 0
    url: str = ""

    @property
    def is_row(self) -> bool:
        return self.paragraph.kind == ParagraphKind.TABLE_ROW


@dataclass
class Block:
    """A heading or paragraph (`line`), a table (`rows`), or the footnotes of a section (`notes`)."""

    line: Line | None = None
    rows: list[Line] = field(default_factory=list)
    notes: list[Note] = field(default_factory=list)

    @property
    def name(self) -> str:
        """What a reader of the whole page hears the table called: the number of its first row."""
        return self.rows[0].paragraph.number if self.rows else ""


def line_of(
    paragraph: Paragraph,
    *,
    count: int = 0,
    url: str = "",
    first_note: int = 1,
    passages: Sequence[Passage] = (),
    is_head: bool = False,
) -> Line:
    """A paragraph for the page, its footnotes counted from `first_note`, its passages marked."""
    id = f"p{paragraph.anchor}"
    if paragraph.kind == ParagraphKind.TABLE_ROW:
        cells, place = [], 0
        for cell in paragraph.text.split("\n"):
            here = [Passage(one.start - place, one.end - place, one.comment) for one in passages]
            cells.append(html_of(cell, anchor=paragraph.anchor, first_note=first_note, passages=here))
            place += len(reading_text(cell)) + 1
        return Line(paragraph, id, SafeString(), cells, is_head, count, url)
    html = html_of(paragraph.text, anchor=paragraph.anchor, first_note=first_note, passages=passages)
    body = html if paragraph.is_heading else format_html('<p dir="auto">{}</p>', html)
    return Line(paragraph, id, body, count=count, url=url)


def notes_of(paragraph: Paragraph, first_note: int) -> list[Note]:
    """The footnotes of a paragraph, numbered on."""
    return [
        Note(f"n{paragraph.anchor}-{place}", f"s{paragraph.anchor}-{place}", first_note + place - 1, reading_text(text))
        for place, text in enumerate(paragraph.footnotes, start=1)
    ]


def first_note_of(draft: Draft, paragraph: Paragraph) -> int:
    """The number that the first footnote of a paragraph has on the page of the draft; no query where it has none."""
    if not paragraph.footnotes:
        return 1
    before = draft.paragraphs.filter(position__lt=paragraph.position).exclude(footnotes=[])
    return 1 + sum(len(notes) for notes in before.values_list("footnotes", flat=True))


def is_head_of_table(draft: Draft, paragraph: Paragraph) -> bool:
    """Whether the paragraph is the first of a run of rows."""
    if paragraph.kind != ParagraphKind.TABLE_ROW:
        return False
    before = draft.paragraphs.filter(position__lt=paragraph.position).order_by("-position").first()
    return before is None or before.kind != ParagraphKind.TABLE_ROW


def blocks_of(draft: Draft, paragraphs: Iterable[Paragraph], counts: Counts, *, with_threads: bool) -> list[Block]:
    """The whole text of a draft in order."""
    base, blocks, waiting, number = draft.get_absolute_url(), list[Block](), list[Note](), 1

    def put_notes() -> None:
        if waiting:
            blocks.append(Block(notes=list(waiting)))
            waiting.clear()

    for row in paragraphs:
        if row.is_heading:
            put_notes()
        is_row = row.kind == ParagraphKind.TABLE_ROW
        goes_on = is_row and bool(blocks) and bool(blocks[-1].rows)
        url = f"{base}paragraphs/{row.anchor}/" if with_threads else ""
        line = line_of(row, count=counts.of(row.pk), url=url, first_note=number, is_head=is_row and not goes_on)
        if goes_on:
            blocks[-1].rows.append(line)
        else:
            blocks.append(Block(rows=[line]) if is_row else Block(line=line))
        waiting += notes_of(row, number)
        number += len(row.footnotes)
    put_notes()
    return blocks


def contents_of(blocks: Iterable[Block]) -> list[Any]:
    """The headings, for the list of contents."""
    return [block.line for block in blocks if block.line and block.line.paragraph.is_heading]
