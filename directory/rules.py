"""Who is what: predicates that every app combines into its own permissions.

A predicate with an object asks about that object: `organization_id` for the organization it belongs to, `scope_key`
for the meeting or strategy that a secretariat role may be limited to.
"""

from collections.abc import Collection
from contextvars import ContextVar
from dataclasses import dataclass, field
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


@dataclass
class GrantsOfRequest:
    """The grants for agency-internal matters that a request has looked at; the middleware writes their use down at its end."""

    in_force: dict[int, list[Any]] = field(default_factory=dict)
    used: dict[int, Any] = field(default_factory=dict)


grants_of_request: ContextVar[GrantsOfRequest | None] = ContextVar("grants_of_request", default=None)
OUTSIDE_A_PAGE = "(not from a page)"


def granted_organizations(user: Any) -> set[int]:
    """Primary keys of the organizations whose internal matters an administrator may read now, by a grant. Reading only.

    Asking is a use: it is written down at the end of the request, at once where there is none.
    """
    if not is_administrator(user):
        return set()
    request = grants_of_request.get()
    if request is None:
        grants = list(user.internal_access_grants.in_force())
        for grant in grants:
            grant.uses.create(what=OUTSIDE_A_PAGE)
    else:
        if user.pk not in request.in_force:
            request.in_force[user.pk] = list(user.internal_access_grants.in_force())
        grants = request.in_force[user.pk]
        request.used |= {grant.pk: grant for grant in grants}
    return {grant.organization_id for grant in grants}


def readable_organizations(user: Any) -> set[int]:
    """Primary keys of the organizations whose internal matters `user` may read: as a member, or by a grant. Never for acting."""
    return organizations_of(user) | granted_organizations(user)


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


def must_have_second_factor(user: Any) -> bool:
    """Whether a password alone is too little for what `user` can do: any role in the secretariat, or the administration."""
    if user is None or not user.is_authenticated:
        return False
    return user.is_superuser or user.is_staff or any(one.organization.is_secretariat for one in memberships_of(user))


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
def is_member_or_granted(user: Any, obj: Any) -> bool:
    """May read what is internal to the object's organization: a member of it, or an administrator with a grant in force."""
    return obj.organization_id in readable_organizations(user)


@rules.predicate
def is_its_administrator(user: Any, grant: Any) -> bool:
    return is_administrator(user) and grant.administrator_id == user.pk


@rules.predicate
def is_themselves(user: Any, person: Any) -> bool:
    return is_active_person(user) and user.pk == person.pk


@rules.predicate
def is_no_administrator(user: Any, person: Any) -> bool:
    return not person.is_superuser


@rules.predicate
def asked_for_it(user: Any, job: Any) -> bool:
    return is_active_person(user) and job.asked_by_id == user.pk


rules.add_perm("directory.view_job", asked_for_it)

# --- Organizations and who serves in them ------------------------------------------------------------------------------
#
# An administrator gives secretariat roles and no others: a second account made focal point of an agency would be a way
# around the recorded grant.


@rules.predicate
def serves_in(user: Any, organization: Any) -> bool:
    """Whoever holds a role in the organization today, whichever it is."""
    return organization.pk in {membership.organization_id for membership in memberships_of(user)}


@rules.predicate
def is_its_focal_point(user: Any, organization: Any) -> bool:
    return organization.pk in organizations_of(user, {Role.FOCAL_POINT})


@rules.predicate
def is_its_alternate(user: Any, organization: Any) -> bool:
    return organization.pk in organizations_of(user, {Role.ALTERNATE})


def roles_to_give(user: Any, organization: Any) -> list[Role]:
    """The roles in `organization` that `user` may give, change and end, in the order of `Role`.

    A focal point names colleagues of every agency role, a successor among them; an alternate names contributors.
    """
    given: set[Role] = set()
    if is_secretariat_staff(user) or is_its_focal_point(user, organization):
        given |= AGENCY_ROLES
    elif is_its_alternate(user, organization):
        given.add(Role.CONTRIBUTOR)
    if is_administrator(user) and organization.is_secretariat:
        given |= SECRETARIAT_ROLES
    return [role for role in Role if role in given]


@rules.predicate
def gives_roles_in(user: Any, organization: Any) -> bool:
    return bool(roles_to_give(user, organization))


@rules.predicate
def gives_its_role(user: Any, held: Any) -> bool:
    """Whether `user` gives roles of the kind that a membership or an invitation is about."""
    return held.role in roles_to_give(user, held.organization)


@rules.predicate
def is_own(user: Any, membership: Any) -> bool:
    return is_active_person(user) and membership.user_id == user.pk


@rules.predicate
def is_another_focal_point(user: Any, membership: Any) -> bool:
    """A focal point appoints a second one, and does not remove or change the one that is there."""
    return membership.role == Role.FOCAL_POINT and not is_secretariat_staff(user)


@rules.predicate
def is_of_its_focal_point(user: Any, delegation: Any) -> bool:
    return is_own(user, delegation.membership)


@rules.predicate
def stands_in(user: Any, delegation: Any) -> bool:
    return is_own(user, delegation.alternate)


manages_membership = gives_its_role & ~is_another_focal_point & ~is_own

rules.add_perm("directory.list_organizations", is_secretariat_staff | is_administrator)
rules.add_perm("directory.edit_organization", is_secretariat_staff | is_administrator)
rules.add_perm("directory.view_organization", is_secretariat_staff | is_administrator | serves_in)
rules.add_perm("directory.give_roles", gives_roles_in)
rules.add_perm("directory.invite_member", is_secretariat_staff | is_its_focal_point | is_its_alternate)
rules.add_perm("directory.manage_invitation", gives_its_role)
rules.add_perm("directory.change_membership", manages_membership)
rules.add_perm("directory.end_membership", is_own | manages_membership)
rules.add_perm("directory.delegate_membership", is_own | is_secretariat_staff)
rules.add_perm("directory.end_delegation", is_of_its_focal_point | stands_in | is_secretariat_staff)
rules.add_perm("directory.open_internal_matters", is_administrator)
rules.add_perm("directory.view_internalaccessgrant", is_administrator | is_member)
rules.add_perm("directory.end_internalaccessgrant", is_its_administrator | is_focal_point)
# On a person's request, which the reason names.
rules.add_perm("directory.erase_person", is_themselves | is_administrator | (is_secretariat_staff & is_no_administrator))
