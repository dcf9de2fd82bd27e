"""Filters of the calendar, of its page and of its file alike."""

from collections import Counter
from collections.abc import Callable, Iterable
from typing import Any
from urllib.parse import urlencode

from django import forms
from django.utils.formats import date_format
from django.utils.translation import gettext_lazy as _

from common.filters import FilterForm
from meetings.selectors.calendar import Date

_SMALL = {"class": "form-select form-select-sm"}


def _themes(date: Date) -> list[tuple[str, str]]:
    return [(date.event.theme.code, date.event.theme.name)] if date.event else []


def _agencies(date: Date) -> list[tuple[str, str]]:
    return [(body.code, body.short_name) for body in date.agencies]


def _countries(date: Date) -> list[tuple[str, str]]:
    country = date.thing.country
    return [(country.iso2, country.name)] if country else []


def _months(date: Date) -> list[tuple[str, str]]:
    return [(f"{date.starts:%Y-%m}", date_format(date.starts, "YEAR_MONTH_FORMAT"))]


# What each filter looks at: code and words.
_FACETS: dict[str, Callable[[Date], list[tuple[str, str]]]] = {
    "theme": _themes,
    "agency": _agencies,
    "country": _countries,
    "month": _months,
}


class CalendarFilter(FilterForm):
    """Theme, agency, country and month. The choices are those of the dates, each with how many it would show."""

    theme = forms.ChoiceField(label=_("Theme"), required=False, widget=forms.Select(attrs=_SMALL))
    agency = forms.ChoiceField(label=_("Agency"), required=False, widget=forms.Select(attrs=_SMALL))
    country = forms.ChoiceField(label=_("Country"), required=False, widget=forms.Select(attrs=_SMALL))
    month = forms.ChoiceField(label=_("Month"), required=False, widget=forms.Select(attrs=_SMALL))

    def __init__(self, data: Any, *args: Any, dates: list[Date], **kwargs: Any) -> None:
        super().__init__(data, *args, **kwargs)
        self._dates = dates
        fields: Any = self.fields
        names = {name: {code: words for date in dates for code, words in facet(date)} for name, facet in _FACETS.items()}
        for name, words in names.items():
            fields[name].choices = [("", _("All")), *words.items()]
        self._chosen = {name: self.value(name) for name in _FACETS}
        for name, words in names.items():
            fields[name].choices = [("", _("All")), *self._counted(name, words)]

    def _counted(self, name: str, words: dict[str, str]) -> Iterable[tuple[str, str]]:
        """The choices with counts; months in their order, the others by their words."""
        counts = Counter(code for date in self._matching(but=name) for code, _words in _FACETS[name](date))
        ordered = sorted(words.items(), key=lambda pair: pair[0] if name == "month" else pair[1].casefold())
        return [
            (code, label if self._chosen[name] == code else f"{label} ({counts[code]})")
            for code, label in ordered
            if counts[code] or self._chosen[name] == code
        ]

    def _matching(self, *, but: str = "") -> list[Date]:
        asked = [(_FACETS[name], code) for name, code in self._chosen.items() if code and name != but]
        return [date for date in self._dates if all(code in dict(facet(date)) for facet, code in asked)]

    def apply(self) -> list[Date]:
        """The dates that match."""
        return self._matching()

    @property
    def query(self) -> str:
        """The filters in force as a query string; what else stands in the address is left out."""
        return urlencode({name: code for name, code in self._chosen.items() if code})
