"""The numbers of a meeting: who registered, from where, when, and who came."""

from collections import Counter
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.db.models import Count, Q
from django.db.models.functions import TruncDate
from django.utils.translation import gettext as _

from directory.models import Country
from meetings.enums import TO_DECIDE, DelegationRole, Gender, RegistrationState
from meetings.models import Meeting, Registration, RegistrationFile, RequiredDocument
from meetings.models.registration import RegistrationQuerySet
from meetings.selectors.checkin import DeskCount, arrivals, desk_count
from meetings.selectors.regions import large_regions

_S = RegistrationState
MOST_DELEGATIONS = MOST_MISSING = 30


@dataclass(frozen=True)
class CategoryRow:
    """A category: its seats, and how many registrations stand where."""

    name: str
    seats: int
    approved: int
    offered: int
    waiting: int
    to_decide: int
    declined: int
    cancelled: int

    @property
    def over(self) -> int:
        """Seats given beyond the number."""
        return max(self.approved + self.offered - self.seats, 0)


@dataclass(frozen=True)
class Delegation:
    """The people of one organization."""

    name: str
    people: int
    approved: int
    to_decide: int
    heads: int


@dataclass(frozen=True)
class Dashboard:
    """Everything that the page shows; each part may be empty."""

    categories: list[CategoryRow]
    regions: list[tuple[str, int]]
    genders: list[tuple[str, int]]
    days: list[tuple[date, int, int]]  # the day, how many came that day, how many in all
    delegations: list[Delegation]
    hours: list[tuple[datetime, int]]  # on the place's clock
    missing: list[tuple[Registration, list[str]]]
    count: DeskCount

    @property
    def total(self) -> CategoryRow:
        """All categories together."""
        names = ("seats", "approved", "offered", "waiting", "to_decide", "declined", "cancelled")
        return CategoryRow(_("All"), *(sum(getattr(row, name) for row in self.categories) for name in names))

    @property
    def is_empty(self) -> bool:
        total = self.total
        return not (total.approved + total.offered + total.waiting + total.to_decide + total.declined + total.cancelled)


def dashboard_of(meeting: Meeting, user: Any, now: datetime) -> Dashboard:
    """The numbers of a meeting, in as many queries whatever its size. Registrations that were only begun are not counted."""
    rows = Registration.objects.visible_to(user).filter(meeting=meeting).exclude(state=_S.DRAFT).order_by()
    return Dashboard(
        categories=_categories(meeting, rows, now),
        regions=_regions(rows),
        genders=_genders(rows),
        days=_days(meeting, rows),
        delegations=_delegations(rows),
        hours=_hours(meeting),
        missing=missing_documents(rows),
        count=desk_count(meeting),
    )


def _categories(meeting: Meeting, rows: Any, now: datetime) -> list[CategoryRow]:
    live_offer = Q(state=_S.OFFERED, offered_until__gt=now)
    numbers = {
        row["category_id"]: row
        for row in rows.values("category_id").annotate(
            approved=Count("pk", filter=Q(state=_S.APPROVED)),
            offered=Count("pk", filter=live_offer),
            waiting=Count("pk", filter=Q(state=_S.WAITLISTED) | (Q(state=_S.OFFERED) & ~live_offer)),
            to_decide=Count("pk", filter=Q(state__in=TO_DECIDE)),
            declined=Count("pk", filter=Q(state=_S.DECLINED)),
            cancelled=Count("pk", filter=Q(state=_S.CANCELLED)),
        )
    }
    names = ("approved", "offered", "waiting", "to_decide", "declined", "cancelled")
    return [
        CategoryRow(quota.category.name, quota.seats, *(numbers.get(quota.category_id, {}).get(name, 0) for name in names))
        for quota in meeting.quotas.select_related("category").order_by("category__order", "pk")
    ]


def _regions(rows: Any) -> list[tuple[str, int]]:
    """Live registrations by the regions of M49 below the world, the largest first; who gave no country comes last."""
    by_country = Counter(dict(rows.live().values_list("country").annotate(n=Count("pk"))))
    if not by_country:
        return []
    regions = large_regions()
    where = dict(Country.objects.filter(pk__in=[pk for pk in by_country if pk]).values_list("pk", "region"))
    counts: Counter[str] = Counter()
    for country, number in by_country.items():
        if country:
            counts[regions[where[country]].name] += number
    found = sorted(counts.items(), key=lambda pair: (-pair[1], pair[0]))
    return [*found, *([(_("No country given"), by_country[None])] if by_country[None] else [])]


def _genders(rows: Any) -> list[tuple[str, int]]:
    """Live registrations by gender; nothing if nobody said it."""
    counts = dict(rows.live().values_list("gender").annotate(n=Count("pk")))
    if not any(number for code, number in counts.items() if code):
        return []
    return [(str(gender.label), counts[gender]) for gender in Gender if counts.get(gender)]


def _days(meeting: Meeting, rows: Any) -> list[tuple[date, int, int]]:
    """How many registrations came on each day of the place's calendar, days without any included."""
    came = dict(
        rows.filter(submitted_at__isnull=False)
        .annotate(day=TruncDate("submitted_at", tzinfo=meeting.zone))
        .values_list("day")
        .annotate(n=Count("pk"))
    )
    if not came:
        return []
    days, total = [], 0
    day = min(came)
    while day <= max(came):
        total += came.get(day, 0)
        days.append((day, came.get(day, 0), total))
        day += timedelta(days=1)
    return days


def _delegations(rows: Any) -> list[Delegation]:
    """The organizations with the most people, by what their people said."""
    found = (
        rows.live()
        .filter(organization__isnull=False)
        .values("organization__name")
        .annotate(
            approved=Count("pk", filter=Q(state=_S.APPROVED)),
            to_decide=Count("pk", filter=Q(state__in=TO_DECIDE)),
            heads=Count("pk", filter=Q(delegation_role=DelegationRole.HEAD)),
            people=Count("pk"),
        )
        .order_by("-people", "organization__name")[:MOST_DELEGATIONS]
    )
    return [
        Delegation(row["organization__name"], row["people"], row["approved"], row["to_decide"], row["heads"]) for row in found
    ]


def _hours(meeting: Meeting) -> list[tuple[datetime, int]]:
    """How many people came in each hour of the place's clock, from the first to the last that had any, a day at most apart."""
    counts = Counter(at.astimezone(meeting.zone).replace(minute=0, second=0, microsecond=0) for at in arrivals(meeting))
    return sorted(counts.items())


def missing_documents(rows: RegistrationQuerySet) -> list[tuple[Registration, list[str]]]:
    """Who has a seat or asks for one and has not given a document that the category requires, with the documents' names.

    Three queries, and `MOST_MISSING` people at most: the list of registrations has a filter for all.
    """
    people = list(rows.missing_documents().select_related("meeting").order_by("family_name", "pk")[:MOST_MISSING])
    required: dict[int, list[RequiredDocument]] = {}
    if people:
        wanted = RequiredDocument.objects.filter(quota__meeting=people[0].meeting_id, removed_at__isnull=True)
        for document in wanted.select_related("quota").order_by("position", "pk"):
            required.setdefault(document.quota.category_id, []).append(document)
    given = set(RegistrationFile.objects.filter(registration__in=people).values_list("registration", "document"))
    return [
        (row, [document.title for document in required.get(row.category_id, []) if (row.pk, document.pk) not in given])
        for row in people
    ]
