"""Whom a kind of message could ever reach, so that the preferences page asks nobody about what they never get."""

from typing import Any

from directory.enums import Role
from directory.rules import organizations_of, secretariat_scopes


def serves_an_organization(user: Any) -> bool:
    """Serves in an agency, a Member State or another body, not only in the secretariat."""
    return bool(organizations_of(user))


def serves_as_staff(user: Any) -> bool:
    """Secretariat staff, of whatever scope."""
    return bool(secretariat_scopes(user, {Role.STAFF}))


def serves_as_drafter(user: Any) -> bool:
    """A drafter of the secretariat, of whatever strategy."""
    return bool(secretariat_scopes(user, {Role.DRAFTER}))


def takes_part_in_consultations(user: Any) -> bool:
    """Those who write positions and those who answer them."""
    return serves_an_organization(user) or serves_as_drafter(user)


def by_address_only(user: Any) -> bool:
    """Nobody with an account: it is written to addresses."""
    return False
