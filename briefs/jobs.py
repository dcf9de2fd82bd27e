"""Periodic work of briefs: the clock of clearances and reviews, planned publications, counts of downloads, press kits."""

import logging

from celery import shared_task

from briefs.services.clearance import close_due_clearances, remind_of_clearance
from briefs.services.downloads import fold_downloads
from briefs.services.press import start_missing_press_kits
from briefs.services.retention import forget_embargo_readers
from briefs.services.reviewing import remind_reviewers
from briefs.services.schedules import publish_due

log = logging.getLogger(__name__)


@shared_task(name="briefs.turn_clearances")
def turn_clearances_task() -> dict[str, int]:
    """Record silence where a deadline has passed; remind those whose deadline comes."""
    done = {"closed": close_due_clearances(), "reminded": remind_of_clearance()}
    if any(done.values()):
        log.info("clearances turned", extra={"data": done})
    return done


@shared_task(name="briefs.remind_reviewers")
def remind_reviewers_task() -> int:
    sent = remind_reviewers()
    if sent:
        log.info("reviewers reminded", extra={"data": {"reviewers": sent}})
    return sent


@shared_task(name="briefs.fold_downloads")
def fold_downloads_task() -> int:
    moved = fold_downloads()
    if moved:
        log.info("downloads counted", extra={"data": {"downloads": moved}})
    return moved


@shared_task(name="briefs.start_press_kits")
def start_press_kits_task() -> int:
    return start_missing_press_kits()


@shared_task(name="briefs.publish_due")
def publish_due_task() -> dict[str, int]:
    """Publish what was planned for a moment that has come."""
    done = publish_due()
    if any(done.values()):
        log.info("planned publications", extra={"data": done})
    return done


@shared_task(name="briefs.forget_embargo_readers")
def forget_embargo_readers_task() -> int:
    forgotten = forget_embargo_readers()
    if forgotten:
        log.info("readers under embargo forgotten", extra={"data": {"readers": forgotten}})
    return forgotten
