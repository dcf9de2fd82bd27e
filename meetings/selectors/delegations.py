"""How delegations stand: who is in one, how large it may be, who waits for an endorsement."""

from dataclasses import dataclass, field
from typing import Any

from django.db.models import Q

from directory.enums import FOCAL_ROLES
from directory.models import Membership, Organization, SingleUseLink
from directory.rules import organizations_of
from meetings.enums import DelegationRole, RegistrationState
from meetings.models import DelegationCeiling, Meeting, OrganizationContact, Registration

ENDORSEMENT = "meetings.endorsement"  # the purpose of the links that organizations get


@dataclass
class DelegationLine:
    """One organization's delegation in the list of all: how many of how many, who leads it."""

    organization: Organization
    ceiling: int
    members: list[Registration] = field(default_factory=list)
    to_endorse: int = 0

    @property
    def named(self) -> int:
        return len(self.members)

    @property
    def with_seat(self) -> int:
        return sum(row.state == RegistrationState.APPROVED for row in self.members)

    @property
    def head(self) -> Registration | None:
        return next((row for row in self.members if row.delegation_role == DelegationRole.HEAD), None)

    @property
    def is_over(self) -> bool:
        return self.named > self.ceiling


def served_organizations(user: Any) -> list[Organization]:
    """The organizations for which the person names delegations."""
    return list(Organization.objects.filter(pk__in=organizations_of(user, FOCAL_ROLES)).order_by("acronym", "name"))


def ceiling_of(meeting: Meeting, organization: Organization) -> DelegationCeiling:
    """The ceiling as it is kept, or one that is not kept yet."""
    kept = DelegationCeiling.objects.filter(meeting=meeting, organization=organization).first()
    row = kept or DelegationCeiling(meeting=meeting, organization=organization)
    row.meeting, row.organization = meeting, organization
    return row


def members_of(user: Any, meeting: Meeting, organization: Organization) -> list[Registration]:
    """The live members of a delegation, head first, for who may see them."""
    rows = Registration.objects.visible_to(user).in_delegation(meeting, organization)
    members = list(rows.select_related("category", "country"))
    for row in members:
        row.meeting, row.organization = meeting, organization
    return members


def to_endorse_for(user: Any, meeting: Meeting, organization: Organization) -> list[Registration]:
    """Who waits for the organization's endorsement, who came first first."""
    rows = Registration.objects.visible_to(user).to_endorse().filter(meeting=meeting, organization=organization)
    return list(rows.select_related("category", "country").order_by("submitted_at", "pk"))


def delegations_of(user: Any, meeting: Meeting) -> list[DelegationLine]:
    """Every organization with a delegation, a ceiling of its own or somebody to endorse. A fixed number of queries."""
    visible = Registration.objects.visible_to(user).live().filter(meeting=meeting, organization__isnull=False)
    ceilings = {row.organization_id: row for row in meeting.ceilings.filter(people__isnull=False)}
    waiting = list(visible.to_endorse().values_list("organization_id", flat=True))
    delegates = list(visible.exclude(delegation_role="").select_related("category", "country"))
    order = list(DelegationRole.values)
    delegates.sort(key=lambda row: (order.index(row.delegation_role), row.family_name, row.pk))
    concerned = {key for key in [*(row.organization_id for row in delegates), *ceilings, *waiting] if key}
    lines = {}
    for organization in Organization.objects.filter(pk__in=concerned).select_related("country").order_by("acronym", "name"):
        kept = ceilings.get(organization.pk)
        ceiling = kept.people if kept and kept.people is not None else meeting.delegation_ceiling
        lines[organization.pk] = DelegationLine(organization, ceiling, to_endorse=waiting.count(organization.pk))
    for row in delegates:
        line = lines[row.organization_id or 0]
        row.meeting, row.organization = meeting, line.organization
        line.members.append(row)
    return sorted(lines.values(), key=lambda line: line.organization.short_name.casefold())


@dataclass(frozen=True)
class EndorsementDesk:
    """What staff see of an endorsement that is outstanding: whom it waits for and through which addresses it can be asked."""

    focal_points: list[Any]
    contacts: list[OrganizationContact]
    sent: SingleUseLink | None


def endorsement_desk(registration: Registration) -> EndorsementDesk:
    """For the secretariat: the focal points, the verified addresses, the newest request by link."""
    people = Membership.objects.focal_points().filter(organization=registration.organization_id).people()
    contacts = (
        OrganizationContact.objects.in_force().filter(organization=registration.organization_id).select_related("verified_by")
    )
    links = SingleUseLink.objects.filter(purpose=ENDORSEMENT, subject=str(registration.pk)).order_by("-created_at")
    return EndorsementDesk(list(people), list(contacts), links.first())


def waiting_by_organization(user: Any) -> dict[tuple[Meeting, Organization], int]:
    """How many registrations wait for each organization that the person is a focal point of, by coming meeting."""
    mine = organizations_of(user, FOCAL_ROLES)
    if not mine:
        return {}
    rows = (
        Registration.objects.visible_to(user)
        .to_endorse()
        .filter(Q(organization__in=mine))
        .select_related("meeting", "organization")
    )
    counts: dict[tuple[Meeting, Organization], int] = {}
    for row in rows.order_by("meeting__starts_at", "pk"):
        assert row.organization is not None
        counts[row.meeting, row.organization] = counts.get((row.meeting, row.organization), 0) + 1
    return counts
