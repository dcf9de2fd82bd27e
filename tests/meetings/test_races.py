"""Two acts at once, in threads on real PostgreSQL: never a seat too many unless an override says so, and nobody hangs."""

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from common.access import Refused
from directory.models import SingleUseLink
from directory.services.links import token_of
from meetings.enums import BulkKind
from meetings.enums import RegistrationState as S
from meetings.models import CategoryQuota, Registration
from meetings.services.bulk import choose_act, confirm_act
from meetings.services.edits import decide_change, edit_registration, move_registration
from meetings.services.offers import accept_offer, answer_by_link, expire_offers, offer_seat
from meetings.services.quotas import move_seats, set_seats
from meetings.services.registration import approve_registration, cancel_registration, reinstate_registration
from meetings.services.registration_import import apply_registrations, read_registrations
from meetings.services.seats import OFFER_PURPOSE, seats_taken
from notifications.models import Notification
from tests.factories.directory import CategoryFactory, person
from tests.factories.meetings import QuotaFactory, RegistrationFactory, registrant
from tests.meetings.test_bulk import sheet
from tests.meetings.test_seats import apply_for, at_once

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def staff(db: Any) -> Any:
    return person("staff", "unossc")


@pytest.fixture
def quota(staff: Any) -> CategoryQuota:
    return QuotaFactory(seats=5)


@pytest.fixture
def other(quota: CategoryQuota) -> CategoryQuota:
    return QuotaFactory(meeting=quota.meeting, category=CategoryFactory(code="ngo"), seats=5)


def fill(quota: CategoryQuota, state: str, count: int) -> list[Registration]:
    return [RegistrationFactory(meeting=quota.meeting, category=quota.category, state=state) for _ in range(count)]


def errors(results: list[Any]) -> list[Exception]:
    """What went wrong beyond refusals."""
    return [one for one in results if isinstance(one, Exception) and not isinstance(one, Refused)]


def seats(quota: CategoryQuota) -> int:
    return CategoryQuota.objects.get(pk=quota.pk).seats


def test_bulk_acts_over_the_same_categories_never_wait_in_a_circle(
    quota: CategoryQuota, other: CategoryQuota, staff: Any
) -> None:
    def act(rows: list[Registration]) -> Any:
        return choose_act(meeting=quota.meeting, kind=BulkKind.DECLINE, registrations=rows, by=staff, reason="No seat.")

    wrong: list[Exception] = []
    for _round in range(3):
        here, there = fill(quota, S.SUBMITTED, 12), fill(other, S.SUBMITTED, 12)
        one, two = act(here[:6] + there[:6]), act(here[6:] + there[6:])
        type(two).objects.filter(pk=two.pk).update(registrations=[row.pk for row in there[6:] + here[6:]])
        wrong += errors(at_once([lambda one=one: confirm_act(act=one, by=staff), lambda two=two: confirm_act(act=two, by=staff)]))  # type: ignore[misc]
    assert wrong == []


def test_cancelling_against_promotion(quota: CategoryQuota, staff: Any) -> None:
    seated, waiting = fill(quota, S.APPROVED, 5), fill(quota, S.WAITLISTED, 5)
    calls = [lambda row=row: cancel_registration(registration=row, by=staff) for row in [*seated[:3], *waiting[:3]]]
    assert errors(at_once(calls)) == []
    assert seats_taken(quota) == 4  # five seats, two people left to wait for the three
    assert Registration.objects.filter(pk__in=[row.pk for row in waiting[3:]], state=S.APPROVED).count() == 2


def test_lowering_the_quota_against_registrations(quota: CategoryQuota, staff: Any) -> None:
    def lower() -> Any:
        return set_seats(quota=quota, seats=2, by=staff, reason="A smaller room.")

    results = at_once([lower, *[apply_for(quota) for _ in range(8)]])
    assert errors(results) == []
    assert seats_taken(quota) <= seats(quota)


def test_raising_and_moving_seats_against_registrations(quota: CategoryQuota, other: CategoryQuota, staff: Any) -> None:
    def there() -> Any:
        return move_seats(source=quota, target=other, count=3, by=staff, reason="More there.")

    def back() -> Any:
        return move_seats(source=other, target=quota, count=2, by=staff, reason="More here.")

    results = at_once([there, back, *[apply_for(quota) for _ in range(5)], *[apply_for(other) for _ in range(5)]])
    assert errors(results) == []
    assert seats(quota) + seats(other) == 10
    for one in (quota, other):
        assert seats_taken(one) <= seats(one)


def test_two_people_change_places_between_categories(quota: CategoryQuota, other: CategoryQuota, staff: Any) -> None:
    here, there = fill(quota, S.APPROVED, 4), fill(other, S.APPROVED, 4)
    calls = [lambda row=row: move_registration(registration=row, category=other.category, by=staff) for row in here]
    calls += [lambda row=row: move_registration(registration=row, category=quota.category, by=staff) for row in there]
    assert errors(at_once(calls)) == []
    assert (seats_taken(quota) <= 5, seats_taken(other) <= 5, seats_taken(quota) + seats_taken(other)) == (True, True, 8)


def test_an_accepted_change_of_category_against_newcomers(quota: CategoryQuota, other: CategoryQuota, staff: Any) -> None:
    rows = [registrant(quota.meeting, category=quota.category, state=S.APPROVED) for _ in range(3)]
    fill(other, S.APPROVED, 4)
    edits = [edit_registration(registration=row, by=row.user, category=other.category) for row in rows]
    calls = [lambda edit=edit: decide_change(edit=edit, by=staff, accept=True) for edit in edits]
    results = at_once([*calls, *[apply_for(other) for _ in range(4)]])
    assert errors(results) == []
    assert seats_taken(other) == 5


def test_reinstating_against_newcomers(quota: CategoryQuota, staff: Any) -> None:
    fill(quota, S.APPROVED, 3)
    gone = fill(quota, S.CANCELLED, 4)
    calls = [lambda row=row: reinstate_registration(registration=row, by=staff, reason="A mistake.") for row in gone]
    assert errors(at_once([*calls, *[apply_for(quota) for _ in range(4)]])) == []
    assert seats_taken(quota) == 5
    assert Registration.objects.filter(meeting=quota.meeting, state=S.WAITLISTED).count() == 6


def test_two_imports_and_newcomers(quota: CategoryQuota, staff: Any) -> None:
    first = read_registrations(meeting=quota.meeting, content=sheet(6), file_name="a.csv", by=staff)
    second = read_registrations(
        meeting=quota.meeting, content=sheet(6).replace(b"@guests", b"@others"), file_name="b.csv", by=staff
    )
    calls = [lambda record=record: apply_registrations(record=record, by=staff) for record in (first, second)]
    assert errors(at_once([*calls, *[apply_for(quota) for _ in range(4)]])) == []
    assert seats_taken(quota) <= 5  # an import whose preview is old by then is refused


def test_one_import_pressed_twice(quota: CategoryQuota, staff: Any) -> None:
    record = read_registrations(meeting=quota.meeting, content=sheet(6), file_name="a.csv", by=staff)
    results = at_once([lambda: apply_registrations(record=record, by=staff)] * 2)
    assert errors(results) == []
    assert sum(isinstance(one, Refused) for one in results) == 1
    assert Registration.objects.count() == 6


def test_an_offer_accepted_while_it_expires(quota: CategoryQuota, staff: Any) -> None:
    """Whoever is first wins; the seat is not given twice, and the next gets it if the clock was first."""
    CategoryQuota.objects.filter(pk=quota.pk).update(promotes_by_offer=True)
    fill(quota, S.APPROVED, 4)
    row = registrant(quota.meeting, category=quota.category, state=S.OFFERED)
    fill(quota, S.WAITLISTED, 2)
    Registration.objects.filter(pk=row.pk).update(offered_until=timezone.now() + timedelta(milliseconds=150))

    def accept() -> Any:
        return accept_offer(registration=row, by=row.user)

    calls: list[Any] = [accept, expire_offers, accept, expire_offers]
    assert errors(at_once(calls)) == []
    expire_offers()
    assert seats_taken(quota) == 5


def test_an_offer_answered_twice_by_its_link(quota: CategoryQuota, staff: Any) -> None:
    row = RegistrationFactory(meeting=quota.meeting, category=quota.category, state=S.WAITLISTED)
    offer_seat(registration=row, by=staff)
    token = token_of(SingleUseLink.objects.get(purpose=OFFER_PURPOSE).pk)
    results = at_once([lambda accept=accept: answer_by_link(token=token, accept=accept) for accept in (True, False, True)])
    assert errors(results) == []
    assert sum(isinstance(one, Refused) for one in results) == 2
    assert (
        Notification.objects.filter(kind__in=["meetings.registration_approved", "meetings.registration_cancelled"]).count() == 1
    )


def test_a_bulk_act_against_single_decisions(quota: CategoryQuota, staff: Any) -> None:
    CategoryQuota.objects.filter(pk=quota.pk).update(approval="manual")
    rows = fill(quota, S.SUBMITTED, 8)
    act = choose_act(meeting=quota.meeting, kind=BulkKind.APPROVE, registrations=rows, by=staff)
    calls: list[Any] = [lambda: confirm_act(act=act, by=staff)] * 2
    calls += [lambda row=row: approve_registration(registration=row, by=staff) for row in rows[:4]]
    assert errors(at_once(calls)) == []
    assert seats_taken(quota) == 5
    assert Notification.objects.filter(kind="meetings.registration_approved").count() == 5
    assert Registration.objects.filter(state=S.WAITLISTED).count() == 3
