"""The list and the predicate agree for everybody and every state."""

from typing import Any

import pytest
from django.contrib.auth.models import AnonymousUser

from common.access import may
from directory.models import Organization, User
from solutions.enums import SolutionState
from solutions.models import Solution, SolutionIndex
from tests.conftest import Cast
from tests.factories.solutions import in_state

pytestmark = pytest.mark.django_db


@pytest.fixture
def rows(cast: Cast) -> list[Solution]:
    """Every state, from UNDP's contributor, from FAO's focal point, and an outsider's own."""
    made = []
    for state in SolutionState:
        for author, provider in ((cast.contributor_undp, "undp"), (cast.focal_fao, "fao"), (cast.outsider, None)):
            body = Organization.objects.get(code=provider) if provider else None
            made.append(in_state(state, submitted_by=author, provider=body))
    return made


def test_visible_to_agrees_with_the_predicate_role_by_role(cast: Cast, rows: list[Solution]) -> None:
    people: dict[str, Any] = {**cast.everyone(), "visitor": AnonymousUser()}
    for name, user in people.items():
        listed = set(Solution.objects.visible_to(user).values_list("pk", flat=True))
        allowed = {row.pk for row in rows if may(user, "solutions.view_solution", row)}
        assert listed == allowed, name


def test_visitor_sees_only_verified_entries(rows: list[Solution]) -> None:
    assert {row.state for row in Solution.objects.visible_to(AnonymousUser())} == {SolutionState.VERIFIED}


def test_administrator_is_no_exception(cast: Cast, rows: list[Solution]) -> None:
    assert {row.state for row in Solution.objects.visible_to(cast.administrator)} == {SolutionState.VERIFIED}


def test_secretariat_sees_no_drafts(cast: Cast, rows: list[Solution]) -> None:
    assert SolutionState.DRAFT not in {row.state for row in Solution.objects.visible_to(cast.secretariat)}


def test_search_table_holds_exactly_the_published(rows: list[Solution]) -> None:
    indexed = set(SolutionIndex.objects.values_list("pk", flat=True))
    assert indexed == set(Solution.objects.published().values_list("pk", flat=True))


def test_who_leaves_an_organization_leaves_its_drafts(cast: Cast, rows: list[Solution]) -> None:
    cast.contributor_undp.memberships.all().delete()
    left = User.objects.get(pk=cast.contributor_undp.pk)
    for row in rows:
        if row.submitted_by_id == left.pk:
            assert may(left, "solutions.view_solution", row) == row.is_published
            assert not may(left, "solutions.change_solution", row)
    assert {row.state for row in Solution.objects.visible_to(left)} == {SolutionState.VERIFIED}
    assert not Solution.objects.of(left).exists()
