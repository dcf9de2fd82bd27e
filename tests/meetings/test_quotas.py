"""Categories of a meeting: opened, closed, withdrawn; seats changed, moved, shared out fairly."""

from datetime import timedelta
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.utils import timezone

from common.access import Refused
from meetings.enums import Approval
from meetings.enums import RegistrationState as S
from meetings.models import CategoryQuota, Meeting, Promotion, Registration, SeatMove
from meetings.selectors.promotion import Line, fair_steps, plan_promotion
from meetings.selectors.registration import seats_by_category
from meetings.services.promotion import carry_out_plan
from meetings.services.quotas import add_category, change_category, move_seats, set_seats, withdraw_category
from meetings.services.registration import submit_registration
from tests.conftest import Cast
from tests.factories.directory import CategoryFactory
from tests.factories.meetings import QuotaFactory, RegistrationFactory

PAGE = "/meetings/antalya/registration/settings/"


def fill(quota: CategoryQuota, state: str, count: int) -> list[Registration]:
    return [RegistrationFactory(meeting=quota.meeting, category=quota.category, state=state) for _ in range(count)]


def seats(quota: CategoryQuota) -> int:
    return CategoryQuota.objects.get(pk=quota.pk).seats


def count(quota: CategoryQuota, state: str) -> int:
    return Registration.objects.filter(meeting=quota.meeting, category=quota.category, state=state).count()


# --- Settings --------------------------------------------------------------------------------------------------------


def test_only_staff_of_the_meeting_change_its_categories(academia: CategoryQuota, cast: Cast) -> None:
    for name, who in cast.everyone().items():
        if name == "secretariat":
            continue
        for act in (
            lambda who=who: set_seats(quota=academia, seats=9, by=who),
            lambda who=who: change_category(quota=academia, by=who, is_open=False),
            lambda who=who: withdraw_category(quota=academia, by=who),
            lambda who=who: add_category(meeting=academia.meeting, category=CategoryFactory(code="ngo"), seats=1, by=who),
        ):
            with pytest.raises(PermissionDenied):
                act()
    assert seats(academia) == 2


def test_a_category_opens_and_closes_at_its_own_hours(academia: CategoryQuota, cast: Cast) -> None:
    now = timezone.now()
    for opens, closes in ((now + timedelta(hours=1), None), (None, now - timedelta(hours=1))):
        change_category(quota=academia, by=cast.secretariat, opens_at=opens, closes_at=closes)
        assert seats_by_category(academia.meeting, now)[0].status == "closed"
        with pytest.raises(Refused, match="closed for the category"):
            submit_registration(
                meeting=academia.meeting, category=academia.category, by=cast.outsider, given_name="A", family_name="B"
            )
    change_category(quota=academia, by=cast.secretariat, opens_at=now - timedelta(hours=1), closes_at=now + timedelta(hours=1))
    assert seats_by_category(academia.meeting, now)[0].status == "open"


def test_a_category_that_closes_before_it_opens_is_refused(academia: CategoryQuota, cast: Cast) -> None:
    now = timezone.now()
    with pytest.raises(Refused, match="must close after it opens"):
        change_category(quota=academia, by=cast.secretariat, opens_at=now, closes_at=now - timedelta(hours=1))


def test_a_withdrawn_category_takes_nobody_and_comes_back(academia: CategoryQuota, cast: Cast) -> None:
    withdraw_category(quota=academia, by=cast.secretariat)
    assert seats_by_category(academia.meeting, timezone.now()) == []
    with pytest.raises(Refused, match="Choose another category"):
        submit_registration(
            meeting=academia.meeting, category=academia.category, by=cast.outsider, given_name="A", family_name="B"
        )
    add_category(meeting=academia.meeting, category=academia.category, seats=7, by=cast.secretariat)
    assert seats(academia) == 7
    with pytest.raises(Refused, match="takes part already"):
        add_category(meeting=academia.meeting, category=academia.category, seats=7, by=cast.secretariat)


def test_a_category_with_registrations_is_not_withdrawn(academia: CategoryQuota, cast: Cast) -> None:
    fill(academia, S.WAITLISTED, 1)
    with pytest.raises(Refused, match="Move them to another category"):
        withdraw_category(quota=academia, by=cast.secretariat)


# --- Seats -----------------------------------------------------------------------------------------------------------


def test_more_seats_go_to_who_waits_and_the_change_is_recorded(academia: CategoryQuota, cast: Cast) -> None:
    fill(academia, S.APPROVED, 2)
    waiting = fill(academia, S.WAITLISTED, 3)
    set_seats(quota=academia, seats=4, by=cast.secretariat, reason="A larger room.")
    assert [Registration.objects.get(pk=row.pk).state for row in waiting] == [S.APPROVED, S.APPROVED, S.WAITLISTED]
    move = SeatMove.objects.get()
    assert (move.source, move.target, move.count, move.reason, move.by) == (None, academia, 2, "A larger room.", cast.secretariat)
    assert Promotion.objects.filter(cause="raised").count() == 2


def test_fewer_seats_than_are_taken_need_an_override_with_a_reason(academia: CategoryQuota, cast: Cast) -> None:
    fill(academia, S.APPROVED, 2)
    with pytest.raises(Refused, match="Tick the override"):
        set_seats(quota=academia, seats=1, by=cast.secretariat, reason="The room is smaller.")
    with pytest.raises(Refused, match="Say why"):
        set_seats(quota=academia, seats=1, by=cast.secretariat, override=True)
    assert seats(academia) == 2
    set_seats(quota=academia, seats=1, by=cast.secretariat, reason="The room is smaller.", override=True)
    assert (seats(academia), count(academia, S.APPROVED)) == (1, 2)
    assert SeatMove.objects.get().is_below_taken


def test_moved_seats_are_recorded_and_go_to_who_waits(academia: CategoryQuota, ngo: CategoryQuota, cast: Cast) -> None:
    fill(academia, S.APPROVED, 2)
    fill(academia, S.WAITLISTED, 2)
    move_seats(source=ngo, target=academia, count=1, by=cast.secretariat, reason="Nobody else came.")
    assert (seats(ngo), seats(academia), count(academia, S.APPROVED), count(academia, S.WAITLISTED)) == (1, 3, 3, 1)
    move = SeatMove.objects.get()
    assert (move.source, move.target, move.count, move.reason) == (ngo, academia, 1, "Nobody else came.")


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"count": 3}, "Move at least one"),
        ({"count": 0}, "Move at least one"),
        ({"reason": " "}, "Say why"),
        ({"count": 2}, "has 1 free seats"),
    ],
)
def test_seats_are_not_moved_without_reason_or_beyond_what_is_free(
    academia: CategoryQuota, ngo: CategoryQuota, cast: Cast, given: dict[str, Any], words: str
) -> None:
    fill(ngo, S.APPROVED, 1)
    with pytest.raises(Refused, match=words):
        move_seats(**{"source": ngo, "target": academia, "count": 1, "by": cast.secretariat, "reason": "Because.", **given})
    assert (seats(ngo), seats(academia), SeatMove.objects.count()) == (2, 2, 0)


def test_seats_do_not_move_to_the_category_they_come_from(academia: CategoryQuota, cast: Cast) -> None:
    with pytest.raises(Refused, match="two different categories"):
        move_seats(source=academia, target=academia, count=1, by=cast.secretariat, reason="Because.")


# --- Sharing out -----------------------------------------------------------------------------------------------------


def line(number: int, seated: int, waiting: int) -> Line:
    quota = CategoryQuota(pk=number, seats=seated)
    at = timezone.now()
    rows = [Registration(pk=100 * number + place, waitlisted_at=at + timedelta(minutes=place)) for place in range(waiting)]
    return Line(quota, seated, rows)


def test_seats_go_to_the_category_with_the_smallest_share_of_those_who_asked() -> None:
    # 8 of 10 and 1 of 4 have a seat: the small category gets the first two, then both have 3 of 4 and 8 of 10.
    steps = fair_steps(3, [line(1, 8, 2), line(2, 1, 3)])
    assert [(step.quota.pk, step.seated, step.asked) for step in steps] == [(2, 1, 4), (2, 2, 4), (2, 3, 4)]
    steps = fair_steps(4, [line(1, 8, 2), line(2, 1, 3)])
    assert [step.quota.pk for step in steps] == [2, 2, 2, 1]


def test_nobody_overtakes_within_a_category_and_no_seat_is_given_twice() -> None:
    steps = fair_steps(50, [line(1, 0, 4), line(2, 0, 3)])
    assert len(steps) == 7
    for number in (1, 2):
        own = [step.registration.pk for step in steps if step.quota.pk == number]
        assert own == sorted(own)


@pytest.fixture
def crowd(meeting: Meeting, academia: CategoryQuota, ngo: CategoryQuota) -> tuple[CategoryQuota, CategoryQuota, CategoryQuota]:
    """Academia and NGOs are full and wait; philanthropy has five free seats."""
    fill(academia, S.APPROVED, 2)
    fill(academia, S.WAITLISTED, 2)
    fill(ngo, S.APPROVED, 2)
    fill(ngo, S.WAITLISTED, 6)
    return academia, ngo, QuotaFactory(meeting=meeting, category=CategoryFactory(code="philanthropy"), seats=5)


def test_the_plan_is_carried_out_as_it_was_shown(crowd: Any, cast: Cast, meeting: Meeting) -> None:
    academia, ngo, spare = crowd
    plan = plan_promotion(meeting, {spare.pk: 3}, timezone.now())
    # 2 of 4 and 2 of 8 have a seat.
    assert [step.quota for step in plan.steps] == [ngo, ngo, academia]
    done = carry_out_plan(meeting=meeting, given={spare.pk: 3}, by=cast.secretariat, seen=plan.fingerprint, reason="Spare seats.")
    for step in done.steps:
        assert Registration.objects.get(pk=step.registration.pk).state == S.APPROVED
    assert seats(spare) == 2
    assert seats(academia) + seats(ngo) == 7
    assert Promotion.objects.filter(cause="planned").count() == 3
    assert sum(SeatMove.objects.values_list("count", flat=True)) == 3


def test_a_plan_that_is_old_is_not_carried_out(crowd: Any, cast: Cast, meeting: Meeting) -> None:
    _academia, ngo, spare = crowd
    plan = plan_promotion(meeting, {spare.pk: 3}, timezone.now())
    Registration.objects.filter(category=ngo.category, state=S.WAITLISTED).update(state=S.CANCELLED)
    with pytest.raises(Refused, match="have changed since this plan"):
        carry_out_plan(meeting=meeting, given={spare.pk: 3}, by=cast.secretariat, seen=plan.fingerprint, reason="Spare seats.")
    assert seats(spare) == 5


def test_new_seats_can_be_shared_out(crowd: Any, cast: Cast, meeting: Meeting) -> None:
    plan = plan_promotion(meeting, {0: 2}, timezone.now())
    carry_out_plan(meeting=meeting, given={0: 2}, by=cast.secretariat, seen=plan.fingerprint, reason="One more row.")
    assert Registration.objects.filter(meeting=meeting, state=S.APPROVED).count() == 6
    assert sum(CategoryQuota.objects.filter(meeting=meeting).values_list("seats", flat=True)) == 11


# --- Pages -----------------------------------------------------------------------------------------------------------


def test_settings_are_set_on_the_clock_of_the_place(academia: CategoryQuota, cast: Cast, sign_in: Any) -> None:
    client = sign_in(cast.secretariat)
    data = {
        "act": "settings", "is_open": "on", "opens_at": "2030-05-01T09:00", "approval": "manual", "badge_colour": "#0B5563",
        "approver": cast.secretariat.pk, "promotes_by_offer": "on",
    }  # fmt: skip
    assert client.post(f"{PAGE}of/academia/", data).status_code == 302
    quota = CategoryQuota.objects.get(pk=academia.pk)
    assert quota.opens_at.isoformat() == "2030-05-01T06:00:00+00:00"
    assert (quota.approval, quota.badge_colour, quota.approver, quota.promotes_by_offer) == (
        Approval.MANUAL, "#0b5563", cast.secretariat, True,
    )  # fmt: skip
    assert 'value="2030-05-01T09:00"' in client.get(f"{PAGE}of/academia/").content.decode()


def test_an_hour_that_the_clocks_skip_is_refused_with_words(academia: CategoryQuota, cast: Cast, sign_in: Any) -> None:
    Meeting.objects.filter(pk=academia.meeting_id).update(time_zone="Europe/Paris")
    data = {"act": "settings", "opens_at": "2030-03-31T02:30", "approval": "manual", "badge_colour": "#0b5563"}
    answer = sign_in(cast.secretariat).post(f"{PAGE}of/academia/", data)
    assert answer.status_code == 400
    assert "couldn’t be interpreted in time zone" in answer.content.decode()


def test_pages_lower_and_move_seats_with_their_refusals(
    academia: CategoryQuota, ngo: CategoryQuota, cast: Cast, sign_in: Any
) -> None:
    fill(academia, S.APPROVED, 2)
    client = sign_in(cast.secretariat)
    answer = client.post(f"{PAGE}of/academia/", {"act": "seats", "seats": "1", "reason": "Less room"})
    assert answer.status_code == 400
    assert "Tick the override" in answer.content.decode()
    assert (
        client.post(f"{PAGE}of/academia/", {"act": "seats", "seats": "1", "reason": "Less room", "override": "on"}).status_code
        == 302
    )
    assert "Quota lowered below the taken seats" in client.get(PAGE).content.decode()
    answer = client.post(
        f"{PAGE}move-seats/", {"source": ngo.pk, "target": academia.pk, "count": "1", "reason": "Fair"}, follow=True
    )
    assert "1 seat moved from “Ngo” to “Academia”." in answer.content.decode()
    assert client.post(f"{PAGE}add/", {"category": academia.category.pk, "seats": 3, "approval": "manual"}).status_code == 400
    assert client.post(f"{PAGE}of/academia/withdraw/", follow=True).content.decode().count("Move them to another category") == 1


def test_the_page_of_the_plan_shows_who_and_why(crowd: Any, cast: Cast, sign_in: Any) -> None:
    _academia, _ngo, spare = crowd
    client = sign_in(cast.secretariat)
    address = "/meetings/antalya/registration/promote/"
    text = client.get(f"{address}?from_{spare.pk}=2").content.decode()
    assert "the smallest share has a seat here: 2 of 8 (25 %)" in text
    plan = plan_promotion(spare.meeting, {spare.pk: 2}, timezone.now())
    data = {f"from_{spare.pk}": "2", "seen": plan.fingerprint, "reason": ""}
    assert client.post(address, data).status_code == 400
    assert "2 people got a seat" in client.post(address, {**data, "reason": "Fair"}, follow=True).content.decode()
    assert client.get(f"{address}?from_{spare.pk}=99999999999999&fresh=x").status_code == 200
