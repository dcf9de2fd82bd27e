"""The working copy of a programme: rows with all that the programme shows."""

from django.db.models import Prefetch, QuerySet

from meetings.enums import SessionKind
from meetings.models import Meeting, MeetingDocument, Session, Speaker

QUIET_KINDS = frozenset({SessionKind.BREAK, SessionKind.SERVICE})


def sessions_of(meeting: Meeting) -> QuerySet[Session]:
    """The sessions with all that the programme shows. Three queries, however many there are."""
    return (
        meeting.sessions.select_related("room")
        .prefetch_related(
            Prefetch("speakers", Speaker.objects.select_related("organization")),
            Prefetch("documents", MeetingDocument.objects.all()),
        )
        .order_by("starts_at", "room__position", "pk")
    )
