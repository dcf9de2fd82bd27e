"""The first of the two steps: the organization that a registration names endorses it, or refuses with a reason.

Safe against impersonation: a focal point acts on a page; where there is none with an account, the request goes to an
address that staff have checked to be the organization's. Who registers never chooses it, and it is never their own.
"""

from datetime import timedelta
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from common.access import Refused, require
from common.addresses import address_key
from directory.enums import LinkProblem
from directory.models import Organization, SingleUseLink
from directory.services.links import LinkRefused, link_behind, make_link, use_link, withdraw_links
from directory.services.state import change_state
from meetings.enums import Approval, RegistrationState
from meetings.messages import delegations as messages
from meetings.messages import registration as registration_messages
from meetings.models import CategoryQuota, OrganizationContact, Registration
from meetings.rules import secretariat_of
from meetings.selectors.delegations import ENDORSEMENT
from meetings.services.seats import allocate_seat, locked_with_quota

LIFETIME = timedelta(days=14)
BETWEEN_MESSAGES = timedelta(minutes=5)


class NeedsEndorsement(Refused):
    """An approval before the organization has endorsed: it takes a reason, which is recorded."""


def waits_for_organization(registration: Registration, quota: CategoryQuota | None) -> bool:
    """Whether the organization has still to speak, or nobody can speak for it."""
    return bool(quota and quota.needs_endorsement and registration.state == RegistrationState.SUBMITTED)


def ask_organization(*, registration: Registration, quota: CategoryQuota) -> None:
    """After submission: the focal points are asked; where there are none, staff are told to send a link."""
    registration_messages.registration_received(registration)
    if registration.organization_id is None:
        registration_messages.registration_to_review(registration, approver=quota.approver)
    else:
        messages.endorsement_asked(registration)


def require_endorsement_or_reason(*, registration: Registration, quota: CategoryQuota | None, reason: str) -> None:
    """Refuse to approve what the organization has not endorsed, unless a reason is given that the history keeps."""
    if waits_for_organization(registration, quota) and not reason.strip():
        raise NeedsEndorsement(
            _("The organization has not endorsed this registration. Wait for it, or say why you approve without.")
        )


def _refuse_unless_waiting(registration: Registration, quota: CategoryQuota | None) -> None:
    if registration.meeting.ends_at <= timezone.now():
        raise Refused(_("This meeting is over; its registrations stay as they are."))
    if not waits_for_organization(registration, quota):
        words = _("This registration does not wait for an endorsement: it is “%(state)s” now.")
        raise Refused(words % {"state": registration.get_state_display()})


def _endorsed(registration: Registration, quota: CategoryQuota | None, by: Any) -> None:
    change_state(registration, to=RegistrationState.ENDORSED, by=by, on_behalf_of=registration.organization)
    withdraw_links(purpose=ENDORSEMENT, subject=registration.pk)
    if quota and quota.approval == Approval.AUTOMATIC:
        allocate_seat(registration=registration)
    else:
        messages.registration_endorsed(registration)
        registration_messages.registration_to_review(registration, approver=quota.approver if quota else None)


def _refused(registration: Registration, by: Any, reason: str) -> None:
    organization = registration.organization
    change_state(registration, to=RegistrationState.DECLINED, by=by, on_behalf_of=organization, reason=reason.strip())
    withdraw_links(purpose=ENDORSEMENT, subject=registration.pk)
    messages.registration_not_endorsed(registration, reason=reason.strip())


def _needs_reason(reason: str) -> None:
    if not reason.strip():
        raise Refused(_("Say why you do not endorse the registration: the person reads the reason."))


@transaction.atomic
def endorse(*, registration: Registration, by: Any) -> Registration:
    """Endorse in the organization's name; where approval is automatic the seat is given at once."""
    registration, quota = locked_with_quota(registration)
    require(by, "meetings.endorse_registration", registration)
    _refuse_unless_waiting(registration, quota)
    _endorsed(registration, quota, by)
    return registration


@transaction.atomic
def refuse_endorsement(*, registration: Registration, by: Any, reason: str) -> Registration:
    """Refuse in the organization's name, with a reason that the person reads."""
    registration, quota = locked_with_quota(registration)
    require(by, "meetings.endorse_registration", registration)
    _refuse_unless_waiting(registration, quota)
    _needs_reason(reason)
    _refused(registration, by, reason)
    return registration


# --- By a link to a verified address -----------------------------------------------------------------------------------


@transaction.atomic
def record_contact(
    *, organization: Organization, address: str, how: str, by: Any, scope: Any, language: str = "en"
) -> OrganizationContact:
    """Record an address that `by` has checked to be the organization's own, and how.

    Args:
        scope: the meeting for which `by` serves, or anything else of it.
    """
    require(by, "meetings.ask_endorsement", scope)
    address = address.strip()
    try:
        validate_email(address)
    except ValidationError:
        raise Refused(
            _("“%(address)s” is not an e-mail address. Check it for missing or extra signs.") % {"address": address}
        ) from None
    if not how.strip():
        raise Refused(_("Say how you checked that the address is the organization's own."))
    if language not in dict(settings.LANGUAGES):
        raise Refused(_("Choose one of the portal's languages for the message."))
    organization = Organization.objects.select_for_update(of=("self",)).get(pk=organization.pk)
    kept = OrganizationContact.objects.in_force().filter(organization=organization, address__iexact=address).first()
    if kept:
        raise Refused(_("%(address)s is recorded for this organization already.") % {"address": kept.address})
    return OrganizationContact.objects.create(
        organization=organization, address=address, how=how.strip(), verified_by=by, language=language
    )


@transaction.atomic
def withdraw_contact(*, contact: OrganizationContact, by: Any, scope: Any) -> OrganizationContact:
    """Use an address no more; requests that went to it and wait are void."""
    contact = OrganizationContact.objects.select_for_update(of=("self",)).get(pk=contact.pk)
    require(by, "meetings.ask_endorsement", scope)
    require(by, "meetings.ask_endorsement")  # it is used for every meeting, so who serves for one does not end it
    if contact.withdrawn_at:
        raise Refused(_("This address is not used any more."))
    contact.withdrawn_at = timezone.now()
    contact.save(update_fields=["withdrawn_at"])
    waiting = Registration.objects.filter(organization=contact.organization_id, state=RegistrationState.SUBMITTED)
    subjects = [str(pk) for pk in waiting.values_list("pk", flat=True)]
    open_links = SingleUseLink.objects.filter(purpose=ENDORSEMENT, subject__in=subjects, address__iexact=contact.address)
    open_links.filter(used_at__isnull=True, withdrawn_at__isnull=True).update(withdrawn_at=timezone.now())
    return contact


@transaction.atomic
def send_endorsement_request(*, registration: Registration, contact: OrganizationContact, by: Any) -> SingleUseLink:
    """Send a link to a verified address of the organization; an earlier one is void."""
    registration, quota = locked_with_quota(registration)
    require(by, "meetings.ask_endorsement", registration)
    _refuse_unless_waiting(registration, quota)
    contact = OrganizationContact.objects.get(pk=contact.pk)
    if contact.withdrawn_at or contact.organization_id != registration.organization_id:
        raise Refused(_("This is not a checked address of the organization that the registration names. Choose another one."))
    if address_key(contact.address) == address_key(registration.email):
        raise Refused(_("This is the address of the person who registers. Nobody endorses themselves: choose another address."))
    newest = SingleUseLink.objects.filter(purpose=ENDORSEMENT, subject=str(registration.pk)).order_by("-created_at").first()
    if newest and newest.created_at > timezone.now() - BETWEEN_MESSAGES:
        raise Refused(_("The last message left less than five minutes ago. Give it time to arrive, then try again."))
    withdraw_links(purpose=ENDORSEMENT, subject=registration.pk)
    link = make_link(purpose=ENDORSEMENT, subject=registration.pk, address=contact.address, lifetime=LIFETIME)
    messages.endorsement_link(registration, contact=contact, single_use=link, secretariat=secretariat_of(by))
    return link


def registration_behind(*, token: str) -> tuple[Registration, SingleUseLink]:
    """The registration behind a usable link, to show before anything is done; raises LinkRefused."""
    link = link_behind(token=token, purpose=ENDORSEMENT)
    rows = Registration.objects.select_related("meeting__country", "organization", "category")
    return rows.get(pk=link.subject), link


@transaction.atomic
def answer_by_link(*, token: str, endorses: bool, reason: str = "") -> Registration:
    """Endorse or refuse by the link, which is used up: of two clicks at once the second finds it used.

    Raises:
        LinkRefused: the link does not work (any more), or its address is no longer the organization's.
        Refused: the registration does not wait any more, or a refusal without a reason.
    """
    registration, _link = registration_behind(token=token)
    registration, quota = locked_with_quota(registration)
    link = use_link(token=token, purpose=ENDORSEMENT)
    contacts = OrganizationContact.objects.in_force().filter(organization=registration.organization_id)
    if not contacts.filter(address__iexact=link.address).exists():
        raise LinkRefused(LinkProblem.WITHDRAWN, link)
    _refuse_unless_waiting(registration, quota)
    if endorses:
        _endorsed(registration, quota, None)
    else:
        _needs_reason(reason)
        _refused(registration, None, reason)
    return registration
