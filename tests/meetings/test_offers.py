"""Offers: a seat kept until a time, taken or turned down by page or by link, handed on when the time is over."""

from datetime import timedelta
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from common.access import Refused
from directory.models import SingleUseLink
from directory.services.links import token_of
from meetings.enums import PromotionCause
from meetings.enums import RegistrationState as S
from meetings.jobs import expire_offers_task
from meetings.models import CategoryQuota, Meeting, Promotion, Registration
from meetings.selectors.registration import history_in_words
from meetings.services.by_address import manage_token
from meetings.services.offers import accept_offer, answer_by_link, decline_offer, expire_offers, offer_seat
from meetings.services.registration import cancel_registration
from meetings.services.seats import OFFER_PURPOSE, seats_taken
from notifications.models import Notification
from tests.conftest import Cast
from tests.factories.meetings import RegistrationFactory, registrant


@pytest.fixture
def by_offer(academia: CategoryQuota) -> CategoryQuota:
    """Two seats, handed on by offers."""
    CategoryQuota.objects.filter(pk=academia.pk).update(promotes_by_offer=True)
    academia.promotes_by_offer = True
    return academia


def fresh(row: Registration) -> Registration:
    return Registration.objects.get(pk=row.pk)


def kinds() -> list[str]:
    return [kind.removeprefix("meetings.") for kind in Notification.objects.order_by("pk").values_list("kind", flat=True)]


def link_of(row: Registration) -> str:
    link = SingleUseLink.objects.filter(purpose=OFFER_PURPOSE, subject=str(row.pk), withdrawn_at=None).latest("created_at")
    return token_of(link.pk)


def run_out(row: Registration) -> None:
    Registration.objects.filter(pk=row.pk).update(offered_until=timezone.now() - timedelta(seconds=1))


def test_a_freed_seat_is_offered_where_the_category_asks_first(by_offer: CategoryQuota) -> None:
    first, _second = (registrant(by_offer.meeting, state=S.APPROVED) for _ in range(2))
    waiting = registrant(by_offer.meeting, state=S.WAITLISTED)
    cancel_registration(registration=first, by=first.user)
    row = fresh(waiting)
    assert row.state == S.OFFERED
    assert abs(row.offered_until - timezone.now() - timedelta(hours=72)) < timedelta(minutes=1)
    assert seats_taken(by_offer) == 2
    assert kinds() == ["registration_cancelled", "seat_offered"]


def test_a_promotion_is_explained_with_the_numbers_of_its_moment(academia: CategoryQuota) -> None:
    first, _second = (registrant(academia.meeting, state=S.APPROVED) for _ in range(2))
    waiting = [registrant(academia.meeting, state=S.WAITLISTED) for _ in range(3)]
    cancel_registration(registration=first, by=first.user)
    row = Promotion.objects.get()
    assert (row.registration, row.cause, row.place, row.waiting, row.taken, row.seats) == (waiting[0], "freed", 1, 3, 1, 2)
    assert history_in_words(waiting[0])[0]["reason"] == (
        "A seat became free: number 1 of 3 on the waiting list, 1 of 2 seats taken."
    )


def test_an_offer_is_accepted_by_its_registrant_only(by_offer: CategoryQuota, cast: Cast) -> None:
    row = registrant(by_offer.meeting, state=S.OFFERED)
    for who in (cast.secretariat, cast.outsider, cast.administrator):
        with pytest.raises(PermissionDenied):
            accept_offer(registration=row, by=who)
    accept_offer(registration=row, by=row.user)
    assert (fresh(row).state, fresh(row).offered_until) == (S.APPROVED, None)
    with pytest.raises(Refused, match="yours already"):
        accept_offer(registration=row, by=row.user)
    assert kinds() == ["registration_approved"]


def test_who_turns_an_offer_down_hands_it_on(by_offer: CategoryQuota) -> None:
    row = registrant(by_offer.meeting, state=S.OFFERED)
    registrant(by_offer.meeting, state=S.APPROVED)
    following = registrant(by_offer.meeting, state=S.WAITLISTED)
    decline_offer(registration=row, by=row.user, reason="I am elsewhere.")
    assert (fresh(row).state, fresh(following).state) == (S.CANCELLED, S.OFFERED)
    assert Promotion.objects.get().cause == PromotionCause.LAPSED


def test_an_offer_that_ran_out_is_not_taken_any_more(by_offer: CategoryQuota) -> None:
    row = registrant(by_offer.meeting, state=S.OFFERED)
    run_out(row)
    with pytest.raises(Refused, match="has run out"):
        accept_offer(registration=row, by=row.user)
    assert fresh(row).state == S.OFFERED


def test_the_clock_takes_back_what_ran_out_and_asks_the_next(by_offer: CategoryQuota) -> None:
    row, other = (registrant(by_offer.meeting, state=S.OFFERED) for _ in range(2))
    run_out(row)
    following = registrant(by_offer.meeting, state=S.WAITLISTED)
    assert expire_offers_task() == {"lapsed": 1, "promoted": 1}
    assert (fresh(row).state, fresh(following).state, fresh(other).state) == (S.WAITLISTED, S.OFFERED, S.OFFERED)
    # At the end of the list.
    assert fresh(row).waitlisted_at > following.waitlisted_at
    assert kinds() == ["offer_lapsed", "seat_offered"]
    assert expire_offers() == {"lapsed": 0, "promoted": 0}


def test_who_let_an_offer_run_out_is_not_asked_again_at_once_but_blocks_nobody(by_offer: CategoryQuota) -> None:
    row = registrant(by_offer.meeting, state=S.OFFERED)
    run_out(row)
    assert expire_offers() == {"lapsed": 1, "promoted": 0}
    Registration.objects.filter(pk=row.pk).update(offer_lapsed_at=timezone.now() - timedelta(hours=25))
    assert expire_offers() == {"lapsed": 0, "promoted": 1}
    assert fresh(row).state == S.OFFERED


def test_no_offer_lasts_beyond_the_beginning_of_the_meeting(by_offer: CategoryQuota, cast: Cast) -> None:
    soon = timezone.now() + timedelta(hours=5)
    Meeting.objects.filter(pk=by_offer.meeting_id).update(starts_at=soon)
    row = registrant(by_offer.meeting, state=S.WAITLISTED)
    assert offer_seat(registration=fresh(row), by=cast.secretariat).offered_until == soon


def test_staff_offer_only_what_is_free_and_say_why_out_of_turn(by_offer: CategoryQuota, cast: Cast) -> None:
    first, second = (registrant(by_offer.meeting, state=S.WAITLISTED) for _ in range(2))
    with pytest.raises(Refused, match="Others have waited longer"):
        offer_seat(registration=second, by=cast.secretariat)
    offer_seat(registration=second, by=cast.secretariat, reason="She chairs the session.")
    assert fresh(second).state_changes.get().reason == "She chairs the session."
    registrant(by_offer.meeting, state=S.APPROVED)
    with pytest.raises(Refused, match="No seat is free"):
        offer_seat(registration=first, by=cast.secretariat)


@pytest.mark.parametrize("role", ["outsider", "focal_undp", "drafter", "administrator"])
def test_only_secretariat_staff_offer_seats(by_offer: CategoryQuota, cast: Cast, role: str) -> None:
    row = registrant(by_offer.meeting, state=S.WAITLISTED)
    with pytest.raises(PermissionDenied):
        offer_seat(registration=row, by=getattr(cast, role))


# --- By link ---------------------------------------------------------------------------------------------------------


def test_the_link_of_an_offer_works_once_and_opening_it_does_nothing(by_offer: CategoryQuota, cast: Cast, client: Client) -> None:
    row = RegistrationFactory(meeting=by_offer.meeting, state=S.WAITLISTED)
    offer_seat(registration=row, by=cast.secretariat)
    address = reverse("meetings:answer_offer", args=[link_of(row)])
    assert "Take the seat" in client.get(address).content.decode()
    assert fresh(row).state == S.OFFERED
    answered = client.post(address, {"answer": "accept"}).content.decode()
    assert "The seat is yours" in answered
    assert f'href="{reverse("meetings:by_link", args=[manage_token(row)])}"' in answered
    assert fresh(row).state == S.APPROVED
    answer = client.post(address, {"answer": "decline"})
    assert answer.status_code == 410
    assert fresh(row).state == S.APPROVED


def test_the_link_turns_an_offer_down_too(by_offer: CategoryQuota, cast: Cast, client: Client) -> None:
    row = RegistrationFactory(meeting=by_offer.meeting, state=S.WAITLISTED)
    offer_seat(registration=row, by=cast.secretariat)
    client.post(reverse("meetings:answer_offer", args=[link_of(row)]), {"answer": "decline"})
    assert fresh(row).state == S.CANCELLED


def test_who_has_an_account_is_led_from_the_offer_to_the_page_that_asks_to_sign_in(
    by_offer: CategoryQuota, cast: Cast, client: Client
) -> None:
    row = registrant(by_offer.meeting, state=S.WAITLISTED)
    offer_seat(registration=row, by=cast.secretariat)
    answered = client.post(reverse("meetings:answer_offer", args=[link_of(row)]), {"answer": "accept"}).content.decode()
    assert f'href="{row.get_absolute_url()}"' in answered
    assert "registrations/link" not in answered


def test_a_link_dies_with_its_offer(by_offer: CategoryQuota, cast: Cast, client: Client) -> None:
    row = registrant(by_offer.meeting, state=S.WAITLISTED)
    offer_seat(registration=row, by=cast.secretariat)
    token = link_of(row)
    cancel_registration(registration=row, by=row.user)
    answer = client.get(reverse("meetings:answer_offer", args=[token]))
    assert answer.status_code == 410
    assert "withdrawn or replaced" in answer.content.decode()


def test_of_two_answers_by_link_the_second_finds_it_used(by_offer: CategoryQuota, cast: Cast) -> None:
    row = registrant(by_offer.meeting, state=S.WAITLISTED)
    offer_seat(registration=row, by=cast.secretariat)
    token = link_of(row)
    answer_by_link(token=token, accept=True)
    with pytest.raises(Refused):
        answer_by_link(token=token, accept=False)
    assert fresh(row).state == S.APPROVED


def test_pages_of_an_offer(by_offer: CategoryQuota, sign_in: Any) -> None:
    row = registrant(by_offer.meeting, state=S.OFFERED)
    client = sign_in(row.user)
    address = reverse("meetings:offer", args=[row.reference])
    assert "Answer the offer" in client.get(row.get_absolute_url()).content.decode()
    assert "Turn it down" in client.get(address).content.decode()
    client.post(address, {"answer": "nonsense"})
    assert fresh(row).state == S.OFFERED
    answer = client.post(address, {"answer": "accept"}, follow=True)
    assert "The seat is yours." in answer.content.decode()
    assert client.get(address).status_code == 302
