"""Whom a kind of message could ever reach, so that the preferences page asks nobody about what they never get."""

from typing import Any

from directory.enums import Role
from directory.rules import memberships_of, secretariat_scopes


def serves_an_organization(user: Any) -> bool:
    """Serves anywhere, in whatever role."""
    return bool(memberships_of(user))


def serves_as_staff(user: Any) -> bool:
    """Secretariat staff, of whatever scope."""
    return bool(secretariat_scopes(user, {Role.STAFF}))


def serves_as_drafter(user: Any) -> bool:
    """A drafter of the secretariat, of whatever strategy."""
    return bool(secretariat_scopes(user, {Role.DRAFTER}))


def by_address_only(user: Any) -> bool:
    """Nobody with an account: it is written to addresses."""
    return False
