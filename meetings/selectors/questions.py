"""Which questions a registrant is asked, and what they answered, in words."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.utils import formats
from django.utils.dateparse import parse_date
from django.utils.translation import gettext as _

from directory.models import Country
from meetings.enums import QuestionKind
from meetings.models import Meeting, Question, Registration, RegistrationFile, RequiredDocument


def questions_of(meeting: Meeting) -> list[Question]:
    """The questions that are asked today, in their order, with their categories. Two queries."""
    rows = Question.objects.in_use().filter(meeting=meeting).select_related("shown_if").prefetch_related("categories")
    return list(rows.order_by("position", "pk"))


def is_for(question: Question, category_id: int | None) -> bool:
    """Whether people of a category are asked; a question without categories is for all."""
    wanted = {category.pk for category in question.categories.all()}
    return not wanted or category_id in wanted


def asked(questions: Iterable[Question], category_id: int | None, answers: dict[str, Any]) -> list[Question]:
    """The questions that are put to somebody of a category who answers so. What depends on a question not asked is not asked."""
    found: list[Question] = []
    codes: set[str] = set()
    for question in questions:
        if not is_for(question, category_id):
            continue
        if question.shown_if is not None and (question.shown_if.code not in codes or not question.is_met_by(answers)):
            continue
        found.append(question)
        codes.add(question.code)
    return found


def in_words(question: Question | None, value: Any, countries: dict[str, str] | None = None) -> str:
    """An answer as a person reads it, in the active language."""
    if value in (None, "", [], False):
        return ""
    kind = question.kind if question else ""
    if value is True:
        return _("Yes")
    if isinstance(value, list):
        return "; ".join(_choice(question, one) for one in value)
    if kind == QuestionKind.CHOICE:
        return _choice(question, value)
    if kind == QuestionKind.DATE and (day := parse_date(str(value))):
        return formats.date_format(day, "DATE_FORMAT")
    if kind == QuestionKind.COUNTRY:
        names = countries if countries is not None else country_names([str(value)])
        return names.get(str(value), str(value))
    return str(value)


def _choice(question: Question | None, kept: Any) -> str:
    return dict(question.choices).get(str(kept), str(kept)) if question else str(kept)


def country_names(codes: Iterable[str]) -> dict[str, str]:
    """Names of countries by their ISO codes."""
    return {row.iso2: row.name for row in Country.objects.filter(iso2__in=list(codes))}


@dataclass(frozen=True)
class Answer:
    """A question with what was answered: words, or a file."""

    label: str
    words: str
    file: RegistrationFile | None = None
    is_removed: bool = False


def answers_in_words(registration: Registration) -> list[Answer]:
    """What was answered, in the order of the questions; answers to removed questions come last, under their old words."""
    questions = list(registration.meeting.questions.order_by("position", "pk"))
    files = {row.question_id: row for row in registration.files.filter(question__isnull=False).select_related("file")}
    kept = dict(registration.answers)
    rows = []
    for question in sorted(questions, key=lambda one: one.removed_at is not None):
        words = in_words(question, kept.pop(question.code, None))
        file = files.get(question.pk)
        if words or file:
            rows.append(Answer(question.label, words, file, question.removed_at is not None))
    rows += [Answer(code, in_words(None, value), None, True) for code, value in kept.items() if value]
    return rows


@dataclass(frozen=True)
class HandedIn:
    """A required document and the file that was handed in for it, if any."""

    document: RequiredDocument
    file: RegistrationFile | None


def documents_of(registration: Registration) -> list[HandedIn]:
    """The documents that the registration's category requires, and removed ones that were handed in. Two queries."""
    rows = RequiredDocument.objects.filter(
        quota__meeting=registration.meeting_id, quota__category=registration.category_id
    ).order_by("position", "pk")
    files: dict[int | None, RegistrationFile] = {}
    for file in registration.files.filter(document__isnull=False).select_related("file").order_by("pk"):
        files[file.document_id] = file
    return [HandedIn(row, files.get(row.pk)) for row in rows if row.removed_at is None or row.pk in files]
