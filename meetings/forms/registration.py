"""Forms of registration."""

from typing import Any

from django import forms
from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from directory.models import Country, Organization, User
from directory.models.people import validate_name
from directory.rules import memberships_of
from meetings.enums import Gender
from meetings.forms.questions import QuestionFields
from meetings.models import CategoryQuota, Meeting, Registration


class CategoryChoice(forms.ModelChoiceField):
    """A category of the meeting, by its name."""

    def label_from_instance(self, quota: CategoryQuota) -> str:  # type: ignore[override]
        return str(quota.category)


class RegistrationForm(QuestionFields):
    """What a person says of themselves to take part in a meeting. The address is that of the account, or of the link.

    Args:
        person: the account that registers, or whose registration it is; None without one.
        registration: what is being changed, or the draft that is being finished.
        all_categories: also those that are closed: for the secretariat, and for what is registered already.
        all_organizations: any organization, for the secretariat.
        is_draft: nothing but the category is demanded.
    """

    category = CategoryChoice(
        label=gettext_lazy("Category"),
        queryset=CategoryQuota.objects.none(),
        empty_label=gettext_lazy("Choose a category"),
        help_text=gettext_lazy("In which capacity you take part. The meeting's page shows which categories are open."),
        error_messages={"invalid_choice": gettext_lazy("Registration is closed for this category. Choose another one.")},
    )
    given_name = forms.CharField(
        label=gettext_lazy("Given name"),
        max_length=120,
        validators=[validate_name],
        widget=forms.TextInput(attrs={"autocomplete": "given-name"}),
    )
    family_name = forms.CharField(
        label=gettext_lazy("Family name"),
        max_length=120,
        validators=[validate_name],
        widget=forms.TextInput(attrs={"autocomplete": "family-name"}),
    )
    organization: forms.ModelChoiceField = forms.ModelChoiceField(
        label=gettext_lazy("Organization"),
        queryset=Organization.objects.none(),
        required=False,
        empty_label=gettext_lazy("Another one, named below"),
    )
    affiliation = forms.CharField(
        label=gettext_lazy("Affiliation"),
        max_length=200,
        required=False,
        validators=[validate_name],
        widget=forms.TextInput(attrs={"autocomplete": "organization"}),
        help_text=gettext_lazy("The body you come for, as it should stand on your badge."),
    )
    function = forms.CharField(
        label=gettext_lazy("Function"),
        max_length=200,
        required=False,
        validators=[validate_name],
        widget=forms.TextInput(attrs={"autocomplete": "organization-title"}),
        help_text=gettext_lazy("For example: Director of International Cooperation."),
    )
    country: forms.ModelChoiceField = forms.ModelChoiceField(
        label=gettext_lazy("Country"),
        queryset=Country.objects.none(),
        required=False,
        empty_label=gettext_lazy("Choose a country"),
    )
    gender = forms.ChoiceField(
        label=gettext_lazy("Gender"),
        required=False,
        help_text=gettext_lazy(
            "You need not say. It is only counted, to see whether women and men take part in equal numbers; "
            "no list or badge shows it."
        ),
    )
    language = forms.ChoiceField(label=gettext_lazy("Language of messages"), choices=settings.LANGUAGES)
    access_needs = forms.CharField(
        label=gettext_lazy("What you need to take part"),
        max_length=500,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=gettext_lazy("For example step-free access, captions or a diet. Only the secretariat reads this."),
    )
    is_listed = forms.BooleanField(
        label=gettext_lazy("Name me in the list of participants"),
        required=False,
        help_text=gettext_lazy(
            "The list is public and shows name, function and organization. Without the tick you are not in it."
        ),
    )

    def __init__(
        self,
        *args: Any,
        meeting: Meeting,
        person: User | None = None,
        registration: Registration | None = None,
        all_categories: bool = False,
        all_organizations: bool = False,
        is_draft: bool = False,
        by: Any = None,
        left_out: set[str] | None = None,
        **kwargs: Any,
    ) -> None:
        kwargs.setdefault("initial", _initial(meeting, person, registration))
        super().__init__(*args, **kwargs)
        self.is_draft = is_draft
        self._choose_categories(meeting, registration, all_categories)
        country: Any = self.fields["country"]
        country.queryset = Country.objects.order_by("name")
        gender: Any = self.fields["gender"]
        gender.choices = [("", _("I do not want to say")), *[choice for choice in Gender.choices if choice[0]]]
        self._choose_organizations(person, registration, all_organizations)
        if not meeting.lists_participants:
            del self.fields["is_listed"]
        last: dict[str, Any] = {
            name: self.fields.pop(name) for name in ("language", "access_needs", "is_listed") if name in self.fields
        }
        self.add_questions(meeting, registration=registration, by=by or person, left_out=left_out or set())
        self.fields |= last
        if is_draft:
            for name, field in self.fields.items():
                field.required = name == "category"

    def _choose_categories(self, meeting: Meeting, registration: Registration | None, everything: bool) -> None:
        category: Any = self.fields["category"]
        quotas = meeting.quotas.filter(withdrawn_at=None).select_related("category").order_by("category__order", "pk")
        if not everything:
            now = timezone.now()
            own = registration.category_id if registration else None
            open_ones = [quota.pk for quota in quotas if quota.takes_registrations(now) or quota.category_id == own]
            quotas = quotas.filter(pk__in=open_ones)
        category.queryset = quotas

    def _choose_organizations(self, person: User | None, registration: Registration | None, everything: bool) -> None:
        organization: Any = self.fields["organization"]
        if everything:
            organization.queryset = Organization.objects.order_by("name", "pk")
            return
        own = {membership.organization_id for membership in memberships_of(person)}
        if registration and registration.organization_id:
            own.add(registration.organization_id)
        organization.queryset = Organization.objects.filter(pk__in=own)
        if not own:
            del self.fields["organization"]
        elif len(own) == 1 and registration is None:
            organization.initial = next(iter(own))

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        nobody = not data.get("organization") and not data.get("affiliation")
        if nobody and not self.is_draft and "affiliation" not in self.errors:
            self.add_error("affiliation", _("Name the body you come for. If you come for yourself, write “independent”."))
        quota = data.get("category")
        self.clean_questions(data, quota.category if quota else None, is_draft=self.is_draft)
        return data

    def answers(self) -> dict[str, Any]:
        """The cleaned values as the service takes them, with the answers to the meeting's questions and their files."""
        data = {name: value for name, value in self.cleaned_data.items() if not name.startswith(("q_", "kept_"))}
        data["category"] = data["category"].category
        data.setdefault("organization", None)
        if data.get("language", "") == "":
            data.pop("language", None)
        return {**data, "answers": self.answers_given, "files": self.kept_files()}


def _initial(meeting: Meeting, person: User | None, registration: Registration | None) -> dict[str, Any]:
    if registration:
        names = ("given_name", "family_name", "affiliation", "function", "gender", "language", "access_needs", "is_listed")
        values = {name: getattr(registration, name) for name in names}
        return values | {
            "category": meeting.quotas.filter(category=registration.category_id).values_list("pk", flat=True).first(),
            "organization": registration.organization_id,
            "country": registration.country_id,
        }
    if person:
        return {"given_name": person.given_name, "family_name": person.family_name, "language": person.language}
    return {}


class PersonForm(RegistrationForm):
    """Somebody whom the secretariat registers by address."""

    email = forms.EmailField(
        label=gettext_lazy("E-mail address"),
        help_text=gettext_lazy("The person gets a link to the registration there; no account is needed."),
    )
    approve = forms.BooleanField(
        label=gettext_lazy("Approve at once"),
        required=False,
        help_text=gettext_lazy("A seat if one is free, else the waiting list. Without the tick it goes as the category has it."),
    )

    field_order = ["email", "category", "given_name", "family_name"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, all_categories=True, all_organizations=True, **kwargs)
        self.fields["approve"] = self.fields.pop("approve")


class StaffEditForm(RegistrationForm):
    """A registration that the secretariat changes."""

    reason = forms.CharField(
        label=gettext_lazy("Why you change it"),
        max_length=500,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=gettext_lazy("Kept with the change."),
    )
    beyond = forms.BooleanField(
        label=gettext_lazy("Give a seat of the new category although none is free"),
        required=False,
        help_text=gettext_lazy("An override: it needs a reason and is recorded."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, all_categories=True, all_organizations=True, **kwargs)
        for name in ("reason", "beyond"):
            self.fields[name] = self.fields.pop(name)


class LinkRequestForm(forms.Form):
    """To which address the link to the form, or to a registration, is sent."""

    email = forms.EmailField(
        label=gettext_lazy("E-mail address"),
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
        help_text=gettext_lazy("We send a link there. It opens the form, or the registration that you have made already."),
    )

    def clean_email(self) -> str:
        return str(User.objects.normalize_email(self.cleaned_data["email"].strip()))


class CancelForm(forms.Form):
    """Why something is cancelled, if somebody wants to say so."""

    reason = forms.CharField(
        label=gettext_lazy("Reason (optional)"), max_length=500, required=False, widget=forms.Textarea(attrs={"rows": 2})
    )


class OfferForm(forms.Form):
    """Whether an offered seat is taken."""

    answer = forms.ChoiceField(choices=[("accept", gettext_lazy("Take the seat")), ("decline", gettext_lazy("Turn it down"))])


class OverrideForm(forms.Form):
    """Why something is done that the rules alone would not do."""

    reason = forms.CharField(label=gettext_lazy("Reason"), max_length=2000, widget=forms.Textarea(attrs={"rows": 3}))

    def __init__(self, *args: Any, needed: bool = True, readers: Any = "", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["reason"].required = needed
        self.fields["reason"].help_text = readers


class ChangeDecisionForm(forms.Form):
    """The secretariat's decision on a proposed change."""

    decision = forms.ChoiceField(
        label=gettext_lazy("Decision"),
        choices=[("accept", gettext_lazy("Accept the change")), ("decline", gettext_lazy("Decline it"))],
        widget=forms.RadioSelect,
    )
    reason = forms.CharField(
        label=gettext_lazy("Reason"),
        max_length=2000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=gettext_lazy("Needed when you decline, or give a seat beyond the quota: the person reads it."),
    )
    beyond = forms.BooleanField(
        label=gettext_lazy("Give a seat of the new category although none is free"),
        required=False,
        help_text=gettext_lazy("An override: it needs a reason and is recorded."),
    )
