"""Forms about people."""

import zoneinfo
from typing import Any

from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from directory.models import User


class SignupForm(forms.Form):
    """What allauth's sign-up form asks besides address and password."""

    given_name = forms.CharField(
        label=_("Given name"), max_length=120, widget=forms.TextInput(attrs={"autocomplete": "given-name"})
    )
    family_name = forms.CharField(
        label=_("Family name"), max_length=120, widget=forms.TextInput(attrs={"autocomplete": "family-name"})
    )
    field_order = ["given_name", "family_name", "email", "password1", "password2"]

    def signup(self, request: object, user: User) -> None:
        """Nothing more to do: the adapter saves the names with the account."""


class ProfileForm(forms.ModelForm):
    """Name, language and time zone of the signed-in person."""

    language = forms.ChoiceField(label=_("Language of messages"), choices=settings.LANGUAGES)
    time_zone = forms.ChoiceField(label=_("Time zone"), help_text=_("Deadlines are shown in this zone beside that of the place."))

    class Meta:
        model = User
        fields = ["given_name", "family_name", "language", "time_zone"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["time_zone"]
        field.choices = [(name, name.replace("_", " ")) for name in sorted(zoneinfo.available_timezones())]
