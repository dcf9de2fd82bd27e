"""Fields that several forms of strategies have in common."""

from typing import Any

from django import forms

from strategy.models.comments import LONGEST_TEXT


class LongText(forms.CharField):
    """Text in several lines, its line ends counted as the browser counts them: one character each.

    A form sends each as two, so that words that fit while they were typed would not fit when they arrive.
    """

    def to_python(self, value: Any) -> Any:
        text = super().to_python(value)
        return text.replace("\r\n", "\n") if isinstance(text, str) else text


def text_area(rows: int, **attributes: Any) -> forms.Textarea:
    """A field for long text that counts its characters; `rows` high."""
    return forms.Textarea(attrs={"rows": rows, "data-char-count": LONGEST_TEXT, **attributes})
