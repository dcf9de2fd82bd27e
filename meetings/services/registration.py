"""Verbs of registration: submit, approve, decline, cancel."""

from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from common.access import Refused, require
from directory.models import Country, Organization, StakeholderCategory
from directory.rules import memberships_of
from directory.services.state import change_state, record_start
from meetings.enums import Approval, RegistrationState, RegistrationWindow
from meetings.messages import registration as messages
from meetings.models import Meeting, Registration
from meetings.rules import secretariat_of
from meetings.services.endorsement import ask_organization, require_endorsement_or_reason
from meetings.services.letters import revoke_letters
from meetings.services.participants import list_changes_with
from meetings.services.seats import allocate_seat, free_seat, lock_quotas, locked_with_quota

_WINDOW_CLOSED = {
    RegistrationWindow.NOT_YET: lambda: _("Registration for this meeting is not open yet. Its page says when it opens."),
    RegistrationWindow.CLOSED: lambda: _("Registration is closed. Write to the secretariat if you still need to come."),
    RegistrationWindow.OVER: lambda: _("This meeting is over. The calendar shows the meetings that lie ahead."),
    RegistrationWindow.CANCELLED: lambda: _("This meeting is cancelled. The calendar shows the meetings that lie ahead."),
}


def _refuse_unless_open(meeting: Meeting) -> None:
    window = meeting.registration_window(timezone.now())
    if window in _WINDOW_CLOSED:
        raise Refused(_WINDOW_CLOSED[window]())


def _refuse_if_over(meeting: Meeting) -> None:
    if meeting.ends_at <= timezone.now():
        raise Refused(_("This meeting is over; its registrations stay as they are."))


def _refuse_second(meeting: Meeting, by: Any) -> None:
    earlier = Registration.objects.filter(meeting=meeting, user=by)
    if earlier.filter(state=RegistrationState.DECLINED).exists():
        raise Refused(_("The secretariat has declined your registration for this meeting. Write to it if something has changed."))
    if earlier.live().exists():
        raise Refused(_("You are already registered for this meeting. Open your registration to see how it stands."))


@transaction.atomic
def submit_registration(
    *,
    meeting: Meeting,
    category: StakeholderCategory,
    by: Any,
    given_name: str,
    family_name: str,
    organization: Organization | None = None,
    affiliation: str = "",
    country: Country | None = None,
    access_needs: str = "",
    language: str = "en",
) -> Registration:
    """Register the signed-in person under a category; where approval is automatic the seat is given at once."""
    quota = lock_quotas(meeting_id=meeting.pk, categories=[category.pk]).get(category.pk)
    meeting = Meeting.objects.public().filter(pk=meeting.pk).first() or _refuse_draft()
    require(by, "meetings.submit_registration", meeting)
    _refuse_unless_open(meeting)
    if quota is None or not quota.is_open:
        words = _("Registration is closed for the category “%(category)s”. Choose another category.")
        raise Refused(words % {"category": category})
    if organization and organization.pk not in {membership.organization_id for membership in memberships_of(by)}:
        words = _("You are not a member of %(organization)s here. Write its name as your affiliation.")
        raise Refused(words % {"organization": organization})
    _refuse_second(meeting, by)
    try:
        with transaction.atomic():
            registration = Registration.objects.create(
                meeting=meeting,
                category=category,
                user=by,
                email=by.email,
                given_name=given_name,
                family_name=family_name,
                organization=organization,
                affiliation=affiliation,
                country=country,
                access_needs=access_needs,
                language=language,
                submitted_at=timezone.now(),
            )
    except IntegrityError:
        # Two windows of one person, or a registration that others have made for this address.
        words = _("There is already a registration for your address. Ask the secretariat to link it to your account.")
        raise Refused(words) from None
    record_start(registration, by=by, on_behalf_of=organization)
    if quota.needs_endorsement:
        ask_organization(registration=registration)
    elif quota.approval == Approval.AUTOMATIC:
        allocate_seat(registration=registration)
    else:
        messages.registration_received(registration)
        messages.registration_to_review(registration)
    return registration


def _refuse_draft() -> Meeting:
    raise Refused(_("This meeting is not announced yet."))


@transaction.atomic
def approve_registration(*, registration: Registration, by: Any, reason: str = "") -> Registration:
    """Approve: the registration gets a seat, or where none is free a place on the waiting list.

    Args:
        reason: needed where the organization has not endorsed what it has to; the history keeps it.
    """
    registration, quota = locked_with_quota(registration)
    require(by, "meetings.approve_registration", registration)
    _refuse_if_over(registration.meeting)
    require_endorsement_or_reason(registration=registration, quota=quota, reason=reason)
    allocate_seat(registration=registration, by=by, on_behalf_of=secretariat_of(by), reason=reason.strip())
    return registration


@transaction.atomic
def decline_registration(*, registration: Registration, by: Any, reason: str) -> Registration:
    """Decline with a reason that the person reads."""
    registration, quota = locked_with_quota(registration)
    require(by, "meetings.decline_registration", registration)
    _refuse_if_over(registration.meeting)
    if not reason.strip():
        raise Refused(_("Say why: the person reads the reason."))
    had_seat = Registration.objects.filter(pk=registration.pk).taking_seats().exists()
    change_state(registration, to=RegistrationState.DECLINED, by=by, on_behalf_of=secretariat_of(by), reason=reason.strip())
    messages.registration_declined(registration, reason=reason.strip())
    if had_seat and quota:
        free_seat(quota=quota)
    return registration


@transaction.atomic
def cancel_registration(*, registration: Registration, by: Any, reason: str = "") -> Registration:
    """Cancel, by the registrant or the secretariat: the seat goes to the first on the waiting list."""
    registration, quota = locked_with_quota(registration)
    require(by, "meetings.cancel_registration", registration)
    _refuse_if_over(registration.meeting)
    had_seat = Registration.objects.filter(pk=registration.pk).taking_seats().exists()
    for_whom = registration.organization if registration.user_id == by.pk else secretariat_of(by)
    change_state(registration, to=RegistrationState.CANCELLED, by=by, on_behalf_of=for_whom, reason=reason.strip())
    revoke_letters(registration=registration, by=by, reason=reason.strip())
    list_changes_with(registration)
    messages.registration_cancelled(registration, reason=reason.strip())
    if had_seat and quota:
        free_seat(quota=quota)
    return registration
