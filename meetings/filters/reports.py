"""Filters of the list of voluntary reports."""

from typing import Any

from django import forms
from django.conf import settings
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from common.filters import FilterForm
from directory.models import Country, Theme
from meetings.models import VoluntaryReport

_SMALL = {"class": "form-select form-select-sm"}


class ReportFilter(FilterForm):
    """Country, theme and language of voluntary reports."""

    country: forms.ModelChoiceField = forms.ModelChoiceField(
        label=_("Country"),
        required=False,
        queryset=Country.objects.none(),
        to_field_name="iso2",
        empty_label=_("All"),
        widget=forms.Select(attrs=_SMALL),
    )
    theme: forms.ModelChoiceField = forms.ModelChoiceField(
        label=_("Theme"),
        required=False,
        queryset=Theme.objects.none(),
        to_field_name="code",
        empty_label=_("All"),
        widget=forms.Select(attrs=_SMALL),
    )
    language = forms.ChoiceField(label=_("Language"), required=False, widget=forms.Select(attrs=_SMALL))

    def __init__(self, data: Any, *args: Any, rows: QuerySet[VoluntaryReport], **kwargs: Any) -> None:
        super().__init__(data, *args, **kwargs)
        fields: Any = self.fields
        keys = rows.order_by().values("pk")
        fields["country"].queryset = Country.objects.filter(voluntary_reports__in=keys).distinct()
        fields["theme"].queryset = Theme.objects.filter(voluntary_reports__in=keys).distinct()
        fields["language"].choices = [("", _("All")), *settings.LANGUAGES]

    def apply(self, rows: QuerySet[VoluntaryReport]) -> QuerySet[VoluntaryReport]:
        """The reports that match."""
        for name, field in (("country", "country"), ("theme", "themes"), ("language", "language")):
            if chosen := self.value(name):
                rows = rows.filter(**{field: chosen})
        return rows
