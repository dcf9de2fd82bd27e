"""Verbs of registration: begin, submit, approve, decline, cancel, reinstate."""

from collections.abc import Iterable
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from common.access import Refused, require
from common.bidi import isolated
from directory.models import Country, Organization, StakeholderCategory
from directory.rules import memberships_of
from directory.services.links import withdraw_links
from directory.services.state import change_state, locked, record_start
from meetings.enums import ENDED_REGISTRATIONS, TO_DECIDE, Approval, RegistrationState, RegistrationWindow
from meetings.messages import registration as messages
from meetings.models import CategoryQuota, Meeting, Registration, RegistrationFile
from meetings.rules import account_of, secretariat_of
from meetings.services.endorsement import ask_organization, require_endorsement_or_reason
from meetings.services.files import keep_files
from meetings.services.floor import withdraw_all
from meetings.services.letters import revoke_letters
from meetings.services.participants import list_changes_with
from meetings.services.seats import (
    OFFER_PURPOSE,
    allocate_seat,
    calendar_for,
    free_seat,
    holds_seat,
    lock_quotas,
    locked_with_quota,
)

_WINDOW_CLOSED = {
    RegistrationWindow.NOT_YET: lambda: _("Registration for this meeting is not open yet. Its page says when it opens."),
    RegistrationWindow.CLOSED: lambda: _("Registration is closed. Write to the secretariat if you still need to come."),
    RegistrationWindow.OVER: lambda: _("This meeting is over. The calendar shows the meetings that lie ahead."),
    RegistrationWindow.CANCELLED: lambda: _("This meeting is cancelled. The calendar shows the meetings that lie ahead."),
}
FILES = Iterable[RegistrationFile]


def refuse_unless_open(meeting: Meeting, quota: CategoryQuota | None, category: StakeholderCategory) -> None:
    """Refuse what comes before registration opens or after it closed, for the meeting and for the category."""
    window = meeting.registration_window(timezone.now())
    if window in _WINDOW_CLOSED:
        raise Refused(_WINDOW_CLOSED[window]())
    if quota is None or not quota.takes_registrations(timezone.now()):
        words = _("Registration is closed for the category “%(category)s”. Choose another category.")
        raise Refused(words % {"category": isolated(category)})


def refuse_if_over(meeting: Meeting) -> None:
    """Refuse to change what belongs to the past."""
    if meeting.ends_at <= timezone.now():
        raise Refused(_("This meeting is over; its registrations stay as they are."))


def _refuse_second(meeting: Meeting, by: Any, draft: Registration | None) -> None:
    earlier = Registration.objects.filter(meeting=meeting, user=by).exclude(pk__in=[draft.pk] if draft else [])
    declined = Registration.objects.filter(meeting=meeting, state=RegistrationState.DECLINED)
    if declined.filter(Q(user=by) | Q(user=None, email__iexact=by.email)).exists():
        raise Refused(_("The secretariat has declined your registration for this meeting. Write to it if something has changed."))
    if earlier.live().exists():
        raise Refused(_("You are already registered for this meeting. Open your registration to see how it stands."))


def _refuse_foreign_organization(organization: Organization | None, by: Any) -> None:
    if organization and organization.pk not in {membership.organization_id for membership in memberships_of(by)}:
        words = _("You are not a member of %(organization)s here. Write its name as your affiliation.")
        raise Refused(words % {"organization": isolated(organization)})


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
    function: str = "",
    gender: str = "",
    is_listed: bool = False,
    answers: dict[str, Any] | None = None,
    files: FILES = (),
    draft: Registration | None = None,
) -> Registration:
    """Register the signed-in person under a category; where approval is automatic the seat is given at once.

    Args:
        files: files that came with the form and belong to no registration yet.
        draft: what the person has begun; it becomes the registration.
    """
    quota = lock_quotas(meeting_id=meeting.pk, categories=[category.pk]).get(category.pk)
    meeting = Meeting.objects.public().filter(pk=meeting.pk).first() or _refuse_draft()
    require(by, "meetings.submit_registration", meeting)
    refuse_unless_open(meeting, quota, category)
    assert quota is not None
    _refuse_foreign_organization(organization, by)
    _refuse_second(meeting, by, draft)
    values: dict[str, Any] = {
        "category": category,
        "given_name": given_name,
        "family_name": family_name,
        "organization": organization,
        "affiliation": affiliation,
        "country": country,
        "access_needs": access_needs,
        "language": language,
        "function": function,
        "gender": gender,
        "is_listed": is_listed,
        "answers": answers or {},
    }
    if draft:
        registration = _written_over(draft, by, values)
        registration.submitted_at = timezone.now()
        change_state(
            registration, to=RegistrationState.SUBMITTED, by=by, on_behalf_of=organization, also=["submitted_at", *values]
        )
    else:
        registration = create_registration(meeting=meeting, user=by, email=by.email, submitted_at=timezone.now(), **values)
        record_start(registration, by=by, on_behalf_of=organization)
    keep_files(registration=registration, files=files)
    decide_or_ask(registration=registration, quota=quota)
    return registration


def _refuse_draft() -> Meeting:
    raise Refused(_("This meeting is not announced yet."))


def create_registration(**values: Any) -> Registration:
    """Write the row; the constraints keep one live registration for each person and address."""
    try:
        with transaction.atomic():
            return Registration.objects.create(**values)
    except IntegrityError:
        # Two windows of one person, or a registration that others have made for this address.
        words = _("There is already a registration for your address. Ask the secretariat to link it to your account.")
        raise Refused(words) from None


def decide_or_ask(*, registration: Registration, quota: CategoryQuota) -> None:
    """What follows on a new registration, its quota locked: a seat or the waiting list where a rule decides, else a question.

    Where the organization has to endorse first, no rule decides.
    """
    if quota.needs_endorsement:
        ask_organization(registration=registration, quota=quota)
    elif quota.approval == Approval.AUTOMATIC:
        allocate_seat(registration=registration)
    else:
        messages.registration_received(registration)
        messages.registration_to_review(registration, approver=quota.approver)


# --- Drafts ----------------------------------------------------------------------------------------------------------


@transaction.atomic
def save_draft(
    *,
    meeting: Meeting,
    category: StakeholderCategory,
    by: Any,
    draft: Registration | None = None,
    files: FILES = (),
    **values: Any,
) -> Registration:
    """Keep what somebody has filled in so far; it takes no seat and nobody is told."""
    require(by, "meetings.submit_registration", meeting)
    window = meeting.registration_window(timezone.now())
    if window in _WINDOW_CLOSED:
        raise Refused(_WINDOW_CLOSED[window]())
    _refuse_foreign_organization(values.get("organization"), by)
    _refuse_second(meeting, by, draft)
    values["category"] = category
    if draft:
        registration = _written_over(draft, by, values)
        registration.save(update_fields=[*values])
    else:
        registration = create_registration(
            meeting=meeting, user=by, email=by.email, state=RegistrationState.DRAFT, submitted_at=None, **values
        )
        record_start(registration, by=by, on_behalf_of=values.get("organization"))
    keep_files(registration=registration, files=files)
    return registration


def _written_over(draft: Registration, by: Any, values: dict[str, Any]) -> Registration:
    registration = locked(draft)
    require(by, "meetings.edit_registration", registration)
    if registration.state != RegistrationState.DRAFT:
        raise Refused(_("This registration has been sent already. Open it to see how it stands."))
    for name, value in values.items():
        setattr(registration, name, value)
    return registration


# --- Decisions -------------------------------------------------------------------------------------------------------


@transaction.atomic
def approve_registration(*, registration: Registration, by: Any, reason: str = "") -> Registration:
    """Approve: the registration gets a seat, or where none is free a place on the waiting list.

    Args:
        reason: needed where the organization has not endorsed what it has to; the history keeps it.
    """
    registration, quota = locked_with_quota(registration)
    require(by, "meetings.approve_registration", registration)
    refuse_if_over(registration.meeting)
    require_endorsement_or_reason(registration=registration, quota=quota, reason=reason)
    allocate_seat(registration=registration, by=by, on_behalf_of=secretariat_of(by), reason=reason.strip())
    return registration


@transaction.atomic
def give_seat_beyond(*, registration: Registration, by: Any, reason: str) -> Registration:
    """An override: a seat whether or not one is free, with a reason that the history keeps."""
    registration, _quota = locked_with_quota(registration)
    require(by, "meetings.exceed_quota", registration)
    refuse_if_over(registration.meeting)
    if not reason.strip():
        raise Refused(_("Say why this person gets a seat although none is free: the reason is kept in the history."))
    if registration.state not in TO_DECIDE | {RegistrationState.WAITLISTED}:
        raise Refused(_("This registration is “%(state)s” and waits for no seat.") % {"state": registration.get_state_display()})
    allocate_seat(registration=registration, by=by, on_behalf_of=secretariat_of(by), reason=reason.strip(), beyond=True)
    return registration


@transaction.atomic
def decline_registration(*, registration: Registration, by: Any, reason: str) -> Registration:
    """Decline with a reason that the person reads."""
    registration, quota = locked_with_quota(registration)
    require(by, "meetings.decline_registration", registration)
    refuse_if_over(registration.meeting)
    if not reason.strip():
        raise Refused(_("Say why: the person reads the reason."))
    had_seat = holds_seat(registration)
    change_state(registration, to=RegistrationState.DECLINED, by=by, on_behalf_of=secretariat_of(by), reason=reason.strip())
    withdraw_links(purpose=OFFER_PURPOSE, subject=registration.pk)
    messages.registration_declined(registration, reason=reason.strip())
    if had_seat and quota:
        free_seat(quota=quota)
    return registration


@transaction.atomic
def cancel_registration(*, registration: Registration, by: Any, reason: str = "") -> Registration:
    """Cancel, by the registrant or the secretariat: the seat goes to the first on the waiting list."""
    registration, quota = locked_with_quota(registration)
    require(by, "meetings.cancel_registration", registration)
    refuse_if_over(registration.meeting)
    had_seat, was_draft = holds_seat(registration), registration.state == RegistrationState.DRAFT
    had_file = registration.state == RegistrationState.APPROVED  # only with a seat comes a calendar file
    for_whom = registration.organization if registration.user_id == by.pk else secretariat_of(by)
    change_state(registration, to=RegistrationState.CANCELLED, by=account_of(by), on_behalf_of=for_whom, reason=reason.strip())
    withdraw_links(purpose=OFFER_PURPOSE, subject=registration.pk)
    revoke_letters(registration=registration, by=account_of(by), reason=reason.strip())
    withdraw_all(registrations=[registration.pk], by=account_of(by))
    list_changes_with(registration)
    if not was_draft:  # of what was never sent nobody needs to be told
        calendar = calendar_for(registration) if had_file else ""
        messages.registration_cancelled(registration, reason=reason.strip(), calendar=calendar)
    if had_seat and quota:
        free_seat(quota=quota)
    return registration


@transaction.atomic
def discard_draft(*, registration: Registration, by: Any) -> Registration:
    """Set aside what was begun and never sent; nobody is told.

    Raises:
        Refused: it was sent in the meantime.
    """
    registration, _quota = locked_with_quota(registration)
    require(by, "meetings.cancel_registration", registration)
    if registration.state != RegistrationState.DRAFT:
        raise Refused(_("This is no draft any more: it was sent in the meantime. If you cannot come, cancel the registration."))
    return cancel_registration(registration=registration, by=by)


@transaction.atomic
def reinstate_registration(*, registration: Registration, by: Any, reason: str) -> Registration:
    """Take a cancellation or a refusal back: a seat if one is free and nobody waits, else the end of the waiting list."""
    registration, _quota = locked_with_quota(registration)
    require(by, "meetings.reinstate_registration", registration)
    refuse_if_over(registration.meeting)
    if registration.state not in ENDED_REGISTRATIONS:
        raise Refused(_("This registration has not ended, so there is nothing to take back."))
    if registration.submitted_at is None:
        raise Refused(_("This was a draft that was never sent. The person can begin anew."))
    if not reason.strip():
        raise Refused(_("Say why it is taken back: the reason is kept in the history."))
    actor: dict[str, Any] = {"by": by, "on_behalf_of": secretariat_of(by), "reason": reason.strip()}
    try:
        with transaction.atomic():
            registration.delegation_role = ""  # its place may be another's by now: the organization names anew
            change_state(registration, to=RegistrationState.SUBMITTED, **actor, also=["delegation_role"])
    except IntegrityError:
        raise Refused(_("This person has another registration for the meeting by now. Cancel that one first.")) from None
    allocate_seat(registration=registration, by=by, on_behalf_of=actor["on_behalf_of"])
    return registration
