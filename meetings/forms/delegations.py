"""Forms of delegations and endorsements."""

from typing import Any

from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from common.forms import PlainForm
from directory.models import Country, Organization
from directory.models.people import validate_name
from meetings.enums import DelegationRole
from meetings.models import OrganizationContact, Registration


class DelegateForm(PlainForm):
    """Who comes for the organization. They need no account."""

    given_name = forms.CharField(label=_("Given name"), max_length=120, validators=[validate_name])
    family_name = forms.CharField(label=_("Family name"), max_length=120, validators=[validate_name])
    email = forms.EmailField(
        label=_("E-mail address"), max_length=254, help_text=_("The person's own: seat, badge and reminder are sent there.")
    )
    role = forms.ChoiceField(label=_("Part in the delegation"), choices=DelegationRole.choices)
    function = forms.CharField(
        label=_("Function"), max_length=200, required=False, help_text=_("As it should stand on the badge.")
    )
    country: forms.ModelChoiceField = forms.ModelChoiceField(
        label=_("Country"), queryset=Country.objects.none(), required=False, empty_label=_("Choose a country")
    )
    language = forms.ChoiceField(label=_("Language of messages"), choices=settings.LANGUAGES)

    def __init__(self, *args: Any, organization: Organization, **kwargs: Any) -> None:
        kwargs.setdefault("initial", {"role": DelegationRole.ADVISER, "country": organization.country_id, "language": "en"})
        super().__init__(*args, **kwargs)
        country: Any = self.fields["country"]
        country.queryset = Country.objects.order_by("name")


class SubstituteForm(DelegateForm):
    """Who comes instead: the part and the seat stay."""

    reason = forms.CharField(
        label=_("Reason (optional)"),
        max_length=500,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("The person who does not come reads this."),
    )

    def __init__(self, *args: Any, registration: Registration, **kwargs: Any) -> None:
        assert registration.organization is not None
        initial = {"function": registration.function, "country": registration.country_id, "language": registration.language}
        super().__init__(*args, organization=registration.organization, initial=initial, **kwargs)
        del self.fields["role"]


class PartForm(PlainForm):
    """What somebody is in the delegation."""

    role = forms.ChoiceField(
        label=_("Part in the delegation"),
        choices=DelegationRole.choices,
        widget=forms.Select(attrs={"class": "form-select form-select-sm"}),
    )


class CeilingForm(PlainForm):
    """How many people an organization may name."""

    organization: forms.ModelChoiceField = forms.ModelChoiceField(
        label=_("Organization"),
        queryset=Organization.objects.order_by("acronym", "name"),
        to_field_name="code",
        empty_label=_("Choose an organization"),
    )
    people = forms.IntegerField(
        label=_("Largest delegation"),
        min_value=0,
        max_value=500,
        required=False,
        help_text=_("Empty: as for every organization of this meeting."),
    )


class EndorsementForm(PlainForm):
    """The organization's answer."""

    decision = forms.ChoiceField(
        label=_("Does this person come for your organization?"),
        choices=[("endorse", _("Yes, we endorse the registration")), ("refuse", _("No, we refuse it"))],
        widget=forms.RadioSelect,
    )
    reason = forms.CharField(
        label=_("Reason"),
        max_length=2000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("Needed when you refuse: the person reads it."),
    )

    @property
    def endorses(self) -> bool:
        return self.cleaned_data["decision"] == "endorse"


class ContactForm(PlainForm):
    """An address that staff have checked."""

    address = forms.EmailField(label=_("E-mail address of the organization"), max_length=254)
    language = forms.ChoiceField(label=_("Language of messages"), choices=settings.LANGUAGES)
    how = forms.CharField(
        label=_("How you checked it"),
        max_length=300,
        help_text=_(
            "For example the note verbale, or the organization's website and the date. Never take it from the registration."
        ),
    )


class AskForm(PlainForm):
    """To which of the checked addresses the request goes."""

    contact: forms.ModelChoiceField = forms.ModelChoiceField(
        label=_("Checked address"), queryset=OrganizationContact.objects.none(), empty_label=None
    )

    def __init__(self, *args: Any, registration: Registration, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        contact: Any = self.fields["contact"]
        contact.queryset = OrganizationContact.objects.in_force().filter(organization=registration.organization_id)
        contact.label_from_instance = lambda row: row.address
