"""The form of a meeting's details."""

import zoneinfo
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from common.forms import PlaceHour, settle
from common.place_time import hour_at
from directory.models import Country, Organization
from meetings.forms.parts import IN_PLACE_TIME, LANGUAGES, TIME_INPUT, Part, dress_translations, language_parts, translated
from meetings.models import Meeting
from meetings.selectors.editing import days_later, sessions_outside
from meetings.services.editing import RESERVED_SLUGS, version_of

_TEXTS = ("title", "summary", "place")
_LONG_TEXTS = ("purpose", "outcome", "proceedings")
_HOURS = ("starts_at", "ends_at", "registration_opens_at", "registration_closes_at")


class MeetingForm(forms.ModelForm):
    """Everything that the secretariat says of a meeting. Hours are those of the place."""

    slug = forms.SlugField(
        label=_("Short name in addresses"),
        help_text=_("Small Latin letters, digits and hyphens, such as “antalya-2017”. It cannot be changed later."),
    )
    starts_at = PlaceHour(label=_("Begins"), help_text=IN_PLACE_TIME)
    ends_at = PlaceHour(label=_("Ends"), help_text=IN_PLACE_TIME)
    registration_opens_at = PlaceHour(
        label=_("Registration opens"), required=False, help_text=_("Empty: nobody can register yet.")
    )
    registration_closes_at = PlaceHour(
        label=_("Registration closes"), required=False, help_text=_("Empty: with the end of the meeting.")
    )
    time_zone = forms.ChoiceField(label=_("Time zone of the place"))
    sessions = forms.ChoiceField(
        label=_("Sessions of the programme"),
        required=False,
        choices=[("move", ""), ("leave", "")],
        widget=forms.RadioSelect,
        help_text=_("The public reads the released programme until you release the next version."),
    )
    seen = forms.CharField(widget=forms.HiddenInput, required=False)

    class Meta:
        model = Meeting
        fields = [
            *(translated(name, code) for code, _label in LANGUAGES for name in (*_TEXTS, *_LONG_TEXTS)),
            *("city", "country", "time_zone", *_HOURS, "hours_from", "hours_to"),
            *("host", "conjunction", "parent_process", "contact_email"),
            *("delegation_ceiling", "offer_hours", "reminder_days", "letters_need_signature"),
            *("lists_participants", "retain_days"),
        ]
        widgets = {
            "hours_from": forms.TimeInput(attrs=TIME_INPUT, format="%H:%M"),
            "hours_to": forms.TimeInput(attrs=TIME_INPUT, format="%H:%M"),
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.asks_about_sessions = False
        fields: Any = self.fields
        dress_translations(
            self,
            required=_TEXTS,
            title=_("Title"),
            summary=_("Summary"),
            place=_("Place"),
            purpose=_("Purpose"),
            outcome=_("Outcome"),
            proceedings=_("Summary of the discussion"),
        )
        fields["time_zone"].choices = [(name, name.replace("_", " ")) for name in sorted(zoneinfo.available_timezones())]
        fields["country"].queryset = Country.objects.order_by("name")
        fields["host"].queryset = Organization.objects.order_by("acronym", "name")
        for name in _LONG_TEXTS:
            for code, _label in LANGUAGES:
                fields[translated(name, code)].widget.attrs["rows"] = 8
        if self.instance.pk:
            del fields["slug"]
            zone = self.instance.zone
            for name in _HOURS:
                moment = getattr(self.instance, name)
                self.initial[name] = hour_at(moment, zone) if moment else None
            self.initial["seen"] = version_of(self.instance)

    def clean_slug(self) -> str:
        slug = self.cleaned_data["slug"].lower()
        if slug in RESERVED_SLUGS:
            raise ValidationError(_("This word is kept for the portal's own addresses. Choose another short name."))
        if Meeting.objects.filter(slug=slug).exists():
            raise ValidationError(_("There is a meeting with this short name. Choose another one."))
        return slug

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        if zone := data.get("time_zone"):
            settle(self, zoneinfo.ZoneInfo(zone))
        else:
            for name in _HOURS:  # without a zone they are no moments
                data.pop(name, None)
        if self.instance.pk and not {"time_zone", "starts_at", "ends_at"} - set(self.cleaned_data):
            self._ask_about_sessions()
        return self.cleaned_data

    def _ask_about_sessions(self) -> None:
        """Where the meeting goes to other days and leaves sessions behind, the page asks what becomes of them."""
        data: dict[str, Any] = self.cleaned_data
        zone = zoneinfo.ZoneInfo(data["time_zone"])
        days = days_later(self.instance, starts_at=data["starts_at"], zone=zone)
        left = sessions_outside(self.instance, starts_at=data["starts_at"], ends_at=data["ends_at"], zone=zone) if days else 0
        if not left:
            return
        self.asks_about_sessions = True
        if days > 0:
            move = ngettext("Move all of them with it, %(n)d day later", "Move all of them with it, %(n)d days later", days)
        else:
            move = ngettext("Move all of them with it, %(n)d day earlier", "Move all of them with it, %(n)d days earlier", -days)
        field: Any = self.fields["sessions"]
        field.choices = [
            ("move", move % {"n": abs(days)}),
            ("leave", _("Leave them on their days: they are changed one by one")),
        ]
        if not data.get("sessions"):
            words = ngettext(
                "%(n)d session would lie outside the days of the meeting. Say what becomes of the sessions.",
                "%(n)d sessions would lie outside the days of the meeting. Say what becomes of them.",
                left,
            )
            self.add_error("sessions", words % {"n": left})

    def values(self) -> dict[str, Any]:
        """The cleaned values as the service takes them."""
        return {name: self.cleaned_data[name] for name in self.cleaned_data if name not in {"slug", "seen", "sessions"}}

    @property
    def moves_sessions(self) -> bool:
        """Whether the sessions go with the meeting to its new days."""
        return self.asks_about_sessions and self.cleaned_data["sessions"] == "move"

    @property
    def parts(self) -> list[Part]:
        """The parts of the page, in order."""
        where = ["slug"] if "slug" in self.fields else []
        asked = ["sessions"] if self.asks_about_sessions else []
        return [
            *language_parts(self, *_TEXTS, *_LONG_TEXTS),
            self._part(
                _("Where and when"),
                *(*where, "city", "country", "time_zone", "starts_at", "ends_at", *asked, "hours_from", "hours_to"),
            ),
            self._part(_("Who holds it"), "host", "parent_process", "conjunction", "contact_email"),
            self._part(
                _("Registration"),
                *("registration_opens_at", "registration_closes_at", "delegation_ceiling", "offer_hours"),
                *("reminder_days", "letters_need_signature", "lists_participants", "retain_days"),
            ),
        ]

    def _part(self, title: Any, *names: str) -> Part:
        return Part(title, [self[name] for name in names])
