"""The working copy of a programme: rows with all that the programme shows."""

from django.db.models import Prefetch, QuerySet

from briefs.models import Brief
from meetings.enums import SessionKind
from meetings.models import Meeting, MeetingDocument, Session, Speaker
from solutions.models import Solution
from strategy.models import Draft

QUIET_KINDS = frozenset({SessionKind.BREAK, SessionKind.SERVICE})
# What a session may lead to, besides its documents.
LINKED = {"drafts": Draft, "briefs": Brief, "solutions": Solution}


def sessions_of(meeting: Meeting) -> QuerySet[Session]:
    """The sessions with all that the programme shows. Six queries, however many there are."""
    return (
        meeting.sessions.select_related("room")
        .prefetch_related(
            Prefetch("speakers", Speaker.objects.select_related("organization")),
            Prefetch("documents", MeetingDocument.objects.all()),
            *(Prefetch(name, model._default_manager.only("pk")) for name, model in LINKED.items()),
        )
        .order_by("starts_at", "room__position", "pk")
    )
