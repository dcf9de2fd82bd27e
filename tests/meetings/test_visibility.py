"""The list and the predicate agree, role by role, in every state."""

from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth.models import AnonymousUser
from django.utils import timezone

from common.access import may
from directory.enums import Role
from directory.services.grants import open_internal_access
from meetings.enums import EventState, MeetingState, MinutesState, RegistrationState, ReportState
from meetings.models import (
    ActionItem,
    Decision,
    InvitationLetter,
    Meeting,
    Minutes,
    MinutesVersion,
    Registration,
    Scan,
    ThematicEvent,
    VoluntaryReport,
    WorkingGroup,
)
from tests.conftest import Cast
from tests.factories.directory import MembershipFactory, OrganizationFactory, UserFactory
from tests.factories.meetings import (
    ActionFactory,
    DecisionFactory,
    EventFactory,
    GroupFactory,
    GroupMeetingFactory,
    MeetingFactory,
    MemberFactory,
    MinutesFactory,
    QuotaFactory,
    RegistrationFactory,
    ReportFactory,
    ScanFactory,
    VersionFactory,
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
    # Whom UNDP has named, whom it must endorse, and who only says to come for it.
    undp = OrganizationFactory(code="undp")
    QuotaFactory(meeting=MeetingFactory(slug="one"), category__code="ngo", needs_endorsement=True)
    for state in RegistrationState.values:
        RegistrationFactory(meeting=MeetingFactory(slug="one"), organization=undp, delegation_role="adviser", state=state)
        RegistrationFactory(meeting=MeetingFactory(slug="one"), organization=undp, category__code="ngo", state=state)
        RegistrationFactory(meeting=MeetingFactory(slug="two"), organization=undp, category__code="ngo", state=state)
    for body in ("fao", "undp"):
        for state in EventState.values:
            EventFactory(proposed_by=OrganizationFactory(code=body), state=state)
    for state in ReportState.values:
        ReportFactory(state=state)
        ReportFactory(state=state, country=None, organization=OrganizationFactory(code="undp"))
    for registration in Registration.objects.filter(state=RegistrationState.APPROVED):
        InvitationLetter.objects.create(
            registration=registration, reference=registration.reference, asked_by=readers["secretariat"]
        )
    _rows_of_groups(readers)


def _rows_of_groups(readers: dict[str, Any]) -> None:
    """Groups of UNDP, of UNDP until yesterday, of an outsider by account, chaired by a drafter; public ones and others."""
    yesterday = timezone.now().date() - timedelta(days=1)
    for public in (True, False):
        for name, member in (
            ("undp", {}),
            ("former", {"term_to": yesterday}),
            ("to come", {"term_from": yesterday + timedelta(days=2)}),
            ("by account", {"user": readers["outsider"], "organization": OrganizationFactory(code="ilo")}),
            ("chaired", {"user": readers["drafter"], "organization": OrganizationFactory(code="unossc"), "role": "chair"}),
            ("closed account", {"user": readers["inactive"], "organization": OrganizationFactory(code="ilo"), "role": "chair"}),
            # An administrator who is named a member reads nothing by that: it would be a way around the recorded grant.
            (
                "administrator",
                {"user": readers["administrator"], "organization": OrganizationFactory(code="ilo"), "role": "chair"},
            ),
            ("nobody's", None),
        ):
            group = GroupFactory(slug=f"{name.replace(' ', '-').replace(chr(39), '')}-{public}", is_public=public)
            if member is not None:
                MemberFactory(group=group, **member)
            for shown in (True, False):
                DecisionFactory(group=group, is_public=shown)
                ActionFactory(group=group, is_public=shown)
                for state in MeetingState.values:
                    GroupMeetingFactory(group=group, is_public=shown, state=state)
                for state in MinutesState.values:
                    meeting = GroupMeetingFactory(group=group)
                    VersionFactory(minutes=MinutesFactory(meeting=meeting, state=state, is_public=shown))


@pytest.mark.parametrize(
    ("model", "permission"),
    [
        (Meeting, "meetings.view_meeting"),
        (Registration, "meetings.view_registration"),
        (InvitationLetter, "meetings.view_invitationletter"),
        (Scan, "meetings.view_scan"),
        (ThematicEvent, "meetings.view_thematicevent"),
        (VoluntaryReport, "meetings.view_voluntaryreport"),
        (WorkingGroup, "meetings.view_workinggroup"),
        (Decision, "meetings.view_decision"),
        (ActionItem, "meetings.view_actionitem"),
        (Minutes, "meetings.view_minutes"),
    ],
)
@pytest.mark.usefixtures("rows")
def test_what_is_listed_is_what_may_be_seen(readers: dict[str, Any], model: Any, permission: str) -> None:
    everything = list(model.objects.all())
    for name, user in readers.items():
        listed = set(model.objects.visible_to(user))
        allowed = {row for row in everything if may(user, permission, row)}
        assert listed == allowed, f"{name} sees {listed ^ allowed} in one way only"


@pytest.mark.parametrize(
    ("model", "permission"),
    [
        (WorkingGroup, "meetings.view_workinggroup"),
        (Meeting, "meetings.view_meeting"),
        (Decision, "meetings.view_decision"),
        (ActionItem, "meetings.view_actionitem"),
        (Minutes, "meetings.view_minutes"),
    ],
)
@pytest.mark.usefixtures("rows")
def test_an_administrator_reads_along_by_a_grant_and_no_longer(readers: dict[str, Any], model: Any, permission: str) -> None:
    administrator = readers["administrator"]
    before = set(model.objects.visible_to(administrator))
    undp = OrganizationFactory(code="undp")
    grant = open_internal_access(organization=undp, by=administrator, reason="A complaint", hours=1)
    during = set(model.objects.visible_to(administrator))
    assert during > before
    assert during == {row for row in model.objects.all() if may(administrator, permission, row)}
    assert during <= set(model.objects.visible_to(readers["focal_undp"]))
    assert not may(administrator, "meetings.run_group", WorkingGroup.objects.get(slug="undp-True"))
    grant.expires_at = timezone.now()
    grant.starts_at = timezone.now() - timedelta(hours=1)
    grant.save()
    assert set(model.objects.visible_to(administrator)) == before


@pytest.mark.usefixtures("rows")
def test_working_drafts_of_minutes_are_for_who_writes_them(readers: dict[str, Any]) -> None:
    for name, user in readers.items():
        drafts = MinutesVersion.objects.visible_to(user).filter(minutes__state=MinutesState.DRAFT)
        by_group = set(drafts.values_list("minutes__meeting__group__slug", flat=True))
        expected = {"chaired-True", "chaired-False"} if name == "drafter" else set()
        if name != "secretariat":
            assert by_group == expected, name


@pytest.mark.usefixtures("rows")
def test_registrations_are_seen_by_oneself_who_answers_for_them_and_the_secretariat(readers: dict[str, Any]) -> None:
    counts = {name: Registration.objects.visible_to(user).count() for name, user in readers.items()}
    everything = Registration.objects.count()
    one = Registration.objects.filter(meeting__slug="one").count()
    assert counts == {
        "administrator": 0,
        "secretariat": everything,
        "drafter": 0,
        "focal_undp": 2 + 2 * (len(RegistrationState.values) - 1),  # besides one's own all but what is not sent yet
        "focal_fao": 0,
        "focal_who": 0,
        "contributor_undp": 0,
        "focal_samoa": 0,
        "outsider": 2,
        "visitor": 0,
        "inactive": 0,
        "staff of one": one,
    }
