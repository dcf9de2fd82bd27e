"""Demo data: language versions of documents, pages that sessions are linked to, what the secretariat has edited."""

from typing import Any

from briefs.models import Brief
from meetings.demo.base import Clock, Directory, dated
from meetings.demo.meetings import OFFICIAL
from meetings.enums import EditAct
from meetings.models import Meeting, MeetingDocument, MeetingEdit
from solutions.models import Solution
from strategy.models import Draft

_EDITS = [
    ("2017-10-16T15:20", EditAct.ROOMS, "", "Aspendos Hall, Perge Room, Side Room"),
    ("2017-10-20T11:05", EditAct.SESSION_MOVED, "voluntary-reports", "2017-11-30 13:15–14:15, Perge Room"),
    ("2017-10-27T09:40", EditAct.DOCUMENT_ADDED, "", "A/RES/71/318"),
]


def _on(detail: str, clock: Clock) -> str:
    """The detail with its day moved as everything in the demo is."""
    day = detail[:10]
    return f"{clock.day(day):%Y-%m-%d}{detail[10:]}" if day.startswith("2017-") else detail


def load(meeting: Meeting, data: dict[str, Any], known: Directory, clock: Clock) -> None:
    """Add to the meeting's programme what only the editor's pages write."""
    for place, row in enumerate(data["documents"]):
        for language, title in row.get("versions", {}).items():
            MeetingDocument.objects.create(
                meeting=meeting,
                code=row["code"],
                title=title,
                symbol=row["symbol"],
                language=language,
                url=f"{OFFICIAL}{language.partition('-')[0]}/{row['symbol']}",
                position=place,
            )
    sessions = {session.code: session for session in meeting.sessions.all()}
    for row in data["sessions"]:
        links = row.get("links", {})
        session = sessions[row["code"]]
        for name in links.get("drafts", []):
            slug, _slash, number = name.partition("/")
            session.drafts.add(*Draft.objects.filter(strategy__slug=slug, number=number))
        session.briefs.add(*Brief.objects.filter(slug__in=links.get("briefs", [])))
        session.solutions.add(*Solution.objects.filter(slug__in=links.get("solutions", [])))
    edits = [
        (
            MeetingEdit(
                meeting=meeting,
                act=act,
                thing=str(sessions.get(code, "")),
                detail=_on(detail, clock),
                by=known.secretariat,
                on_behalf_of=known.unossc,
            ),
            clock.at(at, "America/New_York"),
        )
        for at, act, code, detail in _EDITS
    ]
    dated(edits, MeetingEdit)
