"""Colleagues are asked by e-mail to serve in an organization; the link in the message works once and expires.

The link proves the mailbox. So a new account made through it has a verified address, and a person with an account accepts
only while signed in with the very address that was invited: a forwarded message lets nobody else into an agency.
"""

from datetime import timedelta
from typing import Any

from allauth.account.models import EmailAddress
from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import IntegrityError, transaction
from django.db.models import CharField
from django.db.models.functions import Cast
from django.utils import timezone
from django.utils.translation import gettext as _

from common.access import Refused, require
from common.addresses import address_key
from directory.announcements import invitation_sent
from directory.enums import AGENCY_ROLES, SECRETARIAT_ROLES, InvitationState, LinkProblem
from directory.models import Invitation, Membership, Organization, SingleUseLink, User
from directory.rules import roles_to_give
from directory.services.addresses import account_with, is_of, owns_address
from directory.services.links import LinkRefused, link_behind, make_link, use_link, withdraw_links
from directory.services.memberships import lock_organization, lock_person, write_membership
from directory.services.state import change_state, locked, record_start

PURPOSE = "directory.invitation"
LIFETIME = timedelta(days=14)
MOST_OPEN = 50
BETWEEN_MESSAGES = timedelta(minutes=5)
# To one address in the name of one organization, whatever is withdrawn in between: nobody's mailbox is filled from here.
MOST_MESSAGES_A_DAY = 5
MOST_INVITATIONS_A_DAY = 100  # by one person, wherever they invite
SAME_PRESS = timedelta(minutes=1)
DAY = timedelta(days=1)


def _plain_address(email: str) -> str:
    """The address in one spelling, its domain in lower case."""
    address = User.objects.normalize_email(email.strip())
    try:
        validate_email(address)
    except ValidationError:
        raise Refused(_("“%(address)s” is not an e-mail address. Check it for missing or extra signs.") % {"address": email})
    return address


@transaction.atomic
def invite_member(
    *, organization: Organization, email: str, role: str, by: User, language: str = "en", note: str = ""
) -> Invitation:
    """Write an invitation and its link, and have the message sent. Whether the address has an account is not told.

    The same button pressed twice gives the invitation of the first press.

    Raises:
        Refused: a role that `by` does not give, an address of their own, one that serves already or is invited, too many
            open invitations, too many messages to the address, too many invitations by the same person.
    """
    organization = lock_organization(organization)
    require(by, "directory.invite_member", organization)
    if role in SECRETARIAT_ROLES:
        raise Refused(_("Secretariat roles are given by an administrator, not by invitation."))
    if role not in roles_to_give(by, organization):
        raise Refused(_("You may not give this role. Ask a focal point or the secretariat."))
    address = _plain_address(email)
    if is_of(by, address):
        raise Refused(_("Nobody gives a role to themselves. Ask a colleague who may."))
    if language not in dict(settings.LANGUAGES):
        raise Refused(_("Choose one of the portal's languages for the message."))
    _refuse_who_serves(organization, address)
    values = {"role": role, "language": language, "note": " ".join(note.split()), "invited_by": by}
    if pressed := _of_the_press_before(organization, address, values):
        return pressed
    _make_room(organization, address, by)
    _refuse_many_messages(organization, address)
    _refuse_many_invitations(by)
    invitation = Invitation.objects.create(
        organization=organization, email=address, expires_at=timezone.now() + LIFETIME, **values
    )
    record_start(invitation, by=by, on_behalf_of=organization)
    _send(invitation)
    return invitation


def _refuse_who_serves(organization: Organization, address: str) -> None:
    """Compare with colleagues of this organization only: about other accounts a focal point learns nothing."""
    serving = Membership.objects.ahead().filter(organization=organization, role__in=AGENCY_ROLES).select_related("user")
    key = address_key(address)
    addresses = EmailAddress.objects.filter(user__in=serving.values("user"), verified=True).values_list("user_id", "email")
    known = {address_key(email): user_id for user_id, email in addresses}
    known |= {address_key(row.user.email): row.user_id for row in serving}
    if key in known:
        row = next(row for row in serving if row.user_id == known[key])
        raise Refused(
            _("%(person)s (%(address)s) serves in %(organization)s already (%(role)s). Change the role in the list.")
            % {
                "person": row.user,
                "address": row.user.email,
                "organization": organization.short_name,
                "role": row.get_role_display(),
            }
        )


def _of_the_press_before(organization: Organization, address: str, values: dict[str, Any]) -> Invitation | None:
    """The invitation that the same person sent with the same words a moment ago, if there is one."""
    since = timezone.now() - SAME_PRESS
    just_now = Invitation.objects.filter(organization=organization, state=InvitationState.SENT, created_at__gt=since, **values)
    key = address_key(address)
    return next((invitation for invitation in just_now if address_key(invitation.email) == key), None)


def _refuse_many_messages(organization: Organization, address: str) -> None:
    """Refuse the next message to an address that got one just now or several today, of invitations withdrawn since too."""
    now, key = timezone.now(), address_key(address)
    invitations = Invitation.objects.filter(organization=organization).values(subject=Cast("pk", CharField()))
    links = SingleUseLink.objects.filter(purpose=PURPOSE, subject__in=invitations, created_at__gt=now - DAY)
    sent = [at for to, at in links.values_list("address", "created_at") if address_key(to) == key]
    if any(at > now - BETWEEN_MESSAGES for at in sent):
        raise Refused(_("The last message left less than five minutes ago. Give it time to arrive, then try again."))
    if len(sent) >= MOST_MESSAGES_A_DAY:
        raise Refused(
            _("%(n)d messages have gone to %(address)s within a day, which is the most. Try again tomorrow.")
            % {"n": MOST_MESSAGES_A_DAY, "address": address}
        )


def _refuse_many_invitations(by: User) -> None:
    if Invitation.objects.filter(invited_by=by, created_at__gt=timezone.now() - DAY).count() >= MOST_INVITATIONS_A_DAY:
        raise Refused(
            _("You have written %(n)d invitations within a day, which is the most. Continue tomorrow.")
            % {"n": MOST_INVITATIONS_A_DAY}
        )


def _make_room(organization: Organization, address: str, by: User) -> None:
    """Refuse a second open invitation to the same mailbox and the fifty-first of all; an expired one makes way."""
    sent = list(locked_invitations(organization))
    key = address_key(address)
    open_ones = 0
    for invitation in sent:
        if invitation.is_expired:
            if address_key(invitation.email) == key:
                _withdraw(invitation, by)
            continue
        open_ones += 1
        if address_key(invitation.email) == key:
            raise Refused(
                _("%(address)s is invited already. Send that invitation again, or withdraw it first.")
                % {"address": invitation.email}
            )
    if open_ones >= MOST_OPEN:
        raise Refused(
            _("%(n)d invitations of %(organization)s are open, which is the most. Withdraw some that are no longer needed.")
            % {"n": MOST_OPEN, "organization": organization.short_name}
        )


def locked_invitations(organization: Organization) -> Any:
    """Invitations sent and neither accepted nor withdrawn, their rows locked."""
    return Invitation.objects.select_for_update().filter(organization=organization, state=InvitationState.SENT).order_by("pk")


def _send(invitation: Invitation) -> None:
    link = make_link(
        purpose=PURPOSE, subject=invitation.pk, address=invitation.email, lifetime=invitation.expires_at - timezone.now()
    )
    invitation_sent.send(sender=Invitation, invitation=invitation, link=link)


def _require_sent(invitation: Invitation) -> None:
    if invitation.state != InvitationState.SENT:
        raise Refused(
            _("This invitation is “%(state)s” now. Load the page again.") % {"state": invitation.get_state_display().lower()}
        )


@transaction.atomic
def resend_invitation(*, invitation: Invitation, by: User) -> Invitation:
    """Send a new link, valid for another fourteen days; the old one is void.

    Where whoever invited does not give the role any more, the invitation is `by`'s from now on.
    """
    invitation = locked(invitation)
    require(by, "directory.manage_invitation", invitation)
    _require_sent(invitation)
    _refuse_many_messages(invitation.organization, invitation.email)
    withdraw_links(purpose=PURPOSE, subject=invitation.pk)
    invitation.expires_at = timezone.now() + LIFETIME
    if not _inviter_gives_role(invitation):
        invitation.invited_by = by
    invitation.save(update_fields=["expires_at", "invited_by"])
    _send(invitation)
    return invitation


@transaction.atomic
def withdraw_invitation(*, invitation: Invitation, by: User) -> Invitation:
    """Take an invitation back; its link is void."""
    invitation = locked(invitation)
    require(by, "directory.manage_invitation", invitation)
    _require_sent(invitation)
    _withdraw(invitation, by)
    return invitation


def _withdraw(invitation: Invitation, by: User) -> None:
    withdraw_links(purpose=PURPOSE, subject=invitation.pk)
    change_state(invitation, to=InvitationState.WITHDRAWN, by=by, on_behalf_of=invitation.organization)


def invitation_behind(*, token: str) -> Invitation:
    """The invitation behind a usable link, to show before anything is done; raises LinkRefused."""
    link = link_behind(token=token, purpose=PURPOSE)
    invitation = Invitation.objects.select_related("organization", "invited_by").get(pk=link.subject)
    _require_inviters_right(invitation, link)
    return invitation


def _inviter_gives_role(invitation: Invitation) -> bool:
    return invitation.role in roles_to_give(invitation.invited_by, invitation.organization)


def _require_inviters_right(invitation: Invitation, link: SingleUseLink) -> None:
    """Refuse, as if it were withdrawn, an invitation that outlived the right of whoever sent it."""
    if not _inviter_gives_role(invitation):
        words = _("%(person)s does not give this role in %(organization)s any more. Ask the organization to invite you again.")
        names = {"person": invitation.invited_by, "organization": invitation.organization.short_name}
        raise LinkRefused(LinkProblem.WITHDRAWN, link, words % names)


@transaction.atomic
def accept_invitation(*, token: str, by: User) -> Invitation:
    """Use the link and begin the membership, in one transaction: of two clicks at once the second finds the link used.

    Raises:
        LinkRefused: the link does not work (any more), or whoever sent it does not give the role any more.
        Refused: signed in with another address than the invited one, invited by oneself, or serving there already.
    """
    invitation = invitation_behind(token=token)
    # The same order as in begin_membership and invite_member: person, organization, invitation, link.
    by = lock_person(by)
    organization = lock_organization(invitation.organization)
    invitation = locked(invitation)
    _require_inviters_right(invitation, use_link(token=token, purpose=PURPOSE))
    if invitation.invited_by_id == by.pk:  # the address became theirs after they had written to it
        raise Refused(_("Nobody gives a role to themselves. Ask a colleague who may."))
    if not owns_address(by, invitation.email):
        raise Refused(
            _("This invitation was sent to %(invited)s and you are signed in as %(address)s. Sign out and open the link again.")
            % {"invited": invitation.email, "address": by.email}
        )
    membership = write_membership(organization=organization, user=by, role=invitation.role, by=by)
    invitation.membership = membership
    change_state(invitation, to=InvitationState.ACCEPTED, by=by, on_behalf_of=organization, also=["membership"])
    return invitation


@transaction.atomic
def accept_with_new_account(*, token: str, given_name: str, family_name: str, password: str, language: str) -> User:
    """Make the account of the invited address, verified by the link itself, and accept with it."""
    invitation = invitation_behind(token=token)
    if account_with(invitation.email):
        raise Refused(_("There is an account with this address. Sign in to accept the invitation."))
    user = User(email=invitation.email, given_name=given_name, family_name=family_name, language=language)
    user.set_password(password)
    try:
        with transaction.atomic():
            user.save()
    except IntegrityError:  # made meanwhile, or one whose address looks the same
        raise Refused(_("There is an account with this address, or one that looks the same. Sign in to accept the invitation."))
    EmailAddress.objects.create(user=user, email=user.email, verified=True, primary=True)
    accept_invitation(token=token, by=user)
    return user
