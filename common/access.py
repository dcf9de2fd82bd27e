"""Asking who may do what. `user.has_perm` is never asked: Django answers True for a superuser before any rule runs."""

from typing import Any

import rules
from django.core.exceptions import PermissionDenied
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


class Refused(Exception):
    """A verb that cannot be done now. Its message is a sentence that says why and what to do; nothing was changed."""

    def __init__(self, message: str | Promise) -> None:
        super().__init__(message)
        self.message = message

    def __str__(self) -> str:
        return str(self.message)


def may(user: Any, permission: str, obj: Any = None) -> bool:
    """Whether `user` holds `permission` (app.verb_model) on `obj`. An unknown permission is an error, not a no."""
    if not rules.perm_exists(permission):
        raise LookupError(f"No rule named {permission!r}: register it in the app's rules.py")
    return bool(rules.has_perm(permission, user, obj))


def require(user: Any, permission: str, obj: Any = None, message: str | Promise | None = None) -> None:
    """Raise PermissionDenied, with a sentence for the reader, unless `user` holds `permission` on `obj`."""
    if not may(user, permission, obj):
        raise PermissionDenied(
            str(message or _("Your role does not include this act. If it should, ask your focal point or the secretariat."))
        )
