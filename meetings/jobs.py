"""Periodic work of meetings."""

import logging

from celery import shared_task

from meetings.services.files import forget_unclaimed
from meetings.services.offers import expire_offers

log = logging.getLogger(__name__)


@shared_task(name="meetings.expire_offers")
def expire_offers_task() -> dict[str, int]:
    done = expire_offers()
    if any(done.values()):
        log.info("offers expired", extra={"data": done})
    return done


@shared_task(name="meetings.forget_unclaimed_files")
def forget_unclaimed_files() -> int:
    return forget_unclaimed()
