"""What the demo data of every subject of meetings needs."""

from collections.abc import Iterable
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from directory.demo import content
from directory.models import Country, Organization, StakeholderCategory, Theme, User


class Clock:
    """Turns a local hour of 2017 or 2018 into the demo's moment: weekday and hour at the place stay."""

    def __init__(self, shift: timedelta) -> None:
        self.shift = shift

    def at(self, local: str, zone: str) -> datetime:
        return (datetime.fromisoformat(local) + self.shift).replace(tzinfo=ZoneInfo(zone))

    def day(self, text: str) -> date:
        return date.fromisoformat(text) + self.shift


class Directory:
    """What rows refer to, read once."""

    def __init__(self) -> None:
        self.countries = {row.iso2: row for row in Country.objects.all()}
        self.organizations = {row.code: row for row in Organization.objects.all()}
        self.categories = {row.code: row for row in StakeholderCategory.objects.all()}
        self.themes = {row.code: row for row in Theme.objects.all()}
        self.people = {row["email"]: row for row in content("directory", "people")}
        self.users = {row.email: row for row in User.objects.all()}
        self.secretariat = self.users["secretariat@demo.example"]
        self.unossc = self.organizations["unossc"]

    def name_of(self, email: str) -> str:
        row = self.people[email]
        return f"{row['given_name']} {row['family_name']}"


def dated(changes: Iterable[tuple[Any, datetime]], model: Any) -> None:
    """Write history rows with their own times: on creation the clock's would be taken."""
    pairs = list(changes)
    rows = model.objects.bulk_create([row for row, _at in pairs])
    for row, (_same, at) in zip(rows, pairs, strict=True):
        row.at = at
    model.objects.bulk_update(rows, ["at"])
