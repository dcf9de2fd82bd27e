"""True history for rows of the demo that services would date with today: moments, changes of state, people."""

import zoneinfo
from datetime import datetime, timedelta
from typing import Any

from django.contrib.auth.hashers import make_password

from directory.enums import Role
from directory.models import Membership, Organization, StateChange, User
from strategy.models import (
    Comment,
    CommentStateChange,
    Draft,
    DraftStateChange,
    Objection,
    ObjectionStateChange,
    Position,
    PositionStateChange,
    Strategy,
)

DRAFTER = "drafter@demo.example"
SECOND_DRAFTER = "ana.drafter@demo.example"
_CHANGES: dict[type, type[StateChange]] = {
    Comment: CommentStateChange,
    Draft: DraftStateChange,
    Objection: ObjectionStateChange,
    Position: PositionStateChange,
}


class Clock:
    """Turns the true local times of the content into moments, moved by whole weeks at the same local hour."""

    def __init__(self, zone: str, shift: timedelta) -> None:
        self.zone, self.shift = zoneinfo.ZoneInfo(zone), shift

    def __call__(self, local: str) -> datetime:
        return (datetime.fromisoformat(local) + self.shift).replace(tzinfo=self.zone)


class Cast:
    """The people and organizations of the demo, read once."""

    def __init__(self) -> None:
        self.people = {row.email: row for row in User.objects.all()}
        self.organizations = {row.code: row for row in Organization.objects.all()}
        self.drafter = self.people[DRAFTER]
        self.second_drafter = self.people.get(SECOND_DRAFTER) or self._second_drafter()

    def _second_drafter(self) -> User:
        """Somebody without a way to sign in: the demo's accounts are others."""
        person = User.objects.create(
            email=SECOND_DRAFTER, password=make_password(None), given_name="Ana", family_name="Ferreira",
            language="es", time_zone="America/New_York",
        )  # fmt: skip
        self.people[person.email] = person
        return person

    def serve(self, strategy: Strategy) -> None:
        """Let the second drafter work on this strategy."""
        secretariat = Organization.objects.filter(is_secretariat=True).earliest("pk")
        Membership.objects.create(user=self.second_drafter, organization=secretariat, role=Role.DRAFTER, scope=strategy.scope_key)


def record(subject: Any, old: str, new: str, by: User, moment: datetime, reason: str = "") -> None:
    """Write the line of the history that a change of state at `moment` would have left."""
    table: Any = _CHANGES[type(subject)]
    change = table.objects.create(
        subject=subject, old=old, new=new, by=by, on_behalf_of=getattr(subject, "organization", None), reason=reason
    )
    table.objects.filter(pk=change.pk).update(at=moment)


def move(subject: Any, to: str, by: User, moment: datetime, reason: str = "", **values: Any) -> None:
    """Bring a row to the state `to`, with what changes beside, as of `moment`."""
    record(subject, subject.state, to, by, moment, reason)
    type(subject).objects.filter(pk=subject.pk).update(state=to, **values)
    subject.state = to
    for name, value in values.items():
        setattr(subject, name, value)


def dated(row: Any, **moments: datetime) -> Any:
    """Give a new row the moments that Django would set to now."""
    type(row).objects.filter(pk=row.pk).update(**moments)
    return row
