"""Whether a message about which a procedure depends has arrived, as far as mail can say."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from django.db.models import QuerySet

from notifications.enums import DeliveryState
from notifications.models import Notification

_ON_ITS_WAY = {DeliveryState.QUEUED, DeliveryState.CLAIMED, DeliveryState.HELD, DeliveryState.COLLECTED}


@dataclass(frozen=True)
class Arrival:
    """What became of the messages of one cause.

    Args:
        recipients: how many people it was written to.
        accepted_at: when the first mail server took it, or the first person read it on the portal; None while nobody has.
        is_waiting: at least one is still on its way.
    """

    recipients: int
    accepted_at: datetime | None
    is_waiting: bool


def arrivals(*, kind: str, causes: Collection[str]) -> dict[str, Arrival]:
    """What became of the messages of each cause; causes without a message are left out. One query."""
    rows: dict[str, list[Notification]] = {}
    found: QuerySet[Notification] = Notification.objects.filter(kind=kind, cause__in=causes)
    for row in found.only("cause", "state", "sent_at", "read_at"):
        rows.setdefault(row.cause, []).append(row)
    return {cause: _arrival(messages) for cause, messages in rows.items()}


def _arrival(messages: list[Notification]) -> Arrival:
    taken = [row.sent_at for row in messages if row.state == DeliveryState.SENT and row.sent_at]
    taken += [row.read_at for row in messages if row.read_at]
    return Arrival(len(messages), min(taken, default=None), any(row.state in _ON_ITS_WAY for row in messages))
