"""Whom a message of the strategy reaches."""

from directory.enums import Role
from directory.models import Membership, Organization, User
from strategy.models import Strategy


def focal_points_of(organization: Organization) -> list[User]:
    """The active focal points and alternates of an organization."""
    serving = Membership.objects.focal_points().filter(organization=organization)
    return list(User.objects.filter(pk__in=serving.values("user"), is_active=True).order_by("pk"))


def drafters_of(strategy: Strategy) -> list[User]:
    """The active drafters of the secretariat for everything or for this strategy."""
    serving = Membership.objects.in_force().filter(
        role=Role.DRAFTER, organization__is_secretariat=True, scope__in=["", strategy.scope_key]
    )
    return list(User.objects.filter(pk__in=serving.values("user"), is_active=True).order_by("pk"))
