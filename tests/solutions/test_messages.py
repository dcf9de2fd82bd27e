"""What people are written: rendered in their language, to nobody who may not see it."""

import pytest

from directory.models import Organization
from notifications.kinds import kind_of
from notifications.models import Notification
from notifications.services.delivery import render
from solutions.enums import SolutionState
from solutions.models import Solution
from solutions.services import return_solution, submit_solution, verify_solution
from tests.conftest import Cast
from tests.factories.solutions import in_state

pytestmark = pytest.mark.django_db


def test_messages_say_what_and_lead_there(cast: Cast, settings: object) -> None:
    undp = Organization.objects.get(code="undp")
    entry = in_state(SolutionState.DRAFT, provider=undp, title="Pumps & <b>sun</b>", slug="pumps")
    submit_solution(solution=entry, by=cast.focal_undp)
    return_solution(solution=entry, by=cast.secretariat, reason="Add a figure <b>.")
    submit_solution(solution=entry, by=cast.focal_undp)
    verify_solution(solution=entry, by=cast.secretariat, level="agency_reviewed", evidence="Report of 2016.")
    expected = {
        "solutions.solution_submitted": ("To verify: Pumps & <b>sun</b>", "/solutions/pumps/review/", "Technology"),
        "solutions.solution_returned": ("Please revise: Pumps & <b>sun</b>", "/solutions/pumps/edit/", "Add a figure <b>."),
        "solutions.solution_verified": ("Published: Pumps & <b>sun</b>", "/solutions/pumps/", "Agency-reviewed. Report of 2016."),
    }
    for name, (subject_wanted, address, phrase) in expected.items():
        row = Notification.objects.filter(kind=name).select_related("recipient").first()
        assert row is not None
        subject, text, html, _ = render(row)
        assert subject == subject_wanted
        assert address in text
        assert phrase in text
        assert "<b>" not in html


def test_each_submission_is_told_once_each_time(cast: Cast) -> None:
    undp = Organization.objects.get(code="undp")
    entry = in_state(SolutionState.DRAFT, provider=undp)
    submit_solution(solution=entry, by=cast.focal_undp)
    return_solution(solution=entry, by=cast.secretariat, reason="Again.")
    submit_solution(solution=entry, by=cast.focal_undp)
    assert Notification.objects.filter(kind="solutions.solution_submitted", recipient=cast.secretariat).count() == 2


def test_who_may_no_longer_see_the_entry_gets_nothing(cast: Cast) -> None:
    undp = Organization.objects.get(code="undp")
    entry = in_state(SolutionState.SUBMITTED, provider=undp)
    return_solution(solution=entry, by=cast.secretariat, reason="Again.")
    row = Notification.objects.select_related("recipient").get(kind="solutions.solution_returned", recipient=cast.focal_undp)
    assert kind_of(row.kind).is_visible(row)
    cast.focal_undp.memberships.all().delete()
    row = Notification.objects.select_related("recipient").get(pk=row.pk)
    assert not kind_of(row.kind).is_visible(row)
    Solution.objects.filter(pk=entry.pk).delete()
    assert not kind_of(row.kind).is_visible(row)


def test_author_who_left_the_organization_is_not_told_the_reason(cast: Cast) -> None:
    entry = in_state(SolutionState.SUBMITTED, provider=Organization.objects.get(code="undp"), submitted_by=cast.contributor_undp)
    cast.contributor_undp.memberships.all().delete()
    return_solution(solution=entry, by=cast.secretariat, reason="Again.")
    told = Notification.objects.filter(kind="solutions.solution_returned").values_list("recipient", flat=True)
    assert list(told) == [cast.focal_undp.pk]
