"""Registrations of people without an account: made by the secretariat or by a link sent to their address; found again by a link.

Nothing here tells a stranger whether an address is registered: the page says the same, and only the mailbox learns more.
"""

from contextlib import suppress
from datetime import timedelta
from typing import Any

from allauth.account.models import EmailAddress
from allauth.account.signals import email_confirmed
from django.contrib.auth.signals import user_logged_in
from django.core import signing
from django.db import IntegrityError, transaction
from django.dispatch import receiver
from django.utils import timezone
from django.utils.translation import gettext as _

from common.access import Refused, require
from common.addresses import address_key
from directory.enums import LinkProblem
from directory.models import SingleUseLink, StakeholderCategory, User
from directory.services.links import LinkRefused, link_behind, make_link, use_link, withdraw_links
from directory.services.state import record_start
from meetings.enums import Approval, RegistrationState
from meetings.messages import by_address as messages
from meetings.messages.by_address import MANAGE_SALT, manage_value
from meetings.models import Meeting, Registration
from meetings.rules import LinkHolder, secretariat_of
from meetings.services.files import keep_files
from meetings.services.registration import FILES, decide_or_ask, refuse_if_over, refuse_unless_open
from meetings.services.seats import allocate_seat, lock_quotas

FORM_PURPOSE = "meetings.register"
FORM_LIFETIME = timedelta(days=2)
# One address gets so many messages with links about one meeting in an hour, however often somebody types it.
MOST_AN_HOUR = 3

_signer = signing.Signer(salt=MANAGE_SALT)


# --- Making ----------------------------------------------------------------------------------------------------------


@transaction.atomic
def register_person(
    *,
    meeting: Meeting,
    category: StakeholderCategory,
    by: Any,
    email: str,
    approve: bool = False,
    files: FILES = (),
    **values: Any,
) -> Registration:
    """Staff register somebody by address, also before registration opens or after it closed.

    Args:
        approve: give a seat at once, or a place on the waiting list; else as the category has it.
    """
    quota = lock_quotas(meeting_id=meeting.pk, categories=[category.pk]).get(category.pk)
    require(by, "meetings.register_others", meeting)
    refuse_if_over(meeting)
    if quota is None or quota.withdrawn_at:
        raise Refused(_("This meeting has no seats for this category. Choose another category."))
    registration = _made(meeting, category, email, values)
    record_start(registration, by=by, on_behalf_of=secretariat_of(by))
    keep_files(registration=registration, files=files)
    send_manage_link(registration)
    if approve and not quota.needs_endorsement:
        is_act = quota.approval == Approval.MANUAL
        allocate_seat(registration=registration, by=by if is_act else None, on_behalf_of=secretariat_of(by) if is_act else None)
    else:
        decide_or_ask(registration=registration, quota=quota)
    return registration


def _made(meeting: Meeting, category: StakeholderCategory, email: str, values: dict[str, Any]) -> Registration:
    try:
        with transaction.atomic():
            return Registration.objects.create(
                meeting=meeting,
                category=category,
                email=email,
                user=owner_of(email, meeting),
                submitted_at=timezone.now(),
                **values,
            )
    except IntegrityError:
        raise Refused(
            _("%(address)s is registered for this meeting already. Look it up in the list.") % {"address": email}
        ) from None


def owner_of(email: str, meeting: Meeting) -> User | None:
    """The active account that has proven this address; None where it has a live registration of its own already."""
    proven = EmailAddress.objects.filter(email__iexact=email, verified=True, user__is_active=True).select_related("user").first()
    if proven is None or Registration.objects.live().filter(meeting=meeting, user=proven.user).exists():
        return None
    return proven.user


def send_manage_link(registration: Registration, cause: str = "made") -> None:
    """Who has no account gets the link that stands in for one."""
    if registration.user_id is None:
        messages.registration_link(registration, cause=cause)


# --- By oneself, from a link to the form -----------------------------------------------------------------------------


@transaction.atomic
def request_link(*, meeting: Meeting, address: str, language: str) -> None:
    """Send the right link to an address: to its registration if there is one, else to the form. Says nothing to who asks."""
    # So that two requests count each other; registrations refer to the meeting and are not held up.
    Meeting.objects.select_for_update(of=("self",), no_key=True).get(pk=meeting.pk)
    subject = f"{meeting.pk}:{address_key(address)}"[:60]
    recent = SingleUseLink.objects.filter(purpose=FORM_PURPOSE, address__iexact=address)
    if recent.filter(created_at__gt=timezone.now() - timedelta(hours=1)).count() >= MOST_AN_HOUR:
        return
    link = make_link(purpose=FORM_PURPOSE, subject=subject, address=address, lifetime=FORM_LIFETIME)
    known = Registration.objects.live().filter(meeting=meeting, email__iexact=address).select_related("user").first()
    if known and known.user_id is None:
        withdraw_links(purpose=FORM_PURPOSE, subject=subject)
        messages.registration_link(known, cause=str(link.pk))
    else:  # also who registered with an account: the form tells them so, and only them
        messages.registration_form(meeting, address=address, language=language, link=link)


def form_behind(*, token: str) -> tuple[Meeting, str]:
    """The meeting and the proven address behind a usable link to the form; raises LinkRefused."""
    link = link_behind(token=token, purpose=FORM_PURPOSE)
    return Meeting.objects.public().get(pk=link.subject.partition(":")[0]), link.address


@transaction.atomic
def register_by_link(*, token: str, category: StakeholderCategory, files: FILES = (), **values: Any) -> Registration:
    """Register the address that the link was sent to, without an account."""
    meeting, address = form_behind(token=token)
    quota = lock_quotas(meeting_id=meeting.pk, categories=[category.pk]).get(category.pk)
    use_link(token=token, purpose=FORM_PURPOSE)
    refuse_unless_open(meeting, quota, category)
    assert quota is not None
    if Registration.objects.filter(meeting=meeting, email__iexact=address, state=RegistrationState.DECLINED).exists():
        raise Refused(_("The secretariat has declined your registration for this meeting. Write to it if something has changed."))
    registration = _made(meeting, category, address, values)
    record_start(registration, by=None)
    keep_files(registration=registration, files=files)
    send_manage_link(registration)
    decide_or_ask(registration=registration, quota=quota)
    return registration


# --- The link to a registration --------------------------------------------------------------------------------------


def manage_token(registration: Registration) -> str:
    """The token of a registration's link, for its message and its own pages only."""
    return _signer.sign(manage_value(registration))


def held_registration(*, token: str) -> tuple[Registration, LinkHolder]:
    """The registration behind a signed link, and who acts by it.

    Raises:
        LinkRefused: forged; expired with the meeting; withdrawn, as it belongs to an account or another address now.
    """
    try:
        reference = _signer.unsign(token).partition(".")[0]
    except signing.BadSignature:
        raise LinkRefused(LinkProblem.FORGED) from None
    rows = Registration.objects.select_related("meeting__country", "category", "organization", "country", "user")
    registration = rows.filter(reference=reference).first()
    if registration is None:
        raise LinkRefused(LinkProblem.FORGED)
    if registration.meeting.ends_at <= timezone.now():
        raise LinkRefused(LinkProblem.EXPIRED)
    if registration.user_id is not None or manage_token(registration) != token:
        raise LinkRefused(LinkProblem.WITHDRAWN)
    return registration, LinkHolder(registration.pk)


# --- Linking to an account -------------------------------------------------------------------------------------------


@transaction.atomic
def link_to_account(*, user: User, address: str) -> int:
    """Give an account the registrations that were made for an address which it has just proven; return how many.

    A meeting for which the person has registered with the account already keeps both: the secretariat decides.
    """
    if not EmailAddress.objects.filter(user=user, email__iexact=address, verified=True).exists():
        return 0
    taken = Registration.objects.live().filter(user=user).values("meeting")
    rows = Registration.objects.live().filter(email__iexact=address, user=None, meeting__ends_at__gt=timezone.now())
    linked = 0
    for registration in rows.exclude(meeting__in=taken).order_by("meeting", "pk"):
        with suppress(IntegrityError), transaction.atomic():  # registered with the account in this very moment
            linked += Registration.objects.filter(pk=registration.pk, user=None).update(user=user)
    return linked


@receiver(email_confirmed)
def address_proven(email_address: Any, **_more: Any) -> None:
    """Whoever proves an address finds in the account what was registered for it."""
    link_to_account(user=email_address.user, address=email_address.email)


@receiver(user_logged_in)
def came_in(user: Any, **_more: Any) -> None:
    """An address may have been proven in another way: by an invitation, or by an organization's single sign-on."""
    for address in EmailAddress.objects.filter(user=user, verified=True).values_list("email", flat=True):
        link_to_account(user=user, address=address)
