"""Periodic work of meetings."""

import logging

from celery import shared_task

from meetings.services.files import forget_unclaimed
from meetings.services.group_work import remind_groups
from meetings.services.offers import expire_offers
from meetings.services.reminders import remind_before_meetings
from meetings.services.reports import remind_of_deadline
from meetings.services.retention import forget_old_meetings

log = logging.getLogger(__name__)


DAYS_BEFORE = 14


@shared_task(name="meetings.remind_of_report_deadline")
def remind_of_report_deadline_task() -> int:
    return remind_of_deadline(days=DAYS_BEFORE)


@shared_task(name="meetings.remind_groups")
def remind_groups_task() -> dict[str, int]:
    return remind_groups()


@shared_task(name="meetings.expire_offers")
def expire_offers_task() -> dict[str, int]:
    done = expire_offers()
    if any(done.values()):
        log.info("offers expired", extra={"data": done})
    return done


@shared_task(name="meetings.forget_unclaimed_files")
def forget_unclaimed_files() -> int:
    return forget_unclaimed()


@shared_task(name="meetings.remind")
def remind_task() -> int:
    sent = remind_before_meetings()
    if sent:
        log.info("reminders sent", extra={"data": {"people": sent}})
    return sent


@shared_task(name="meetings.forget_people")
def forget_people_task() -> dict[str, int]:
    done = forget_old_meetings()
    log.info("people of old meetings forgotten", extra={"data": done})
    return done
