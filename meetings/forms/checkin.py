"""Forms of the check-in desk."""

import uuid
from typing import Any

from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from common.forms import PlainForm
from directory.models import Country
from directory.models.people import validate_name
from meetings.forms.registration import CategoryChoice
from meetings.models import CategoryQuota, Meeting

DESK_NAME = 40
FIRST_DESK = _("Desk 1")


class ScanForm(forms.Form):
    """What a desk sends: what was scanned or typed, where, when by the device's clock, under which number."""

    text = forms.CharField(label=_("Code, reference or name"), max_length=200)
    desk = forms.CharField(label=_("This desk"), max_length=DESK_NAME, required=False)
    client_id = forms.UUIDField(required=False)
    scanned_at = forms.CharField(required=False, max_length=40)

    def clean_desk(self) -> str:
        return self.cleaned_data["desk"].strip() or str(FIRST_DESK)

    def clean_client_id(self) -> uuid.UUID:
        return self.cleaned_data["client_id"] or uuid.uuid4()


class TakeBackForm(forms.Form):
    """Why a check-in is taken back."""

    reference = forms.CharField(max_length=20)
    reason = forms.CharField(max_length=300, required=False)
    desk = forms.CharField(max_length=DESK_NAME, required=False)
    client_id = forms.UUIDField(required=False)

    clean_desk = ScanForm.clean_desk
    clean_client_id = ScanForm.clean_client_id


class WalkInForm(PlainForm):
    """The least that is needed of somebody who stands before the desk."""

    category = CategoryChoice(label=_("Category"), queryset=CategoryQuota.objects.none(), empty_label=_("Choose a category"))
    given_name = forms.CharField(label=_("Given name"), max_length=120, validators=[validate_name])
    family_name = forms.CharField(label=_("Family name"), max_length=120, validators=[validate_name])
    email = forms.EmailField(label=_("E-mail address"), help_text=_("The confirmation and the outcome of the meeting go there."))
    affiliation = forms.CharField(
        label=_("Affiliation"), max_length=200, help_text=_("The body the person comes for, as it should stand on the badge.")
    )
    country: forms.ModelChoiceField = forms.ModelChoiceField(
        label=_("Country"), queryset=Country.objects.none(), required=False, empty_label=_("Choose a country")
    )
    language = forms.ChoiceField(label=_("Language of messages"), choices=settings.LANGUAGES)
    override = forms.BooleanField(
        label=_("Give a seat even if all are taken"),
        required=False,
        help_text=_("Only where the room holds it. It is recorded with your name and the reason."),
    )
    reason = forms.CharField(label=_("Reason for a seat beyond the number"), max_length=300, required=False)
    desk = forms.CharField(max_length=DESK_NAME, required=False, widget=forms.HiddenInput(attrs={"data-desk-name": ""}))
    client_id = forms.UUIDField(required=False, widget=forms.HiddenInput())

    def __init__(self, *args: Any, meeting: Meeting, **kwargs: Any) -> None:
        kwargs["initial"] = {"client_id": uuid.uuid4(), "desk": FIRST_DESK, "language": "en"} | kwargs.get("initial", {})
        super().__init__(*args, **kwargs)
        category: Any = self.fields["category"]
        category.queryset = meeting.quotas.select_related("category").order_by("category__order", "pk")
        country: Any = self.fields["country"]
        country.queryset = Country.objects.order_by("name")

    clean_desk = ScanForm.clean_desk
    clean_client_id = ScanForm.clean_client_id

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if data.get("override") and not (data.get("reason") or "").strip() and "reason" not in self.errors:
            self.add_error("reason", _("Say why a seat is given beyond the number: it stays in the history."))
        return data

    def answers(self) -> dict[str, Any]:
        """The cleaned values as the service takes them."""
        return {**self.cleaned_data, "category": self.cleaned_data["category"].category}
