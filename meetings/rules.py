"""Who may do what in meetings."""

from typing import Any

import rules
from django.utils import timezone

from directory.enums import AGENCY_ROLES, FOCAL_ROLES, Role
from directory.rules import (
    is_active_person,
    is_secretariat_staff,
    memberships_of,
    organizations_of,
    readable_organizations,
    secretariat_scopes,
)
from meetings.enums import INTERNAL_REPORTS, PUBLIC_MEETING_STATES, EventState, ReportState


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
def is_own_floor_request(user: Any, request: Any) -> bool:
    return is_active_person(user) and request.registration.user_id == user.pk


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
def writes_for_reporting_organization(user: Any, report: Any) -> bool:
    """A member of the reporting organization: a grant opens it for reading only."""
    return report.organization_id is not None and report.organization_id in organizations_of(user)


@rules.predicate
def clears_for_reporting_organization(user: Any, report: Any) -> bool:
    return report.organization_id is not None and report.organization_id in organizations_of(user, FOCAL_ROLES)


@rules.predicate
def was_submitted_once(user: Any, report: Any) -> bool:
    if report.state in INTERNAL_REPORTS:
        return False
    return report.state != ReportState.WITHDRAWN or report.submitted_at is not None


@rules.predicate
def is_draft_report(user: Any, report: Any) -> bool:
    return report.state == ReportState.DRAFT


@rules.predicate
def is_internal_report(user: Any, report: Any) -> bool:
    return report.state in INTERNAL_REPORTS


@rules.predicate
def call_has_opened(user: Any, call: Any) -> bool:
    return call.opens_at <= timezone.now()


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
# Without an object: who serves for one meeting only makes no others.
rules.add_perm("meetings.add_meeting", is_secretariat_staff)
rules.add_perm("meetings.cancel_meeting", is_secretariat_staff)
rules.add_perm("meetings.edit_documents", is_secretariat_staff)
rules.add_perm("meetings.edit_programme", is_secretariat_staff)

rules.add_perm("meetings.release_programme", is_secretariat_staff)
rules.add_perm("meetings.view_working_programme", is_secretariat_staff)
rules.add_perm("meetings.follow_programme", is_active_person)
rules.add_perm("meetings.request_floor", is_active_person)
rules.add_perm("meetings.withdraw_floorrequest", is_own_floor_request | is_secretariat_staff)
rules.add_perm("meetings.manage_floor", is_secretariat_staff)

rules.add_perm("meetings.submit_registration", is_active_person)
rules.add_perm("meetings.list_registrations", is_secretariat_staff)
rules.add_perm("meetings.view_registration", is_own_registration | is_secretariat_staff)
rules.add_perm("meetings.approve_registration", is_secretariat_staff)
rules.add_perm("meetings.decline_registration", is_secretariat_staff)
rules.add_perm("meetings.cancel_registration", is_own_registration | is_secretariat_staff)

rules.add_perm("meetings.view_thematicevent", is_accepted_event | is_of_proposing_agency | is_secretariat_staff)
rules.add_perm("meetings.decide_thematicevent", is_secretariat_staff)

rules.add_perm("meetings.view_reportcall", call_has_opened | is_secretariat_staff)
rules.add_perm("meetings.edit_reportcall", is_secretariat_staff)
rules.add_perm(
    "meetings.view_voluntaryreport",
    is_published_report | is_of_reporting_organization | (is_secretariat_staff & was_submitted_once),
)
# While the focal point clears it, nobody else changes it.
rules.add_perm(
    "meetings.edit_voluntaryreport",
    (writes_for_reporting_organization & is_draft_report) | (clears_for_reporting_organization & is_internal_report),
)
rules.add_perm("meetings.start_voluntaryreport", writes_for_reporting_organization)
rules.add_perm("meetings.send_voluntaryreport", writes_for_reporting_organization)
rules.add_perm("meetings.clear_voluntaryreport", clears_for_reporting_organization)
rules.add_perm("meetings.return_voluntaryreport", is_secretariat_staff)
rules.add_perm("meetings.publish_voluntaryreport", is_secretariat_staff)

rules.add_perm("meetings.view_decision", is_public_decision | is_of_member_agency | is_secretariat_staff)
# Outside an agency its name is shown, inside it the person's.
rules.add_perm("meetings.view_groupmember_names", is_of_member_agency | is_secretariat_staff)
