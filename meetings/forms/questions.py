"""A meeting's own questions as fields of a form, and the forms by which the secretariat writes them."""

from typing import Any

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.utils.dateparse import parse_date
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from common.access import Refused
from common.bidi import isolated
from directory.models import Country, StakeholderCategory
from directory.models.people import unprintable
from meetings.enums import QuestionKind
from meetings.models import Meeting, Question, Registration, RegistrationFile, RequiredDocument
from meetings.models.questions import YES
from meetings.selectors.questions import asked, questions_of
from meetings.services.files import ACCEPTED, checked_mime, receive_file, token_of, too_large_words, unclaimed_file

K = QuestionKind


def _plain_text(value: str) -> None:
    if unprintable(value.replace("\n", "").replace("\r", "").replace("\t", "")):
        raise ValidationError(_("This holds invisible signs. Type it again."))


class QuestionFields(forms.Form):
    """The fields of a meeting's questions, `q_CODE`; which of them count is decided when the form is cleaned.

    Every field is shown; a script hides those that are not asked. Files are kept as soon as they are sent, so that an error
    elsewhere does not lose them: the form then carries their signed key in `kept_CODE`.
    """

    def add_questions(self, meeting: Meeting, *, registration: Registration | None, by: Any, left_out: set[str]) -> None:
        """Make the fields. `registration` has the answers so far; `left_out` names files that were too large to be received."""
        self.questions = questions_of(meeting)
        self.by, self.left_out = by, left_out
        # The script goes by the options of the category's field, which are quotas.
        self.quota_keys = dict(meeting.quotas.values_list("category_id", "pk"))
        self.kept: dict[str, RegistrationFile] = {}
        self.handed_in: dict[int | None, RegistrationFile] = {}
        if registration:
            self.handed_in = {row.question_id: row for row in registration.files.filter(question__isnull=False)}
        answers = registration.answers if registration else {}
        for question in self.questions:
            name = f"q_{question.code}"
            self.fields[name] = self._field(question, answers.get(question.code))
            if question.kind == K.FILE:
                self.fields[f"kept_{question.code}"] = forms.CharField(required=False, widget=forms.HiddenInput)

    def _field(self, question: Question, answer: Any) -> forms.Field:
        always = question.shown_if_id is None and not question.categories.all()
        common: dict[str, Any] = {
            "label": question.label,
            "required": question.is_required and always and question.kind != K.FILE,
            "help_text": self._help(question),
            "initial": answer,
        }
        field: forms.Field
        if question.kind == K.LONG_TEXT:
            field = forms.CharField(max_length=4000, validators=[_plain_text], widget=forms.Textarea(attrs={"rows": 4}), **common)
        elif question.kind == K.CHOICE:
            field = forms.ChoiceField(choices=[("", "—"), *question.choices], **common)
        elif question.kind == K.CHOICES:
            field = forms.MultipleChoiceField(choices=question.choices, widget=forms.CheckboxSelectMultiple, **common)
        elif question.kind == K.DATE:
            common["initial"] = parse_date(answer) if isinstance(answer, str) else None
            field = forms.DateField(widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"), **common)
        elif question.kind == K.COUNTRY:
            choices = [("", _("Choose a country"))]
            choices += [(row.iso2, row.name) for row in Country.objects.order_by("name")]
            field = forms.ChoiceField(choices=choices, **common)
        elif question.kind == K.CONSENT:
            field = forms.BooleanField(**common)
        elif question.kind == K.FILE:
            words = {"empty": _("The file is empty. Choose another one.")}
            picker = forms.FileInput(attrs={"accept": ACCEPTED})
            field = forms.FileField(max_length=255, widget=picker, error_messages=words, **common)
        else:
            field = forms.CharField(max_length=500, validators=[_plain_text], **common)
        field.widget.attrs |= self._marks(question)
        return field

    def _help(self, question: Question) -> str:
        parts = [question.help_text or ""]
        if question.kind == K.FILE:
            parts.append(_("PDF, JPEG, PNG or Word (.docx), at most 10 MB."))
            file = self.handed_in.get(question.pk)
            if file:
                parts.append(_("Handed in: %(name)s. Choose a file only to replace it.") % {"name": isolated(file.name)})
        categories = [str(category) for category in question.categories.all()]
        if categories:
            parts.append(_("Only for: %(categories)s.") % {"categories": ", ".join(categories)})
        if question.shown_if:
            before = {"question": question.shown_if.label, "answer": self._shown_answer(question)}
            parts.append(
                _("Only if you answered “%(answer)s” to “%(question)s”.") % before
                if before["answer"]
                else _("Only if you answered “%(question)s”.") % before
            )
        return " ".join(part for part in parts if part)

    @staticmethod
    def _shown_answer(question: Question) -> str:
        wanted = question.shown_if_answer
        if wanted.casefold() == YES:
            return _("Yes")
        return dict(question.shown_if.choices).get(wanted, wanted) if question.shown_if else wanted

    def _marks(self, question: Question) -> dict[str, str]:
        """What the script that hides and shows goes by."""
        marks = {}
        if question.shown_if:
            marks = {"data-shown-if": f"q_{question.shown_if.code}", "data-shown-answer": question.shown_if_answer}
        categories = " ".join(str(self.quota_keys.get(category.pk, "")) for category in question.categories.all())
        return marks | ({"data-categories": categories} if categories else {})

    # --- Cleaning ---

    def clean_questions(self, data: dict[str, Any], category: StakeholderCategory | None, *, is_draft: bool = False) -> None:
        """Keep sent files, then decide what was asked and demand what is missing."""
        self._keep_files(data)
        answers = {question.code: self._kept_form(question, data.get(f"q_{question.code}")) for question in self.questions}
        for question in self.questions:
            if question.kind == K.FILE and (question.code in self.kept or question.pk in self.handed_in):
                answers[question.code] = True
        self.asked = asked(self.questions, category.pk if category else None, answers)
        codes = {question.code for question in self.asked}
        for question in self.questions:
            name = f"q_{question.code}"
            if question.code not in codes and name in self.errors:
                del self.errors[name]  # what is not asked cannot be wrong
            elif self._lacks(question, codes, answers[question.code]) and not is_draft and name not in self.errors:
                self.add_error(name, self._missing(question))
        self.answers_given = {
            question.code: answers[question.code]
            for question in self.asked
            if question.kind != K.FILE and answers[question.code] not in ("", None, [], False)
        }

    @staticmethod
    def _lacks(question: Question, codes: set[str], answer: Any) -> bool:
        return question.is_required and question.code in codes and not answer

    @staticmethod
    def _missing(question: Question) -> str:
        if question.kind == K.FILE:
            return _("Choose a file: it is needed for your registration.")
        if question.kind == K.CONSENT:
            return _("Tick the box: without your consent you cannot be registered.")
        return _("This question needs an answer.")

    @staticmethod
    def _kept_form(question: Question, value: Any) -> Any:
        if question.kind == K.DATE:
            return value.isoformat() if value else ""
        return None if question.kind == K.FILE else value

    def _keep_files(self, data: dict[str, Any]) -> None:
        self.data = self.data.copy() if hasattr(self.data, "copy") else self.data
        for question in self.questions:
            if question.kind != K.FILE:
                continue
            name, key = f"q_{question.code}", f"kept_{question.code}"
            if name in self.left_out:
                self.add_error(name, too_large_words())
                continue
            upload: UploadedFile | None = data.get(name)
            file = None
            if upload:
                try:
                    file = receive_file(content=upload.read(), name=upload.name or "", by=self.by, question=question)
                except Refused as refusal:
                    self.add_error(name, str(refusal))
            elif data.get(key):
                file = unclaimed_file(data[key], question=question)
                if file is None:
                    self.add_error(name, _("The file is no longer kept. Choose it again."))
            if file:
                self.kept[question.code] = file
                self.data[key] = token_of(file)  # type: ignore[index]
                self.fields[name].help_text = _("Kept: %(name)s. Choose a file only to replace it.") % {
                    "name": isolated(file.name)
                }
                self._bound_fields_cache.pop(name, None)  # type: ignore[attr-defined]  # it has the words of before

    def kept_files(self) -> list[RegistrationFile]:
        """The files of questions that are asked, for the registration to take over."""
        codes = {question.code for question in self.asked}
        return [file for code, file in self.kept.items() if code in codes]


class DocumentForm(forms.Form):
    """One required document."""

    file = forms.FileField(
        label=gettext_lazy("File"),
        max_length=255,
        widget=forms.FileInput(attrs={"accept": ACCEPTED}),
        help_text=gettext_lazy("PDF, JPEG, PNG or Word (.docx), at most 10 MB."),
        error_messages={
            "required": gettext_lazy("Choose a file."),
            "empty": gettext_lazy("The file is empty. Choose another one."),
        },
    )

    def clean_file(self) -> bytes:
        content = self.cleaned_data["file"].read()
        self.name = self.cleaned_data["file"].name
        try:
            checked_mime(content)
        except Refused as refusal:
            raise ValidationError(str(refusal))
        return content


# --- For the secretariat ---------------------------------------------------------------------------------------------

LANGUAGES = [code.replace("-", "_") for code, _name in settings.LANGUAGES]
_TRANSLATED = [f"{field}_{code}" for code in LANGUAGES for field in ("label", "help_text", "options")]


class QuestionForm(forms.ModelForm):
    """A question in six languages, whom it is asked of and after which answer."""

    class Meta:
        model = Question
        fields = [
            "kind",
            *_TRANSLATED,
            "is_required",
            "needs_review",
            "categories",
            "shown_if",
            "shown_if_answer",
        ]
        widgets = {
            "categories": forms.CheckboxSelectMultiple,
            **{f"options_{code}": forms.Textarea(attrs={"rows": 4, "dir": "auto"}) for code in LANGUAGES},
            **{
                f"{field}_{code}": forms.TextInput(attrs={"dir": "auto"})
                for code in LANGUAGES
                for field in ("label", "help_text")
            },
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        meeting = self.instance.meeting
        for name in _TRANSLATED:
            self.fields[name].required = name == "label_en"
        categories: Any = self.fields["categories"]
        categories.queryset = StakeholderCategory.objects.filter(
            pk__in=meeting.quotas.filter(withdrawn_at=None).values("category")
        )
        earlier = Question.objects.in_use().filter(meeting=meeting).order_by("position", "pk")
        if self.instance.pk:
            earlier = earlier.filter(position__lt=self.instance.position)
            self.fields["kind"].disabled = True
        shown_if: Any = self.fields["shown_if"]
        shown_if.queryset = earlier
        shown_if.empty_label = _("Ask it of everybody")

    @property
    def translations(self) -> list[dict[str, Any]]:
        """The fields by language, English first, for the page."""
        names = {code.replace("-", "_"): name for code, name in settings.LANGUAGES}
        order = ["en", *(code for code in LANGUAGES if code != "en")]
        return [
            {
                "code": code,
                "name": names[code],
                "fields": [self[f"{field}_{code}"] for field in ("label", "help_text", "options")],
            }
            for code in order
        ]


class RequiredDocumentForm(forms.ModelForm):
    """A document that a category requires, in six languages."""

    class Meta:
        model = RequiredDocument
        fields = [f"{field}_{code}" for code in ["en", *(c for c in LANGUAGES if c != "en")] for field in ("title", "help")]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, field in self.fields.items():
            field.required = name == "title_en"
            field.widget.attrs["dir"] = "auto"
