"""Messages about agencies: an invitation, who begins and who ceases to serve, who stands in for a focal point.

The kernel announces what happened (`directory.announcements`); this module listens, in the transaction of the act.
"""

from typing import Any

from django.dispatch import receiver
from django.utils.translation import gettext_lazy as _

from common.calendar_files import MIME, days_file
from directory.announcements import delegation_made, invitation_sent, membership_begun, membership_ended
from directory.enums import AGENCY_ROLES, Role
from directory.models import Delegation, Invitation, Membership, SingleUseLink, User
from directory.services.links import is_usable
from notifications.kinds import (
    YOUR_ORGANIZATION,
    Attachment,
    Kind,
    day,
    in_all_languages,
    label_in_all_languages,
    link,
    moment,
    once_link,
    register,
)
from notifications.models import Notification
from notifications.selectors.reach import by_address_only, serves_an_organization
from notifications.services import Recipient, notify


def _link_still_works(notification: Notification) -> bool:
    """A message that was held up must not bring a link that is void by now."""
    frozen = notification.context.get("link", {})
    return "_once" in frozen and is_usable(link_id=frozen["_once"])


def _still_serves(notification: Notification) -> bool:
    """The recipient still serves where the message is about."""
    serving = Membership.objects.in_force().filter(user=notification.recipient)
    return serving.filter(organization=notification.context["organization_id"]).exists()


def _still_stands_in(notification: Notification) -> bool:
    return Delegation.objects.ahead().filter(pk=notification.context["delegation_id"]).exists()


def _days(context: dict[str, Any]) -> list[Attachment]:
    """The days of the delegation, for the calendars of both."""
    name, words = f"delegation-{context['delegation_id']}", str(DELEGATION.subject) % context
    file = days_file(name=name, summary=words, first=context["starts"], last=context["ends"], url=context["link"])
    return [("delegation.ics", file, MIME)]


INVITATION = register(
    Kind(
        "notifications.invitation",
        subject=_("%(by)s invites you to serve in %(organization)s"),
        label=_("An invitation to serve in an organization"),
        group=YOUR_ORGANIZATION,
        required=True,
        may_reach=by_address_only,
        action=_("Open the invitation"),
        confidential=True,
        is_visible=_link_still_works,
    )
)
BEGUN = register(
    Kind(
        "notifications.membership_begun",
        subject=_("Your role in %(organization)s: %(role)s"),
        label=_("You have a role in an organization"),
        group=YOUR_ORGANIZATION,
        required=True,
        action=_("Open the page of your organization"),
    )
)
COLLEAGUE_JOINED = register(
    Kind(
        "notifications.colleague_joined",
        subject=_("%(person)s serves in %(organization)s now"),
        label=_("Somebody serves in your organization now"),
        group=YOUR_ORGANIZATION,
        # Whoever serves reads what is internal: a focal point must hear of a stranger, and cannot turn that off.
        required=True,
        may_reach=serves_an_organization,
        action=_("See who serves"),
        is_visible=_still_serves,
    )
)
ENDED = register(
    Kind(
        "notifications.membership_ended",
        subject=_("You do not serve in %(organization)s any more"),
        label=_("You do not serve in an organization any more"),
        group=YOUR_ORGANIZATION,
        required=True,
        action=_("Open your desk"),
    )
)
COLLEAGUE_LEFT = register(
    Kind(
        "notifications.colleague_left",
        subject=_("%(person)s does not serve in %(organization)s any more"),
        label=_("Somebody does not serve in your organization any more"),
        group=YOUR_ORGANIZATION,
        may_reach=serves_an_organization,
        action=_("See who serves"),
        is_visible=_still_serves,
    )
)
DELEGATION = register(
    Kind(
        "notifications.delegation_made",
        subject=_("%(deputy)s stands in for %(person)s in %(organization)s"),
        label=_("Somebody stands in for a focal point"),
        group=YOUR_ORGANIZATION,
        required=True,
        may_reach=serves_an_organization,
        action=_("See the delegation"),
        attachments=_days,
        is_visible=_still_stands_in,
    )
)


def _context(membership: Membership, by: User | None) -> dict[str, Any]:
    organization = membership.organization
    return {
        "organization": organization.acronym or in_all_languages(organization, "name"),
        "organization_name": in_all_languages(organization, "name"),
        "organization_id": organization.pk,
        "role": label_in_all_languages(Role(membership.role).label),
        "person": str(membership.user),
        "by": str(by) if by else "",
        "link": link("directory:agency", organization.code),
    }


def _focal_points_besides(membership: Membership, *people: Any) -> list[User]:
    """The focal points of the organization without those who know already."""
    known = {person.pk for person in people if person}
    serving = Membership.objects.focal_points().filter(organization=membership.organization_id)
    return list(serving.exclude(user__in=known).people())


@receiver(invitation_sent)
def invitation(sender: Any, *, invitation: Invitation, link: SingleUseLink, **kwargs: Any) -> None:
    """To the invited address, whether or not it has an account: nobody learns from the portal which."""
    organization = invitation.organization
    notify(
        kind=INVITATION,
        to=[Recipient(invitation.email, invitation.language)],
        cause=f"invitation link {link.pk}",
        context={
            "organization": organization.acronym or in_all_languages(organization, "name"),
            "organization_name": in_all_languages(organization, "name"),
            "role": label_in_all_languages(Role(invitation.role).label),
            "role_code": invitation.role,
            "by": str(invitation.invited_by),
            "note": invitation.note,
            "expires": moment(invitation.expires_at),
            "link": once_link("directory:invitation", link),
        },
    )


@receiver(membership_begun)
def membership_begins(sender: Any, *, membership: Membership, by: User | None, **kwargs: Any) -> None:
    """To the person, unless they did it themselves by accepting; to the focal points of the organization."""
    context = {
        **_context(membership, by),
        "starts": day(membership.starts_on) if membership.is_ahead and membership.starts_on else "",
        "ends": day(membership.ends_on) if membership.ends_on else "",
        "by_invitation": by == membership.user,
        "role_code": membership.role,
    }
    cause = f"membership {membership.pk} begun"
    if by != membership.user:
        notify(kind=BEGUN, to=[membership.user], cause=cause, context=context)
    if membership.role in AGENCY_ROLES:
        notify(kind=COLLEAGUE_JOINED, to=_focal_points_besides(membership, membership.user, by), cause=cause, context=context)


@receiver(membership_ended)
def membership_ends(sender: Any, *, membership: Membership, by: User | None, **kwargs: Any) -> None:
    """To the person, unless they left themselves; to the focal points who remain."""
    context = {**_context(membership, by), "left": by == membership.user}
    cause = f"membership {membership.pk} ended"
    if by != membership.user and membership.user.is_active:
        notify(kind=ENDED, to=[membership.user], cause=cause, context={**context, "link": link("desk")})
    if membership.role in AGENCY_ROLES:
        notify(kind=COLLEAGUE_LEFT, to=_focal_points_besides(membership, membership.user, by), cause=cause, context=context)


@receiver(delegation_made)
def delegation_begins(sender: Any, *, delegation: Delegation, by: User | None, **kwargs: Any) -> None:
    """To who stands in, and to the focal point where somebody else arranged it."""
    people = [delegation.alternate.user, delegation.membership.user]
    notify(
        kind=DELEGATION,
        to=[person for person in people if person != by],
        cause=f"delegation {delegation.pk} made",
        context={
            **_context(delegation.membership, by),
            "delegation_id": delegation.pk,
            "deputy": str(delegation.alternate.user),
            "starts": day(delegation.starts_on),
            "ends": day(delegation.ends_on),
            "reason": delegation.reason,
        },
    )
