"""Whom free seats would go to, and why: the plan that the secretariat looks at before it is carried out."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db.models import Count, Q
from django.utils.translation import gettext as _

from meetings.enums import PromotionCause, RegistrationState
from meetings.models import CategoryQuota, Meeting, Promotion, Registration


@dataclass(frozen=True)
class Line:
    """A category with people who wait: how many have a seat, and who waits, in order."""

    quota: CategoryQuota
    seated: int
    waiting: list[Registration]


@dataclass(frozen=True)
class Step:
    """One seat of the plan: who gets it, and the numbers that say why."""

    quota: CategoryQuota
    registration: Registration
    seated: int
    asked: int
    from_own: bool
    place: int

    @property
    def why(self) -> str:
        """The reason, as a sentence."""
        if self.from_own:
            return _("A seat of the category itself is free; number %(place)d on its waiting list.") % {"place": self.place}
        return _(
            "Of the categories that wait, the smallest share has a seat here: %(seated)d of %(asked)d (%(share)d %%). "
            "Number %(place)d on the waiting list."
        ) % {"seated": self.seated, "asked": self.asked, "share": 100 * self.seated // self.asked, "place": self.place}


@dataclass(frozen=True)
class Plan:
    """What would happen: the steps in their order, and how many seats go from which category to which."""

    steps: list[Step]
    moves: list[tuple[CategoryQuota, CategoryQuota, int]]
    left: int = 0
    fresh: int = 0
    fingerprint: str = field(default="")


def fair_steps(pool: int, lines: list[Line]) -> list[Step]:
    """Share out `pool` seats, one after the other, among people who wait in several categories.

    Each seat goes to the category of which the smallest share of those who asked (have a seat or wait) has one; between
    equal shares to the one whose first has waited longest; within a category to who has waited longest. So a small category
    is not outvoted by a large one, and nobody overtakes somebody of their own category.
    """
    seated = {line.quota.pk: line.seated for line in lines}
    asked = {line.quota.pk: line.seated + len(line.waiting) for line in lines}
    given = {line.quota.pk: 0 for line in lines}
    steps = []
    for _seat in range(pool):
        open_lines = [line for line in lines if given[line.quota.pk] < len(line.waiting)]
        if not open_lines:
            break

        def order(line: Line) -> tuple[float, Any, int]:
            key = line.quota.pk
            return (seated[key] / asked[key], line.waiting[given[key]].waitlisted_at, key)

        line = min(open_lines, key=order)
        key = line.quota.pk
        place = given[key] + 1
        steps.append(Step(line.quota, line.waiting[place - 1], seated[key], asked[key], False, place))
        given[key] += 1
        seated[key] += 1
    return steps


def _lines(meeting: Meeting, now: datetime) -> list[tuple[Line, int]]:
    """Every category with its line and its free seats. Three queries."""
    taken = dict(
        Registration.objects.filter(meeting=meeting)
        .order_by()
        .values_list("category_id")
        .annotate(
            n=Count("pk", filter=Q(state=RegistrationState.APPROVED) | Q(state=RegistrationState.OFFERED, offered_until__gt=now))
        )
    )
    waiting: dict[int, list[Registration]] = {}
    for row in Registration.objects.filter(meeting=meeting).next_in_line(now).select_related("category", "organization"):
        waiting.setdefault(row.category_id, []).append(row)
    quotas = meeting.quotas.filter(withdrawn_at=None).select_related("category").order_by("category__order", "pk")
    rows = []
    for quota in quotas:
        quota.meeting = meeting
        line = Line(quota, taken.get(quota.category_id, 0), waiting.get(quota.category_id, []))
        rows.append((line, max(quota.seats - line.seated, 0)))
    return rows


@dataclass(frozen=True)
class Spare:
    """Free seats of a category that nobody of its own waits for."""

    quota: CategoryQuota
    free: int


def spare_seats(meeting: Meeting, now: datetime) -> tuple[list[Spare], int]:
    """The categories that could give seats, and how many people wait in all."""
    rows = _lines(meeting, now)
    spare = [Spare(line.quota, free) for line, free in rows if free and not line.waiting]
    return spare, sum(len(line.waiting) for line, _free in rows)


def plan_promotion(meeting: Meeting, given: Mapping[int, int], now: datetime) -> Plan:
    """Share out seats that other categories give, and free seats of the categories themselves first.

    Args:
        given: seats by the key of the quota that gives them; under 0 seats that are new to the meeting.
    """
    rows = _lines(meeting, now)
    steps: list[Step] = []
    lines = []
    for line, free in rows:
        asked = line.seated + len(line.waiting)
        own = line.waiting[:free]
        steps += [Step(line.quota, row, line.seated + n, asked, True, n + 1) for n, row in enumerate(own)]
        lines.append(Line(line.quota, line.seated + len(own), line.waiting[len(own) :]))
    sources = {line.quota.pk: (line.quota, min(given.get(line.quota.pk, 0), free)) for line, free in rows if not line.waiting}
    fresh = max(given.get(0, 0), 0)
    supply: list[list[Any]] = [[quota, count] for quota, count in sources.values() if count > 0]
    pool: int = sum(count for _quota, count in supply) + fresh
    shared = fair_steps(pool, lines)
    moves: dict[tuple[int, int], list[Any]] = {}
    used_fresh = 0
    for step in shared:
        if supply:
            source = supply[0][0]
            supply[0][1] -= 1
            if not supply[0][1]:
                supply.pop(0)
            moves.setdefault((source.pk, step.quota.pk), [source, step.quota, 0])[2] += 1
        else:
            used_fresh += 1
            moves.setdefault((0, step.quota.pk), [None, step.quota, 0])[2] += 1
    all_steps = [*steps, *shared]
    print_of = json.dumps(
        [[(step.quota.pk, step.registration.pk) for step in all_steps], sorted((a, b, row[2]) for (a, b), row in moves.items())]
    )
    return Plan(
        steps=all_steps,
        moves=[(source, target, count) for source, target, count in moves.values()],
        left=pool - len(shared),
        fresh=used_fresh,
        fingerprint=hashlib.sha256(print_of.encode()).hexdigest()[:32],
    )


def why_promoted(promotion: Promotion) -> str:
    """Why somebody on the waiting list got a seat, with the numbers of that moment, in the reader's language."""
    numbers = {
        "place": promotion.place,
        "waiting": promotion.waiting,
        "taken": promotion.taken,
        "seats": promotion.seats,
        "cause": PromotionCause(promotion.cause).label,
    }
    return _("%(cause)s: number %(place)d of %(waiting)d on the waiting list, %(taken)d of %(seats)d seats taken.") % numbers
