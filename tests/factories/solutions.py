"""Entries of the catalogue for tests."""

from typing import Any

import factory
from django.utils import timezone
from factory.django import DjangoModelFactory

from directory.models import Region
from solutions.enums import SolutionKind, SolutionState
from solutions.models import Solution, SolutionStateChange, Transfer
from solutions.services.search_index import place_in_lists, update_search_index
from tests.factories.directory import CountryFactory, GoalFactory, OrganizationFactory, UserFactory


def region(code: str = "061", name: str = "Polynesia", parent: Region | None = None) -> Region:
    return Region.objects.get_or_create(code=code, defaults={"name": name, "parent": parent})[0]


def country(iso2: str = "WS", m49: str = "882", **fields: Any) -> Any:
    return CountryFactory(iso2=iso2, m49=m49, **fields)


class SolutionFactory(DjangoModelFactory):
    """A complete draft; `countries`, `used_in` and `goals` take rows."""

    class Meta:
        model = Solution
        skip_postgeneration_save = True

    slug = factory.Sequence(lambda number: f"solution-{number}")
    kind = SolutionKind.TECHNOLOGY
    title = factory.Sequence(lambda number: f"Solar pump number {number}")
    summary = "Pumps driven by the sun bring water to small fields."
    challenge = "Diesel was dear."
    approach = "Panels were put up."
    results = "Harvests doubled."
    provider = factory.SubFactory(OrganizationFactory, code="undp")
    submitted_by = factory.SubFactory(UserFactory)

    @factory.post_generation
    def countries(self: Any, create: bool, rows: Any, **kwargs: Any) -> None:
        self.countries_of_origin.set(rows if rows is not None else [country()])

    @factory.post_generation
    def used_in(self: Any, create: bool, rows: Any, **kwargs: Any) -> None:
        self.countries_of_use.set(rows or [])

    @factory.post_generation
    def goals(self: Any, create: bool, rows: Any, **kwargs: Any) -> None:
        self.sdgs.set(rows if rows is not None else [GoalFactory(number=2)])


def in_state(state: str, **fields: Any) -> Solution:
    """An entry in `state`, published with its search row where that state is public."""
    solution = SolutionFactory(**fields)
    if state != SolutionState.DRAFT:
        SolutionStateChange.objects.create(subject=solution, old=SolutionState.DRAFT, new=state, by=solution.submitted_by)
    solution.state = state
    if state in {SolutionState.VERIFIED, SolutionState.WITHDRAWN}:
        solution.verified_at = solution.published_at = timezone.now()
        solution.verified_by = UserFactory()
        solution.sort_key = place_in_lists(solution)
    solution.save()
    if state == SolutionState.VERIFIED:
        update_search_index([solution])
    return solution


def published(**fields: Any) -> Solution:
    return in_state(SolutionState.VERIFIED, **fields)


class TransferFactory(DjangoModelFactory):
    class Meta:
        model = Transfer

    solution = factory.SubFactory(SolutionFactory)
    from_country = factory.LazyFunction(lambda: country("VN", "704"))
    to_country = factory.LazyFunction(lambda: country("SN", "686"))
    year = 1997
    result = "Rice was planted."
