"""A draft as a tagged PDF with its paragraph numbers; with the brackets of its compilation text, if wanted."""

from typing import Any

from django.conf import settings
from django.template.loader import render_to_string
from django.utils import translation
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe

from common.pdf import render_pdf
from common.pdf_parts import document_direction, style
from strategy.documents.blocks import Block, as_block, blocks_of, in_order, runs_of
from strategy.documents.compilation_words import label_of, notes_of
from strategy.enums import HEADINGS, ParagraphKind
from strategy.models import Draft
from strategy.models.markup import clean
from strategy.selectors.bracket_words import said
from strategy.selectors.brackets import Bracket, Standing, Woven, in_text
from strategy.selectors.compilation import Compilation


def _html(block: Block, text: str, first_note: int, brackets: list[Bracket] | None = None, start: int = 0) -> SafeString:
    parts = []
    for run in in_text(runs_of(text, len(block.footnotes)), brackets or [], start):
        if isinstance(run, Standing):
            parts.append(format_html("{}{}{}", run.left, _bracket(run.bracket), run.right))
        elif run.note:
            parts.append(format_html('<sup><a href="#note-{0}">{0}</a></sup>', first_note + run.note))
        else:
            parts.append(format_html("<em>{}</em>" if run.is_emphasis else "{}", run.text))
    return mark_safe("".join(parts).replace("\n", "<br>"))  # noqa: S308 - every piece is escaped on the way


def _bracket(bracket: Bracket) -> SafeString:
    """A bracket in bold, as compilation texts print them; its words say what they do, for whoever hears them."""
    tags = {"old": "<del>{}</del>", "new": "<ins>{}</ins>", "names": "<bdi>{}</bdi>"}
    parts = [format_html(tags.get(role, "{}"), clean(text)) for role, text in said(bracket)]
    return format_html('<strong class="bracket">{}</strong>', mark_safe("".join(parts)))  # noqa: S308 - every piece is escaped


def _cells(block: Block, first_note: int, woven: Woven) -> list[SafeString]:
    """The cells of a row; the last holds what is proposed to the whole of it."""
    cells, start = [], 0
    for cell in block.cells:
        cells.append(_html(block, cell, first_note, woven.brackets, start))
        start += sum(len(run.text) for run in runs_of(cell, len(block.footnotes))) + 1
    cells[-1] = format_html("{}{}", cells[-1], mark_safe("".join(f" {_bracket(one)}" for one in woven.behind)))  # noqa: S308
    return cells


def _groups(blocks: list[Block], compiled: list[Woven]) -> tuple[list[dict[str, Any]], list[SafeString]]:
    """Blocks as the template prints them, the rows of a table together; and the notes of the whole text."""
    groups: list[dict[str, Any]] = []
    notes: list[SafeString] = []
    for original, woven in zip(blocks, compiled, strict=True):
        block = in_order(original)
        if block.kind == ParagraphKind.TABLE_ROW:
            row = {"number": block.number, "cells": _cells(block, len(notes), woven)}
            if groups and "rows" in groups[-1]:
                groups[-1]["rows"].append(row)
            else:
                groups.append({"head": row, "rows": []})
        else:
            level = HEADINGS.get(ParagraphKind(block.kind), 0)
            html = _html(block, block.text, len(notes), woven.brackets)
            behind = [_bracket(one) for one in woven.behind]
            groups.append({"level": level, "kind": block.kind, "number": block.number, "html": html, "behind": behind})
        notes += [_html(Block("", "", note), note, 0) for note in block.footnotes]
    return groups, notes


def draft_html(draft: Draft, compilation: Compilation | None = None) -> str:
    """The whole document, in the language of the text; with the brackets of a compilation of it that the caller may show."""
    with translation.override(draft.language):
        if compilation is None:
            blocks = blocks_of(draft)
            compiled = [Woven([], [], [], [])] * len(blocks)
        else:
            blocks = [as_block(one.paragraph) for one in compilation.paragraphs]
            compiled = [one.woven for one in compilation.paragraphs]
        groups, notes = _groups(blocks, compiled)
        return render_to_string(
            "pdf/strategy/draft.html",
            {
                "label": label_of(compilation) if compilation else "",
                "remarks": notes_of(compilation) if compilation else [],
                "draft": draft,
                "strategy": draft.strategy,
                "groups": groups,
                "notes": notes,
                "language": draft.language,
                "direction": document_direction(),
                "address": settings.PUBLIC_URL + draft.get_absolute_url(),
            },
        )


def draft_pdf(draft: Draft, compilation: Compilation | None = None) -> bytes:
    """The bytes of the PDF (PDF/UA) of a draft, or of a compilation of it, that the caller may show."""
    names: tuple[str, ...] = ("draft.css",)
    if translation.get_language_info(draft.language)["bidi"]:
        names += ("draft-rtl.css",)
    return render_pdf(draft_html(draft, compilation), assets={name: style(name) for name in names}, stylesheets=names)
