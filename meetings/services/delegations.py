"""Delegations: an organization names its people, gives a place to somebody else, takes somebody back.

The lock of a delegation is its ceiling's row; it is taken before the quotas' and those before the registrations'.
"""

import logging
from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from common.access import Refused, require
from common.addresses import address_key
from common.bidi import isolated
from directory.models import Country, Organization
from directory.services.links import withdraw_links
from directory.services.state import change_state, locked, record_start
from meetings.enums import Approval, ChangeState, DelegationRole, RegistrationState, RegistrationWindow
from meetings.messages import delegations as messages
from meetings.messages import registration as registration_messages
from meetings.models import DelegationCeiling, DelegationSubstitution, FloorRequest, Meeting, Registration, VisaDetails
from meetings.models.registration import new_reference
from meetings.rules import secretariat_of, staff_scopes
from meetings.services.by_address import send_manage_link
from meetings.services.files import delete_files_of
from meetings.services.floor import withdraw_all
from meetings.services.letters import revoke_letters
from meetings.services.participants import list_changes_with
from meetings.services.seats import OFFER_PURPOSE, allocate_seat, calendar_for, free_seat, lock_quotas, locked_with_quota

log = logging.getLogger(__name__)


class AddressRefused(Refused):
    """An address cannot be named, for a reason that is not told. Who asks often asks whose address is known: count it."""


def lock_delegation(*, meeting: Meeting, organization: Organization) -> DelegationCeiling:
    """Lock an organization's delegation until the transaction ends; its row is made if there is none yet."""
    assert transaction.get_connection().in_atomic_block, "a delegation is locked for the length of a transaction"
    DelegationCeiling.objects.bulk_create([DelegationCeiling(meeting=meeting, organization=organization)], ignore_conflicts=True)
    rows = DelegationCeiling.objects.select_for_update(of=("self",)).select_related("meeting", "organization")
    return rows.get(meeting=meeting, organization=organization)


def _members(ceiling: DelegationCeiling) -> Any:
    return Registration.objects.in_delegation(ceiling.meeting_id, ceiling.organization_id)


def _is_staff_of(user: Any, meeting: Meeting) -> bool:
    return bool({"", meeting.scope_key} & staff_scopes(user))


def _refuse_unless_open(meeting: Meeting, by: Any) -> None:
    """Organizations name people while registration is open; the secretariat may until the meeting is over."""
    window = meeting.registration_window(timezone.now())
    if window == RegistrationWindow.CANCELLED:
        raise Refused(_("This meeting is cancelled, so nobody is named for it any more."))
    if window == RegistrationWindow.OVER:
        raise Refused(_("This meeting is over; its delegations stay as they are."))
    if _is_staff_of(by, meeting):
        return
    if window == RegistrationWindow.NOT_YET:
        raise Refused(_("Registration for this meeting is not open yet. Its page says when you can name your delegation."))
    if window == RegistrationWindow.CLOSED:
        raise Refused(_("Registration is closed. Write to the secretariat if your delegation must still change."))


def _refuse_if_over(meeting: Meeting) -> None:
    if meeting.ends_at <= timezone.now():
        raise Refused(_("This meeting is over; its delegations stay as they are."))


def _refuse_second_head(ceiling: DelegationCeiling, role: str, besides: int = 0) -> None:
    if role not in DelegationRole.values:
        raise Refused(_("Choose what the person is in the delegation: head, alternate head or adviser."))
    if role != DelegationRole.HEAD:
        return
    head = _members(ceiling).filter(delegation_role=DelegationRole.HEAD).exclude(pk=besides).first()
    if head:
        words = _("%(name)s is the head of this delegation. Give that person another part first, or put somebody in their place.")
        raise Refused(words % {"name": isolated(head.full_name)})


def _refuse_known_address(ceiling: DelegationCeiling, email: str, by: Any, besides: int = 0) -> None:
    """Refuse an address twice in the delegation, and one that cannot be taken, without telling why it cannot."""
    key = address_key(email)
    for member in _members(ceiling).exclude(pk=besides):
        if address_key(member.email) == key:
            raise Refused(_("%(name)s is in this delegation with this address already.") % {"name": isolated(member.full_name)})
    known = Registration.objects.filter(meeting=ceiling.meeting_id, email__iexact=email).exclude(pk=besides)
    asking = known.to_endorse().filter(organization=ceiling.organization_id).first()
    if asking:
        raise Refused(
            _("%(name)s has registered in person and waits for your endorsement.") % {"name": isolated(asking.full_name)}
        )
    # The same words whether somebody registered under it or was declined: whose address is known is told to nobody.
    if known.exclude(state=RegistrationState.CANCELLED).exists():
        raise _not_with_this_address(ceiling, email, by)


def _not_with_this_address(ceiling: DelegationCeiling, email: str, by: Any) -> AddressRefused:
    """Whatever the reason, the same words; written down who asked, not for whom."""
    asked = {"by": by.pk, "meeting": ceiling.meeting.slug, "organization": ceiling.organization.code}
    log.warning("address refused for a delegation", extra={"data": asked})
    words = _("%(address)s cannot be named here. Check it for a slip of the pen; if it is right, write to the secretariat.")
    return AddressRefused(words % {"address": email})


def _refuse_full(ceiling: DelegationCeiling) -> None:
    named = _members(ceiling).count()
    if named >= ceiling.largest:
        words = _(
            "%(organization)s may name %(largest)d people and has named %(named)d. Put somebody in another's place, withdraw "
            "somebody, or ask the secretariat for a larger delegation."
        )
        raise Refused(words % {"organization": isolated(ceiling.organization), "largest": ceiling.largest, "named": named})


@transaction.atomic
def nominate(
    *,
    meeting: Meeting,
    organization: Organization,
    by: Any,
    given_name: str,
    family_name: str,
    email: str,
    role: str,
    function: str = "",
    country: Country | None = None,
    language: str = "en",
) -> Registration:
    """Name somebody for the delegation: registered without an account and endorsed by the very act.

    Where approval is automatic the seat, or a place on the waiting list, is given at once.

    Raises:
        Refused: the meeting is not theirs to see, registration closed, no seats for the category, the ceiling reached, a
            second head.
        AddressRefused: an address known here.
    """
    ceiling = lock_delegation(meeting=meeting, organization=organization)
    quota = lock_quotas(meeting_id=meeting.pk, categories=[organization.category_id]).get(organization.category_id)
    require(by, "meetings.nominate_delegation", ceiling)
    if not Meeting.objects.visible_to(by).filter(pk=meeting.pk).exists():
        raise Refused(_("This meeting is not open to you, so you cannot name anybody for it. Write to the secretariat."))
    meeting = ceiling.meeting
    _refuse_unless_open(meeting, by)
    if quota is None or not (quota.takes_registrations(timezone.now()) or _is_staff_of(by, meeting)):
        words = _("This meeting takes no registrations in the category “%(category)s”. Write to the secretariat.")
        raise Refused(words % {"category": isolated(organization.category)})
    _refuse_full(ceiling)
    _refuse_second_head(ceiling, role)
    _refuse_known_address(ceiling, email, by)
    try:
        with transaction.atomic():
            registration = Registration.objects.create(
                meeting=meeting,
                category=organization.category,
                organization=organization,
                email=email,
                given_name=given_name,
                family_name=family_name,
                function=function,
                country=country,
                language=language,
                delegation_role=role,
                nominated_by=by,
                submitted_at=timezone.now(),
            )
    except IntegrityError:  # somebody registers with this address at this very moment
        raise _not_with_this_address(ceiling, email, by) from None
    record_start(registration, by=by, on_behalf_of=organization)
    # The nomination is the endorsement, whoever of the secretariat may have typed it for the organization.
    change_state(registration, to=RegistrationState.ENDORSED, by=by, on_behalf_of=organization)
    messages.delegate_nominated(registration)
    send_manage_link(registration)
    if quota.approval == Approval.AUTOMATIC:
        allocate_seat(registration=registration)
    else:
        registration_messages.registration_to_review(registration, approver=quota.approver)
    return registration


@transaction.atomic
def withdraw_delegate(*, registration: Registration, by: Any, reason: str = "") -> Registration:
    """Take somebody out of the delegation: the registration is cancelled, the seat goes to who waits."""
    registration, quota = locked_with_quota(registration)
    require(by, "meetings.change_delegate", registration)
    _refuse_if_over(registration.meeting)
    had_seat = Registration.objects.filter(pk=registration.pk).taking_seats().exists()
    for_whom = _for_whom(registration, by)
    change_state(registration, to=RegistrationState.CANCELLED, by=by, on_behalf_of=for_whom, reason=reason.strip())
    withdraw_links(purpose=OFFER_PURPOSE, subject=registration.pk)
    revoke_letters(registration=registration, by=by, reason=reason.strip())
    withdraw_all(registrations=[registration.pk], by=by)
    messages.delegate_withdrawn(registration, reason=reason.strip())
    list_changes_with(registration)
    if had_seat and quota:
        free_seat(quota=quota)
    return registration


@transaction.atomic
def set_part(*, registration: Registration, by: Any, role: str) -> Registration:
    """Give a member of the delegation another part in it."""
    organization = registration.organization
    if organization is None:
        raise Refused(_("This person was not named by an organization."))
    ceiling = lock_delegation(meeting=registration.meeting, organization=organization)
    registration, _quota = locked_with_quota(registration)
    require(by, "meetings.change_delegate", registration)
    _refuse_if_over(registration.meeting)
    _refuse_second_head(ceiling, role, besides=registration.pk)
    registration.delegation_role = role
    registration.save(update_fields=["delegation_role"])
    list_changes_with(registration)
    return registration


@transaction.atomic
def substitute(
    *,
    registration: Registration,
    by: Any,
    given_name: str,
    family_name: str,
    email: str,
    function: str = "",
    country: Country | None = None,
    language: str = "en",
    reason: str = "",
) -> Registration:
    """Let somebody else come in a delegate's place: state, seat, place in line and part stay, the reference is a new one.

    What only the first person has said goes: account, needs, answers, gender, consent to be listed, passport. Letters are
    revoked; a badge with the old reference is told apart from then on.

    Raises:
        Refused: the meeting is over, the same person again.
        AddressRefused: an address that cannot be taken.
    """
    organization = registration.organization
    if organization is None:
        raise Refused(_("This person was not named by an organization."))
    ceiling = lock_delegation(meeting=registration.meeting, organization=organization)
    registration, _quota = locked_with_quota(registration)
    require(by, "meetings.change_delegate", registration)
    _refuse_if_over(registration.meeting)
    if registration.scans.standing().exists():
        raise Refused(
            _("%(name)s has come to the meeting already, so nobody can come in that place.")
            % {"name": isolated(registration.full_name)}
        )
    if address_key(email) == address_key(registration.email):
        raise Refused(_("This is the address of the person who is named now. Give the address of the person who comes instead."))
    _refuse_known_address(ceiling, email, by, besides=registration.pk)
    old_account, old_email, old_language = registration.user, registration.email, registration.language
    substitution = DelegationSubstitution(
        registration=registration,
        old_reference=registration.reference,
        new_reference=new_reference(),
        old_name=registration.full_name,
        old_email=registration.email,
        new_name=f"{given_name} {family_name}".strip(),
        reason=reason.strip(),
        by=by,
        on_behalf_of=_for_whom(registration, by),
    )
    revoke_letters(registration=registration, by=by, reason=reason.strip())
    withdraw_all(registrations=[registration.pk], by=by)
    FloorRequest.objects.filter(registration=registration).exclude(body="").update(name="")
    _forget_the_first(registration, by)
    list_changes_with(registration)
    new = {
        "reference": substitution.new_reference,
        "user": None,
        "email": email,
        "given_name": given_name,
        "family_name": family_name,
        "function": function,
        "country": country,
        "language": language,
        "gender": "",
        "access_needs": "",
        "answers": {},
        "is_listed": False,
        "nominated_by": by,
    }
    for name, value in new.items():
        setattr(registration, name, value)
    try:
        with transaction.atomic():
            registration.save(update_fields=list(new))
    except IntegrityError:  # somebody registers with this address at this very moment
        raise _not_with_this_address(ceiling, email, by) from None
    substitution.save()
    messages.delegate_replaced(
        registration,
        substitution=substitution,
        to=old_account or old_email,
        language=old_language,
        has_account=old_account is not None,
    )
    seated = registration.state == RegistrationState.APPROVED
    calendar = calendar_for(registration) if seated else ""
    messages.delegate_stands_in(registration, substitution=substitution, calendar=calendar)
    send_manage_link(registration, cause=registration.reference)
    return registration


def _forget_the_first(registration: Registration, by: Any) -> None:
    """What the first person has handed in, asked for or been sent opens nothing for the second, nor the other way round."""
    withdraw_links(purpose=OFFER_PURPOSE, subject=registration.pk)
    VisaDetails.objects.filter(registration=registration).delete()
    delete_files_of(Registration.objects.filter(pk=registration.pk))
    for edit in registration.edits.filter(state=ChangeState.PROPOSED):  # type: ignore[attr-defined]
        change_state(locked(edit), to=ChangeState.WITHDRAWN, by=by, on_behalf_of=_for_whom(registration, by))
    registration.edits.update(before={}, after={}, note="")  # type: ignore[attr-defined]


def _for_whom(registration: Registration, by: Any) -> Organization | None:
    """The secretariat where its staff acts, else the organization whose focal point does."""
    return secretariat_of(by) if _is_staff_of(by, registration.meeting) else registration.organization


@transaction.atomic
def set_ceiling(*, meeting: Meeting, organization: Organization, by: Any, people: int | None) -> DelegationCeiling:
    """Set how many people an organization may name; None gives it the meeting's number again.

    Nobody who is named already loses anything by a lower number.
    """
    ceiling = lock_delegation(meeting=meeting, organization=organization)
    require(by, "meetings.change_ceiling", ceiling)
    _refuse_if_over(ceiling.meeting)
    ceiling.people = people
    ceiling.save(update_fields=["people"])
    return ceiling
