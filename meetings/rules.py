"""Who may do what in meetings."""

from typing import Any

import rules
from django.utils import timezone

from directory.enums import AGENCY_ROLES, FOCAL_ROLES, Role
from directory.rules import (
    is_active_person,
    is_focal_point,
    is_secretariat_staff,
    memberships_of,
    organizations_of,
    readable_organizations,
    secretariat_scopes,
)
from meetings.enums import EDITABLE_EVENTS, PUBLIC_MEETING_STATES, CoSponsorState, EventState, ReportState


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
def is_public_event(user: Any, event: Any) -> bool:
    """Accepted; also one that was accepted and then withdrawn: who meant to come must find out."""
    was_accepted = event.state == EventState.WITHDRAWN and event.accepted_at is not None
    return event.state == EventState.ACCEPTED or was_accepted


@rules.predicate
def was_proposed(user: Any, event: Any) -> bool:
    """Whether the proposal has left its agency; a draft, also one set aside, is internal to it."""
    if event.state == EventState.WITHDRAWN:
        return event.proposed_at is not None
    return event.state != EventState.DRAFT


@rules.predicate
def is_of_proposing_agency(user: Any, event: Any) -> bool:
    return event.proposed_by_id in readable_organizations(user)


@rules.predicate
def is_of_named_co_sponsor(user: Any, event: Any) -> bool:
    return event.co_sponsorships.filter(organization__in=readable_organizations(user)).exists()


@rules.predicate
def is_visible_co_sponsorship(user: Any, row: Any) -> bool:
    """Who may see the event sees who has confirmed; the others are for the agencies concerned and the secretariat."""
    event = row.event
    is_concerned = is_of_proposing_agency(user, event) or is_of_named_co_sponsor(user, event) or is_secretariat_staff(user)
    may_see = is_public_event(user, event) or is_of_proposing_agency(user, event) or (was_proposed(user, event) and is_concerned)
    return may_see and (row.state == CoSponsorState.CONFIRMED or is_concerned)


@rules.predicate
def writes_for_proposing_agency(user: Any, event: Any) -> bool:
    """A member of the proposing agency: a grant opens it for reading only."""
    return event.proposed_by_id in organizations_of(user)


@rules.predicate
def speaks_for_proposing_agency(user: Any, event: Any) -> bool:
    """A focal point or alternate: whoever acts in the agency's name."""
    return event.proposed_by_id in organizations_of(user, FOCAL_ROLES)


@rules.predicate
def is_editable_event(user: Any, event: Any) -> bool:
    return event.state in EDITABLE_EVENTS


@rules.predicate
def serves_an_organization(user: Any) -> bool:
    return bool(organizations_of(user))


@rules.predicate
def event_call_has_opened(user: Any, call: Any) -> bool:
    return call.opens_at <= timezone.now()


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

rules.add_perm("meetings.view_eventcall", event_call_has_opened | is_secretariat_staff)
rules.add_perm("meetings.edit_eventcall", is_secretariat_staff)
rules.add_perm(
    "meetings.view_thematicevent",
    is_public_event | is_of_proposing_agency | (was_proposed & (is_of_named_co_sponsor | is_secretariat_staff)),
)
rules.add_perm("meetings.propose_thematicevent", serves_an_organization)
rules.add_perm("meetings.edit_thematicevent", writes_for_proposing_agency & is_editable_event)
rules.add_perm("meetings.submit_thematicevent", speaks_for_proposing_agency)
rules.add_perm("meetings.withdraw_thematicevent", speaks_for_proposing_agency)
rules.add_perm("meetings.review_thematicevents", is_secretariat_staff)
rules.add_perm("meetings.decide_thematicevent", was_proposed & is_secretariat_staff)
# Notes pass between the agency and the secretariat; co-sponsors do not read them.
rules.add_perm("meetings.view_eventnotes", is_of_proposing_agency | (was_proposed & is_secretariat_staff))
rules.add_perm("meetings.write_eventnote", was_proposed & (writes_for_proposing_agency | is_secretariat_staff))
rules.add_perm("meetings.view_cosponsorship", is_visible_co_sponsorship)
rules.add_perm("meetings.answer_cosponsorship", is_focal_point)

rules.add_perm("meetings.view_voluntaryreport", is_published_report | is_of_reporting_organization | is_secretariat_staff)
rules.add_perm("meetings.publish_voluntaryreport", is_secretariat_staff)

rules.add_perm("meetings.view_decision", is_public_decision | is_of_member_agency | is_secretariat_staff)
# Outside an agency its name is shown, inside it the person's.
rules.add_perm("meetings.view_groupmember_names", is_of_member_agency | is_secretariat_staff)
