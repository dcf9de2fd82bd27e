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
from briefs.models.writing import LONGEST_COMMENT
from common.forms import PlaceHour, PlainForm, ReasonForm, settle
from common.pasted_html import simple_html
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
        label=_("An editorial change only"),
        required=False,
        help_text=_(
            "Spelling, punctuation, layout: nothing of substance. "
            "Agencies that agreed to it when they cleared are told and need not clear again."
        ),
    )
    note = forms.CharField(
        label=_("What you changed"),
        required=False,
        max_length=300,
        widget=forms.TextInput(attrs={"autocomplete": "off", "dir": "auto"}),
        help_text=_("A few words for your colleagues; they stand in the history."),
    )
    version = forms.IntegerField(widget=forms.HiddenInput, min_value=1, max_value=2**31 - 1)

    def __init__(self, *args: Any, language: str = "en", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in ("heading", "body"):
            self.fields[name].widget.attrs |= {"lang": language, "dir": "auto"}

    def clean_body(self) -> str:
        """The text made simple, as an editor or another program wrote it; untouched words stay to the letter."""
        body: str = self.cleaned_data["body"].replace("\r\n", "\n")
        return body if body == self.initial.get("body") else simple_html(body)


class CommentForm(PlainForm):
    """A comment on a section, or words proposed in the place of some of its own."""

    kind = forms.ChoiceField(
        label=_("What is it?"),
        widget=forms.RadioSelect,
        initial="comment",
        choices=[("comment", _("A comment")), ("suggestion", _("A suggestion: other words in the place of some"))],
    )
    quote = forms.CharField(
        label=_("Words of the section"),
        required=False,
        max_length=LONGEST_COMMENT,
        widget=forms.Textarea(attrs={"rows": 3, "dir": "auto"}),
        help_text=_("Copied from the text above, out of one paragraph. A comment may go without."),
    )
    proposal = forms.CharField(
        label=_("Words that you propose instead"),
        required=False,
        max_length=LONGEST_COMMENT,
        widget=forms.Textarea(attrs={"rows": 3, "dir": "auto"}),
        help_text=_("For a suggestion. Empty, the quoted words are taken out."),
    )
    text = forms.CharField(
        label=_("Comment, or the reason for your suggestion"),
        required=False,
        max_length=LONGEST_COMMENT,
        widget=forms.Textarea(attrs={"rows": 4, "dir": "auto"}),
    )

    def words(self) -> dict[str, Any]:
        """What `write_comment` asks for."""
        data = self.cleaned_data
        is_suggestion = data["kind"] == "suggestion"
        return {"text": data["text"], "quote": data["quote"], "proposal": data["proposal"] if is_suggestion else None}


class TakeOverForm(PlainForm):
    """Why the writing is taken over; whoever was writing reads it."""

    reason = forms.CharField(
        label=_("Reason, which your colleague reads"), max_length=500, widget=forms.Textarea(attrs={"rows": 2})
    )
    confirm = forms.BooleanField(
        label=_("I take the section over and write here myself."),
        error_messages={"required": _("Tick the box to confirm.")},
    )


class WordForm(PlainForm):
    """The Word document that a brief is to come from."""

    file = forms.FileField(
        label=_("File"),
        max_length=255,
        widget=forms.FileInput(attrs={"accept": ".docx"}),
        help_text=_("Word (.docx), 20 MB at most. Nothing changes before you have seen it."),
        error_messages={"required": _("Choose a file."), "empty": _("The file is empty. Choose another one.")},
    )


class BringInForm(PlainForm):
    """A deliberate yes, with a choice for each section that holds other words, and an agency for each new one."""

    seen = forms.CharField(widget=forms.HiddenInput)
    confirm = forms.BooleanField(
        label=_("I bring this document into the brief."), error_messages={"required": _("Tick the box to confirm.")}
    )

    def __init__(self, *args: Any, brief: Brief, conflicts: list[int], added: list[int], **kwargs: Any) -> None:
        """`conflicts` and `added` are the places of parts in the document."""
        super().__init__(*args, **kwargs)
        agencies = list(brief.agencies.select_related("organization"))
        self._organizations = {str(row.organization_id): row.organization for row in agencies}
        for place in conflicts:
            self.fields[f"c-{place}"] = forms.ChoiceField(
                label=_("Which text stays?"),
                choices=[("mine", _("Keep the portal’s text")), ("theirs", _("Take the document’s text"))],
                widget=forms.RadioSelect,
                error_messages={"required": _("Choose which text stays.")},
            )
        for place in added:
            self.fields[f"o-{place}"] = forms.ChoiceField(
                label=_("Agency that writes this section"),
                choices=[(key, row.name) for key, row in self._organizations.items()],
            )

    @property
    def choices(self) -> dict[int, str]:
        return {int(name[2:]): value for name, value in self.cleaned_data.items() if name.startswith("c-")}

    @property
    def owners(self) -> dict[int, Any]:
        found = {int(name[2:]): value for name, value in self.cleaned_data.items() if name.startswith("o-")}
        return {place: self._organizations[key] for place, key in found.items()}


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
