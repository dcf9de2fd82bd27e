"""A draft as a tagged PDF with its paragraph numbers."""

from typing import Any

from django.conf import settings
from django.template.loader import render_to_string
from django.utils import translation
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe

from common.pdf import render_pdf
from common.pdf_parts import document_direction, style
from strategy.documents.blocks import Block, blocks_of, in_order, runs_of
from strategy.enums import HEADINGS, ParagraphKind
from strategy.models import Draft


def _html(block: Block, text: str, first_note: int) -> SafeString:
    parts = []
    for run in runs_of(text, len(block.footnotes)):
        if run.note:
            parts.append(format_html('<sup><a href="#note-{0}">{0}</a></sup>', first_note + run.note))
        else:
            parts.append(format_html("<em>{}</em>" if run.is_emphasis else "{}", run.text))
    return mark_safe("".join(parts).replace("\n", "<br>"))  # noqa: S308 - every piece is escaped on the way


def _groups(blocks: list[Block]) -> tuple[list[dict[str, Any]], list[SafeString]]:
    """Blocks as the template prints them, the rows of a table together; and the notes of the whole text."""
    groups: list[dict[str, Any]] = []
    notes: list[SafeString] = []
    for original in blocks:
        block = in_order(original)
        if block.kind == ParagraphKind.TABLE_ROW:
            row = {"number": block.number, "cells": [_html(block, cell, len(notes)) for cell in block.cells]}
            if groups and "rows" in groups[-1]:
                groups[-1]["rows"].append(row)
            else:
                groups.append({"head": row, "rows": []})
        else:
            level = HEADINGS.get(ParagraphKind(block.kind), 0)
            html = _html(block, block.text, len(notes))
            groups.append({"level": level, "kind": block.kind, "number": block.number, "html": html})
        notes += [_html(Block("", "", note), note, 0) for note in block.footnotes]
    return groups, notes


def draft_html(draft: Draft) -> str:
    """The whole document, in the language of the text."""
    groups, notes = _groups(blocks_of(draft))
    with translation.override(draft.language):
        return render_to_string(
            "pdf/strategy/draft.html",
            {
                "draft": draft,
                "strategy": draft.strategy,
                "groups": groups,
                "notes": notes,
                "language": draft.language,
                "direction": document_direction(),
                "address": settings.PUBLIC_URL + draft.get_absolute_url(),
            },
        )


def draft_pdf(draft: Draft) -> bytes:
    """The bytes of the PDF (PDF/UA) of a draft that the caller may show."""
    names: tuple[str, ...] = ("draft.css",)
    if translation.get_language_info(draft.language)["bidi"]:
        names += ("draft-rtl.css",)
    return render_pdf(draft_html(draft), assets={name: style(name) for name in names}, stylesheets=names)
