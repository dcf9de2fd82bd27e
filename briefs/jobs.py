"""Periodic work of briefs."""

import logging

from celery import shared_task

from briefs.services.downloads import fold_downloads
from briefs.services.press import start_missing_press_kits

log = logging.getLogger(__name__)


@shared_task(name="briefs.fold_downloads")
def fold_downloads_task() -> int:
    moved = fold_downloads()
    if moved:
        log.info("downloads counted", extra={"data": {"downloads": moved}})
    return moved


@shared_task(name="briefs.start_press_kits")
def start_press_kits_task() -> int:
    return start_missing_press_kits()
