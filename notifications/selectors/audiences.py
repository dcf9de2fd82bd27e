"""The kernel's lists of people: it stands below notifications and cannot register them itself."""

from collections.abc import Iterable, Mapping
from typing import Any

from django.utils.translation import gettext_lazy as _

from directory.enums import Role
from directory.models import Membership, StakeholderCategory, User
from notifications.audiences import Choice, audience


def _categories(by: Any) -> list[tuple[str, str]]:
    return [(category.code, category.name) for category in StakeholderCategory.objects.all()]


_CATEGORIES = Choice("categories", _("Category of the organization"), _categories, many=True)


def _serving(memberships: Any, chosen: Mapping[str, Any]) -> Iterable[User]:
    if chosen.get("categories"):
        memberships = memberships.filter(organization__category__code__in=chosen["categories"])
    return memberships.people()


@audience("directory.focal_points", _("Focal points of all organizations"), _CATEGORIES)
def focal_points(by: Any, chosen: Mapping[str, Any]) -> Iterable[User]:
    """Every focal point and alternate in force, of the chosen categories."""
    return _serving(Membership.objects.focal_points(), chosen)


@audience(
    "directory.members",
    _("Everybody who serves in an organization"),
    Choice("roles", _("Role"), lambda by: Role.choices, many=True),
    _CATEGORIES,
)
def members(by: Any, chosen: Mapping[str, Any]) -> Iterable[User]:
    """Everybody with a membership in force, in the chosen roles and categories."""
    rows = Membership.objects.in_force()
    return _serving(rows.filter(role__in=chosen["roles"]) if chosen.get("roles") else rows, chosen)
