"""The list of participants: for the public who agreed, for staff everybody with a seat."""

from dataclasses import dataclass
from itertools import groupby
from typing import Any

from django.db.models import QuerySet

from meetings.enums import RegistrationState
from meetings.models import Meeting, Registration


@dataclass(frozen=True)
class BodyOfPeople:
    """The people of one organization."""

    name: str
    people: list[Registration]


@dataclass(frozen=True)
class CategoryOfPeople:
    """The organizations of one category."""

    name: str
    bodies: list[BodyOfPeople]

    @property
    def count(self) -> int:
        return sum(len(body.people) for body in self.bodies)


def _with_seat(rows: QuerySet[Registration]) -> QuerySet[Registration]:
    return rows.filter(state=RegistrationState.APPROVED).select_related("category", "organization", "country")


def listed_participants(meeting: Meeting) -> QuerySet[Registration]:
    """Who has a seat and agreed to be named. The meeting's setting is the caller's to ask."""
    # Deliberately not `visible_to`: this is what everybody may know, and no more columns than the page shows leave it.
    return _with_seat(meeting.registrations.filter(is_listed=True))


def all_participants(user: Any, meeting: Meeting) -> QuerySet[Registration]:
    """Everybody with a seat, for who may see them."""
    return _with_seat(Registration.objects.visible_to(user).filter(meeting=meeting))


def by_category_and_body(rows: QuerySet[Registration]) -> list[CategoryOfPeople]:
    """Grouped by category in the vocabulary's order, then by organization, people by family name."""

    def body_name(row: Registration) -> str:
        return row.organization.name if row.organization else row.affiliation

    people = sorted(
        rows,
        key=lambda row: (
            row.category.order,
            row.category_id,
            body_name(row).casefold(),
            row.family_name.casefold(),
            row.given_name.casefold(),
        ),
    )
    groups = []
    for _key, of_category in groupby(people, key=lambda row: row.category_id):
        members = list(of_category)
        bodies = [BodyOfPeople(name, list(of_body)) for name, of_body in groupby(members, key=body_name)]
        groups.append(CategoryOfPeople(members[0].category.name, bodies))
    return groups
