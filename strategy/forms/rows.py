"""The form of one row of a results framework: a field for each cell."""

import re
from collections.abc import Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from strategy.enums import ParagraphKind
from strategy.forms.writing import ParagraphForm
from strategy.models import Paragraph
from strategy.services.words import LONGEST_PARAGRAPH, Words

_CELL = re.compile(r"cell_(\d{1,2})")
MOST_CELLS = 40


def sends_cells(data: Mapping[str, Any] | None) -> bool:
    """Whether a form with a field for each cell was sent."""
    return data is not None and "cell_0" in data


class RowForm(ParagraphForm):
    """The words of a row, cell by cell.

    Args:
        columns: what each column is called; empty where its heading says nothing or the row is the heading itself.
        has_spare: with one more cell, by which a heading row adds a column.
    """

    def __init__(
        self,
        data: Mapping[str, Any] | None = None,
        *args: Any,
        paragraph: Paragraph | None = None,
        columns: list[str],
        has_spare: bool = False,
        language: str = "en",
        **kwargs: Any,
    ) -> None:
        super().__init__(data, *args, paragraph=paragraph, language=language, **kwargs)
        own = paragraph.text.split("\n") if paragraph else []
        sent = [int(found[1]) + 1 for name in data or () if (found := _CELL.fullmatch(name))]
        number = min(MOST_CELLS, max(1, len(columns), len(own), *sent)) if sent else max(1, len(columns), len(own))
        del self.fields["text"]
        self.cells = [self._cell(place, columns, own, language) for place in range(number)]
        if has_spare and number < MOST_CELLS and not sent:
            self.cells.append(self._cell(number, columns, own, language))
            self.fields[self.cells[-1]].label = gettext_lazy("One more column, if the table needs one")
        if not paragraph:
            self.fields["kind"].initial = ParagraphKind.TABLE_ROW
        self.fields["footnotes"].help_text = gettext_lazy(
            "One on each line, in the order of their numbers. *Stars* mark emphasis in a cell, [^1] calls the first footnote."
        )
        self.order_fields(["kind", "number", *self.cells, "footnotes", "revision"])

    def _cell(self, place: int, columns: list[str], own: list[str], language: str) -> str:
        text, name = own[place] if place < len(own) else "", f"cell_{place}"
        column = columns[place] if place < len(columns) else ""
        self.fields[name] = forms.CharField(
            label=column or _("Column %(number)d") % {"number": place + 1},
            required=False,
            initial=text,
            max_length=LONGEST_PARAGRAPH,
            widget=forms.Textarea(attrs={"rows": min(8, max(1, len(text) // 60 + 1)), "dir": "auto", "lang": language}),
        )
        return name

    def words(self) -> Words:
        """One line for each cell; what is no row any more keeps its filled cells, each on a line of its own."""
        data = self.cleaned_data
        lines = [" ".join(data.get(name, "").split()) for name in self.cells]
        if data["kind"] != ParagraphKind.TABLE_ROW:
            lines = [line for line in lines if line]
        return Words(data["kind"], data["number"], "\n".join(lines), tuple(data["footnotes"].splitlines()))

    def typed(self) -> str:
        """What stands in the fields, for the comparison with somebody else's words."""
        return "\n".join(" ".join(str(self.data.get(name, "")).split()) for name in self.cells).rstrip("\n")
