"""Verbs of the questions of a meeting."""

from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.text import slugify
from django.utils.translation import gettext as _

from common.access import Refused, require
from common.bidi import isolated
from directory.models import StakeholderCategory
from meetings.enums import QuestionKind
from meetings.models import Meeting, Question

WITH_CHOICES = frozenset({QuestionKind.CHOICE, QuestionKind.CHOICES})
# What cannot be the answer that another question waits for.
WITHOUT_CONDITION = frozenset({QuestionKind.FILE, QuestionKind.DATE, QuestionKind.LONG_TEXT})


@transaction.atomic
def save_question(*, question: Question, categories: Any = None, by: Any) -> Question:
    """Write a new question at the end, or change one; its code and kind stay once answers may exist.

    Raises:
        Refused: choices are missing or differ in number between languages, or the condition cannot be met.
    """
    meeting = Meeting.objects.select_for_update(of=("self",), no_key=True).get(pk=question.meeting_id)
    require(by, "meetings.manage_registration", meeting)
    _check_choices(question)
    if question.pk is None:
        question.code = _new_code(meeting, question.label_en or question.label)  # type: ignore[attr-defined]
        question.position = (meeting.questions.order_by("-position").values_list("position", flat=True).first() or 0) + 1
    _check_condition(question)
    question.save()
    if categories is not None:
        question.categories.set(StakeholderCategory.objects.filter(pk__in=[one.pk for one in categories]))
    return question


def _new_code(meeting: Meeting, label: str) -> str:
    stem = slugify(label)[:40].strip("-") or "question"
    taken = set(meeting.questions.values_list("code", flat=True))
    code, number = stem, 2
    while code in taken:
        code, number = f"{stem}-{number}", number + 1
    return code


def _lines(text: str | None) -> list[str]:
    return [line.strip() for line in (text or "").splitlines() if line.strip()]


def _check_choices(question: Question) -> None:
    if question.kind not in WITH_CHOICES:
        return
    english = _lines(question.options_en)  # type: ignore[attr-defined]
    if len(english) < 2:
        raise Refused(_("Write at least two choices, one in each line, in English."))
    if len({line.casefold() for line in english}) < len(english):
        raise Refused(_("Two choices are the same. Write each once."))
    for code in ("ar", "es", "fr", "ru", "zh_hans"):
        lines = _lines(getattr(question, f"options_{code}", ""))
        if lines and len(lines) != len(english):
            raise Refused(
                _("%(english)d choices are written in English, %(other)d in another language (%(code)s). Write as many in each.")
                % {"english": len(english), "other": len(lines), "code": code.replace("_", "-")}
            )


def _check_condition(question: Question) -> None:
    before = question.shown_if
    if before is None:
        question.shown_if_answer = ""
        return
    if before.meeting_id != question.meeting_id or before.removed_at:
        raise Refused(_("A question follows only on one of the same meeting that is asked."))
    if (before.position, before.pk) >= (question.position, question.pk or before.pk + 1):
        raise Refused(_("A question can only follow on one that is asked before it. Move it down first."))
    if before.kind in WITHOUT_CONDITION and question.shown_if_answer:
        raise Refused(
            _("No particular answer can be expected of “%(question)s”. Leave the answer empty.") % {"question": isolated(before)}
        )
    if before.kind in WITH_CHOICES and question.shown_if_answer:
        kept = {value.casefold() for value, _shown in before.choices}
        if question.shown_if_answer.casefold() not in kept:
            raise Refused(
                _("“%(answer)s” is no choice of “%(question)s”. Write one of its choices in English.")
                % {"answer": isolated(question.shown_if_answer), "question": isolated(before)}
            )


@transaction.atomic
def remove_question(*, question: Question, by: Any) -> None:
    """Ask no longer; answers that were given stay readable. Those that follow on it go first."""
    Meeting.objects.select_for_update(of=("self",), no_key=True).get(pk=question.meeting_id)
    require(by, "meetings.manage_registration", question.meeting)
    follower = question.followers.in_use().first()  # type: ignore[attr-defined]
    if follower:
        raise Refused(
            _("“%(question)s” follows on this one. Remove that first, or ask it of everybody.") % {"question": isolated(follower)}
        )
    question.removed_at = timezone.now()
    question.save(update_fields=["removed_at"])


@transaction.atomic
def shift_question(*, question: Question, by: Any, up: bool) -> None:
    """Ask a question one place earlier or later; never before the one that it follows on."""
    meeting = Meeting.objects.select_for_update(of=("self",), no_key=True).get(pk=question.meeting_id)
    require(by, "meetings.manage_registration", meeting)
    rows = list(Question.objects.in_use().filter(meeting=meeting).order_by("position", "pk"))
    place = next((number for number, row in enumerate(rows) if row.pk == question.pk), None)
    other = place - 1 if up and place is not None else (place or 0) + 1
    if place is None or not 0 <= other < len(rows):
        return
    first, second = (rows[other], rows[place]) if up else (rows[place], rows[other])
    if second.shown_if_id == first.pk:
        raise Refused(
            _("“%(second)s” follows on “%(first)s” and must stay behind it.")
            % {"second": isolated(second), "first": isolated(first)}
        )
    rows[place], rows[other] = rows[other], rows[place]
    for number, row in enumerate(rows, start=1):
        row.position = number
    Question.objects.bulk_update(rows, ["position"])
