"""Forms of working groups: the group, its terms of reference, members, decisions and actions."""

from typing import Any

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from common.forms import PlainForm
from directory.models import Organization, User
from directory.models.people import validate_name
from meetings.enums import ActionState, GroupRole, MeetingState
from meetings.models import ActionItem, GroupMember, Meeting, WorkingGroup
from strategy.models import Strategy

_CODES = {code: code.replace("-", "_") for code, _name in settings.LANGUAGES}
RESERVED = {"new"}  # an address of the portal's own
DAY = {"type": "date"}


def day_input() -> forms.DateInput:
    return forms.DateInput(attrs=DAY, format="%Y-%m-%d")


class GroupForm(forms.ModelForm):
    """A working group with its names in six languages; the short name stands in addresses and never changes."""

    class Meta:
        model = WorkingGroup
        fields = [
            "slug",
            *(f"name_{_CODES[code]}" for code in ("en", "fr", "es", "ru", "ar", "zh-hans")),
            *(f"summary_{_CODES[code]}" for code in ("en", "fr", "es", "ru", "ar", "zh-hans")),
            "strategies",
            "is_public",
        ]
        widgets = {"strategies": forms.CheckboxSelectMultiple}

    def __init__(self, *args: Any, person: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        fields: Any = self.fields
        for code, label in settings.LANGUAGES:
            way = {"lang": code, "dir": "rtl" if code in settings.LANGUAGES_BIDI else "ltr"}
            name, summary = fields[f"name_{_CODES[code]}"], fields[f"summary_{_CODES[code]}"]
            name.label, summary.label = (
                _("Name in %(language)s") % {"language": label},
                _("Summary in %(language)s") % {"language": label},
            )
            name.required = code == "en"
            summary.required = False
            name.widget = forms.TextInput(attrs={**way, "maxlength": 250})
            summary.widget = forms.Textarea(attrs={**way, "rows": 3, "maxlength": 1500})
        fields["strategies"].queryset = Strategy.objects.visible_to(person)
        if self.instance.pk:
            del fields["slug"]
        else:
            fields["slug"].help_text = _("Small Latin letters, digits and hyphens. It cannot be changed later.")

    def clean_slug(self) -> str:
        slug = self.cleaned_data["slug"].lower()
        if slug in RESERVED:
            raise ValidationError(_("This word is kept for the portal's own addresses. Choose another one."))
        return slug


class TermsForm(PlainForm):
    """The next version of the terms of reference."""

    text = forms.CharField(
        label=_("Terms of reference"),
        max_length=20000,
        widget=forms.Textarea(attrs={"rows": 18}),
        help_text=_("Paragraphs separated by blank lines. A short first sentence becomes the heading of its paragraph."),
    )
    note = forms.CharField(
        label=_("What changed and why"),
        max_length=500,
        required=False,
        help_text=_("Stands beside the version; needed from the second one on."),
    )
    adopted_on = forms.DateField(label=_("In force from"), widget=day_input())
    seen = forms.IntegerField(required=False, widget=forms.HiddenInput)


class _AgencyChoice(forms.ModelChoiceField):
    def label_from_instance(self, body: Organization) -> str:  # type: ignore[override]
        return f"{body.short_name} – {body.name}" if body.short_name != body.name else body.name


class MemberForm(PlainForm):
    """An agency's person in a group. Somebody with an account is known by its address and needs no name here."""

    organization = _AgencyChoice(label=_("Agency"), queryset=Organization.objects.none(), empty_label=_("Choose an agency"))
    role = forms.ChoiceField(label=_("Role"), choices=GroupRole)
    email = forms.EmailField(
        label=_("E-mail address"),
        max_length=254,
        required=False,
        widget=forms.EmailInput(attrs={"autocomplete": "off"}),
        help_text=_("Where it is that of an account, the person is named by account and acts for the agency on the portal."),
    )
    name = forms.CharField(
        label=_("Name"),
        max_length=200,
        required=False,
        validators=[validate_name],
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
        help_text=_("Of somebody without an account; an account brings its name."),
    )
    term_from = forms.DateField(label=_("Term from"), required=False, widget=day_input())
    term_to = forms.DateField(
        label=_("Term to"), required=False, widget=day_input(), help_text=_("The last day. Empty: until further notice.")
    )

    def __init__(self, *args: Any, member: GroupMember | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.member = member
        fields: Any = self.fields
        if member:
            del fields["organization"], fields["role"]
        else:
            fields["organization"].queryset = Organization.objects.filter(is_agency=True).order_by("acronym", "name")
            fields["role"].initial = GroupRole.MEMBER
            fields["term_from"].initial = timezone.now().date

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        address = data.get("email")
        data["user"] = User.objects.known_by(address).filter(is_active=True).first() if address else None
        if not data["user"] and not data.get("name") and not self.errors:
            self.add_error("name", _("There is no account with this address, so write the person's name."))
        start, end = data.get("term_from"), data.get("term_to")
        if start and end and end < start:
            self.add_error("term_to", _("A term cannot end before it begins."))
        return data

    def values(self) -> dict[str, Any]:
        return dict(self.cleaned_data)


class EndTermForm(PlainForm):
    """The last day of a term."""

    on = forms.DateField(label=_("Last day of the term"), widget=day_input())


def _agencies_of(group: WorkingGroup) -> QuerySet[Organization]:
    members = group.members.in_force().values("organization")
    return Organization.objects.filter(pk__in=members).order_by("acronym", "name")


class _OfGroup(PlainForm):
    """A form of something that a meeting of the group has decided."""

    meeting: forms.ModelChoiceField = forms.ModelChoiceField(
        label=_("Meeting"),
        queryset=Meeting.objects.none(),
        required=False,
        empty_label=_("Between meetings"),
        to_field_name="slug",
    )

    def __init__(self, *args: Any, group: WorkingGroup, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        fields: Any = self.fields
        if "meeting" in fields:
            fields["meeting"].queryset = group.meetings.exclude(state=MeetingState.CANCELLED).order_by("-starts_at")


class DecisionForm(_OfGroup):
    """A decision, numbered when it is recorded."""

    title = forms.CharField(label=_("Title"), max_length=250)
    text = forms.CharField(label=_("Decision"), max_length=5000, widget=forms.Textarea(attrs={"rows": 5}))
    taken_on = forms.DateField(label=_("Taken on"), widget=day_input())
    is_public = forms.BooleanField(
        label=_("Public"), required=False, help_text=_("Everybody reads it on the page of the group. Else only its members do.")
    )

    field_order = ["meeting", "taken_on", "title", "text", "is_public"]


class ChangeDecisionForm(DecisionForm):
    """A decision's words and who reads it; when and where it was taken stays."""

    meeting = None  # type: ignore[assignment]
    taken_on = None  # type: ignore[assignment]


class PersonChoice(forms.ModelChoiceField):
    """A member of the group, by agency and name."""

    def label_from_instance(self, member: GroupMember) -> str:  # type: ignore[override]
        return f"{member.organization.short_name}: {member.name}"


class ActionForm(_OfGroup):
    """What an agency undertakes, until when."""

    text = forms.CharField(label=_("What is to be done"), max_length=2000, widget=forms.Textarea(attrs={"rows": 3}))
    owner = _AgencyChoice(label=_("Agency"), queryset=Organization.objects.none(), empty_label=_("Choose an agency"))
    person = PersonChoice(
        label=_("Person"),
        queryset=GroupMember.objects.none(),
        required=False,
        empty_label=_("Nobody in particular"),
        help_text=_("One of the agency's people in the group. Only the group sees the name."),
    )
    due_on = forms.DateField(label=_("Due"), widget=day_input())
    is_public = forms.BooleanField(
        label=_("Public"), required=False, help_text=_("Everybody reads it on the page of the group. Else only its members do.")
    )

    field_order = ["meeting", "text", "owner", "person", "due_on", "is_public"]

    def __init__(self, *args: Any, group: WorkingGroup, action: ActionItem | None = None, **kwargs: Any) -> None:
        super().__init__(*args, group=group, **kwargs)
        fields: Any = self.fields
        agencies = _agencies_of(group)
        fields["person"].queryset = group.members.in_force().select_related("organization").exclude(name="")
        if action:
            del fields["meeting"]
            agencies = agencies | Organization.objects.filter(pk=action.owner_id)
        fields["owner"].queryset = agencies


class ActionStateForm(PlainForm):
    """How far an action is."""

    state = forms.ChoiceField(label=_("State"), widget=forms.RadioSelect)
    note = forms.CharField(
        label=_("Note"),
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("What was done. The group reads it."),
    )

    def __init__(self, *args: Any, states: list[ActionState], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["state"]
        field.choices = [(state.value, state.label) for state in states]
