"""Queuing and delivering messages."""

from notifications.services.bulk import BULK
from notifications.services.delivery import deliver_due, sweep
from notifications.services.digests import send_digests
from notifications.services.queue import Recipient, notify

__all__ = ["BULK", "Recipient", "deliver_due", "notify", "send_digests", "sweep"]
