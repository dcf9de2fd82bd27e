"""Who may do what in meetings."""

from typing import Any

import rules

from directory.enums import Role
from directory.rules import (
    is_active_person,
    is_secretariat_staff,
    memberships_of,
    organizations_of,
    readable_organizations,
    secretariat_scopes,
)
from meetings.enums import PUBLIC_MEETING_STATES, EventState, MinutesState, ReportState


def staff_scopes(user: Any) -> set[str]:
    """The scopes in which `user` serves as secretariat staff; an empty string among them means everything."""
    return secretariat_scopes(user, {Role.STAFF})


def secretariat_of(user: Any) -> Any:
    """The secretariat in whose name `user` acts, or None."""
    return next((m.organization for m in memberships_of(user) if m.organization.is_secretariat and m.role == Role.STAFF), None)


@rules.predicate
def is_public_meeting(user: Any, meeting: Any) -> bool:
    return meeting.state in PUBLIC_MEETING_STATES and meeting.is_public


@rules.predicate
def is_own_registration(user: Any, registration: Any) -> bool:
    return is_active_person(user) and registration.user_id == user.pk


@rules.predicate
def is_accepted_event(user: Any, event: Any) -> bool:
    return event.state == EventState.ACCEPTED


@rules.predicate
def is_of_proposing_agency(user: Any, event: Any) -> bool:
    return event.proposed_by_id in readable_organizations(user)


@rules.predicate
def is_published_report(user: Any, report: Any) -> bool:
    return report.state == ReportState.PUBLISHED


@rules.predicate
def is_of_reporting_organization(user: Any, report: Any) -> bool:
    return report.organization_id is not None and report.organization_id in readable_organizations(user)


@rules.predicate
def is_public_decision(user: Any, decision: Any) -> bool:
    return decision.is_public


# --- Working groups --------------------------------------------------------------------------------------------------
#
# A row that belongs to a group has it as `group`; a meeting of no group has none, and nobody is its member.


@rules.predicate
def is_of_member_agency(user: Any, thing: Any) -> bool:
    """Whether the person reads along in the group: of an agency that is a member today, a member by account, or by a grant."""
    group = getattr(thing, "group", thing)
    return group is not None and group.members.of_reader(user).exists()


@rules.predicate
def is_chair(user: Any, thing: Any) -> bool:
    """Whether the person chairs the group today, by account."""
    group = getattr(thing, "group", thing)
    return group is not None and group.members.chaired_by(user).exists()


@rules.predicate
def is_public_group(user: Any, group: Any) -> bool:
    return group.is_public


@rules.predicate
def is_called(user: Any, meeting: Any) -> bool:
    return meeting.state in PUBLIC_MEETING_STATES


@rules.predicate
def is_public_row(user: Any, row: Any) -> bool:
    """A decision or an action that is marked as public, of a group that is."""
    return row.is_public and row.group.is_public


@rules.predicate
def are_public_minutes(user: Any, minutes: Any) -> bool:
    return minutes.is_public and minutes.state == MinutesState.ADOPTED and minutes.meeting.group.is_public


@rules.predicate
def have_been_circulated(user: Any, minutes: Any) -> bool:
    return minutes.state != MinutesState.DRAFT


@rules.predicate
def is_of_owner(user: Any, action: Any) -> bool:
    """Serves in the agency that has undertaken the action, or is its person in the group."""
    return action.owner_id in organizations_of(user) or action.owner_id in action.group.members.agencies_of(user)


@rules.predicate
def reads_for_owner(user: Any, action: Any) -> bool:
    """What an agency has undertaken it sees also after it has left the group."""
    return action.owner_id in readable_organizations(user)


@rules.predicate
def speaks_for_agency(user: Any, confirmation: Any) -> bool:
    """A focal point of the agency, or its member or alternate in the group by account, while the agency is a member."""
    return confirmation.organization_id in confirmation.group.members.spoken_for_by(user)


runs_group = is_secretariat_staff | is_chair

rules.add_perm(
    "meetings.view_meeting",
    is_public_meeting | is_secretariat_staff | (is_called & is_of_member_agency) | is_chair,
)
rules.add_perm("meetings.change_meeting", is_secretariat_staff)
rules.add_perm("meetings.publish_meeting", is_secretariat_staff)

rules.add_perm("meetings.submit_registration", is_active_person)
rules.add_perm("meetings.list_registrations", is_secretariat_staff)
rules.add_perm("meetings.view_registration", is_own_registration | is_secretariat_staff)
rules.add_perm("meetings.approve_registration", is_secretariat_staff)
rules.add_perm("meetings.decline_registration", is_secretariat_staff)
rules.add_perm("meetings.cancel_registration", is_own_registration | is_secretariat_staff)

rules.add_perm("meetings.view_thematicevent", is_accepted_event | is_of_proposing_agency | is_secretariat_staff)
rules.add_perm("meetings.decide_thematicevent", is_secretariat_staff)

rules.add_perm("meetings.view_voluntaryreport", is_published_report | is_of_reporting_organization | is_secretariat_staff)
rules.add_perm("meetings.publish_voluntaryreport", is_secretariat_staff)

rules.add_perm("meetings.view_workinggroup", is_public_group | is_of_member_agency | is_secretariat_staff)
rules.add_perm("meetings.view_inside_of_group", is_of_member_agency | is_secretariat_staff)
rules.add_perm("meetings.view_decision", is_public_row | is_of_member_agency | is_secretariat_staff)
rules.add_perm("meetings.view_actionitem", is_public_row | is_of_member_agency | reads_for_owner | is_secretariat_staff)
rules.add_perm(
    "meetings.view_minutes",
    are_public_minutes | (have_been_circulated & is_of_member_agency) | is_chair | is_secretariat_staff,
)
# Outside an agency its name is shown, inside it the person's.
rules.add_perm("meetings.view_groupmember_names", is_of_member_agency | is_secretariat_staff)
rules.add_perm("meetings.edit_group", is_secretariat_staff)
rules.add_perm("meetings.run_group", runs_group)
rules.add_perm("meetings.change_actionitem", is_of_owner | runs_group)
rules.add_perm("meetings.confirm_minutes", speaks_for_agency)
