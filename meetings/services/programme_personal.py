"""A person's traces in programmes and lists of speakers: for erasure."""

from typing import Any

from django.db import connection, transaction
from django.utils import timezone

from directory.models import User
from directory.services.files import delete_file
from directory.services.traces import Traces
from meetings.models import (
    CalendarToken,
    FloorRequest,
    ProgrammeFollow,
    ProgrammeVersion,
    Registration,
    SessionStar,
)
from meetings.selectors.snapshots import search_text
from meetings.services.floor import withdraw_all
from meetings.services.programme import start_rendering


@transaction.atomic
def erase_from_programmes(*, user: User, traces: Traces, registrations: Any) -> None:
    """Take the person out of released programmes and lists of speakers; what they follow goes altogether.

    The organization and the part they had stay. `registrations` are the person's own, their meetings those they came to.
    """
    for model in (SessionStar, ProgrammeFollow, CalendarToken):
        model.objects.filter(user=user).delete()
    withdraw_all(registrations=registrations, by=user)
    FloorRequest.objects.filter(registration__in=registrations).update(name="")
    _take_out_of_versions(user, traces)


def _take_out_of_versions(user: User, traces: Traces) -> None:
    """The hash of a version stays that of what was released; its printable files are made again without the name."""
    came = Registration.objects.filter(user=user)
    codes = {*user.memberships.values_list("organization__code", flat=True), *came.values_list("organization__code", flat=True)}
    meetings = set(came.values_list("meeting", flat=True))

    def without(row: dict[str, Any], version: ProgrammeVersion) -> dict[str, Any]:
        speakers = [
            {**who, "name": ""}
            if any(name.casefold() in who["name"].casefold() for name in traces.names)
            and (version.meeting_id in meetings or (who["organization"] and who["organization"] in codes))
            else who
            for who in row["speakers"]
        ]
        return {**row, "speakers": speakers}

    _let_names_be_taken_out(True)
    for version in ProgrammeVersion.objects.order_by("pk").select_for_update(of=("self",)).iterator(20):
        content = {**version.content, "sessions": [without(row, version) for row in version.content["sessions"]]}
        removed = [without(row, version) for row in version.removed]
        if content == version.content and removed == version.removed:
            continue
        version.content, version.removed, version.text = content, removed, search_text(content)
        version.redacted_at = timezone.now()
        version.save(update_fields=["content", "removed", "text", "redacted_at"])
        for made in version.files.select_related("file"):
            made.delete()
            delete_file(made.file)
        start_rendering(version=version, asked_by=None)
    _let_names_be_taken_out(False)


def _let_names_be_taken_out(allowed: bool) -> None:
    """Tell the trigger that guards released programmes, for this transaction only."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('meetings.taking_out_a_name', %s, true)", ["on" if allowed else "off"])
