"""Filters that live in the address of a list."""

from typing import Any

from django import forms


class FilterForm(forms.Form):
    """A GET form whose bad values are no filter: a mistyped address shows the whole list, never an error."""

    def __init__(self, data: Any, *args: Any, **kwargs: Any) -> None:
        # PostgreSQL knows no NUL in text.
        clean = data.copy()
        for name in clean:
            clean.setlist(name, [value.replace("\x00", "") for value in clean.getlist(name)])
        super().__init__(clean, *args, **kwargs)

    def value(self, name: str) -> Any:
        self.is_valid()
        return self.cleaned_data.get(name)
