"""Pattern 1: how anything in the portal changes its state.

Every verb of every app has the same shape::

    @transaction.atomic
    def approve_registration(*, registration, by, reason=""):
        registration = locked(registration)
        require(by, "meetings.approve_registration", registration)
        change_state(registration, to=RegistrationState.APPROVED, by=by, reason=reason)
        messages.registration_approved(registration)
        return registration
"""

import hashlib
import json
from collections.abc import Collection, Iterable, Mapping
from typing import Any, Protocol, TypeVar

from django.db import models, transaction
from django.utils.functional import Promise
from django.utils.translation import gettext as _

from common.access import Refused

M = TypeVar("M", bound=models.Model)


class Stateful(Protocol):
    """A model with `state`, a class attribute `TRANSITIONS` and a StateChange table as `state_changes`."""

    TRANSITIONS: Mapping[str, Collection[str]]
    state: str


def locked(instance: M, *, no_key: bool = False) -> M:
    """Return a fresh copy of `instance`, its row locked until the transaction ends: what was known before is stale.

    Args:
        no_key: others may still write rows that refer to it. Whoever holds such a row and is waited for would otherwise wait
            in a circle.
    """
    manager = type(instance)._default_manager
    return manager.select_for_update(of=("self",), no_key=no_key).get(pk=instance.pk)


def version_of(values: Iterable[object]) -> str:
    """Names what a form shows, for `refuse_if_changed`: another name as soon as one of the values is another."""
    return hashlib.sha256(json.dumps([None if value is None else str(value) for value in values]).encode()).hexdigest()


def refuse_if_changed(*, seen: str | None, present: str, refusal: str | Promise) -> None:
    """Refuse an act on words that the person did not read.

    Args:
        seen: names the text that the person had before them (its hash, version or last change); None asks nothing.
        present: names the text as it stands in the locked row.
        refusal: a sentence that says what changed and what to do.

    Raises:
        Refused: the text is another one by now.
    """
    if seen is not None and seen != present:
        raise Refused(refusal)


def change_state(
    instance: Any,
    *,
    to: str,
    by: Any,
    on_behalf_of: Any = None,
    reason: str = "",
    also: Iterable[str] = (),
) -> None:
    """Move a locked `instance` to the state `to`, save it and write the history row.

    Args:
        instance: a stateful model instance that `locked()` returned in this transaction.
        by: the person who acts; None where a clock or a rule acts.
        on_behalf_of: the organization in whose name the person acts.
        also: other fields that the verb has set and that are saved with the state.

    Raises:
        Refused: `TRANSITIONS` has no such way from the present state.
    """
    assert transaction.get_connection().in_atomic_block, "change_state needs a transaction with the row locked"
    old = instance.state
    if to not in instance.TRANSITIONS.get(old, ()):
        choices = dict(type(instance)._meta.get_field("state").flatchoices)
        raise Refused(
            _("This cannot become “%(new)s”: it is “%(old)s” now. Load the page again to see its present state.")
            % {"new": choices.get(to, to), "old": choices.get(old, old)}
        )
    instance.state = to
    instance.save(update_fields=["state", *also])
    instance.state_changes.create(old=old, new=to, by=by, on_behalf_of=on_behalf_of, reason=reason)


def record_start(instance: Any, *, by: Any, on_behalf_of: Any = None, reason: str = "") -> None:
    """Write the first history row of a stateful instance that was just created."""
    instance.state_changes.create(old="", new=instance.state, by=by, on_behalf_of=on_behalf_of, reason=reason)
