"""Forms of voluntary reports and of the calls for them."""

from typing import Any

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from common.access import Refused
from common.document_files import LARGEST_DOCUMENT, read_document, too_large
from common.forms import PlainForm
from directory.models import Organization, Theme
from meetings.enums import EventState
from meetings.models import CallSection, Meeting, ReportCall, ThematicEvent, VoluntaryReport

LONG_SECTION = 20_000
MOST_SECTIONS = 12
_LANGUAGES = [(code, code.replace("-", "_"), name) for code, name in settings.LANGUAGES]


class StartReportForm(PlainForm):
    """Whose report it is, and in which language it is written."""

    organization: forms.ModelChoiceField = forms.ModelChoiceField(label=_("Organization"), queryset=Organization.objects.none())
    language = forms.ChoiceField(label=_("Language of the report"), choices=settings.LANGUAGES)

    def __init__(self, *args: Any, organizations: set[int], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["language"].initial = get_language() or "en"
        field: Any = self.fields["organization"]
        field.queryset = Organization.objects.filter(pk__in=organizations)
        self.only: Organization | None = field.queryset.first() if len(organizations) == 1 else None
        if self.only:  # nothing to choose: the page says whose report it is
            field.initial, field.disabled, field.widget = self.only, True, forms.HiddenInput()


class ReportForm(PlainForm):
    """The texts of a report on the template of its call. What a submission needs is asked when it is submitted."""

    version = forms.IntegerField(widget=forms.HiddenInput)
    title = forms.CharField(label=_("Title"), max_length=250, required=False)
    summary = forms.CharField(
        label=_("Summary"),
        max_length=2000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 5, "data-char-count": ""}),
        help_text=_("For lists and search results. At most 2,000 characters."),
    )
    themes: forms.ModelMultipleChoiceField = forms.ModelMultipleChoiceField(
        label=_("Themes of the Conference"), queryset=Theme.objects.none(), required=False, widget=forms.CheckboxSelectMultiple
    )
    meetings: forms.ModelMultipleChoiceField = forms.ModelMultipleChoiceField(
        label=_("Meetings whose outcomes it cites"),
        queryset=Meeting.objects.none(),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    events: forms.ModelMultipleChoiceField = forms.ModelMultipleChoiceField(
        label=_("Thematic events that it cites"),
        queryset=ThematicEvent.objects.none(),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    citations = forms.CharField(
        label=_("Other outcomes that it cites"),
        max_length=2000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("Outcomes of regional and sectoral meetings, one a line, with their symbols."),
    )

    def __init__(self, *args: Any, report: VoluntaryReport, user: Any, **kwargs: Any) -> None:
        self.report = report
        kwargs["initial"] = {
            "version": report.version,
            "title": report.title,
            "summary": report.summary,
            "themes": report.themes.all(),
            "meetings": report.meetings.all(),
            "events": report.events.all(),
            "citations": report.citations,
            **{f"section_{place}": part.get("text", "") for place, part in enumerate(report.sections)},
        }
        super().__init__(*args, **kwargs)
        fields: Any = self.fields
        fields["themes"].queryset = report.call.themes.all() if report.call else Theme.objects.all()
        fields["meetings"].queryset = Meeting.objects.visible_to(user).order_by("-starts_at")
        accepted = ThematicEvent.objects.visible_to(user).filter(state=EventState.ACCEPTED)
        fields["events"].queryset = accepted.order_by("-starts_at")
        guidance = [row.guidance for row in report.call.template.all()] if report.call else []  # type: ignore[attr-defined]
        for place, part in enumerate(report.sections):
            self.fields[f"section_{place}"] = forms.CharField(
                label=part.get("heading", ""),
                help_text=guidance[place] if place < len(guidance) else "",
                max_length=LONG_SECTION,
                required=False,
                widget=forms.Textarea(attrs={"rows": 10, "lang": report.language, "dir": "auto"}),
            )
        order = ["version", "title", "summary", *(f"section_{place}" for place in range(len(report.sections)))]
        self.order_fields([*order, "themes", "meetings", "events", "citations"])

    def values(self) -> dict[str, Any]:
        """The cleaned values as the service takes them."""
        data = dict(self.cleaned_data)
        sections = [
            {"heading": part.get("heading", ""), "text": data.pop(f"section_{place}").replace("\r\n", "\n").strip()}
            for place, part in enumerate(self.report.sections)
        ]
        return {**data, "sections": sections}


class ReportFileForm(PlainForm):
    """A finished document instead of the sections."""

    file = forms.FileField(
        label=_("Finished document"),
        help_text=_("A PDF or Word document of at most %(most)d MB. It is offered for download beside the summary.")
        % {"most": LARGEST_DOCUMENT // 1024**2},
        widget=forms.ClearableFileInput(attrs={"accept": ".pdf,.docx"}),
        error_messages={"empty": _("The file is empty. Choose another one.")},
    )

    def __init__(self, *args: Any, is_too_large: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if is_too_large:  # it was not kept, so it looks as if none was sent
            self.fields["file"].error_messages["required"] = too_large()

    def clean_file(self) -> Any:
        upload = self.cleaned_data["file"]
        try:
            read_document(upload)
        except Refused as refusal:
            raise ValidationError(str(refusal)) from None
        return upload

    def document(self) -> tuple[bytes, str]:
        """The bytes and the name of a file that was found good."""
        upload = self.cleaned_data["file"]
        upload.seek(0)
        return upload.read(), upload.name


class CallForm(forms.ModelForm):
    """A call for reports."""

    class Meta:
        model = ReportCall
        fields = [
            "slug",
            *(f"title_{suffix}" for _code, suffix, _name in _LANGUAGES),
            *(f"introduction_{suffix}" for _code, suffix, _name in _LANGUAGES),
            "themes",
            "opens_at",
            "closes_at",
            "accepts_late",
            "contact_email",
        ]
        widgets = {
            "themes": forms.CheckboxSelectMultiple,
            "opens_at": forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
            "closes_at": forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
            **{f"introduction_{suffix}": forms.Textarea(attrs={"rows": 4}) for _code, suffix, _name in _LANGUAGES},
        }
        help_texts = {"opens_at": _("Universal time (UTC)."), "closes_at": _("Universal time (UTC).")}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["title_en"].required = self.fields["introduction_en"].required = True
        if self.instance.pk:
            self.fields["slug"].disabled = True  # the address of a call that people have been told stays


class CallSectionForm(forms.ModelForm):
    """One section of the template; empty ones are left out."""

    class Meta:
        model = CallSection
        fields = [
            *(f"heading_{suffix}" for _code, suffix, _name in _LANGUAGES),
            *(f"guidance_{suffix}" for _code, suffix, _name in _LANGUAGES),
        ]
        widgets = {f"guidance_{suffix}": forms.Textarea(attrs={"rows": 2}) for _code, suffix, _name in _LANGUAGES}

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if any(data.values()) and not data.get("heading_en"):
            self.add_error("heading_en", _("Give the section an English heading: it is shown where a translation is missing."))
        return data


CallTemplate = forms.formset_factory(CallSectionForm, extra=3, max_num=MOST_SECTIONS, absolute_max=MOST_SECTIONS + 3)
SECTION_FIELDS = CallSectionForm.Meta.fields
