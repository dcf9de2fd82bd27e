"""Periodic work of strategies: the clock of rounds."""

import logging

from celery import shared_task

from strategy.services.clockwork import conclude_due_rounds, look_after_notices, open_due_rounds, remind_agencies

log = logging.getLogger(__name__)


@shared_task(name="strategy.turn_rounds")
def turn_rounds_task() -> dict[str, int]:
    """Open what is due, look after notices, conclude what is over. Notices come first: an outcome rests on them."""
    done = {"opened": open_due_rounds(), "told": look_after_notices(), "concluded": conclude_due_rounds()}
    if any(done.values()):
        log.info("rounds turned", extra={"data": done})
    return done


@shared_task(name="strategy.remind_agencies")
def remind_agencies_task() -> int:
    sent = remind_agencies()
    if sent:
        log.info("agencies reminded", extra={"data": {"agencies": sent}})
    return sent
