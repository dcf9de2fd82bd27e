"""Reads about organizations and who serves in them."""

from dataclasses import dataclass
from typing import Any

from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from common.access import may
from directory.desk import DeskItem
from directory.enums import Role
from directory.models import Delegation, Invitation, Membership, MembershipEvent, Organization
from directory.rules import memberships_of

HISTORY = 30
_RANK = {role: place for place, role in enumerate(Role)}


@dataclass(frozen=True)
class Member:
    """One who serves, with what the reader may do about it."""

    membership: Membership
    is_self: bool
    may_change: bool
    may_end: bool
    may_delegate: bool
    stands_in_until: Any = None


def own_organizations(user: Any) -> list[Organization]:
    """The organizations that the person serves today, each once, the longest first."""
    return list({membership.organization_id: membership.organization for membership in memberships_of(user)}.values())


def members_of(organization: Organization, reader: Any) -> list[Member]:
    """Who serves now or will, focal points first."""
    rows = Membership.objects.ahead().filter(organization=organization).select_related("user", "organization")
    lent = {
        row.alternate_id: row.ends_on
        for row in Delegation.objects.ahead().filter(membership__organization=organization, brings_role=True)
    }
    members = []
    for row in sorted(rows, key=lambda row: (_RANK[Role(row.role)], str(row.user).casefold(), row.pk)):
        until = lent.get(row.pk)
        members.append(
            Member(
                membership=row,
                is_self=row.user_id == reader.pk,
                may_change=until is None and may(reader, "directory.change_membership", row),
                may_end=until is None and may(reader, "directory.end_membership", row),
                may_delegate=row.role == Role.FOCAL_POINT and may(reader, "directory.delegate_membership", row),
                stands_in_until=until,
            )
        )
    return members


def past_members_of(organization: Organization) -> list[Membership]:
    """Who served and does not any more, the latest first."""
    rows = Membership.objects.filter(organization=organization).exclude(pk__in=Membership.objects.ahead().values("pk"))
    return list(rows.select_related("user").order_by("-ends_on", "-pk")[:HISTORY])


def history_of(organization: Organization) -> list[dict[str, Any]]:
    """What happened to memberships there, the latest first, as lines of a timeline."""
    events = MembershipEvent.objects.filter(membership__organization=organization)
    return [
        {"label": f"{event.membership.user} – {event.label}", "at": event.at, "by": event.by, "reason": event.reason}
        for event in events.select_related("membership__user", "by").order_by("-at", "-pk")[:HISTORY]
    ]


def delegations_of(organization: Organization, reader: Any) -> list[dict[str, Any]]:
    """Delegations in force and to come, the earliest first."""
    rows = Delegation.objects.ahead().filter(membership__organization=organization)
    return [
        {"delegation": row, "may_end": may(reader, "directory.end_delegation", row)}
        for row in rows.select_related("membership__user", "alternate__user").order_by("starts_on", "pk")
    ]


def invitations_of(organization: Organization, reader: Any) -> list[dict[str, Any]]:
    """Invitations that wait, expired ones among them; nothing for those who do not invite."""
    if not may(reader, "directory.invite_member", organization):
        return []
    rows = Invitation.objects.visible_to(reader).filter(organization=organization, state="sent")
    return [
        {"invitation": row, "may_manage": may(reader, "directory.manage_invitation", row)}
        for row in rows.select_related("organization", "invited_by")
    ]


def organizations_lent_by(user: Any) -> set[int]:
    """The organizations whose focal point has delegated today: a colleague stands in there."""
    standing_in = Membership.objects.in_force().filter(user__is_active=True)
    rows = Delegation.objects.in_force().filter(membership__user=user, alternate__in=standing_in)
    return set(rows.values_list("membership__organization", flat=True))


def desk_of_agencies(user: Any) -> list[DeskItem]:
    """Delegations that the person gave or holds, for the desk."""
    if not user.is_authenticated:
        return []
    rows = Delegation.objects.ahead().select_related("membership__organization", "membership__user", "alternate__user")
    items = []
    for row in rows.filter(membership__user=user) | rows.filter(alternate__user=user):
        organization = row.membership.organization
        days = {"first": date_format(row.starts_on, "DATE_FORMAT"), "last": date_format(row.ends_on, "DATE_FORMAT")}
        given = row.membership.user_id == user.pk
        title = (
            _("%(deputy)s stands in for you in %(organization)s")
            if given
            else _("You stand in for %(person)s in %(organization)s")
        )
        items.append(
            DeskItem(
                title=title
                % {"deputy": row.alternate.user, "person": row.membership.user, "organization": organization.short_name},
                act=_("See the delegation"),
                url=reverse("directory:agency", args=[organization.code]) + "#delegations",
                note=_("From %(first)s to %(last)s") % days,
                is_mine=False,
            )
        )
    return items
