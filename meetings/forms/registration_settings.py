"""Forms by which the secretariat sets a meeting's registration: categories, seats, moves of seats."""

from typing import Any

from django import forms
from django.core.validators import RegexValidator
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from common.bidi import isolated
from directory.enums import Role
from directory.models import Membership, StakeholderCategory, User
from meetings.enums import Approval, BulkKind
from meetings.models import CategoryQuota, Meeting

MOST_SEATS = 100_000


class PlaceTimeField(forms.DateTimeField):
    """A moment on the clock of the meeting's place. An hour that the clocks skip, or have twice, is refused."""

    def __init__(self, **kwargs: Any) -> None:
        widget = forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M")
        super().__init__(required=False, widget=widget, input_formats=["%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S"], **kwargs)
        self.zone: Any = None

    def to_python(self, value: Any) -> Any:
        with timezone.override(self.zone):
            return super().to_python(value)

    def prepare_value(self, value: Any) -> Any:
        with timezone.override(self.zone):
            return super().prepare_value(value)


class Approver(forms.ModelChoiceField):
    """A member of the secretariat by name."""

    def label_from_instance(self, person: User) -> str:  # type: ignore[override]
        return f"{person} ({person.email})"


class CategoryForm(forms.Form):
    """How one category is opened, approved and shown; the times are those of the place."""

    is_open = forms.BooleanField(
        label=gettext_lazy("Open"), required=False, help_text=gettext_lazy("Without the tick nobody can register under it.")
    )
    opens_at = PlaceTimeField(label=gettext_lazy("Opens"), help_text=gettext_lazy("Empty: with the meeting's registration."))
    closes_at = PlaceTimeField(label=gettext_lazy("Closes"), help_text=gettext_lazy("Empty: with the meeting's registration."))
    approval = forms.ChoiceField(
        label=gettext_lazy("Approval"),
        choices=Approval.choices,
        help_text=gettext_lazy("Automatic: whoever registers has a seat at once, while one is free."),
    )
    needs_endorsement = forms.BooleanField(
        label=gettext_lazy("The organization endorses first"),
        required=False,
        help_text=gettext_lazy("Then no seat is given automatically, even where approval is automatic."),
    )
    promotes_by_offer = forms.BooleanField(
        label=gettext_lazy("Ask before a seat is given from the waiting list"),
        required=False,
        help_text=gettext_lazy("Whoever is next gets an offer to accept or decline in time, instead of the seat at once."),
    )
    approver = Approver(
        label=gettext_lazy("Who decides"),
        queryset=User.objects.none(),
        required=False,
        empty_label=gettext_lazy("All secretariat staff of the meeting"),
        help_text=gettext_lazy("Who is told of registrations that wait."),
    )
    documents_due_at = PlaceTimeField(
        label=gettext_lazy("Documents until"),
        help_text=gettext_lazy("Until when required documents can be handed in. Empty: until the meeting begins."),
    )
    badge_colour = forms.CharField(
        label=gettext_lazy("Colour of the badge"),
        max_length=7,
        validators=[RegexValidator(r"^#[0-9a-fA-F]{6}$", gettext_lazy("Write a colour such as #0b5563."))],
        widget=forms.TextInput(attrs={"type": "color"}),
    )

    def __init__(self, *args: Any, meeting: Meeting, quota: CategoryQuota, **kwargs: Any) -> None:
        kwargs.setdefault("initial", {name: getattr(quota, name) for name in self.base_fields})
        kwargs["initial"]["approver"] = quota.approver_id
        super().__init__(*args, **kwargs)
        for field in self.fields.values():
            if isinstance(field, PlaceTimeField):
                field.zone = meeting.zone
        approver: Any = self.fields["approver"]
        staff = [person.pk for person in Membership.objects.of_secretariat(Role.STAFF, meeting).people()]
        approver.queryset = User.objects.filter(pk__in=staff).order_by("family_name", "pk")

    def clean_badge_colour(self) -> str:
        return str(self.cleaned_data["badge_colour"]).lower()

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        opens, closes = data.get("opens_at"), data.get("closes_at")
        if opens and closes and closes <= opens:
            self.add_error("closes_at", _("A category must close after it opens."))
        return data


class SeatsForm(forms.Form):
    """The number of seats of a category; fewer than are taken needs the override and a reason."""

    seats = forms.IntegerField(label=gettext_lazy("Seats"), min_value=0, max_value=MOST_SEATS)
    reason = forms.CharField(
        label=gettext_lazy("Reason"),
        max_length=500,
        required=False,
        help_text=gettext_lazy("Kept with the change; needed for the override."),
    )
    override = forms.BooleanField(
        label=gettext_lazy("Allow fewer seats than are taken"),
        required=False,
        help_text=gettext_lazy("Nobody loses a seat, but none is given until enough have become free."),
    )


class AddCategoryForm(forms.Form):
    """A category that does not take part yet, or was withdrawn."""

    category: forms.ModelChoiceField = forms.ModelChoiceField(
        label=gettext_lazy("Category"), queryset=StakeholderCategory.objects.none(), empty_label=gettext_lazy("Choose a category")
    )
    seats = forms.IntegerField(label=gettext_lazy("Seats"), min_value=0, max_value=MOST_SEATS)
    approval = forms.ChoiceField(label=gettext_lazy("Approval"), choices=Approval.choices, initial=Approval.MANUAL)

    def __init__(self, *args: Any, meeting: Meeting, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        category: Any = self.fields["category"]
        taking_part = meeting.quotas.filter(withdrawn_at=None).values("category")
        category.queryset = StakeholderCategory.objects.exclude(pk__in=taking_part)


class _QuotaChoice(forms.ModelChoiceField):
    def label_from_instance(self, quota: CategoryQuota) -> str:  # type: ignore[override]
        return _("%(category)s: %(seats)d seats") % {"category": isolated(quota.category), "seats": quota.seats}


class MoveSeatsForm(forms.Form):
    """Seats that go from one category to another."""

    source = _QuotaChoice(
        label=gettext_lazy("From"), queryset=CategoryQuota.objects.none(), empty_label=gettext_lazy("Choose a category")
    )
    target = _QuotaChoice(
        label=gettext_lazy("To"), queryset=CategoryQuota.objects.none(), empty_label=gettext_lazy("Choose a category")
    )
    count = forms.IntegerField(label=gettext_lazy("Seats"), min_value=1, max_value=MOST_SEATS)
    reason = forms.CharField(label=gettext_lazy("Reason"), max_length=500, help_text=gettext_lazy("Kept with the move."))
    override = forms.BooleanField(
        label=gettext_lazy("Allow fewer seats than are taken"),
        required=False,
        help_text=gettext_lazy("Nobody loses a seat, but none is given until enough have become free."),
    )

    def __init__(self, *args: Any, meeting: Meeting, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        quotas = meeting.quotas.filter(withdrawn_at=None).select_related("category", "meeting").order_by("category__order", "pk")
        for name in ("source", "target"):
            field: Any = self.fields[name]
            field.queryset = quotas


class BulkForm(forms.Form):
    """What to do with the chosen registrations."""

    act = forms.ChoiceField(label=gettext_lazy("With the chosen"), choices=BulkKind.choices)
    category: forms.ModelChoiceField = forms.ModelChoiceField(
        label=gettext_lazy("To the category"),
        queryset=StakeholderCategory.objects.none(),
        required=False,
        empty_label=gettext_lazy("Only to move"),
    )
    reason = forms.CharField(
        label=gettext_lazy("Reason"),
        max_length=1000,
        required=False,
        widget=forms.TextInput(attrs={"placeholder": gettext_lazy("Needed to decline")}),
    )

    def __init__(self, *args: Any, meeting: Meeting, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, field in self.fields.items():
            field.widget.attrs["class"] = "form-control form-control-sm" if name == "reason" else "form-select form-select-sm"
        category: Any = self.fields["category"]
        category.queryset = StakeholderCategory.objects.filter(pk__in=meeting.quotas.filter(withdrawn_at=None).values("category"))


class RegistrationImportForm(forms.Form):
    """A spreadsheet of people."""

    file = forms.FileField(
        label=gettext_lazy("CSV or XLSX file"),
        max_length=255,
        help_text=gettext_lazy("10 MB and 2,000 people are the most. Nobody is registered before you have seen a preview."),
        widget=forms.FileInput(attrs={"accept": ".csv,.xlsx,text/csv"}),
        error_messages={
            "required": gettext_lazy("Choose a file."),
            "empty": gettext_lazy("The file is empty. Download the template and fill it in."),
        },
    )
    approves = forms.BooleanField(
        label=gettext_lazy("Approve at once"),
        required=False,
        help_text=gettext_lazy(
            "A seat where one is free, else the waiting list. Without the tick it goes as each category has it."
        ),
    )
