"""Delivery tasks."""

import logging
from typing import Any

from celery import shared_task

from common.dispatch import send
from directory.models import Job
from directory.services.jobs import Report, job_handler
from notifications.services import bulk, deliver_due
from notifications.services.queue import BATCH

log = logging.getLogger(__name__)

# After so long a task makes room for others in the queue and sends itself again.
SECONDS_IN_ONE = 10


@shared_task(name="notifications.deliver")
def deliver() -> int:
    """Send batch after batch; a full one at the end means that there may be more."""
    taken = deliver_due(seconds=SECONDS_IN_ONE)
    if taken:
        log.info("messages taken", extra={"data": {"count": taken}})
    if taken == BATCH:
        send("notifications.deliver")
    return taken


@job_handler(bulk.JOB)
def queue_bulk(job: Job, report: Report) -> dict[str, Any]:
    """Write the rows of a bulk message, all at once."""
    return bulk.queue_bulk(pk=job.arguments["message"])
