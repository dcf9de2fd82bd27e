"""Queuing and delivering messages."""

from notifications.services.delivery import deliver_due, sweep
from notifications.services.queue import Recipient, notify

__all__ = ["Recipient", "deliver_due", "notify", "sweep"]
