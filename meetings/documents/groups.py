"""Lists of a working group's decisions and actions."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.utils.translation import gettext as _

from common.spreadsheets import stream_csv, xlsx
from meetings.models import ActionItem, Decision


@dataclass(frozen=True)
class GroupTable:
    """A list as CSV or as a workbook."""

    title: str
    header: list[str]
    rows: list[list[Any]]

    def csv(self) -> Iterator[str]:
        return stream_csv(self.header, self.rows)

    def xlsx(self, *, right_to_left: bool = False) -> bytes:
        return xlsx(self.title, self.header, self.rows, right_to_left=right_to_left)


def decisions_table(decisions: Iterable[Decision]) -> GroupTable:
    """Number, day, meeting, words, who reads it."""
    header = [_("Number"), _("Taken on"), _("Taken at"), _("Title"), _("Decision"), _("Public")]
    rows: list[list[Any]] = [
        [
            row.number,
            row.taken_on.isoformat(),
            row.meeting.title if row.meeting else "",
            row.title,
            row.text,
            _("yes") if row.is_public else _("no"),
        ]
        for row in decisions
    ]
    return GroupTable(_("Decisions"), header, rows)


def actions_table(actions: Iterable[ActionItem], *, with_names: bool) -> GroupTable:
    """Number, words, agency, day, state; inside the group also the person."""
    names = [_("Person")] if with_names else []
    header = [_("Number"), _("Action"), _("Agency"), *names, _("Due"), _("State"), _("Overdue"), _("Agreed at"), _("Address")]
    rows: list[list[Any]] = []
    for row in actions:
        person = [row.person.name if row.person else ""] if with_names else []
        rows.append(
            [
                row.number,
                row.text,
                row.owner.short_name,
                *person,
                row.due_on.isoformat(),
                row.get_state_display(),
                _("yes") if row.is_overdue else "",
                row.meeting.title if row.meeting else "",
                settings.PUBLIC_URL + row.get_absolute_url(),
            ]
        )
    return GroupTable(_("Actions"), header, rows)
