"""Forms of briefs: they validate and delegate to the verbs."""

from datetime import timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django import forms
from django.conf import settings
from django.utils import timezone
from django.utils.html import escape
from django.utils.translation import gettext_lazy as _

from briefs.enums import Clearance, ReviewDecision
from briefs.models import Brief, BriefAgency, Reviewer
from common.forms import PlaceHour, PlainForm, ReasonForm, settle
from common.place_time import hour_at

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
    is_editorial = forms.BooleanField(
        label=_("Only an editorial correction"),
        required=False,
        help_text=_(
            "Spelling, punctuation, layout: nothing of substance. "
            "Agencies that agreed to it when they cleared are told and need not clear again."
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
    keeps_editorial = forms.BooleanField(
        label=_("Editorial corrections need not come back to us"),
        required=False,
        help_text=_("Spelling, punctuation and layout may then be corrected without asking you again; you are told of it."),
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


class DeadlineForm(PlainForm):
    """A day and an hour on the reader's own clock, which becomes a moment."""

    deadline = PlaceHour(label=_("Answers are due by"))

    def __init__(self, *args: Any, zone: str, usual: timedelta, label: Any = "", required: bool = True, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.zone = ZoneInfo(zone)
        field = self.fields["deadline"]
        field.initial = hour_at(timezone.now() + usual, self.zone)
        field.required = required
        field.help_text = _("On the clock of %(zone)s.") % {"zone": zone}
        field.label = label or field.label

    def clean(self) -> dict[str, Any]:
        super().clean()
        settle(self, self.zone)
        return self.cleaned_data


LONGEST_REVIEW = 20_000
LONGEST_ANSWER = 8_000
MOST_QUESTIONS = 12


class ReviewRoundForm(DeadlineForm):
    """What a round of review asks, until when, and whether the authors learn who reviews."""

    is_anonymous = forms.TypedChoiceField(
        label=_("Names of the reviewers"),
        coerce=lambda value: value == "yes",
        choices=[
            ("yes", _("The authors do not learn who reviews; only secretariat staff do")),
            ("no", _("The authors see who reviews")),
        ],
        widget=forms.RadioSelect,
        initial="yes",
    )
    invitation = forms.CharField(
        label=_("What you ask of the reviewers"),
        required=False,
        max_length=4000,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_("Goes out with the invitation and stands above the text."),
    )
    questions = forms.CharField(
        label=_("Questions"),
        required=False,
        max_length=4000,
        widget=forms.Textarea(attrs={"rows": 5}),
        help_text=_("One on each line. Each reviewer answers them one by one."),
    )
    again = forms.ModelMultipleChoiceField(
        label=_("Invite again"),
        queryset=Reviewer.objects.none(),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("Those who reviewed in the last round. They see their earlier points with the authors' answers."),
    )

    def __init__(self, *args: Any, earlier: list[Reviewer], may_hide: bool, **kwargs: Any) -> None:
        super().__init__(*args, label=_("Reviews are due by"), **kwargs)
        if not may_hide:  # whoever invites knows the names, and a lead agency is an author
            del self.fields["is_anonymous"]
        again: Any = self.fields["again"]
        again.queryset = Reviewer.objects.filter(pk__in=[row.pk for row in earlier]).select_related("user")
        again.initial = [row.pk for row in earlier]
        if not earlier:
            del self.fields["again"]

    def clean_questions(self) -> list[str]:
        questions = [line.strip() for line in self.cleaned_data["questions"].splitlines() if line.strip()]
        if len(questions) > MOST_QUESTIONS:
            raise forms.ValidationError(
                _("Ask %(n)d questions at most: who is asked more answers none well."), params={"n": MOST_QUESTIONS}
            )
        return questions


class InviteForm(PlainForm):
    """Somebody to ask for a review. An address that has an account is asked on the portal, any other by a link."""

    name = forms.CharField(label=_("Name"), max_length=200)
    address = forms.EmailField(
        label=_("E-mail address"), help_text=_("Who has an account here signs in; anybody else gets a link.")
    )
    affiliation = forms.CharField(label=_("Affiliation"), max_length=200, required=False)
    language = forms.ChoiceField(label=_("Language of messages"), choices=settings.LANGUAGES)


class CloseReviewForm(PlainForm):
    """The editors' decision at the end of a round."""

    decision = forms.ChoiceField(label=_("Decision"), choices=ReviewDecision, widget=forms.RadioSelect)
    letter = forms.CharField(
        label=_("Letter to the authors"),
        required=False,
        max_length=LONGEST_ANSWER,
        widget=forms.Textarea(attrs={"rows": 6}),
        help_text=_("What matters most in the reviews, and what you expect of the next text."),
    )


class ReviewForm(PlainForm):
    """A review: an answer to each question, a recommendation, comments to the authors and to the editors only."""

    decision = forms.ChoiceField(label=_("Your recommendation"), choices=ReviewDecision, widget=forms.RadioSelect)
    to_authors = forms.CharField(
        label=_("Comments to the authors"),
        required=False,
        max_length=LONGEST_REVIEW,
        widget=forms.Textarea(attrs={"rows": 10}),
        help_text=_("A blank line begins a new point. The authors answer each point."),
    )
    to_editors = forms.CharField(
        label=_("Comments to the editors only"),
        required=False,
        max_length=LONGEST_REVIEW,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_("The authors never see these."),
    )

    def __init__(self, *args: Any, reviewer: Reviewer, keeping: bool = False, **kwargs: Any) -> None:
        kept = reviewer.draft or {}
        answers = kept.get("answers", [])
        initial = {name: kept.get(name, "") for name in ("decision", "to_authors", "to_editors")}
        super().__init__(*args, initial=initial, **kwargs)
        self.questions = [f"answer_{place}" for place, _question in enumerate(reviewer.round.questions)]
        own = {}
        for place, question in enumerate(reviewer.round.questions):
            own[f"answer_{place}"] = forms.CharField(
                label=f"{place + 1}. {question}",
                required=False,
                max_length=LONGEST_REVIEW,
                widget=forms.Textarea(attrs={"rows": 4}),
                initial=answers[place] if place < len(answers) else "",
            )
        self.fields = {**own, **self.fields}
        if keeping:
            self.fields["decision"].required = False

    def written(self) -> dict[str, Any]:
        """What stands in the form, as the review's draft keeps it."""
        values = self.cleaned_data
        return {
            "answers": [values.get(name, "") for name in self.questions],
            "decision": values.get("decision", ""),
            "to_authors": values.get("to_authors", ""),
            "to_editors": values.get("to_editors", ""),
        }


class ReplyForm(PlainForm):
    """The authors' answer to one point; `seen` is the answer that stood there."""

    reply = forms.CharField(label=_("Answer of the authors"), max_length=LONGEST_ANSWER, widget=forms.Textarea(attrs={"rows": 3}))
    seen = forms.CharField(required=False, strip=False, widget=forms.HiddenInput)


class GoOnForm(ReasonForm):
    """Why a brief goes on without an agency's answer, about the text that was read."""

    seen = forms.RegexField(r"^[0-9a-f]{64}$", widget=forms.HiddenInput)
