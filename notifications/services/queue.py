"""Pattern 4, first half: a notification is a row before it is a mail."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db import connection
from django.utils import timezone

from common.dispatch import send_on_commit
from directory.models import User
from notifications.enums import DeliveryState, Frequency
from notifications.kinds import Kind, holds_once_link
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
    if holds_once_link(context) and not kind.confidential:
        raise ValueError(f"{kind.name} carries a single-use link: make the kind confidential, or staff could read the link")
    people = list(dict.fromkeys(to))
    if not people:
        return 0
    now = timezone.now()
    accounts = [person.pk for person in people if isinstance(person, User)]
    chosen = chosen_for(kind, accounts)
    quiet = {} if kind.knows_no_quiet_hours else quiet_hours_of(accounts)
    rows = []
    for person in people:
        row = Notification(
            kind=kind.name,
            language=person.language,
            context=context,
            cause=cause,
            priority=kind.priority,
            in_inbox=kind.in_inbox,
            bulk=bulk,
            due_at=now,
        )
        if isinstance(person, User):
            own = {kind.name: chosen[person.pk]} if person.pk in chosen else {}
            row.recipient_id, row.state = person.pk, WAY_OF[frequency_of(kind, own)]
            row.due_at = end_of_quiet(now, quiet.get(person.pk), person.time_zone)
        else:
            row.address = person.address
        rows.append(row)
    Notification.objects.bulk_create(rows, ignore_conflicts=True, batch_size=1000)
    for _task in range(tasks_for(sum(row.state == DeliveryState.QUEUED for row in rows))):
        send_on_commit("notifications.deliver")
    return len(rows)
