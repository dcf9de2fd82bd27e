"""Accounts, memberships and role predicates."""

from datetime import date, timedelta

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError
from django.utils import timezone

from common.access import may
from directory import rules
from directory.enums import Role
from directory.models import Membership, User
from tests.factories.directory import MembershipFactory, OrganizationFactory, UserFactory, person

pytestmark = pytest.mark.django_db


def test_address_names_one_person_whatever_its_case() -> None:
    UserFactory(email="someone@test.example")
    with pytest.raises(IntegrityError):
        UserFactory(email="SomeOne@test.example")


def test_person_is_found_by_address_in_any_case() -> None:
    user = UserFactory(email="someone@test.example")
    assert User.objects.get_by_natural_key("SOMEONE@test.example") == user


def test_unknown_time_zone_is_refused() -> None:
    with pytest.raises(ValidationError):
        UserFactory.build(time_zone="Mars/Olympus").full_clean()


def test_membership_counts_from_its_first_to_its_last_day() -> None:
    today = timezone.now().date()
    user = UserFactory()
    for first, last in [(None, today - timedelta(1)), (today + timedelta(1), None)]:
        MembershipFactory(user=user, starts_on=first, ends_on=last)
    assert rules.organizations_of(User.objects.get(pk=user.pk)) == set()
    held = MembershipFactory(user=user, starts_on=today, ends_on=today)
    assert rules.organizations_of(User.objects.get(pk=user.pk)) == {held.organization_id}


def test_membership_cannot_end_before_it_starts() -> None:
    with pytest.raises(IntegrityError):
        MembershipFactory(starts_on=date(2018, 2, 1), ends_on=date(2018, 1, 1))


def test_secretariat_role_counts_only_in_the_secretariat() -> None:
    assert rules.is_secretariat(person(Role.STAFF, "unossc"))
    assert not rules.is_secretariat(person(Role.STAFF, "undp"))


def test_scoped_role_covers_its_meeting_only() -> None:
    class Meeting:
        scope_key = "meeting:one"

    class Other:
        scope_key = "meeting:two"

    user = UserFactory()
    secretariat = OrganizationFactory(code="unossc", is_secretariat=True)
    Membership.objects.create(user=user, organization=secretariat, role=Role.STAFF, scope="meeting:one")
    assert rules.is_secretariat_staff(user, Meeting())
    assert not rules.is_secretariat_staff(user, Other())


def test_alternate_acts_as_focal_point_and_contributor_does_not() -> None:
    body = OrganizationFactory()
    row = MembershipFactory.build(organization=body)
    for role, expected in [(Role.FOCAL_POINT, True), (Role.ALTERNATE, True), (Role.CONTRIBUTOR, False)]:
        user = MembershipFactory(organization=body, role=role).user
        row.organization_id = body.pk
        assert rules.is_focal_point(user, row) is expected


def test_inactive_person_holds_no_role() -> None:
    user = person(Role.FOCAL_POINT)
    user.is_active = False
    assert not rules.is_focal_point(user)


def test_superuser_holds_no_permission_by_being_one() -> None:
    assert not may(UserFactory(is_superuser=True), "notifications.view_outbox")


def test_unknown_permission_is_an_error_not_a_no() -> None:
    with pytest.raises(LookupError):
        may(UserFactory(), "directory.no_such_thing")


def test_profile_is_saved_and_bad_input_is_kept(sign_in) -> None:
    user = UserFactory()
    client = sign_in(user)
    good = {"given_name": "Sina", "family_name": "Leota", "language": "fr", "time_zone": "Pacific/Apia"}
    assert client.post("/accounts/profile/", good).status_code == 302
    user.refresh_from_db()
    assert (user.full_name, user.language, user.time_zone) == ("Sina Leota", "fr", "Pacific/Apia")
    answer = client.post("/accounts/profile/", {**good, "given_name": "Kept", "time_zone": "Mars/Olympus"})
    assert answer.status_code == 400
    assert "Kept" in answer.content.decode()


def test_profile_needs_an_account(sign_in) -> None:
    assert sign_in().get("/accounts/profile/").status_code == 302


def test_messages_reach_each_active_holder_of_a_membership_once() -> None:
    body, secretariat = OrganizationFactory(), OrganizationFactory(code="unossc", is_secretariat=True)
    twice = MembershipFactory(organization=body, role=Role.FOCAL_POINT).user
    MembershipFactory(organization=body, role=Role.ALTERNATE, user=twice)
    MembershipFactory(organization=body, role=Role.ALTERNATE, user__is_active=False)
    MembershipFactory(organization=secretariat, role=Role.FOCAL_POINT)
    assert list(Membership.objects.focal_points().filter(organization=body).people()) == [twice]


def test_secretariat_is_written_to_by_role_and_scope() -> None:
    class Meeting:
        scope_key = "meeting:one"

    secretariat = OrganizationFactory(code="unossc", is_secretariat=True)
    held = {"organization": secretariat, "role": Role.STAFF}
    everywhere, here = MembershipFactory(**held).user, MembershipFactory(**held, scope="meeting:one").user
    MembershipFactory(**held, scope="meeting:two")
    MembershipFactory(**held, ends_on=timezone.now().date() - timedelta(1))
    MembershipFactory(role=Role.STAFF)
    drafter = MembershipFactory(organization=secretariat, role=Role.DRAFTER).user
    assert list(Membership.objects.of_secretariat(Role.STAFF, Meeting()).people()) == [everywhere, here]
    assert list(Membership.objects.of_secretariat(Role.STAFF).people()) == [everywhere]
    assert list(Membership.objects.of_secretariat(Role.DRAFTER, Meeting()).people()) == [drafter]
