"""Periodic work of notifications."""

from celery import shared_task

from notifications.services import sweep


@shared_task(name="notifications.sweep")
def sweep_task() -> bool:
    return sweep()
