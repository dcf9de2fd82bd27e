"""The programme as it is read: days, hours, what runs side by side."""

from dataclasses import dataclass
from datetime import date, datetime
from itertools import groupby
from typing import Any

from django.conf import settings
from django.db.models import Prefetch, QuerySet

from briefs.models import Brief
from meetings.enums import SessionKind
from meetings.models import Meeting, MeetingDocument, Session, Speaker
from solutions.models import Solution
from strategy.models import Draft

QUIET_KINDS = frozenset({SessionKind.BREAK, SessionKind.SERVICE})


@dataclass(frozen=True)
class Day:
    """One day on the place's calendar; `at` is a moment of it in the place's zone."""

    at: datetime
    sessions: list[Session]

    @property
    def anchor(self) -> str:
        return f"day-{self.at:%Y-%m-%d}"


def sessions_of(meeting: Meeting, reader: Any = None) -> QuerySet[Session]:
    """The sessions with all that the programme shows. Three queries, however many there are.

    With a `reader`, three more: each session then has `linked_drafts`, `linked_briefs` and `linked_solutions`, lists of
    what the reader may see of the pages that it is linked to. A kept page that shows them depends on those subjects, too.
    """
    rows = (
        meeting.sessions.select_related("room")
        .prefetch_related(
            Prefetch("speakers", Speaker.objects.select_related("organization")),
            Prefetch("documents", MeetingDocument.objects.all()),
        )
        .order_by("starts_at", "room__position", "pk")
    )
    if reader is None:
        return rows
    drafts = Draft.objects.visible_to(reader).select_related("strategy").order_by("strategy", "number")
    return rows.prefetch_related(
        Prefetch("drafts", drafts, to_attr="linked_drafts"),
        Prefetch("briefs", Brief.objects.visible_to(reader).order_by("pk"), to_attr="linked_briefs"),
        Prefetch("solutions", Solution.objects.visible_to(reader).order_by("pk"), to_attr="linked_solutions"),
    )


def programme_of(meeting: Meeting) -> list[Day]:
    """The programme by day on the place's clock."""
    zone, names = meeting.zone, {code: str(name) for code, name in settings.LANGUAGES}
    rows = []
    for session in sessions_of(meeting):
        session.meeting = meeting  # the same object, so that no address asks for it again
        session.local_start = session.starts_at.astimezone(zone)  # type: ignore[attr-defined]
        session.local_end = session.ends_at.astimezone(zone)  # type: ignore[attr-defined]
        session.is_quiet = session.kind in QUIET_KINDS  # type: ignore[attr-defined]
        session.languages = ", ".join(names.get(code, code) for code in session.interpretation)  # type: ignore[attr-defined]
        for document in session.documents.all():
            document.meeting = meeting
        rows.append(session)

    def day(session: Any) -> date:
        return session.local_start.date()

    return [Day(group[0].local_start, group) for _date, of_day in groupby(rows, key=day) if (group := list(of_day))]  # type: ignore[attr-defined]


def discussion_items(meeting: Meeting) -> list[Session]:
    """The lettered items of a meeting, (a) to (d) in the first one."""
    items = list(meeting.sessions.exclude(item="").order_by("item", "pk"))
    for session in items:
        session.meeting = meeting
    return items
