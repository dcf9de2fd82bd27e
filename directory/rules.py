"""Who is what: predicates that every app combines into its own permissions.

A predicate with an object asks about that object: `organization_id` for the organization it belongs to, `scope_key`
for the meeting or strategy that a secretariat role may be limited to.
"""

from collections.abc import Collection
from typing import Any

import rules

from directory.enums import AGENCY_ROLES, FOCAL_ROLES, SECRETARIAT_ROLES, Role


def memberships_of(user: Any) -> list[Any]:
    """The memberships in force today of a signed-in, active person; none for anybody else."""
    if user is None or not user.is_authenticated or not user.is_active:
        return []
    return user.current_memberships


def organizations_of(user: Any, roles: Collection[str] = AGENCY_ROLES) -> set[int]:
    """Primary keys of the organizations in which `user` holds one of `roles` today.

    None for an administrator, who could otherwise make themselves a member of any agency and read what is internal to it.
    """
    if getattr(user, "is_superuser", False):
        return set()
    return {membership.organization_id for membership in memberships_of(user) if membership.role in roles}


def has_secretariat_role(user: Any, obj: Any = None, roles: Collection[str] = SECRETARIAT_ROLES) -> bool:
    """Whether `user` serves in the secretariat in one of `roles`, for everything or for the scope of `obj`."""
    return any(
        membership.organization.is_secretariat
        and membership.role in roles
        and membership.scope in {"", getattr(obj, "scope_key", "")}
        for membership in memberships_of(user)
    )


def secretariat_scopes(user: Any, roles: Collection[str] = SECRETARIAT_ROLES) -> set[str]:
    """The scopes in which `user` serves in one of `roles`; an empty string among them means everything."""
    return {
        membership.scope
        for membership in memberships_of(user)
        if membership.organization.is_secretariat and membership.role in roles
    }


@rules.predicate
def is_active_person(user: Any) -> bool:
    return user is not None and user.is_authenticated and user.is_active


@rules.predicate
def is_secretariat(user: Any, obj: Any = None) -> bool:
    return has_secretariat_role(user, obj)


@rules.predicate
def is_secretariat_staff(user: Any, obj: Any = None) -> bool:
    return has_secretariat_role(user, obj, {Role.STAFF})


@rules.predicate
def is_drafter(user: Any, obj: Any = None) -> bool:
    return has_secretariat_role(user, obj, {Role.DRAFTER})


@rules.predicate
def is_administrator(user: Any) -> bool:
    return is_active_person(user) and user.is_superuser


@rules.predicate
def is_focal_point(user: Any, obj: Any = None) -> bool:
    """A focal point (or alternate) of the object's organization; without an object, of any organization."""
    own = organizations_of(user, FOCAL_ROLES)
    return bool(own) if obj is None else obj.organization_id in own


@rules.predicate
def is_member(user: Any, obj: Any = None) -> bool:
    """A member in any agency role of the object's organization; without an object, of any organization."""
    own = organizations_of(user)
    return bool(own) if obj is None else obj.organization_id in own


@rules.predicate
def asked_for_it(user: Any, job: Any) -> bool:
    return is_active_person(user) and job.asked_by_id == user.pk


rules.add_perm("directory.view_job", asked_for_it)
