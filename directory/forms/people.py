"""Forms about people."""

import zoneinfo
from typing import Any

from django import forms
from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext_lazy as _

from common.access import Refused
from directory.models import User
from directory.models.people import validate_name
from directory.services.photos import read_photo


class SignupForm(forms.Form):
    """What allauth's sign-up form asks besides address and password."""

    given_name = forms.CharField(
        label=_("Given name"),
        max_length=120,
        validators=[validate_name],
        widget=forms.TextInput(attrs={"autocomplete": "given-name"}),
    )
    family_name = forms.CharField(
        label=_("Family name"),
        max_length=120,
        validators=[validate_name],
        widget=forms.TextInput(attrs={"autocomplete": "family-name"}),
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
        fields = ["given_name", "family_name", "family_name_first", "language", "time_zone"]
        labels = {"family_name_first": _("My family name comes first")}
        help_texts = {"family_name_first": _("As in Chinese, Hungarian or Vietnamese. Lists and letters show it in this order.")}
        widgets = {
            "given_name": forms.TextInput(attrs={"autocomplete": "given-name"}),
            "family_name": forms.TextInput(attrs={"autocomplete": "family-name"}),
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["time_zone"]
        field.choices = [(name, name.replace("_", " ")) for name in sorted(zoneinfo.available_timezones())]


class PhotoForm(forms.Form):
    """A photo for one's profile; `cleaned_data["photo"]` is what is kept of it."""

    photo = forms.FileField(
        label=_("Photo"),
        help_text=_("JPEG, PNG or WebP, 5 MB at most. We keep a small square of it, without place and date."),
        widget=forms.FileInput(attrs={"accept": "image/jpeg,image/png,image/webp"}),
        error_messages={"required": _("Choose a picture first."), "empty": _("The file is empty. Choose another one.")},
    )

    def clean_photo(self) -> bytes:
        upload: UploadedFile = self.cleaned_data["photo"]
        try:
            return read_photo(upload)
        except Refused as refused:
            raise forms.ValidationError(str(refused)) from refused
