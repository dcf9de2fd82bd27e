"""Fields that several forms of strategies have in common."""

from typing import Any

from django import forms

from strategy.models.comments import LONGEST_TEXT


def text_area(rows: int, **attributes: Any) -> forms.Textarea:
    """A field for long text that counts its characters; `rows` high."""
    return forms.Textarea(attrs={"rows": rows, "data-char-count": LONGEST_TEXT, **attributes})
