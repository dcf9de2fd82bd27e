"""Periodic work of notifications."""

from celery import shared_task

from notifications.services import send_digests, sweep
from notifications.services.bounce_mailbox import safe_poll
from notifications.services.retention import forget_bodies


@shared_task(name="notifications.sweep")
def sweep_task() -> bool:
    return sweep()


@shared_task(name="notifications.send_digests")
def send_digests_task() -> int:
    return send_digests()


@shared_task(name="notifications.poll_bounces")
def poll_bounces_task() -> int:
    return safe_poll()


@shared_task(name="notifications.forget_bodies")
def forget_bodies_task() -> int:
    return forget_bodies()
