"""Changes of registrations in words."""

from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from directory.models import Country, Organization, StakeholderCategory
from meetings.enums import Gender
from meetings.models import Meeting, Question, Registration, RegistrationEdit
from meetings.selectors.questions import in_words

ANSWER = "answer:"


@dataclass(frozen=True)
class ChangedField:
    """A field of a change: its label, and the value before and after as a person reads them."""

    label: str
    before: str
    after: str


def rows_in_words(edit: RegistrationEdit) -> list[ChangedField]:
    """What a change changes, field by field, in the active language."""
    questions = {}
    if any(name.startswith(ANSWER) for name in edit.after):
        questions = {row.code: row for row in Question.objects.filter(meeting=edit.registration.meeting_id)}
    rows = []
    for name, value in edit.after.items():
        question = questions.get(name.removeprefix(ANSWER)) if name.startswith(ANSWER) else None
        before = edit.before.get(name, "")
        rows.append(ChangedField(_label(name, question), _words(name, before, question), _words(name, value, question)))
    return rows


def _label(name: str, question: Question | None) -> str:
    if name.startswith(ANSWER):
        return question.label if question else name.removeprefix(ANSWER)
    field: Any = Registration._meta.get_field(name)
    label = str(field.verbose_name)
    return label[:1].upper() + label[1:]


def _words(name: str, value: Any, question: Question | None) -> str:
    if name.startswith(ANSWER):
        return in_words(question, value)
    if value in ("", None):
        return ""
    if value is True:
        return _("Yes")
    if value is False:
        return _("No")
    if name in _NAMES:
        model, field = _NAMES[name]
        row = model.objects.filter(**{field: value}).first()
        return str(row) if row else str(value)
    return str(dict(Gender.choices).get(value, value)) if name == "gender" else str(value)


_NAMES: dict[str, tuple[Any, str]] = {
    "category": (StakeholderCategory, "code"),
    "organization": (Organization, "code"),
    "country": (Country, "iso2"),
}


def changes_to_decide(meeting: Meeting, user: Any) -> int:
    """How many changes wait: the number that the tabs of a meeting's registration show on every page."""
    return int(waiting_changes(meeting, user).count())


def waiting_changes(meeting: Meeting, user: Any) -> Any:
    """The changes of a meeting's registrations that wait for the secretariat, oldest first."""
    rows = RegistrationEdit.objects.visible_to(user).filter(registration__meeting=meeting, state="proposed")
    return rows.select_related("registration__category", "registration__organization", "registration__meeting").order_by("pk")
