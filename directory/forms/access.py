"""The form that opens what is internal to an agency."""

from typing import Any

from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from directory.models import Organization


class InternalAccessForm(forms.Form):
    """Which organization, why, for how long."""

    organization: Any = forms.ModelChoiceField(
        label=_("Organization"), queryset=Organization.objects.filter(is_secretariat=False).order_by("acronym", "name")
    )
    reason = forms.CharField(
        label=_("Reason"),
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("The organization's focal points read it at once."),
    )
    hours = forms.TypedChoiceField(label=_("For how long"), coerce=int)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        most = settings.INTERNAL_ACCESS_MOST_HOURS
        choices = sorted({hours for hours in (1, 4, 24, 48, 72) if hours <= most} | {most})
        field: Any = self.fields["hours"]
        field.choices = [(hours, ngettext("%(n)d hour", "%(n)d hours", hours) % {"n": hours}) for hours in choices]
        chosen: Any = self.fields["organization"]
        chosen.label_from_instance = lambda row: f"{row.acronym} – {row.name}" if row.acronym else row.name
