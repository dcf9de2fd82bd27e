"""Pattern 4, first half: a notification is a row before it is a mail."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db import connection
from django.utils import timezone

from common.dispatch import send_on_commit
from directory.models import User
from notifications.enums import DeliveryState, Frequency
from notifications.kinds import Kind, holds_secret
from notifications.models import BulkMessage, Notification
from notifications.selectors.hours import end_of_quiet
from notifications.selectors.preferences import chosen_for, frequency_of, quiet_hours_of

BATCH = 100
MOST_TASKS = 4
# Where a message goes that is not sent at once.
WAY_OF: dict[str, DeliveryState] = {
    Frequency.AT_ONCE: DeliveryState.QUEUED,
    Frequency.DAILY: DeliveryState.COLLECTED,
    Frequency.WEEKLY: DeliveryState.COLLECTED,
    Frequency.NONE: DeliveryState.KEPT,
}


@dataclass(frozen=True)
class Recipient:
    """Somebody without an account, written to by address and language."""

    address: str
    language: str = "en"


def tasks_for(messages: int) -> int:
    """How many delivery tasks are worth sending for so many messages: a few that work batch by batch, never one for each."""
    return min(-(-messages // BATCH), MOST_TASKS)


def notify(
    *,
    kind: Kind,
    to: Iterable[User | Recipient],
    cause: str,
    context: dict[str, Any],
    bulk: BulkMessage | None = None,
) -> int:
    """Write one row per recipient, in the transaction of the cause, and have them delivered after commit.

    Each row takes the way its recipient prefers: sent at once (after their quiet hours), collected for a digest, or kept in
    the inbox only. What a procedure requires is sent at once in any case, and so is everything to people without an account.

    Args:
        cause: says what happened, uniquely ("registration 17 approved 3"): the same cause never writes twice.
        context: JSON only; freeze texts, moments and links with the helpers of `notifications.kinds`.
        bulk: the message of the secretariat that these rows belong to.

    Returns:
        How many recipients were given (rows that existed already included).
    """
    assert connection.in_atomic_block, "notify() belongs in the transaction of its cause"
    if holds_secret(context) and not kind.confidential:
        raise ValueError(f"{kind.name} carries a link or code that lets in: make the kind confidential, or staff could read it")
    people = list(dict.fromkeys(to))
    if not people:
        return 0
    now = timezone.now()
    accounts = [person.pk for person in people if isinstance(person, User)]
    chosen = chosen_for(kind, accounts)
    quiet = {} if kind.knows_no_quiet_hours else quiet_hours_of(accounts)
    rows: list[tuple[Any, ...]] = []
    for person in people:
        if isinstance(person, User):
            own = {kind.name: chosen[person.pk]} if person.pk in chosen else {}
            state = WAY_OF[frequency_of(kind, own)]
            rows.append((person.pk, "", person.language, state, end_of_quiet(now, quiet.get(person.pk), person.time_zone)))
        else:
            rows.append((None, person.address, person.language, DeliveryState.QUEUED, now))
    alike = Notification(
        kind=kind.name,
        context=context,
        cause=cause,
        priority=kind.priority,
        in_inbox=kind.in_inbox,
        bulk=bulk,
    )
    _write(alike, rows)
    for _task in range(tasks_for(sum(state == DeliveryState.QUEUED for *_own, state, _due in rows))):
        send_on_commit("notifications.deliver")
    return len(rows)


_OWN = ("recipient", "address", "language", "state", "due_at")


def _write(alike: Notification, rows: list[tuple[Any, ...]]) -> None:
    """Insert one row for each of `rows`, which are values of `_OWN`; all else is as in `alike`. Rows that exist are left.

    One statement, in which the context stands once: 10,000 rows by `bulk_create` take four times as long.
    """
    fields = [field for field in Notification._meta.local_concrete_fields if not field.primary_key]
    columns, values, same = [], [], []
    for field in fields:
        columns.append(connection.ops.quote_name(str(field.column)))
        if field.name in _OWN:
            values.append(f"own.{connection.ops.quote_name(field.name)}")
        else:
            values.append(f"%s::{_type(field)}")
            same.append(field.get_db_prep_save(field.pre_save(alike, add=True), connection))
    own_types = [_type(Notification._meta.get_field(name)) for name in _OWN]
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO {Notification._meta.db_table} ({', '.join(columns)}) SELECT {', '.join(values)} "  # noqa: S608
            f"FROM unnest({', '.join(f'%s::{one}[]' for one in own_types)}) AS own ({', '.join(_OWN)}) ON CONFLICT DO NOTHING",
            [
                *same,
                *([str(value) if isinstance(value, str) else value for value in column] for column in zip(*rows, strict=True)),
            ],
        )


def _type(field: Any) -> str:
    """A field's type in the database, without its length: a cast would cut what is too long instead of refusing it."""
    return str(field.db_type(connection)).partition("(")[0]
