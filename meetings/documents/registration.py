"""Lists of registrations."""

from collections.abc import Iterable, Iterator
from datetime import UTC
from typing import Any

from django.utils.translation import gettext as _

from common.spreadsheets import stream_csv, xlsx
from directory.models import Country
from meetings.models import Meeting, Question, Registration
from meetings.selectors.questions import in_words


def _questions(meeting: Meeting) -> list[Question]:
    """Every question that was ever asked: removed ones have answers too."""
    return list(meeting.questions.order_by("position", "pk"))


def _header(questions: list[Question]) -> list[str]:
    return [
        _("Reference"),
        _("Given name"),
        _("Family name"),
        _("E-mail"),
        _("Category"),
        _("Organization"),
        _("Country"),
        _("State"),
        _("Submitted (UTC)"),
        _("Language"),
        _("Needs"),
        _("Function"),
        _("Gender"),
        _("Named in the list"),
        *(question.label for question in questions),
    ]


def _rows(registrations: Iterable[Registration], questions: list[Question]) -> Iterator[list[Any]]:
    countries = {row.iso2: row.name for row in Country.objects.all()} if questions else {}
    for row in registrations:
        yield [
            row.reference,
            row.given_name,
            row.family_name,
            row.email,
            row.category.name,
            row.body,
            row.country.name if row.country else "",
            row.get_state_display(),
            row.submitted_at.astimezone(UTC).strftime("%Y-%m-%d %H:%M") if row.submitted_at else "",
            row.language,
            row.access_needs,
            row.function,
            row.get_gender_display() if row.gender else "",
            _("Yes") if row.is_listed else "",
            *(in_words(question, row.answers.get(question.code), countries) for question in questions),
        ]


def registrations_csv(meeting: Meeting, registrations: Iterable[Registration]) -> Iterator[str]:
    """Lines of the list as CSV, with a column for each question of the meeting."""
    questions = _questions(meeting)
    return stream_csv(_header(questions), _rows(registrations, questions))


def registrations_xlsx(meeting: Meeting, registrations: Iterable[Registration], *, right_to_left: bool = False) -> bytes:
    """The list as a workbook, with a column for each question of the meeting."""
    questions = _questions(meeting)
    return xlsx(_("Registrations"), _header(questions), _rows(registrations, questions), right_to_left=right_to_left)
