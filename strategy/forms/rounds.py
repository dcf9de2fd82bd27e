"""Forms of the secretariat: a round with its hours, and each act on it."""

import zoneinfo
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from common.forms import PlaceHour, PlainForm, ReasonForm, settle
from common.place_time import hour_at
from directory.models import Organization
from strategy.enums import RoundKind, Sharing
from strategy.models import ConsultationRound


def _zones() -> list[tuple[str, str]]:
    return [(name, name.replace("_", " ")) for name in sorted(zoneinfo.available_timezones())]


def _agencies() -> Any:
    return Organization.objects.filter(is_agency=True, is_secretariat=False).order_by("acronym", "name")


class ReminderDays(forms.CharField):
    """Days before the close, as "7, 1"."""

    def prepare_value(self, value: Any) -> Any:
        return ", ".join(map(str, value)) if isinstance(value, list) else value

    def to_python(self, value: Any) -> Any:
        parts = [part for part in str(value or "").replace("،", ",").replace(" ", ",").split(",") if part]
        if not all(part.isdecimal() and len(part) <= 2 and 1 <= int(part) <= 60 for part in parts) or len(parts) > 5:
            raise forms.ValidationError(_("Give up to five whole numbers from 1 to 60, for example 7, 1."))
        return sorted({int(part) for part in parts}, reverse=True)


class RoundForm(PlainForm):
    """Everything that a round is set up with."""

    kind = forms.ChoiceField(label=_("What the agencies are asked"), choices=RoundKind, widget=forms.RadioSelect)
    time_zone = forms.ChoiceField(label=_("Time zone of the place"), help_text=_("The hours below are on this place's clock."))
    opens_at = PlaceHour(
        label=_("Opens"),
        required=False,
        help_text=_("Empty to open at once: all invited agencies are told as soon as you confirm."),
    )
    closes_at = PlaceHour(label=_("Closes"), help_text=_("The closing moment itself is already closed."))
    short_reason = forms.CharField(
        label=_("Reason for less than 72 hours"),
        required=False,
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("Of a silence procedure only. It is recorded and shown with the round."),
    )
    invites_all_agencies = forms.BooleanField(label=_("Invite every agency"), required=False)
    invited: Any = forms.ModelMultipleChoiceField(
        label=_("Or these agencies"), queryset=Organization.objects.none(), required=False, widget=forms.CheckboxSelectMultiple
    )
    sharing = forms.ChoiceField(label=_("Comments and objections are read by"), choices=Sharing)
    is_public = forms.BooleanField(
        label=_("Public"),
        required=False,
        help_text=_("Anybody who may read the draft sees the round, its deadline and its outcome."),
    )
    takes_public_comments = forms.BooleanField(
        label=_("Open to participants outside the United Nations system"),
        required=False,
        help_text=_("Of a call for comments only. The secretariat admits each comment."),
    )
    reminder_days = ReminderDays(
        label=_("Reminders, days before the close"),
        required=False,
        help_text=_("To agencies that have not answered. For example 7, 1."),
    )

    def __init__(self, *args: Any, consultation: ConsultationRound | None = None, zone: str = "UTC", **kwargs: Any) -> None:
        initial: dict[str, Any] = {
            "kind": RoundKind.COMMENTS, "time_zone": zone, "invites_all_agencies": True,
            "sharing": Sharing.AGENCIES, "is_public": True, "reminder_days": [7, 1],
        }  # fmt: skip
        if consultation is not None:
            place = zoneinfo.ZoneInfo(consultation.time_zone)
            initial = {name: getattr(consultation, name) for name in self.base_fields if name != "invited"}
            initial |= {"invited": list(consultation.invited_ids)}
            initial |= {name: hour_at(getattr(consultation, name), place) for name in ("opens_at", "closes_at")}
        super().__init__(*args, initial=initial | kwargs.pop("initial", {}), **kwargs)
        fields: dict[str, Any] = self.fields
        fields["time_zone"].choices = _zones()
        fields["invited"].queryset = _agencies()

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        if zone := data.get("time_zone"):
            settle(self, zoneinfo.ZoneInfo(zone))
        return data


class ExtendForm(ReasonForm):
    """A later close, and why."""

    closes_at = PlaceHour(label=_("Closes"))
    field_order = ["closes_at", "reason"]

    def __init__(self, *args: Any, consultation: ConsultationRound, **kwargs: Any) -> None:
        self.zone = zoneinfo.ZoneInfo(consultation.time_zone)
        initial = {"closes_at": hour_at(consultation.closes_at, self.zone)}
        super().__init__(*args, initial=initial, readers=_("All invited agencies read it."), **kwargs)
        self.fields["closes_at"].help_text = _("On the clock of %(zone)s.") % {"zone": consultation.time_zone}

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        settle(self, self.zone)
        return data


class AdmitForm(ReasonForm):
    """One agency, until when, and why."""

    organization: Any = forms.ModelChoiceField(label=_("Agency"), queryset=Organization.objects.none())
    until = PlaceHour(label=_("Until"))
    field_order = ["organization", "until", "reason"]

    def __init__(self, *args: Any, consultation: ConsultationRound, agencies: Any, **kwargs: Any) -> None:
        self.zone = zoneinfo.ZoneInfo(consultation.time_zone)
        super().__init__(*args, readers=_("The agency reads it; it is kept with the round."), **kwargs)
        fields: dict[str, Any] = self.fields
        fields["organization"].queryset = agencies
        fields["until"].help_text = _("On the clock of %(zone)s.") % {"zone": consultation.time_zone}

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        settle(self, self.zone)
        return data


class MaybeReasonForm(ReasonForm):
    """A reason that need not be given."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["reason"].required = False
