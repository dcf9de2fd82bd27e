"""Forms of a group's meetings: when and where, agenda, documents, attendance, minutes."""

from datetime import UTC, date, datetime, time
from typing import Any
from zoneinfo import ZoneInfo

from django import forms
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext_lazy as _

from common.bidi import isolated
from common.forms import PlainForm
from directory.models import Country, Organization
from directory.models.people import validate_name, validate_time_zone
from meetings.enums import ConfirmationState, Presence
from meetings.forms.groups import day_input
from meetings.models import Attendance, Meeting, MeetingDocument, WorkingGroup

LARGEST_DOCUMENT = 20 * 1024 * 1024  # bytes


def at_place(day: date, hour: time, zone: str) -> datetime:
    """The moment at which the place's clock shows `hour`; an hour that its clock leaves out is refused."""
    local = datetime.combine(day, hour, tzinfo=ZoneInfo(zone))
    if local.astimezone(UTC).astimezone(local.tzinfo).replace(tzinfo=None) != local.replace(tzinfo=None):
        raise ValidationError(
            _("At this place the clock is put forward on that day, and this hour does not exist. Choose another.")
        )
    return local


class GroupMeetingForm(PlainForm):
    """What, when and where a group meets."""

    title = forms.CharField(label=_("Title"), max_length=250)
    summary = forms.CharField(
        label=_("What it is about"), max_length=1000, widget=forms.Textarea(attrs={"rows": 3}), help_text=_("In two sentences.")
    )
    day = forms.DateField(label=_("Day"), widget=day_input())
    begins = forms.TimeField(label=_("Begins"), widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M"))
    ends = forms.TimeField(label=_("Ends"), widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M"))
    time_zone = forms.CharField(
        label=_("Time zone of the place"),
        max_length=64,
        validators=[validate_time_zone],
        help_text=_("A name of the time zone database, such as “America/New_York”."),
    )
    place = forms.CharField(label=_("Place"), max_length=200, help_text=_("The room, or “Online”."))
    city = forms.CharField(label=_("City"), max_length=120)
    country: forms.ModelChoiceField = forms.ModelChoiceField(
        label=_("Country"), queryset=Country.objects.order_by("name"), empty_label=_("Choose a country")
    )
    is_public = forms.BooleanField(
        label=_("Public"),
        required=False,
        help_text=_("Everybody sees the meeting and its agenda. Else only the members of the group do."),
    )

    @staticmethod
    def initial_of(meeting: Meeting) -> dict[str, Any]:
        starts, ends = meeting.starts_at.astimezone(meeting.zone), meeting.ends_at.astimezone(meeting.zone)
        names = ("title", "summary", "time_zone", "place", "city", "country", "is_public")
        return {
            **{name: getattr(meeting, name) for name in names},
            "day": starts.date(),
            "begins": starts.time(),
            "ends": ends.time(),
        }

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if self.errors:
            return data
        for name, into in (("begins", "starts_at"), ("ends", "ends_at")):
            try:
                data[into] = at_place(data["day"], data[name], data["time_zone"])
            except ValidationError as error:
                self.add_error(name, error)
        if not self.errors and data["ends_at"] <= data["starts_at"]:
            self.add_error("ends", _("The end must be after the beginning."))
        return data

    def values(self) -> dict[str, Any]:
        """The cleaned values as the services take them."""
        return {name: value for name, value in self.cleaned_data.items() if name not in {"day", "begins", "ends"}}


class AgendaItemForm(PlainForm):
    """An item of the agenda."""

    title = forms.CharField(label=_("Title"), max_length=250)
    text = forms.CharField(label=_("What it is about"), max_length=2000, required=False, widget=forms.Textarea(attrs={"rows": 3}))
    introduced_by: forms.ModelChoiceField = forms.ModelChoiceField(
        label=_("Introduced by"), queryset=Organization.objects.none(), required=False, empty_label=_("Nobody in particular")
    )
    introducer = forms.CharField(
        label=_("Person who introduces it"),
        max_length=200,
        required=False,
        validators=[validate_name],
        help_text=_("Only the group sees the name."),
    )
    documents: forms.ModelMultipleChoiceField = forms.ModelMultipleChoiceField(
        label=_("Documents"), queryset=MeetingDocument.objects.none(), required=False, widget=forms.CheckboxSelectMultiple
    )

    def __init__(self, *args: Any, meeting: Meeting, group: WorkingGroup, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        fields: Any = self.fields
        agencies = group.members.in_force().values("organization")
        fields["introduced_by"].queryset = Organization.objects.filter(pk__in=agencies).order_by("acronym", "name")
        fields["documents"].queryset = meeting.documents.all()
        if not meeting.documents.exists():
            del fields["documents"]

    def values(self) -> dict[str, Any]:
        return {"documents": [], **self.cleaned_data}


class GroupDocumentForm(PlainForm):
    """A document of a meeting: a link, or a PDF that the portal keeps."""

    title = forms.CharField(label=_("Title"), max_length=250)
    symbol = forms.CharField(label=_("Document symbol"), max_length=60, required=False, help_text=_("For example A/RES/71/318."))
    url = forms.URLField(label=_("Address"), required=False, assume_scheme="https")
    file = forms.FileField(
        label=_("PDF file"),
        required=False,
        max_length=255,
        help_text=_("20 MB at most."),
        widget=forms.ClearableFileInput(attrs={"accept": ".pdf,application/pdf"}),
        error_messages={"empty": _("The file is empty. Choose another one.")},
    )

    def clean_file(self) -> UploadedFile | None:
        file: UploadedFile | None = self.cleaned_data["file"]
        if file is None:
            return None
        if (file.size or 0) > LARGEST_DOCUMENT:
            raise ValidationError(_("The file is larger than 20 MB. Make it smaller, or give the address of a copy."))
        if not file.read(5).startswith(b"%PDF-"):
            raise ValidationError(_("This is no PDF. Save the document as PDF, or give its address."))
        file.seek(0)
        return file

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if not self.errors and not data.get("url") and not data.get("file"):
            self.add_error("url", _("Give the address of the document, or choose a file."))
        return data


class AttendanceForm(PlainForm):
    """Who came, agency by agency."""

    def __init__(self, *args: Any, agencies: list[Organization], known: dict[int, Attendance], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.agencies = agencies
        for agency in agencies:
            row = known.get(agency.pk)
            self.fields[f"presence_{agency.pk}"] = forms.ChoiceField(
                label=agency.short_name,
                choices=[("", _("Not recorded")), *Presence.choices],
                required=False,
                initial=row.presence if row else "",
                widget=forms.Select(attrs={"class": "form-select form-select-sm"}),
            )
            self.fields[f"people_{agency.pk}"] = forms.CharField(
                label=_("Who came for %(agency)s") % {"agency": isolated(agency.short_name)},
                max_length=300,
                required=False,
                validators=[validate_name],
                initial=row.people if row else "",
                widget=forms.TextInput(attrs={"class": "form-control form-control-sm"}),
            )

    def pairs(self) -> list[tuple[Organization, Any, Any]]:
        """The two fields of each agency, for the page."""
        return [(agency, self[f"presence_{agency.pk}"], self[f"people_{agency.pk}"]) for agency in self.agencies]

    def rows(self) -> dict[int, tuple[str, str]]:
        data = self.cleaned_data
        return {agency.pk: (data[f"presence_{agency.pk}"], data[f"people_{agency.pk}"]) for agency in self.agencies}


class MinutesForm(PlainForm):
    """The working draft of minutes."""

    text = forms.CharField(
        label=_("Minutes"),
        max_length=100_000,
        widget=forms.Textarea(attrs={"rows": 20}),
        help_text=_("Paragraphs separated by blank lines. Decisions and actions are recorded on their own and shown beside."),
    )
    note = forms.CharField(
        label=_("What changed"),
        max_length=500,
        required=False,
        help_text=_("Needed from the second version on: members compare."),
    )
    seen = forms.CharField(required=False, widget=forms.HiddenInput)


class CirculateForm(PlainForm):
    """Until when the agencies confirm."""

    until = forms.DateField(
        label=_("To be confirmed until"),
        widget=day_input(),
        help_text=_("Until the end of that day, on the clock of the meeting's place."),
    )

    def moment(self, meeting: Meeting) -> datetime:
        return datetime.combine(self.cleaned_data["until"], time(23, 59), tzinfo=meeting.zone)


class AnswerForm(PlainForm):
    """An agency's answer on minutes."""

    answer = forms.ChoiceField(
        label=_("Answer"),
        choices=[
            (ConfirmationState.CONFIRMED.value, _("Confirm the minutes as they stand")),
            (ConfirmationState.CORRECTION.value, _("Ask for a correction")),
        ],
        widget=forms.RadioSelect,
    )
    text = forms.CharField(
        label=_("Correction"),
        max_length=4000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_("Name the paragraph and write how it should read. The group sees it with the name of your agency."),
    )

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if data.get("answer") == ConfirmationState.CORRECTION and not data.get("text", "").strip() and "text" not in self.errors:
            self.add_error("text", _("Write how the text should read: the secretariat corrects it by your words."))
        return data


class AdoptForm(PlainForm):
    """Adopting minutes."""

    reason = forms.CharField(
        label=_("Reason"),
        max_length=2000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("Needed where an agency asks for a correction: why the text is adopted as it stands. The group reads it."),
    )
    is_public = forms.BooleanField(label=_("Public"), required=False, help_text=_("Everybody reads them from now on."))
