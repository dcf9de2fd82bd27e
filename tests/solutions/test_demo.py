"""The demo's catalogue."""

from datetime import timedelta
from itertools import pairwise

import pytest

import directory.demo
import solutions.demo
from directory.models import User
from solutions.enums import SolutionState
from solutions.models import Solution, SolutionIndex, Transfer

pytestmark = pytest.mark.django_db


@pytest.fixture
def _loaded() -> None:
    shift = timedelta(weeks=473)
    directory.demo.load(shift=shift, scale=1)
    solutions.demo.load(shift=shift, scale=1)


@pytest.mark.usefixtures("_loaded")
def test_demo_has_every_kind_and_the_states_of_its_content() -> None:
    states = list(Solution.objects.values_list("state", flat=True))
    assert states.count(SolutionState.VERIFIED) >= 32
    assert {SolutionState.SUBMITTED, SolutionState.DRAFT, SolutionState.WITHDRAWN} <= set(states)
    assert Solution.objects.published().values("kind").distinct().count() == 4
    assert Transfer.objects.count() >= 6
    assert SolutionIndex.objects.count() == Solution.objects.published().count()


@pytest.mark.usefixtures("_loaded")
def test_demo_histories_end_in_the_state_of_the_entry_and_move_as_states_may() -> None:
    for solution in Solution.objects.prefetch_related("state_changes"):
        changes = list(solution.state_changes.all())
        assert changes[-1].new == solution.state
        for earlier, later in pairwise(changes):
            assert later.old == earlier.new
            assert later.new in Solution.TRANSITIONS[earlier.new]
            assert later.at > earlier.at


@pytest.mark.usefixtures("_loaded")
def test_focal_point_of_samoa_has_an_entry() -> None:
    focal_point = User.objects.get(email="focal.samoa@demo.example")
    assert Solution.objects.of(focal_point).exists()
