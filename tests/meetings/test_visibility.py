"""The list and the predicate agree, role by role, in every state."""

from typing import Any

import pytest
from django.contrib.auth.models import AnonymousUser

from common.access import may
from directory.enums import Role
from meetings.enums import EventState, MeetingState, RegistrationState, ReportState
from meetings.models import Decision, Meeting, Registration, Scan, ThematicEvent, VoluntaryReport
from tests.conftest import Cast
from tests.factories.directory import MembershipFactory, OrganizationFactory, UserFactory
from tests.factories.meetings import (
    DecisionFactory,
    EventFactory,
    GroupFactory,
    MeetingFactory,
    MemberFactory,
    RegistrationFactory,
    ReportFactory,
    ScanFactory,
)


def scoped_staff(slug: str) -> Any:
    user = UserFactory()
    body = OrganizationFactory(code="unossc", is_secretariat=True)
    MembershipFactory(user=user, organization=body, role=Role.STAFF, scope=f"meeting:{slug}")
    return user


@pytest.fixture
def readers(cast: Cast) -> dict[str, Any]:
    ended = UserFactory(is_active=False)
    return {**cast.everyone(), "visitor": AnonymousUser(), "inactive": ended, "staff of one": scoped_staff("one")}


@pytest.fixture
def rows(readers: dict[str, Any]) -> None:
    for slug in ("one", "two"):
        MeetingFactory(slug=slug)
        for state in MeetingState.values:
            MeetingFactory(slug=f"{slug}-{state}", state=state)
        for state in RegistrationState.values:
            RegistrationFactory(meeting=MeetingFactory(slug=slug), state=state)
        ScanFactory(registration__meeting=MeetingFactory(slug=slug))
        for name in ("outsider", "focal_undp", "inactive", "secretariat"):
            RegistrationFactory(meeting=MeetingFactory(slug=slug), user=readers[name])
    for body in ("fao", "undp"):
        for state in EventState.values:
            EventFactory(proposed_by=OrganizationFactory(code=body), state=state)
    for state in ReportState.values:
        ReportFactory(state=state)
        ReportFactory(state=state, country=None, organization=OrganizationFactory(code="undp"))
    group = GroupFactory()
    MemberFactory(group=group)
    for public in (True, False):
        DecisionFactory(group=group, is_public=public)
        DecisionFactory(is_public=public)


@pytest.mark.parametrize(
    ("model", "permission"),
    [
        (Meeting, "meetings.view_meeting"),
        (Registration, "meetings.view_registration"),
        (Scan, "meetings.view_scan"),
        (ThematicEvent, "meetings.view_thematicevent"),
        (VoluntaryReport, "meetings.view_voluntaryreport"),
        (Decision, "meetings.view_decision"),
    ],
)
@pytest.mark.usefixtures("rows")
def test_what_is_listed_is_what_may_be_seen(readers: dict[str, Any], model: Any, permission: str) -> None:
    everything = list(model.objects.all())
    for name, user in readers.items():
        listed = set(model.objects.visible_to(user))
        allowed = {row for row in everything if may(user, permission, row)}
        assert listed == allowed, f"{name} sees {listed ^ allowed} in one way only"


@pytest.mark.usefixtures("rows")
def test_registrations_are_nobodys_but_ones_own_and_the_secretariats(readers: dict[str, Any]) -> None:
    counts = {name: Registration.objects.visible_to(user).count() for name, user in readers.items()}
    everything = Registration.objects.count()
    one = Registration.objects.filter(meeting__slug="one").count()
    assert counts == {
        "administrator": 0,
        "secretariat": everything,
        "drafter": 0,
        "focal_undp": 2,
        "focal_fao": 0,
        "focal_who": 0,
        "contributor_undp": 0,
        "focal_samoa": 0,
        "outsider": 2,
        "visitor": 0,
        "inactive": 0,
        "staff of one": one,
    }
