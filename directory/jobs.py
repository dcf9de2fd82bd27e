"""Periodic work of the kernel."""

import logging

from celery import shared_task

from directory.page_versions import mirror_all
from directory.services.jobs import sweep_jobs
from directory.services.memberships import end_what_has_run_out
from directory.services.retention import forget_old

log = logging.getLogger(__name__)


@shared_task(name="directory.sweep_jobs")
def sweep_jobs_task() -> int:
    return sweep_jobs()


@shared_task(name="directory.mirror_page_versions")
def mirror_page_versions() -> None:
    mirror_all()


@shared_task(name="directory.end_memberships")
def end_memberships() -> int:
    ended = end_what_has_run_out()
    log.info("memberships ended", extra={"data": {"ended": ended}})
    return ended


@shared_task(name="directory.forget_old")
def forget_old_task() -> dict[str, int]:
    gone = forget_old()
    log.info("forgotten", extra={"data": gone})
    return gone
