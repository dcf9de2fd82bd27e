"""Forms about organizations and who serves in them: they validate and delegate."""

from datetime import timedelta
from typing import Any

from django import forms
from django.conf import settings
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from common.filters import FilterForm
from common.search_words import contains
from directory.enums import AGENCY_ROLES, SECRETARIAT_ROLES, Role
from directory.models import Country, Membership, Organization, StakeholderCategory, User
from directory.models.people import validate_name
from directory.rules import roles_to_give
from directory.services.addresses import has_proven_address
from directory.services.memberships import version_of_membership
from directory.services.organization_files import LARGEST_FILE, too_large
from directory.services.organizations import NAMES, RESERVED_CODES, version_of_organization

_SMALL = {"class": "form-select form-select-sm"}


class DateInput(forms.DateInput):
    """The browser's own date field."""

    input_type = "date"

    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        super().__init__(attrs=attrs, format="%Y-%m-%d")


def _day(label: Any, **options: Any) -> forms.DateField:
    return forms.DateField(label=label, widget=DateInput(), **options)


def _seen() -> forms.CharField:
    """Carries which version the person had before them when they opened the page; without it nothing is compared."""
    return forms.CharField(required=False, empty_value=None, widget=forms.HiddenInput)


def _role_choices(roles: list[Role]) -> list[tuple[str, Any]]:
    return [(role.value, role.label) for role in roles]


# --- Organizations ---------------------------------------------------------------------------------------------------


class OrganizationFilter(FilterForm):
    """Words, category and country of the list of organizations."""

    q = forms.CharField(
        label=_("Name, acronym or code"),
        required=False,
        max_length=100,
        widget=forms.TextInput(attrs={"class": "form-control form-control-sm", "type": "search"}),
    )
    category: forms.ModelChoiceField = forms.ModelChoiceField(
        label=_("Category"),
        required=False,
        queryset=StakeholderCategory.objects.none(),
        to_field_name="code",
        empty_label=_("All"),
        widget=forms.Select(attrs=_SMALL),
    )
    country: forms.ModelChoiceField = forms.ModelChoiceField(
        label=_("Country"),
        required=False,
        queryset=Country.objects.none(),
        to_field_name="iso2",
        empty_label=_("All"),
        widget=forms.Select(attrs=_SMALL),
    )

    def __init__(self, data: Any, *args: Any, **kwargs: Any) -> None:
        super().__init__(data, *args, **kwargs)
        fields: Any = self.fields
        fields["category"].queryset = StakeholderCategory.objects.all()
        fields["country"].queryset = Country.objects.filter(organizations__isnull=False).distinct()

    def apply(self, rows: QuerySet[Organization]) -> QuerySet[Organization]:
        """The organizations that match; each word must be somewhere, in any language."""
        for name in ("category", "country"):
            if chosen := self.value(name):
                rows = rows.filter(**{name: chosen})
        for word in (self.value("q") or "").split():
            rows = rows.filter(contains(word, "code", "acronym", *NAMES.values()))
        return rows


class OrganizationForm(forms.ModelForm):
    """An organization with its names in six languages; the code stands in addresses and never changes."""

    seen = _seen()

    class Meta:
        model = Organization
        fields = [
            "code",
            "acronym",
            *(NAMES[code] for code in ("en", "fr", "es", "ru", "ar", "zh-hans")),
            "category",
            "country",
            "parent",
        ]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        fields: Any = self.fields
        for code, label in settings.LANGUAGES:
            name = fields[NAMES[code]]
            name.label = _("Name in %(language)s") % {"language": label}
            name.required = code == "en"
            name.validators.append(validate_name)
            name.widget = forms.TextInput(
                attrs={"lang": code, "dir": "rtl" if code in settings.LANGUAGES_BIDI else "ltr", "maxlength": 250}
            )
        fields["acronym"].validators.append(validate_name)
        if self.instance.pk:
            del fields["code"]
            fields["seen"].initial = version_of_organization(self.instance)
        else:
            del fields["seen"]
            fields["code"].help_text = _(
                "Small Latin letters, digits and hyphens, such as “un-women”. It cannot be changed later."
            )
        fields["country"].help_text = _("Where the organization is of one country.")
        fields["parent"].queryset = Organization.objects.exclude(pk=self.instance.pk).order_by("acronym", "name")
        fields["parent"].help_text = _("The organization that it belongs to, if there is one.")

    def clean_code(self) -> str:
        code = self.cleaned_data["code"].lower()
        if code in RESERVED_CODES:
            raise ValidationError(_("This word is kept for the portal's own addresses. Choose another code."))
        if Organization.objects.filter(code__iexact=code).exists():
            raise ValidationError(_("There is an organization with this code. Open it in the list to change it."))
        return code


class ImportForm(forms.Form):
    """A spreadsheet of organizations."""

    file = forms.FileField(
        label=_("CSV or XLSX file"),
        max_length=255,
        help_text=_("10 MB and 5,000 rows are the most. Nothing is written before you have seen a preview."),
        widget=forms.ClearableFileInput(attrs={"accept": ".csv,.xlsx,text/csv"}),
        error_messages={"required": _("Choose a file."), "empty": _("The file is empty. Download the template and fill it in.")},
    )

    def clean_file(self) -> UploadedFile:
        file: UploadedFile = self.cleaned_data["file"]
        if (file.size or 0) > LARGEST_FILE:
            raise ValidationError(too_large(file.size or 0))
        return file


# --- Who serves ------------------------------------------------------------------------------------------------------


class InvitationForm(forms.Form):
    """Whom to invite, as what, and in which language."""

    email = forms.EmailField(label=_("E-mail address"), max_length=254, widget=forms.EmailInput(attrs={"autocomplete": "off"}))
    role = forms.ChoiceField(label=_("Role"), widget=forms.RadioSelect)
    language = forms.ChoiceField(label=_("Language of the message"), choices=settings.LANGUAGES)
    note = forms.CharField(
        label=_("A line of your own (optional)"),
        max_length=500,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("It stands in the message, in your name."),
    )

    def __init__(self, *args: Any, organization: Organization, by: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        fields: Any = self.fields
        fields["role"].choices = _role_choices([role for role in roles_to_give(by, organization) if role in AGENCY_ROLES])
        fields["role"].initial = Role.CONTRIBUTOR
        fields["language"].initial = by.language


class MemberForm(forms.Form):
    """A role for somebody who has an account; staff appoint to agencies, administrators to the secretariat."""

    email = forms.EmailField(
        label=_("E-mail address"), max_length=254, help_text=_("Of an account. Who has none yet is invited instead.")
    )
    role = forms.ChoiceField(label=_("Role"), widget=forms.RadioSelect)
    scope = forms.RegexField(
        label=_("Limited to (optional)"),
        regex=r"^(?:meeting|strategy|brief):[a-z0-9-]+$",
        max_length=120,
        required=False,
        help_text=_("Empty for everything; “meeting:SLUG” or “strategy:SLUG” for one meeting or strategy."),
        error_messages={
            "invalid": _("Write “meeting:” or “strategy:” and the word of its address, such as “meeting:antalya-2017”.")
        },
    )
    starts_on = _day(_("From (optional)"), required=False, help_text=_("Empty for today."))
    ends_on = _day(_("To (optional)"), required=False)

    def __init__(self, *args: Any, organization: Organization, by: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        fields: Any = self.fields
        given = roles_to_give(by, organization)
        fields["role"].choices = _role_choices(given)
        # Nobody is invited to the secretariat: there the service says what the person has to do first.
        self.proves_later = bool(SECRETARIAT_ROLES & set(given))
        if not self.proves_later:
            del fields["scope"]

    def clean_email(self) -> User:
        person = User.objects.known_by(self.cleaned_data["email"]).filter(is_active=True).first()
        if person is None or not (self.proves_later or has_proven_address(person)):
            raise ValidationError(_("No account has this address. Check it, or invite the person."))
        return person

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if data.get("scope") and data.get("role") not in SECRETARIAT_ROLES:
            self.add_error("scope", _("Only secretariat roles are limited to a meeting or a strategy. Leave this empty."))
        return data


class MembershipForm(forms.Form):
    """Another role or other dates for a member."""

    role = forms.ChoiceField(label=_("Role"), widget=forms.RadioSelect)
    starts_on = _day(_("From"), required=False)
    ends_on = _day(_("To (optional)"), required=False, help_text=_("The last day. Empty for as long as nobody ends it."))
    reason = forms.CharField(label=_("Reason (optional)"), max_length=300, required=False)
    seen = _seen()

    def __init__(self, *args: Any, membership: Membership, by: User, **kwargs: Any) -> None:
        shown = {"role": membership.role, "starts_on": membership.starts_on, "ends_on": membership.ends_on}
        kwargs.setdefault("initial", {**shown, "seen": version_of_membership(membership)})
        super().__init__(*args, **kwargs)
        kinds = AGENCY_ROLES if membership.role in AGENCY_ROLES else SECRETARIAT_ROLES
        fields: Any = self.fields
        fields["role"].choices = _role_choices([role for role in roles_to_give(by, membership.organization) if role in kinds])


class EndForm(forms.Form):
    """Why a membership ends, if somebody wants to say so."""

    reason = forms.CharField(
        label=_("Reason (optional)"),
        max_length=300,
        required=False,
        help_text=_("It stays in the history, which those who serve in the organization read."),
    )


class ColleagueChoice(forms.ModelChoiceField):
    """A colleague by name and role."""

    def label_from_instance(self, membership: Membership) -> str:  # type: ignore[override]
        return f"{membership.user} ({membership.get_role_display()})"


class DelegationForm(forms.Form):
    """Who stands in, and from when to when."""

    to = ColleagueChoice(
        label=_("Who stands in for you"), queryset=Membership.objects.none(), empty_label=_("Choose a colleague")
    )
    starts_on = _day(_("First day"))
    ends_on = _day(_("Last day"))
    reason = forms.CharField(label=_("Reason (optional)"), max_length=300, required=False, help_text=_("Such as “On leave”."))

    def __init__(self, *args: Any, membership: Membership, **kwargs: Any) -> None:
        kwargs.setdefault("initial", {"starts_on": timezone.now().date() + timedelta(days=1)})
        super().__init__(*args, **kwargs)
        to: Any = self.fields["to"]
        colleagues = Membership.objects.ahead().filter(
            organization=membership.organization, role__in=[Role.ALTERNATE, Role.CONTRIBUTOR], user__is_active=True
        )
        to.queryset = (
            colleagues.exclude(user=membership.user)
            .exclude(delegations_received__brings_role=True)
            .select_related("user")
            .order_by("user__family_name", "pk")
        )


class NewAccountForm(forms.Form):
    """What an invited person without an account says; the address is the invited one and proven by the link."""

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
    password = forms.CharField(
        label=_("Password"),
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        help_text=_("Ten signs at least, not only digits, and no common word."),
    )

    def __init__(self, *args: Any, email: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.email = email

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if data.get("password"):
            person = User(email=self.email, given_name=data.get("given_name", ""), family_name=data.get("family_name", ""))
            try:
                validate_password(data["password"], person)
            except ValidationError as error:
                self.add_error("password", error)
        return data
