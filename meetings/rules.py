"""Who may do what in meetings."""

from typing import Any

import rules

from directory.enums import AGENCY_ROLES, Role
from directory.rules import (
    is_active_person,
    is_secretariat_staff,
    memberships_of,
    organizations_of,
    readable_organizations,
    secretariat_scopes,
)
from meetings.enums import PUBLIC_MEETING_STATES, EventState, ReportState


def staff_scopes(user: Any) -> set[str]:
    """The scopes in which `user` serves as secretariat staff; an empty string among them means everything."""
    return secretariat_scopes(user, {Role.STAFF})


def secretariat_of(user: Any) -> Any:
    """The secretariat in whose name `user` acts, or None."""
    return next((m.organization for m in memberships_of(user) if m.organization.is_secretariat and m.role == Role.STAFF), None)


@rules.predicate
def is_public_meeting(user: Any, meeting: Any) -> bool:
    return meeting.state in PUBLIC_MEETING_STATES


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


@rules.predicate
def is_of_member_agency(user: Any, thing: Any) -> bool:
    """Whether the person serves in an agency of the working group (of a group, or of a row that belongs to one)."""
    group = getattr(thing, "group", thing)
    return group.members.filter(organization__in=organizations_of(user, AGENCY_ROLES)).exists()


rules.add_perm("meetings.view_meeting", is_public_meeting | is_secretariat_staff)
rules.add_perm("meetings.change_meeting", is_secretariat_staff)
rules.add_perm("meetings.publish_meeting", is_secretariat_staff)

rules.add_perm("meetings.submit_registration", is_active_person)
rules.add_perm("meetings.list_registrations", is_secretariat_staff)
rules.add_perm("meetings.view_registration", is_own_registration | is_secretariat_staff)
rules.add_perm("meetings.approve_registration", is_secretariat_staff)
rules.add_perm("meetings.decline_registration", is_secretariat_staff)
rules.add_perm("meetings.cancel_registration", is_own_registration | is_secretariat_staff)

rules.add_perm("meetings.check_in", is_secretariat_staff)
rules.add_perm("meetings.view_scan", is_secretariat_staff)
rules.add_perm("meetings.view_dashboard", is_secretariat_staff)
rules.add_perm("meetings.export_registration", is_secretariat_staff)

rules.add_perm("meetings.view_thematicevent", is_accepted_event | is_of_proposing_agency | is_secretariat_staff)
rules.add_perm("meetings.decide_thematicevent", is_secretariat_staff)

rules.add_perm("meetings.view_voluntaryreport", is_published_report | is_of_reporting_organization | is_secretariat_staff)
rules.add_perm("meetings.publish_voluntaryreport", is_secretariat_staff)

rules.add_perm("meetings.view_decision", is_public_decision | is_of_member_agency | is_secretariat_staff)
# Outside an agency its name is shown, inside it the person's.
rules.add_perm("meetings.view_groupmember_names", is_of_member_agency | is_secretariat_staff)
