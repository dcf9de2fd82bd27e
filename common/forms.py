"""Forms that several apps ask."""

from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

from crispy_forms.helper import FormHelper
from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from common.access import Refused
from common.control_signs import without_control_signs
from common.place_time import moment_at


class PlainForm(forms.Form):
    """The page writes the form element, the token and the buttons. Control signs in what was typed become spaces."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.helper = FormHelper()
        self.helper.form_tag = False
        self.helper.disable_csrf = True

    def _clean_form(self) -> None:
        # Before `clean`: what compares or keeps words there gets them without.
        words = {name: value for name, value in self.cleaned_data.items() if isinstance(value, str)}
        self.cleaned_data |= {name: without_control_signs(value) for name, value in words.items()}
        super()._clean_form()  # type: ignore[misc]


class ReasonForm(PlainForm):
    """Why something is done; others will read it.

    Args:
        readers: a sentence that says who reads the reason.
    """

    reason = forms.CharField(label=_("Reason"), max_length=2000, widget=forms.Textarea(attrs={"rows": 4}))

    def __init__(self, *args: Any, readers: Any = "", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["reason"].help_text = readers


class PlaceHour(forms.DateTimeField):
    """A day and an hour as a clock shows them: a datetime without a zone. `settle` makes moments of them."""

    def __init__(self, **options: Any) -> None:
        widget = forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M")
        super().__init__(widget=widget, **options)

    def to_python(self, value: Any) -> datetime | None:
        with timezone.override(UTC):
            found = super().to_python(value)
        return found.astimezone(UTC).replace(tzinfo=None) if found else None


def settle(form: forms.Form | forms.ModelForm, zone: ZoneInfo) -> None:
    """Turn the hours of a form into moments of the place; an hour that its clocks skip or double is an error of its field."""
    for name, field in form.fields.items():
        if isinstance(field, PlaceHour) and form.cleaned_data.get(name):
            try:
                form.cleaned_data[name] = moment_at(form.cleaned_data[name], zone)
            except Refused as refusal:
                form.add_error(name, str(refusal))
