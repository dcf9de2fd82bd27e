"""The filters of the list of briefs, which live in its address and combine."""

from collections import Counter
from typing import Any

from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from briefs.models import Series
from briefs.selectors import facet_counts, found_in, narrowed
from briefs.selectors.shelf import DIMENSIONS, ShelfRow
from common.ui_words import SDG_NAMES
from directory.models import Organization, Region, Theme

LONGEST_WORDS = 200


class CountedSelect(forms.Select):
    """A list of choices that says how many briefs each would leave. Choices that no brief has are left out."""

    counts: Counter[str] = Counter()
    on_shelf: frozenset[str] = frozenset()

    def optgroups(self, name: str, value: list[str], attrs: Any = None) -> list[Any]:
        groups = super().optgroups(name, value, attrs)
        shown = {*self.on_shelf, *value, ""}
        return [group for group in groups if all(str(option["value"]) in shown for option in group[1])]

    def create_option(self, name: str, value: Any, label: Any, *args: Any, **more: Any) -> dict[str, Any]:
        option = super().create_option(name, value, label, *args, **more)
        if value:
            count = self.counts[str(value)]
            option["label"] = f"{label} ({count})"
            if not count and not option["selected"]:
                option["attrs"]["disabled"] = True
        return option


class BriefFilter(forms.Form):
    """Words, series, Goal, theme, region, agency, year and language; a value that does not exist filters nothing."""

    q = forms.CharField(label=_("Words in the briefs"), required=False)
    series = forms.ChoiceField(label=_("Series"), required=False, widget=CountedSelect)
    sdg = forms.ChoiceField(label=_("Goal"), required=False, widget=CountedSelect)
    theme = forms.ChoiceField(label=_("Theme"), required=False, widget=CountedSelect)
    region = forms.ChoiceField(label=_("Region"), required=False, widget=CountedSelect)
    agency = forms.ChoiceField(label=_("Agency"), required=False, widget=CountedSelect)
    year = forms.ChoiceField(label=_("Year"), required=False, widget=CountedSelect)
    language = forms.ChoiceField(label=_("Language"), required=False, widget=CountedSelect)

    def __init__(self, data: Any, rows: list[ShelfRow]) -> None:
        super().__init__(data)
        self.rows = rows
        self.fields["q"].widget = forms.TextInput(
            attrs={"type": "search", "class": "form-control form-control-sm", "maxlength": LONGEST_WORDS}
        )
        agencies = {code for row in rows for code in row.agency}
        choices: dict[str, list[tuple[Any, Any]]] = {
            "series": [(series.slug, series.title) for series in Series.objects.all()],
            "year": [(year, year) for year in sorted({row.values("year")[0] for row in rows}, reverse=True)],
            "sdg": [(str(number), f"{number}. {name}") for number, name in enumerate(SDG_NAMES, 1)],
            "theme": [(theme.code, theme.name) for theme in Theme.objects.all()],
            "region": [(region.code, region.name) for region in Region.objects.all()],
            "agency": [(one.code, str(one)) for one in Organization.objects.filter(code__in=agencies).order_by("name")],
            "language": list(settings.LANGUAGES),
        }
        for name in DIMENSIONS:
            field: Any = self.fields[name]
            field.choices = [("", _("All")), *choices[name]]
            field.widget.attrs["class"] = "form-select form-select-sm"
            field.widget.on_shelf = frozenset(value for row in rows for value in row.values(name))

    def chosen(self) -> dict[str, str]:
        """The values that exist, by name."""
        self.is_valid()
        found = {name: value for name, value in self.cleaned_data.items() if value}
        return {**found, "q": found["q"][:LONGEST_WORDS]} if "q" in found else found

    def found(self) -> list[ShelfRow]:
        """The rows that have all that is chosen; of a search those with the words in the title first. Counts the choices."""
        chosen = self.chosen()
        rows = self.rows
        if "q" in chosen:
            by_key = {row.pk: row for row in rows}
            rows = [by_key[pk] for pk in found_in(chosen["q"]) if pk in by_key]
        counts = facet_counts(rows, chosen)
        for name in DIMENSIONS:
            self.fields[name].widget.counts = counts[name]
        return narrowed(rows, chosen)
