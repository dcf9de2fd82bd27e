"""Delivery tasks."""

import logging

from celery import shared_task

from common.dispatch import send
from notifications.services import deliver_due
from notifications.services.delivery import BATCH

log = logging.getLogger(__name__)


@shared_task(name="notifications.deliver")
def deliver() -> int:
    """Send one batch; a full one means that there may be more."""
    taken = deliver_due()
    log.info("messages taken", extra={"data": {"count": taken}})
    if taken == BATCH:
        send("notifications.deliver")
    return taken
