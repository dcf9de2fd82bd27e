"""The list of speakers as the room and the desk see it, and what runs now."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from meetings.enums import FloorState, RegistrationState
from meetings.models import FloorList, FloorRequest, Meeting, Registration
from meetings.selectors.snapshots import Programme, ProgrammeRoom, ProgrammeSession


def clock(seconds: int) -> str:
    """Minutes and seconds as a clock shows them: 3:05."""
    return f"{seconds // 60}:{seconds % 60:02d}"


@dataclass(frozen=True)
class Floor:
    """A list of speakers in its parts. No part says more than the room may know; the desk's page adds the persons."""

    speaking: FloorRequest | None
    waiting: list[FloorRequest]
    spoken: list[FloorRequest]
    withdrawn: list[FloorRequest]

    @property
    def following(self) -> FloorRequest | None:
        return self.waiting[0] if self.waiting else None


def floor_of(floor: FloorList | None) -> Floor:
    """The requests of a list, in order. One query."""
    rows = list(floor.requests.select_related("registration").order_by("position", "pk")) if floor else []

    def of(state: str) -> list[FloorRequest]:
        return [row for row in rows if row.state == state]

    for row in rows:
        row.used = clock(row.used_seconds)  # type: ignore[attr-defined]
    return Floor(
        next(iter(of(FloorState.CALLED)), None), of(FloorState.REQUESTED), of(FloorState.SPOKEN), of(FloorState.WITHDRAWN)
    )


def codes_with_floor(meeting: Meeting) -> set[str]:
    """The codes of the sessions for which a list of speakers was opened."""
    return set(FloorList.objects.filter(meeting=meeting).values_list("code", flat=True))


def own_seat(meeting: Meeting, user: Any) -> Registration | None:
    """The person's approved registration, with which they may ask for the floor."""
    if not user.is_authenticated:
        return None
    rows = Registration.objects.filter(meeting=meeting, user=user, state=RegistrationState.APPROVED)
    return rows.select_related("organization").first()


@dataclass(frozen=True)
class RoomNow:
    """What runs in a room now and what comes next there."""

    name: str
    now: list[ProgrammeSession]
    next: ProgrammeSession | None


def rooms_now(programme: Programme, now: datetime) -> list[RoomNow]:
    """Room by room; sessions without a room come last. A room in which nothing more happens on any day is left out."""
    rooms: list[ProgrammeRoom | None] = [*programme.rooms, None]
    rows = []
    for room in rooms:
        here = [row for row in programme.sessions if (row.room.code if row.room else "") == (room.code if room else "")]
        running = [row for row in here if row.local_start <= now < row.local_end]
        coming = next((row for row in here if row.local_start > now), None)
        if running or coming:
            rows.append(RoomNow(room.name if room else _("Elsewhere"), running, coming))
    return rows


def boundaries(programme: Programme) -> list[datetime]:
    """The moments at which "now" becomes something else."""
    return [moment for row in programme.sessions for moment in (row.local_start, row.local_end)]
