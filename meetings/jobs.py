"""Periodic work of meetings."""

import logging

from celery import shared_task

from meetings.services.reminders import remind_before_meetings

log = logging.getLogger(__name__)


@shared_task(name="meetings.remind")
def remind_task() -> int:
    sent = remind_before_meetings()
    if sent:
        log.info("reminders sent", extra={"data": {"people": sent}})
    return sent
