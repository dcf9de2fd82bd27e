"""Verbs of registration: who, when, and what they leave behind."""

from datetime import timedelta
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.utils import timezone

from common.access import Refused
from meetings.enums import MeetingState
from meetings.enums import RegistrationState as S
from meetings.models import CategoryQuota, Meeting, Registration
from meetings.services.registration import (
    approve_registration,
    cancel_registration,
    decline_registration,
    submit_registration,
)
from notifications.models import Notification
from tests.conftest import Cast
from tests.factories.directory import OrganizationFactory, UserFactory
from tests.factories.meetings import RegistrationFactory, registrant


def submit(quota: CategoryQuota, by: Any, **more: Any) -> Registration:
    values = {"given_name": "Amina", "family_name": "Diallo", "affiliation": "Lakeside", **more}
    return submit_registration(meeting=quota.meeting, category=quota.category, by=by, **values)


def mails() -> list[tuple[str, str]]:
    rows = Notification.objects.order_by("pk").select_related("recipient")
    return [(row.kind.removeprefix("meetings.registration_"), row.address or row.recipient.email) for row in rows]


# --- Submit ----------------------------------------------------------------------------------------------------------


def test_automatic_category_gives_the_seat_at_once_and_one_mail(academia: CategoryQuota, cast: Cast) -> None:
    row = submit(academia, cast.outsider)
    assert (row.state, row.email, row.user) == (S.APPROVED, cast.outsider.email, cast.outsider)
    assert list(row.state_changes.values_list("old", "new", "by")) == [
        ("", S.SUBMITTED, cast.outsider.pk),
        (S.SUBMITTED, S.APPROVED, None),
    ]
    assert mails() == [("approved", cast.outsider.email)]


def test_manual_category_waits_for_the_secretariat_and_tells_both(ngo: CategoryQuota, cast: Cast) -> None:
    row = submit(ngo, cast.outsider)
    assert row.state == S.SUBMITTED
    assert mails() == [("received", cast.outsider.email), ("to_review", cast.secretariat.email)]


def test_full_automatic_category_puts_on_the_waiting_list(academia: CategoryQuota, cast: Cast) -> None:
    for _ in range(2):
        RegistrationFactory(meeting=academia.meeting, state=S.APPROVED)
    assert submit(academia, cast.outsider).state == S.WAITLISTED
    assert mails() == [("waitlisted", cast.outsider.email)]


def test_reference_is_long_and_its_own(academia: CategoryQuota) -> None:
    rows = [submit(academia, UserFactory()) for _ in range(5)]
    assert {len(row.reference) for row in rows} == {12}
    assert len({row.reference for row in rows}) == 5


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"registration_opens_at": timezone.now() + timedelta(days=1)}, "not open yet"),
        ({"registration_opens_at": None}, "not open yet"),
        ({"registration_closes_at": timezone.now() - timedelta(minutes=1)}, "Registration is closed"),
        (
            {"starts_at": timezone.now() - timedelta(days=2), "ends_at": timezone.now() - timedelta(days=1)},
            "This meeting is over",
        ),
        ({"state": MeetingState.CANCELLED}, "This meeting is cancelled"),
        ({"state": MeetingState.DRAFT}, "not announced yet"),
    ],
)
def test_outside_the_open_time_registration_is_refused(academia: CategoryQuota, cast: Cast, changes: dict, words: str) -> None:
    Meeting.objects.filter(pk=academia.meeting_id).update(**changes)
    with pytest.raises(Refused, match=words):
        submit(academia, cast.outsider)
    assert Registration.objects.count() == 0


def test_a_closed_category_is_refused(academia: CategoryQuota, cast: Cast) -> None:
    CategoryQuota.objects.update(is_open=False)
    with pytest.raises(Refused, match="closed for the category “Academia”"):
        submit(academia, cast.outsider)


def test_nobody_registers_for_an_organization_they_do_not_serve(academia: CategoryQuota, cast: Cast) -> None:
    with pytest.raises(Refused, match="not a member of FAO"):
        submit(academia, cast.focal_undp, organization=OrganizationFactory(code="fao"))


def test_a_member_registers_on_behalf_of_the_organization(academia: CategoryQuota, cast: Cast) -> None:
    undp = OrganizationFactory(code="undp")
    row = submit(academia, cast.focal_undp, organization=undp)
    assert row.organization == undp
    assert row.state_changes.first().on_behalf_of == undp


def test_a_second_registration_is_refused(academia: CategoryQuota, ngo: CategoryQuota, cast: Cast) -> None:
    submit(academia, cast.outsider)
    with pytest.raises(Refused, match="already registered"):
        submit(ngo, cast.outsider)


def test_after_cancelling_one_may_register_again(academia: CategoryQuota, cast: Cast) -> None:
    cancel_registration(registration=submit(academia, cast.outsider), by=cast.outsider)
    assert submit(academia, cast.outsider).state == S.APPROVED


def test_who_was_declined_does_not_come_in_through_an_automatic_category(
    academia: CategoryQuota, ngo: CategoryQuota, cast: Cast
) -> None:
    decline_registration(registration=submit(ngo, cast.outsider), by=cast.secretariat, reason="No seat for you.")
    with pytest.raises(Refused, match="has declined your registration"):
        submit(academia, cast.outsider)


def test_an_address_that_others_registered_is_refused_whatever_its_case(academia: CategoryQuota, cast: Cast) -> None:
    RegistrationFactory(meeting=academia.meeting, email=cast.outsider.email.upper())
    with pytest.raises(Refused, match="already a registration for your address"):
        submit(academia, cast.outsider)
    assert Registration.objects.count() == 1


def test_inactive_people_do_not_register(academia: CategoryQuota) -> None:
    with pytest.raises(PermissionDenied):
        submit(academia, UserFactory(is_active=False))


# --- Approve, decline, cancel: who -----------------------------------------------------------------------------------

ALLOWED = {"secretariat"}


@pytest.mark.parametrize("verb", ["approve", "decline", "cancel"])
def test_only_secretariat_staff_decide_on_others(ngo: CategoryQuota, cast: Cast, verb: str) -> None:
    acts = {
        "approve": lambda row, who: approve_registration(registration=row, by=who),
        "decline": lambda row, who: decline_registration(registration=row, by=who, reason="Because."),
        "cancel": lambda row, who: cancel_registration(registration=row, by=who),
    }
    for name, who in cast.everyone().items():
        row = RegistrationFactory(meeting=ngo.meeting, category=ngo.category)
        if name in ALLOWED:
            acts[verb](row, who)
            assert Registration.objects.get(pk=row.pk).state != S.SUBMITTED
        else:
            with pytest.raises(PermissionDenied):
                acts[verb](row, who)
            assert Registration.objects.get(pk=row.pk).state == S.SUBMITTED


def test_a_registrant_cancels_but_does_not_approve_themselves(ngo: CategoryQuota) -> None:
    row = registrant(ngo.meeting, category=ngo.category)
    with pytest.raises(PermissionDenied):
        approve_registration(registration=row, by=row.user)
    assert cancel_registration(registration=row, by=row.user).state == S.CANCELLED


# --- Approve, decline, cancel: what ----------------------------------------------------------------------------------


def test_approval_is_recorded_on_behalf_of_the_secretariat_and_mailed(ngo: CategoryQuota, cast: Cast) -> None:
    row = approve_registration(registration=RegistrationFactory(meeting=ngo.meeting, category=ngo.category), by=cast.secretariat)
    change = row.state_changes.get()
    assert (change.new, change.by, change.on_behalf_of.code) == (S.APPROVED, cast.secretariat, "unossc")
    assert mails() == [("approved", row.email)]


def test_approval_without_a_free_seat_puts_on_the_waiting_list(ngo: CategoryQuota, cast: Cast) -> None:
    rows = [RegistrationFactory(meeting=ngo.meeting, category=ngo.category) for _ in range(3)]
    results = [approve_registration(registration=row, by=cast.secretariat).state for row in rows]
    assert results == [S.APPROVED, S.APPROVED, S.WAITLISTED]


@pytest.mark.parametrize("state", [S.APPROVED, S.DECLINED, S.CANCELLED])
def test_what_is_decided_is_not_approved_again(ngo: CategoryQuota, cast: Cast, state: str) -> None:
    row = RegistrationFactory(meeting=ngo.meeting, category=ngo.category, state=state)
    with pytest.raises(Refused, match="cannot become “Approved”"):
        approve_registration(registration=row, by=cast.secretariat)
    assert mails() == []


@pytest.mark.parametrize("state", [S.SUBMITTED, S.ENDORSED, S.WAITLISTED, S.OFFERED])
def test_declining_tells_the_reason(ngo: CategoryQuota, cast: Cast, state: str) -> None:
    row = RegistrationFactory(meeting=ngo.meeting, category=ngo.category, state=state)
    declined = decline_registration(registration=row, by=cast.secretariat, reason=" The delegation named another. ")
    assert declined.state_changes.get().reason == "The delegation named another."
    assert mails() == [("declined", row.email)]


@pytest.mark.parametrize("state", [S.APPROVED, S.DECLINED, S.CANCELLED])
def test_what_is_decided_is_not_declined(ngo: CategoryQuota, cast: Cast, state: str) -> None:
    row = RegistrationFactory(meeting=ngo.meeting, category=ngo.category, state=state)
    with pytest.raises(Refused, match="cannot become “Declined”"):
        decline_registration(registration=row, by=cast.secretariat, reason="Because.")


def test_declining_without_a_reason_is_refused(ngo: CategoryQuota, cast: Cast) -> None:
    with pytest.raises(Refused, match="Say why"):
        decline_registration(
            registration=RegistrationFactory(meeting=ngo.meeting, category=ngo.category), by=cast.secretariat, reason="  "
        )


def test_declining_a_live_offer_hands_the_seat_on(ngo: CategoryQuota, cast: Cast) -> None:
    RegistrationFactory(meeting=ngo.meeting, category=ngo.category, state=S.APPROVED)
    offered = RegistrationFactory(meeting=ngo.meeting, category=ngo.category, state=S.OFFERED)
    waiting = RegistrationFactory(meeting=ngo.meeting, category=ngo.category, state=S.WAITLISTED)
    decline_registration(registration=offered, by=cast.secretariat, reason="Because.")
    assert Registration.objects.get(pk=waiting.pk).state == S.APPROVED


def test_cancelling_promotes_the_first_and_writes_to_both(academia: CategoryQuota) -> None:
    first, _second = (registrant(academia.meeting, state=S.APPROVED) for _ in range(2))
    waiting = registrant(academia.meeting, state=S.WAITLISTED)
    cancel_registration(registration=first, by=first.user)
    assert Registration.objects.get(pk=waiting.pk).state == S.APPROVED
    assert mails() == [("cancelled", first.email), ("approved", waiting.email)]


def test_cancelling_without_a_seat_promotes_nobody(academia: CategoryQuota) -> None:
    for _ in range(2):
        RegistrationFactory(meeting=academia.meeting, state=S.APPROVED)
    gone, waiting = (registrant(academia.meeting, state=S.WAITLISTED) for _ in range(2))
    cancel_registration(registration=gone, by=gone.user)
    assert Registration.objects.get(pk=waiting.pk).state == S.WAITLISTED


@pytest.mark.parametrize("state", [S.DECLINED, S.CANCELLED])
def test_what_has_ended_is_not_cancelled(academia: CategoryQuota, state: str) -> None:
    row = registrant(academia.meeting, state=state)
    with pytest.raises(Refused, match="cannot become “Cancelled”"):
        cancel_registration(registration=row, by=row.user)


def test_after_the_meeting_nothing_changes_any_more(academia: CategoryQuota, cast: Cast) -> None:
    row = registrant(academia.meeting)
    Meeting.objects.update(starts_at=timezone.now() - timedelta(days=2), ends_at=timezone.now() - timedelta(days=1))
    row = Registration.objects.get(pk=row.pk)
    for act in (
        lambda: approve_registration(registration=row, by=cast.secretariat),
        lambda: decline_registration(registration=row, by=cast.secretariat, reason="Because."),
        lambda: cancel_registration(registration=row, by=row.user),
    ):
        with pytest.raises(Refused, match="its registrations stay as they are"):
            act()


def test_a_category_changed_meanwhile_is_noticed_after_the_lock(academia: CategoryQuota, ngo: CategoryQuota, cast: Cast) -> None:
    stale = RegistrationFactory(meeting=academia.meeting)
    Registration.objects.filter(pk=stale.pk).update(category=ngo.category)
    with pytest.raises(Refused, match="has just been changed"):
        approve_registration(registration=stale, by=cast.secretariat)
