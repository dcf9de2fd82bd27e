"""Forms of registration."""

from typing import Any

from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from directory.models import Country, Organization, User
from directory.models.people import validate_name
from directory.rules import memberships_of
from meetings.models import CategoryQuota, Meeting


class CategoryChoice(forms.ModelChoiceField):
    """A category of the meeting, by its name."""

    def label_from_instance(self, quota: CategoryQuota) -> str:  # type: ignore[override]
        return str(quota.category)


class RegistrationForm(forms.Form):
    """What a person says of themselves to take part in a meeting. The address is that of the account."""

    category = CategoryChoice(
        label=_("Category"),
        queryset=CategoryQuota.objects.none(),
        empty_label=_("Choose a category"),
        help_text=_("In which capacity you take part. The meeting's page shows which categories are open."),
        error_messages={"invalid_choice": _("Registration is closed for this category. Choose another one.")},
    )
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
    organization: forms.ModelChoiceField = forms.ModelChoiceField(
        label=_("Organization"), queryset=Organization.objects.none(), required=False, empty_label=_("Another one, named below")
    )
    affiliation = forms.CharField(
        label=_("Affiliation"),
        max_length=200,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "organization"}),
        help_text=_("The body you come for, as it should stand on your badge."),
    )
    country: forms.ModelChoiceField = forms.ModelChoiceField(
        label=_("Country"), queryset=Country.objects.none(), required=False, empty_label=_("Choose a country")
    )
    language = forms.ChoiceField(label=_("Language of messages"), choices=settings.LANGUAGES)
    access_needs = forms.CharField(
        label=_("What you need to take part"),
        max_length=500,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("For example step-free access, captions or a diet. Only the secretariat reads this."),
    )

    def __init__(self, *args: Any, meeting: Meeting, person: User, **kwargs: Any) -> None:
        kwargs.setdefault(
            "initial", {"given_name": person.given_name, "family_name": person.family_name, "language": person.language}
        )
        super().__init__(*args, **kwargs)
        category: Any = self.fields["category"]
        category.queryset = meeting.quotas.filter(is_open=True).select_related("category").order_by("category__order", "pk")
        country: Any = self.fields["country"]
        country.queryset = Country.objects.order_by("name")
        organization: Any = self.fields["organization"]
        own = {membership.organization_id for membership in memberships_of(person)}
        organization.queryset = Organization.objects.filter(pk__in=own)
        if own:
            organization.initial = next(iter(own)) if len(own) == 1 else None
        else:
            del self.fields["organization"]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if not data.get("organization") and not data.get("affiliation") and "affiliation" not in self.errors:
            self.add_error("affiliation", _("Name the body you come for. If you come for yourself, write “independent”."))
        return data

    def answers(self) -> dict[str, Any]:
        """The cleaned values as the service takes them."""
        data = dict(self.cleaned_data)
        data["category"] = data["category"].category
        data.setdefault("organization", None)
        return data


class CancelForm(forms.Form):
    """Why something is cancelled, if somebody wants to say so."""

    reason = forms.CharField(
        label=_("Reason (optional)"), max_length=500, required=False, widget=forms.Textarea(attrs={"rows": 2})
    )
