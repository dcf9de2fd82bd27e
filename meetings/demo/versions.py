"""Demo data: released programmes, what people follow, a list of speakers."""

from copy import deepcopy
from datetime import UTC, datetime, timedelta
from typing import Any

from directory.models import User
from meetings.demo.base import Clock, Directory, dated
from meetings.enums import FloorState, RegistrationState
from meetings.models import FloorList, FloorRequest, FloorRequestStateChange, Meeting, Session, SessionStar
from meetings.selectors.snapshots import snapshot
from meetings.services.programme import freeze_programme, start_rendering

NEW_YORK = "America/New_York"
FIRST, SECOND = "2017-09-20T09:00", "2017-10-27T09:40"
NOTES = {
    1: "First programme: both days, with rooms and speakers.",
    2: "The clinic on comments has moved to the Side Room, the data corner begins half an hour earlier, and UNIDO "
    "reports on item (d).",
}
STARS = {
    "participant@demo.example": ["opening", "item-c", "data-corner", "clinic-comments"],
    "focal.samoa@demo.example": ["voluntary-reports", "item-d"],
}


def load(meeting: Meeting, known: Directory, clock: Clock) -> None:
    """Two versions of the programme; the working copy is one small step further. Stars, and a list of speakers."""
    second = snapshot(meeting)
    by, first_at = known.secretariat, clock.at(FIRST, NEW_YORK)
    first = freeze_programme(meeting=meeting, content=_before(second), note=NOTES[1], by=by, at=first_at, after=None)
    latest = freeze_programme(meeting=meeting, content=second, note=NOTES[2], by=by, at=clock.at(SECOND, NEW_YORK), after=first)
    for version in (latest, first):
        start_rendering(version=version, asked_by=None)
    # What the secretariat has changed since, and not released yet.
    providers = Session.objects.get(meeting=meeting, code="meet-providers")
    Session.objects.filter(pk=providers.pk).update(ends_at=providers.ends_at + timedelta(minutes=10))
    SessionStar.objects.bulk_create(
        SessionStar(user=known.users[email], meeting=meeting, code=code) for email, codes in STARS.items() for code in codes
    )
    _floor(meeting, by=by, at=clock.at("2017-10-30T10:00", NEW_YORK))


def load_other(meeting: Meeting, known: Directory, clock: Clock) -> None:
    """One version."""
    content = snapshot(meeting)
    at = clock.at(FIRST, NEW_YORK)
    note = "First programme."
    version = freeze_programme(meeting=meeting, content=content, note=note, by=known.secretariat, at=at, after=None)
    start_rendering(version=version, asked_by=None)


def _before(content: dict[str, Any]) -> dict[str, Any]:
    """The programme as it stood five weeks earlier: another room, another hour, no rapporteur yet."""
    earlier = deepcopy(content)
    sessions = {row["code"]: row for row in earlier["sessions"]}
    sessions["clinic-comments"]["room"] = "perge"
    later = timedelta(minutes=30)
    for name in ("starts_at", "ends_at"):
        at = datetime.fromisoformat(sessions["data-corner"][name]) + later
        sessions["data-corner"][name] = at.astimezone(UTC).isoformat()
    sessions["item-d"]["speakers"] = [who for who in sessions["item-d"]["speakers"] if who["part"] != "rapporteur"]
    return earlier


def _floor(meeting: Meeting, *, by: User, at: datetime) -> None:
    """A list of speakers that is open before the meeting, as it is the custom."""
    floor = FloorList.objects.create(meeting=meeting, code="item-a", minutes=3)
    approved = meeting.registrations.filter(state=RegistrationState.APPROVED).select_related("organization", "user")
    seats = list({row.body: row for row in approved.order_by("-pk") if row.body}.values())[::-1]  # one of each body
    rows = FloorRequest.objects.bulk_create(
        FloorRequest(
            floor_list=floor,
            registration=seat,
            name=seat.full_name,
            body="" if place == 4 else seat.body,
            position=place,
            requested_at=at + timedelta(hours=place * 5, minutes=place * 7 % 60),
        )
        for place, seat in enumerate(seats[:5], start=1)
    )
    starts = [
        FloorRequestStateChange(subject=row, old="", new=FloorState.REQUESTED, by=row.registration.user or by) for row in rows
    ]
    dated(zip(starts, (row.requested_at for row in rows), strict=True), FloorRequestStateChange)
