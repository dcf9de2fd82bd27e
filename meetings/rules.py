"""Who may do what in meetings."""

from dataclasses import dataclass
from typing import Any

import rules
from django.utils import timezone

from directory.enums import FOCAL_ROLES, Role
from directory.rules import (
    is_active_person,
    is_focal_point,
    is_secretariat_staff,
    memberships_of,
    organizations_of,
    readable_organizations,
    secretariat_scopes,
)
from meetings.enums import (
    EDITABLE_EVENTS,
    ENDED_REGISTRATIONS,
    INTERNAL_REPORTS,
    PUBLIC_MEETING_STATES,
    CoSponsorState,
    EventState,
    MinutesState,
    RegistrationState,
    ReportState,
)


def staff_scopes(user: Any) -> set[str]:
    """The scopes in which `user` serves as secretariat staff; an empty string among them means everything."""
    return secretariat_scopes(user, {Role.STAFF})


def secretariat_of(user: Any) -> Any:
    """The secretariat in whose name `user` acts, or None."""
    return next((m.organization for m in memberships_of(user) if m.organization.is_secretariat and m.role == Role.STAFF), None)


@dataclass(frozen=True)
class LinkHolder:
    """Whoever opened the signed link of a registration that has no account: the registrant, and nobody for anything else."""

    registration_id: int
    is_authenticated = False
    is_active = False
    is_superuser = False
    pk = None


def account_of(by: Any) -> Any:
    """The account that a history row names; None for a clock, a rule or the holder of a link."""
    return by if by is not None and by.is_authenticated else None


@rules.predicate
def is_public_meeting(user: Any, meeting: Any) -> bool:
    return meeting.state in PUBLIC_MEETING_STATES and meeting.is_public


@rules.predicate
def is_own_registration(user: Any, registration: Any) -> bool:
    if isinstance(user, LinkHolder):
        return registration.pk == user.registration_id and registration.user_id is None
    return is_active_person(user) and registration.user_id == user.pk


@rules.predicate
def is_own_letter(user: Any, letter: Any) -> bool:
    return is_own_registration(user, letter.registration)


@rules.predicate
def is_own_floor_request(user: Any, request: Any) -> bool:
    return is_active_person(user) and request.registration.user_id == user.pk


@rules.predicate
def is_answered_for(user: Any, registration: Any) -> bool:
    """Nominated by the organization whose focal point the person is, or in need of its endorsement.

    `RegistrationQuerySet.visible_to` is the same.
    """
    if registration.organization_id not in organizations_of(user, FOCAL_ROLES) or registration.state == RegistrationState.DRAFT:
        return False
    quotas = registration.meeting.quotas.filter(category=registration.category_id, needs_endorsement=True)
    return bool(registration.delegation_role) or quotas.exists()


@rules.predicate
def is_live_delegate(user: Any, registration: Any) -> bool:
    return bool(registration.delegation_role) and registration.state not in ENDED_REGISTRATIONS


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
rules.add_perm("meetings.view_registration", is_own_registration | is_answered_for | is_secretariat_staff)
rules.add_perm("meetings.approve_registration", is_secretariat_staff)
rules.add_perm("meetings.decline_registration", is_secretariat_staff)
rules.add_perm("meetings.cancel_registration", is_own_registration | is_secretariat_staff)
rules.add_perm("meetings.edit_registration", is_own_registration | is_secretariat_staff)
rules.add_perm("meetings.answer_offer", is_own_registration)
rules.add_perm("meetings.offer_seat", is_secretariat_staff)
rules.add_perm("meetings.reinstate_registration", is_secretariat_staff)
rules.add_perm("meetings.exceed_quota", is_secretariat_staff)
rules.add_perm("meetings.move_registration", is_secretariat_staff)
rules.add_perm("meetings.decide_change", is_secretariat_staff)
# With a meeting: its settings of registration, its questions, registering others, many at once.
rules.add_perm("meetings.manage_registration", is_secretariat_staff)
rules.add_perm("meetings.register_others", is_secretariat_staff)

# A delegation is asked about by its ceiling: meeting and organization.
rules.add_perm("meetings.nominate_delegation", is_focal_point | is_secretariat_staff)
rules.add_perm("meetings.nominate_delegations", is_focal_point)
rules.add_perm("meetings.view_delegation", is_focal_point | is_secretariat_staff)
rules.add_perm("meetings.change_ceiling", is_secretariat_staff)
rules.add_perm("meetings.change_delegate", is_live_delegate & (is_focal_point | is_secretariat_staff))
rules.add_perm("meetings.endorse_registration", is_focal_point & is_answered_for)
rules.add_perm("meetings.ask_endorsement", is_secretariat_staff)
rules.add_perm("meetings.list_consent", is_own_registration)
rules.add_perm("meetings.get_badge", is_own_registration | is_secretariat_staff)
rules.add_perm("meetings.print_badges", is_secretariat_staff)
rules.add_perm("meetings.list_participants", is_secretariat_staff)
rules.add_perm("meetings.ask_letter", is_own_registration | is_secretariat_staff)
rules.add_perm("meetings.view_invitationletter", is_own_letter | is_secretariat_staff)
rules.add_perm("meetings.sign_letter", is_secretariat_staff)
rules.add_perm("meetings.check_in", is_secretariat_staff)
rules.add_perm("meetings.view_scan", is_secretariat_staff)
rules.add_perm("meetings.view_dashboard", is_secretariat_staff)
rules.add_perm("meetings.export_registration", is_secretariat_staff)

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
