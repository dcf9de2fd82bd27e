"""Periodic work of meetings."""

import logging

from celery import shared_task

from meetings.services.retention import forget_old_meetings

log = logging.getLogger(__name__)


@shared_task(name="meetings.forget_people")
def forget_people_task() -> dict[str, int]:
    done = forget_old_meetings()
    log.info("people of old meetings forgotten", extra={"data": done})
    return done
