"""Periodic work of briefs: the clock of clearances and reviews."""

import logging

from celery import shared_task

from briefs.services.clearance import close_due_clearances, remind_of_clearance
from briefs.services.reviewing import remind_reviewers

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
