"""Pattern 4, first half: a notification is a row before it is a mail."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db import connection
from django.utils import timezone

from common.dispatch import send_on_commit
from directory.models import User
from notifications.kinds import Kind, holds_once_link
from notifications.models import Notification


@dataclass(frozen=True)
class Recipient:
    """Somebody without an account, written to by address and language."""

    address: str
    language: str = "en"


def notify(*, kind: Kind, to: Iterable[User | Recipient], cause: str, context: dict[str, Any]) -> int:
    """Write one row per recipient, in the transaction of the cause, and have them delivered after commit.

    Args:
        cause: says what happened, uniquely ("registration 17 approved 3"): the same cause never writes twice.
        context: JSON only; freeze texts, moments and links with the helpers of `notifications.kinds`.

    Returns:
        How many recipients were given (rows that existed already included).
    """
    assert connection.in_atomic_block, "notify() belongs in the transaction of its cause"
    if holds_once_link(context) and not kind.confidential:
        raise ValueError(f"{kind.name} carries a single-use link: make the kind confidential, or staff could read the link")
    now = timezone.now()
    rows = []
    for person in dict.fromkeys(to):
        rows.append(
            Notification(
                kind=kind.name,
                recipient=person if isinstance(person, User) else None,
                address="" if isinstance(person, User) else person.address,
                language=person.language,
                context=context,
                cause=cause,
                due_at=now,
            )
        )
    Notification.objects.bulk_create(rows, ignore_conflicts=True, batch_size=1000)
    if rows:
        send_on_commit("notifications.deliver")
    return len(rows)
