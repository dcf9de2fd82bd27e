"""Forms of briefs: they validate and delegate to the verbs."""

from typing import Any

from django import forms
from django.utils.html import escape
from django.utils.translation import gettext_lazy as _

from briefs.enums import Clearance
from briefs.models import Brief, BriefAgency
from common.forms import PlainForm

LONGEST_BODY = 60_000
LONGEST_REASON = 2_000


class SectionForm(PlainForm):
    """Heading and text of a section, with the version that its writer saw."""

    heading = forms.CharField(label=_("Heading"), max_length=200)
    body = forms.CharField(
        label=_("Text"),
        required=False,
        max_length=LONGEST_BODY,
        widget=forms.Textarea(attrs={"rows": 24, "spellcheck": "true", "class": "section-source"}),
        # Help texts are printed unescaped, and this one is about tags.
        help_text=escape(
            _(
                "HTML with paragraphs <p>, headings <h3> and <h4>, lists <ul>, <ol>, <li>, emphasis <em>, <strong>, quotations "
                '<blockquote>, links <a href>, tables with <caption> and <th scope>, and boxes <aside class="box">. '
                "[^1] sets a note mark. Anything else is removed when you save."
            )
        ),
    )
    version = forms.IntegerField(widget=forms.HiddenInput, min_value=1)


class ClearanceForm(PlainForm):
    """An agency's answer: cleared, cleared with a reservation that is printed, or not cleared with a reason."""

    organization = forms.ModelChoiceField(
        label=_("On behalf of"), queryset=BriefAgency.objects.none(), empty_label=None, to_field_name="organization_id"
    )
    answer = forms.ChoiceField(
        label=_("Answer"),
        widget=forms.RadioSelect,
        choices=[
            (Clearance.CLEARED.value, _("Clear the text as it stands")),
            (Clearance.CLEARED_WITH_RESERVATION.value, _("Clear it with a reservation, which is printed with the brief")),
            (Clearance.NOT_CLEARED.value, _("Do not clear it: it goes back to drafting")),
        ],
    )
    words = forms.CharField(
        label=_("Reservation or reason"),
        required=False,
        max_length=LONGEST_REASON,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_(
            "Needed for a reservation and for not clearing. A reservation is printed word for word, beside your agency’s name."
        ),
    )
    seen = forms.RegexField(r"^[0-9a-f]{64}$", widget=forms.HiddenInput)

    def __init__(self, *args: Any, brief: Brief, organizations: set[int], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        agencies = brief.agencies.filter(organization__in=organizations).select_related("organization")
        field = self.fields["organization"]
        field.queryset = agencies  # type: ignore[attr-defined]
        field.label_from_instance = lambda agency: agency.organization.name  # type: ignore[attr-defined]
        if len(agencies) == 1:
            field.widget = forms.HiddenInput()
            field.initial = agencies[0].organization_id

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        answer, words = cleaned.get("answer"), (cleaned.get("words") or "").strip()
        if answer == Clearance.CLEARED_WITH_RESERVATION and not words:
            self.add_error("words", _("Write the reservation: it is printed with the brief."))
        elif answer == Clearance.NOT_CLEARED and not words:
            self.add_error("words", _("Say what must change: the authors need a reason."))
        elif answer == Clearance.CLEARED and words:
            self.add_error(
                "words", _("A clearance without reservation has no text. Choose “with a reservation”, or empty this field.")
            )
        return cleaned
