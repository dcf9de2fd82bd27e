"""Where one act meets another: replaced people, cancelled meetings, withdrawn categories, endorsement by the back door."""

import uuid
from datetime import date, timedelta

import pytest
from django.test import Client
from django.utils import timezone

from common.access import Refused
from directory.models import Organization, PageVersion
from meetings.enums import BulkKind, DelegationRole
from meetings.enums import RegistrationState as S
from meetings.models import CategoryQuota, FloorList, FloorRequest, InvitationLetter, Meeting, Registration
from meetings.services.bulk import choose_act, confirm_act, preview
from meetings.services.by_address import register_person
from meetings.services.checkin import check_in, register_walk_in
from meetings.services.delegations import substitute
from meetings.services.editing import cancel_meeting
from meetings.services.edits import edit_registration
from meetings.services.event_places import _copy_seats
from meetings.services.letters import ask_letter
from meetings.services.quotas import add_category, withdraw_category
from meetings.services.registration import (
    cancel_registration,
    decline_registration,
    reinstate_registration,
    save_draft,
    submit_registration,
)
from meetings.services.retention import remove_personal_data
from notifications.models import Notification
from tests.conftest import Cast
from tests.factories.directory import CategoryFactory, CountryFactory, OrganizationFactory
from tests.factories.meetings import MeetingFactory, QuotaFactory, RegistrationFactory
from tests.meetings.test_delegations import name, quota, samoa  # noqa: F401

NEXT = {"given_name": "Bela", "family_name": "Costa", "email": "bela@samoa.test"}
PASSPORT = {"passport_name": "A B", "born_on": date(1980, 1, 1), "passport_number": "X1", "language": "en"}


@pytest.fixture
def named(quota: CategoryQuota, cast: Cast) -> Registration:  # noqa: F811
    return name(quota, cast.focal_samoa)


def on_the_floor(registration: Registration) -> None:
    speakers = FloorList.objects.create(meeting=registration.meeting, code="x")
    FloorRequest.objects.create(
        floor_list=speakers, registration=registration, name=registration.full_name, position=1, requested_at=timezone.now()
    )


@pytest.mark.parametrize("seats", [5, 0])
def test_a_withdrawn_category_comes_back_with_the_number_that_is_given(quota: CategoryQuota, cast: Cast, seats: int) -> None:  # noqa: F811
    withdraw_category(quota=quota, by=cast.secretariat)
    again = add_category(meeting=quota.meeting, category=quota.category, seats=seats, by=cast.secretariat)
    again.refresh_from_db()
    assert again.seats == seats
    withdraw_category(quota=again, by=cast.secretariat)
    other = MeetingFactory(slug="other")
    _copy_seats(quota.meeting, other, None)
    assert not other.quotas.exists()


def test_nobody_comes_in_the_place_of_who_has_checked_in(named: Registration, cast: Cast) -> None:
    check_in(meeting=named.meeting, text=named.reference, by=cast.secretariat, desk="A", client_id=uuid.uuid4())
    with pytest.raises(Refused, match="has come to the meeting already"):
        substitute(registration=named, by=cast.focal_samoa, **NEXT)


def test_another_organization_means_no_part_in_its_delegation(named: Registration, quota: CategoryQuota, cast: Cast) -> None:  # noqa: F811
    Meeting.objects.update(delegation_ceiling=1)
    fiji = OrganizationFactory(code="fiji", category=quota.category)
    head = name(quota, cast.secretariat, "Bob", organization=fiji, role=DelegationRole.HEAD)
    Registration.objects.filter(pk=named.pk).update(delegation_role=DelegationRole.HEAD)
    edit_registration(registration=head, by=cast.secretariat, organization=named.organization)
    head.refresh_from_db()
    assert (head.organization, head.delegation_role) == (named.organization, "")
    assert Registration.objects.in_delegation(quota.meeting, named.organization).get() == named


def test_who_is_reinstated_is_named_anew(named: Registration, quota: CategoryQuota, cast: Cast) -> None:  # noqa: F811
    Meeting.objects.update(delegation_ceiling=1)
    cancel_registration(registration=named, by=cast.secretariat)
    second = name(quota, cast.focal_samoa, "Two")
    reinstate_registration(registration=named, by=cast.secretariat, reason="By mistake.")
    assert Registration.objects.in_delegation(quota.meeting, second.organization).get() == second


def test_a_draft_that_was_never_sent_is_not_reinstated(quota: CategoryQuota, cast: Cast) -> None:  # noqa: F811
    draft = save_draft(meeting=quota.meeting, category=quota.category, by=cast.outsider, given_name="", family_name="")
    cancel_registration(registration=draft, by=cast.outsider)
    with pytest.raises(Refused, match="never sent"):
        reinstate_registration(registration=draft, by=cast.secretariat, reason="x")


@pytest.mark.parametrize(("reason", "state"), [("", S.SUBMITTED), ("They asked by telephone.", S.APPROVED)])
def test_bulk_approval_without_endorsement_needs_a_reason(
    quota: CategoryQuota,  # noqa: F811
    cast: Cast,
    samoa: Organization,  # noqa: F811
    reason: str,
    state: str,
) -> None:
    CategoryQuota.objects.filter(pk=quota.pk).update(approval="manual", needs_endorsement=True)
    row = RegistrationFactory(meeting=quota.meeting, category=quota.category, organization=samoa)
    act = choose_act(meeting=quota.meeting, kind=BulkKind.APPROVE, registrations=[row], by=cast.secretariat, reason=reason)
    foreseen = [outcome for _row, outcome, _why in preview(act)]
    confirm_act(act=act, by=cast.secretariat)
    act.refresh_from_db()
    row.refresh_from_db()
    assert foreseen == [result[1] for result in act.results]
    assert row.state == state


def test_staff_who_enter_a_person_do_not_endorse_them(quota: CategoryQuota, cast: Cast, samoa: Organization) -> None:  # noqa: F811
    CategoryQuota.objects.filter(pk=quota.pk).update(approval="automatic", needs_endorsement=True)
    row = register_person(
        meeting=quota.meeting,
        category=quota.category,
        by=cast.secretariat,
        email="x@y.test",
        approve=True,
        given_name="Ana",
        family_name="Lima",
        organization=samoa,
    )
    assert row.state == S.SUBMITTED


def test_who_was_declined_by_address_stays_declined_with_an_account(quota: CategoryQuota, cast: Cast) -> None:  # noqa: F811
    row = RegistrationFactory(meeting=quota.meeting, category=quota.category, email=cast.outsider.email.upper())
    decline_registration(registration=row, by=cast.secretariat, reason="No seat.")
    with pytest.raises(Refused):
        submit_registration(
            meeting=quota.meeting, category=quota.category, by=cast.outsider, given_name="A", family_name="B", affiliation="C"
        )


def test_a_cancelled_meeting_gives_no_seats_and_no_letters(quota: CategoryQuota, cast: Cast) -> None:  # noqa: F811
    CategoryQuota.objects.filter(pk=quota.pk).update(seats=1)
    seated = RegistrationFactory(meeting=quota.meeting, category=quota.category, state=S.APPROVED, user=cast.outsider)
    waits = RegistrationFactory(meeting=quota.meeting, category=quota.category, state=S.WAITLISTED)
    letter = ask_letter(registration=seated, by=cast.outsider, nationality=CountryFactory(), **PASSPORT)
    cancel_meeting(meeting=quota.meeting, by=cast.secretariat, reason="Storm.")
    seated = Registration.objects.get(pk=seated.pk)
    assert not InvitationLetter.objects.get(pk=letter.pk).is_valid
    with pytest.raises(Refused, match="cancelled"):
        ask_letter(registration=seated, by=cast.outsider, nationality=CountryFactory(), **PASSPORT)
    cancel_registration(registration=seated, by=cast.secretariat)
    waits.refresh_from_db()
    assert waits.state == S.WAITLISTED


def test_a_draft_does_not_keep_its_author_out_at_the_desk(quota: CategoryQuota, cast: Cast) -> None:  # noqa: F811
    draft = save_draft(meeting=quota.meeting, category=quota.category, by=cast.outsider, given_name="", family_name="")
    person = {"given_name": "A", "family_name": "B", "email": draft.email, "affiliation": "C"}
    register_walk_in(
        meeting=quota.meeting, category=quota.category, by=cast.secretariat, desk="A", client_id=uuid.uuid4(), **person
    )
    draft.refresh_from_db()
    assert draft.state == S.CANCELLED


def test_taking_consent_back_in_the_form_renews_the_public_list(quota: CategoryQuota, cast: Cast) -> None:  # noqa: F811
    Meeting.objects.update(lists_participants=True)
    row = RegistrationFactory(
        meeting=quota.meeting, category=quota.category, state=S.APPROVED, user=cast.outsider, is_listed=True
    )
    before = list(PageVersion.objects.order_by("pk").values())
    edit_registration(registration=row, by=cast.outsider, is_listed=False)
    assert before != list(PageVersion.objects.order_by("pk").values())


def test_nothing_of_who_was_replaced_outlives_retention(named: Registration, cast: Cast) -> None:
    new = substitute(registration=named, by=cast.focal_samoa, **NEXT)
    on_the_floor(new)
    past = {"starts_at": timezone.now() - timedelta(days=900), "ends_at": timezone.now() - timedelta(days=800)}
    Meeting.objects.update(registration_opens_at=None, registration_closes_at=None, **past)
    remove_personal_data(meeting=Meeting.objects.get(pk=named.meeting_id))
    rows = Notification.objects.all()
    assert not [row for row in rows if "tavita" in f"{row.address}{row.context}".lower()]
    assert FloorRequest.objects.get().name == ""


def test_who_gives_the_place_up_leaves_the_list_of_speakers(named: Registration, cast: Cast) -> None:
    on_the_floor(named)
    new = substitute(registration=named, by=cast.focal_samoa, **NEXT)
    assert not FloorRequest.objects.live().exists()
    FloorRequest.objects.all().delete()
    FloorList.objects.all().delete()
    on_the_floor(new)
    cancel_registration(registration=new, by=cast.secretariat)
    assert not FloorRequest.objects.live().exists()


def test_another_category_decides_at_once(quota: CategoryQuota, cast: Cast) -> None:  # noqa: F811
    automatic = QuotaFactory(meeting=quota.meeting, category=CategoryFactory(code="ngo"), seats=5)
    CategoryQuota.objects.filter(pk=quota.pk).update(approval="manual")
    row = submit_registration(
        meeting=quota.meeting, category=quota.category, by=cast.outsider, given_name="A", family_name="B", affiliation="C"
    )
    edit_registration(registration=row, by=cast.outsider, category=automatic.category)
    row.refresh_from_db()
    assert (row.category, row.state) == (automatic.category, S.APPROVED)


def test_staff_export_no_drafts(quota: CategoryQuota, cast: Cast) -> None:  # noqa: F811
    save_draft(meeting=quota.meeting, category=quota.category, by=cast.outsider, given_name="Unsent", family_name="B")
    client = Client()
    client.force_login(cast.secretariat)
    answer = client.get(f"/meetings/{quota.meeting.slug}/registrations/export.csv")
    body = b"".join(answer.streaming_content) if answer.streaming else answer.content
    assert answer.status_code == 200
    assert "Unsent" not in body.decode()
