"""Forms of thematic events: the proposal, the decision, where it is held, the call."""

import zoneinfo
from collections.abc import Iterable
from datetime import UTC
from typing import Any
from zoneinfo import ZoneInfo

from crispy_forms.layout import Field, Fieldset, Layout
from django import forms
from django.conf import settings
from django.utils import translation
from django.utils.formats import date_format
from django.utils.translation import gettext_lazy as _

from common.forms import PlaceHour, PlainForm, settle
from common.numbers import whole_number
from common.place_time import hour_at
from directory.models import Country, Organization, Theme
from directory.rules import organizations_of
from meetings.enums import EventFormat, EventState
from meetings.forms.parts import LANGUAGES, Part, dress_translations, language_parts, translated
from meetings.models import EventCall, Meeting, Room, ThematicEvent
from meetings.services.event_review import TEXT_FIELDS
from meetings.services.events import FIELDS, Span

MOST_ALTERNATIVES = 2
LONGEST_DAYS = 31
_CALL_TEXTS = ("title", "introduction")


class PlaceHoursForm(PlainForm):
    """A form with hours on the clock of a place."""

    def span(self, first: str, last: str) -> Span | None:
        """Two fields as one stretch of time; an error at the second if only one is there or they are the wrong way round."""
        start, end = self.cleaned_data.get(first), self.cleaned_data.get(last)
        if start is None and end is None:
            return None
        if start is None or end is None:
            if first not in self.errors and last not in self.errors:
                self.add_error(last if start else first, _("Give both the beginning and the end."))
            return None
        if end <= start:
            self.add_error(last, _("The end must be after the beginning."))
            return None
        if (end - start).days > LONGEST_DAYS:
            self.add_error(last, _("An event lasts a month at most. Look at the year of both dates."))
            return None
        return start, end


def _zones() -> list[tuple[str, str]]:
    return [(name, name.replace("_", " ")) for name in sorted(zoneinfo.available_timezones())]


class EventForm(PlaceHoursForm):
    """A proposal. A draft needs a title, a theme, a format and the first dates; what is needed to propose says so."""

    proposed_by: Any = forms.ModelChoiceField(label=_("Proposing organization"), queryset=Organization.objects.none())
    call: Any = forms.ModelChoiceField(
        label=_("Call (needed to propose)"), queryset=EventCall.objects.none(), required=False, empty_label=_("Choose a call")
    )
    language = forms.ChoiceField(
        label=_("Language of your text"),
        choices=settings.LANGUAGES,
        help_text=_("Write in any of the six languages. The secretariat may add the others."),
    )
    title = forms.CharField(label=_("Title"), max_length=250)
    summary = forms.CharField(
        label=_("Summary (needed to propose)"),
        max_length=1000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 5, "data-char-count": ""}),
        help_text=_("What happens, for whom, and what participants leave with. At most 1,000 characters."),
    )
    theme: Any = forms.ModelChoiceField(
        label=_("Theme of the Conference"), queryset=Theme.objects.none(), empty_label=_("Choose a theme")
    )
    format = forms.ChoiceField(label=_("Format"), choices=EventFormat)
    co_sponsors: Any = forms.ModelMultipleChoiceField(
        label=_("Co-sponsors"),
        queryset=Organization.objects.none(),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("Each is asked when you propose. Only those who confirm are named in public."),
    )
    time_zone = forms.ChoiceField(label=_("Time zone of the place"), help_text=_("All hours below are on the place's clock."))
    starts_at = PlaceHour(label=_("First choice: begins"))
    ends_at = PlaceHour(label=_("First choice: ends"))
    starts_2 = PlaceHour(label=_("Second choice: begins"), required=False)
    ends_2 = PlaceHour(label=_("Second choice: ends"), required=False)
    starts_3 = PlaceHour(label=_("Third choice: begins"), required=False)
    ends_3 = PlaceHour(label=_("Third choice: ends"), required=False)
    place = forms.CharField(label=_("Venue"), max_length=200, required=False, help_text=_("Leave empty if it is not chosen yet."))
    city = forms.CharField(label=_("City (needed to propose, unless online)"), max_length=120, required=False)
    country: Any = forms.ModelChoiceField(
        label=_("Country (needed to propose, unless online)"),
        queryset=Country.objects.none(),
        required=False,
        empty_label=_("Choose a country"),
    )
    expected = forms.IntegerField(
        label=_("Participants expected (needed to propose)"), min_value=1, max_value=100_000, required=False
    )
    needs = forms.CharField(
        label=_("What you need from the secretariat"),
        max_length=2000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("For example rooms, interpretation or travel of speakers."),
    )

    def __init__(self, *args: Any, person: Any, event: ThematicEvent | None = None, **kwargs: Any) -> None:
        self.event = event
        kwargs["initial"] = _values_of(event) if event else _first_values(person)
        super().__init__(*args, **kwargs)
        fields: Any = self.fields
        own = organizations_of(person)
        fields["proposed_by"].queryset = Organization.objects.filter(pk__in=own)
        fields["call"].queryset = _calls_for(event)
        fields["theme"].queryset = Theme.objects.all()
        # Nobody sponsors an event beside themselves; who serves several organizations may still choose which of them proposes.
        proposing = {event.proposed_by_id} if event else own if len(own) == 1 else set()
        others = Organization.objects.filter(is_secretariat=False).exclude(pk__in=proposing)
        fields["co_sponsors"].queryset = others.order_by("-is_agency", "acronym", "name")
        fields["country"].queryset = Country.objects.order_by("name")
        fields["time_zone"].choices = _zones()
        if len(own) == 1:
            fields["proposed_by"].empty_label = None
        if event and event.state == EventState.RETURNED:
            fields["call"].disabled = True
        self.helper.layout = Layout(
            Fieldset(_("The event"), "proposed_by", "call", "language", "title", "summary", "theme", "format"),
            Fieldset(_("Where"), "place", "city", "country", "time_zone"),
            Fieldset(_("When"), *(Field(name, wrapper_class="half") for name in self._clock_names())),
            Fieldset(_("With whom and what"), Field("co_sponsors", wrapper_class="choice-box"), "expected", "needs"),
        )

    def _clock_names(self) -> list[str]:
        return [name for name, field in self.fields.items() if isinstance(field, PlaceHour)]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        if zone := data.get("time_zone"):
            settle(self, ZoneInfo(zone))
            self.span("starts_at", "ends_at")
            spans = [self.span(f"starts_{number}", f"ends_{number}") for number in range(2, 2 + MOST_ALTERNATIVES)]
            data["alternatives"] = [span for span in spans if span]
        return data

    def content(self) -> dict[str, Any]:
        """The values as the service takes them."""
        return {name: self.cleaned_data[name] for name in FIELDS}

    @property
    def wants_to_propose(self) -> bool:
        return self.data.get("action") == "propose"


def _first_values(person: Any) -> dict[str, Any]:
    own = organizations_of(person)
    open_calls = EventCall.objects.open()[:2]
    return {
        "proposed_by": min(own) if len(own) == 1 else None,
        "call": open_calls[0] if len(open_calls) == 1 else None,
        "language": translation.get_language() or "en",
        "time_zone": person.time_zone,
    }


def _values_of(event: ThematicEvent) -> dict[str, Any]:
    names = "proposed_by call language theme format time_zone place city country expected needs"
    own = event.language.replace("-", "_")
    values = {name: getattr(event, name) for name in names.split()}
    # The text as it was written, not as this page's language falls back.
    values |= {name: getattr(event, f"{name}_{own}") for name in ("title", "summary")}
    values["co_sponsors"] = list(event.co_sponsors.all())
    spans = [(event.starts_at, event.ends_at), *((row.starts_at, row.ends_at) for row in event.alternatives.all())]
    for number, (start, end) in enumerate(spans, start=1):
        ending = "at" if number == 1 else str(number)
        values |= {f"starts_{ending}": hour_at(start, event.zone), f"ends_{ending}": hour_at(end, event.zone)}
    return values


def _calls_for(event: ThematicEvent | None) -> Any:
    """Those that are open, and the one that the proposal is under already."""
    rows = EventCall.objects.open()
    return rows | EventCall.objects.filter(pk=event.call_id) if event and event.call_id else rows


def words_of(span: Span, zone: ZoneInfo) -> str:
    """Two moments as a choice says them, on the place's clock."""
    start, end = (at.astimezone(zone) for at in span)
    if start.date() == end.date():
        return f"{date_format(start, 'DATE_FORMAT')}, {start:%H:%M}–{end:%H:%M}"
    return f"{date_format(start, 'DATE_FORMAT')}, {start:%H:%M} – {date_format(end, 'DATE_FORMAT')}, {end:%H:%M}"


class EventDecisionForm(PlaceHoursForm):
    """The secretariat's decision on a proposed event."""

    decision = forms.ChoiceField(
        label=_("Decision"),
        choices=[("accept", _("Accept")), ("return", _("Return for changes")), ("decline", _("Decline"))],
        widget=forms.RadioSelect,
    )
    dates = forms.ChoiceField(label=_("Dates, if you accept"), widget=forms.RadioSelect, required=False)
    starts_at = PlaceHour(label=_("Other dates: begins"), required=False)
    ends_at = PlaceHour(label=_("Other dates: ends"), required=False)
    reason = forms.CharField(
        label=_("Reason"),
        max_length=2000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("Needed when you decline or return: the proposing agency reads it."),
    )

    def __init__(self, *args: Any, event: ThematicEvent, spans: Iterable[Span], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.event, self.spans = event, list(spans)
        dates: Any = self.fields["dates"]
        dates.choices = [
            *((str(number), words_of(span, event.zone)) for number, span in enumerate(self.spans)),
            ("other", _("Other dates, below")),
        ]
        self.initial.setdefault("dates", "0")

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        data["span"] = None
        if data.get("decision") == "accept" and data.get("dates") == "other":
            settle(self, self.event.zone)
            data["span"] = self.span("starts_at", "ends_at")
            if data["span"] is None and not self.errors:
                self.add_error("starts_at", _("Give the dates, or choose one of those that the agency prefers."))
        elif (number := whole_number(data.get("dates") or "0")) is not None:
            data["span"] = self.spans[number]
        return data


class EventChangeForm(PlaceHoursForm):
    """Other dates or another place of an accepted event."""

    time_zone = forms.ChoiceField(label=_("Time zone of the place"))
    starts_at = PlaceHour(label=_("Begins"))
    ends_at = PlaceHour(label=_("Ends"))
    place = forms.CharField(label=_("Venue"), max_length=200, required=False)
    city = forms.CharField(label=_("City"), max_length=120, required=False)
    country: Any = forms.ModelChoiceField(label=_("Country"), queryset=Country.objects.none(), required=False)
    reason = forms.CharField(
        label=_("Reason (optional)"),
        max_length=2000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("The agency and its co-sponsors read it in their message."),
    )

    def __init__(self, *args: Any, event: ThematicEvent, **kwargs: Any) -> None:
        initial = {name: getattr(event, name) for name in ("time_zone", "place", "city", "country")}
        initial |= {name: hour_at(getattr(event, name), event.zone) for name in ("starts_at", "ends_at")}
        super().__init__(*args, initial=initial, **kwargs)
        fields: Any = self.fields
        fields["time_zone"].choices = _zones()
        fields["country"].queryset = Country.objects.order_by("name")

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        if zone := data.get("time_zone"):
            settle(self, ZoneInfo(zone))
            self.span("starts_at", "ends_at")
        return data


class EventNoteForm(PlainForm):
    """A note to the other side."""

    text = forms.CharField(label=_("Note"), max_length=2000, widget=forms.Textarea(attrs={"rows": 3}))


class CoSponsorAnswerForm(PlainForm):
    """Confirm or decline to co-sponsor, with a word to the proposing agency."""

    reason = forms.CharField(
        label=_("A word to the proposing agency (optional)"),
        max_length=1000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
    )


class EventMeetingForm(PlaceHoursForm):
    """What a meeting needs that the proposal may not say."""

    place = forms.CharField(label=_("Place"), max_length=200)
    city = forms.CharField(label=_("City"), max_length=120)
    country: Any = forms.ModelChoiceField(label=_("Country"), queryset=Country.objects.none())
    contact_email = forms.EmailField(label=_("Address for questions"), required=False)
    seats_like: Any = forms.ModelChoiceField(
        label=_("Categories and seats as for"),
        queryset=Meeting.objects.none(),
        required=False,
        empty_label=_("None yet: they are set on the meeting"),
        help_text=_("If the event expects a number of people, its seats are shared out in the same proportions."),
    )
    registration_opens_at = PlaceHour(label=_("Registration opens"), required=False, help_text=_("Empty: not yet."))
    registration_closes_at = PlaceHour(label=_("Registration closes"), required=False)

    def __init__(self, *args: Any, event: ThematicEvent, person: Any, **kwargs: Any) -> None:
        initial = {name: getattr(event, name) for name in ("place", "city", "country")}
        super().__init__(*args, initial=initial, **kwargs)
        self.event = event
        fields: Any = self.fields
        fields["country"].queryset = Country.objects.order_by("name")
        fields["seats_like"].queryset = (
            Meeting.objects.managed_by(person).filter(quotas__isnull=False).distinct().order_by("-starts_at")
        )

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        settle(self, self.event.zone)
        return data


class RoomChoice(forms.ModelChoiceField):
    """A room with its seats."""

    def label_from_instance(self, room: Room) -> str:  # type: ignore[override]
        return f"{room.name} ({room.capacity})"


class EventSessionForm(PlaceHoursForm):
    """Hours and room in the programme of a meeting."""

    starts_at = PlaceHour(label=_("Begins"))
    ends_at = PlaceHour(label=_("Ends"))
    room: Any = RoomChoice(label=_("Room"), queryset=Room.objects.none(), required=False, empty_label=_("None yet"))

    def __init__(self, *args: Any, meeting: Meeting, **kwargs: Any) -> None:
        start = hour_at(meeting.starts_at, meeting.zone)
        super().__init__(*args, initial={"starts_at": start}, **kwargs)
        self.meeting = meeting
        fields: Any = self.fields
        fields["room"].queryset = meeting.rooms.all()

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        settle(self, self.meeting.zone)
        self.span("starts_at", "ends_at")
        return data


class EventTextsForm(PlainForm):
    """Title and summary in the languages that the agency did not write in."""

    def __init__(self, *args: Any, event: ThematicEvent, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for code, language in settings.LANGUAGES:
            if code == event.language:
                continue
            marks = {"lang": code, "dir": "rtl" if code in settings.LANGUAGES_BIDI else "ltr"}
            for name, label, most, widget in (
                ("title", _("Title"), 250, forms.TextInput(attrs=marks)),
                ("summary", _("Summary"), 1500, forms.Textarea(attrs=marks | {"rows": 4})),
            ):
                key = f"{name}_{code.replace('-', '_')}"
                assert key in TEXT_FIELDS
                self.fields[key] = forms.CharField(label=f"{label} – {language}", max_length=most, required=False, widget=widget)
                self.initial[key] = getattr(event, key) or ""


class EventCallForm(forms.ModelForm):
    """A call for events; its hours are UTC, because agencies sit everywhere."""

    class Meta:
        model = EventCall
        fields = [
            *(translated(name, code) for code, _label in LANGUAGES for name in _CALL_TEXTS),
            *("slug", "process", "themes", "opens_at", "closes_at", "limit_per_agency"),
        ]
        field_classes = {"opens_at": PlaceHour, "closes_at": PlaceHour}
        widgets = {
            "themes": forms.CheckboxSelectMultiple,
            **{translated("introduction", code): forms.Textarea() for code, _label in LANGUAGES},
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        fields: Any = self.fields
        dress_translations(self, required=["title"], title=_("Title"), introduction=_("Introduction"))
        for name in ("opens_at", "closes_at"):
            fields[name].help_text = _("In UTC.")

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        for name in ("opens_at", "closes_at"):
            if data.get(name):
                data[name] = data[name].replace(tzinfo=UTC)
        return data

    def values(self) -> dict[str, Any]:
        """The values as the service takes them, the themes apart."""
        return {name: value for name, value in self.cleaned_data.items() if name != "themes"}

    @property
    def parts(self) -> list[Part]:
        """The parts of the page, in order."""
        names = ("slug", "process", "themes", "opens_at", "closes_at", "limit_per_agency")
        return [*language_parts(self, *_CALL_TEXTS), Part(_("The call"), [self[name] for name in names])]
