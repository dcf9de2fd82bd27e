"""Periodic work of meetings."""

from celery import shared_task

from meetings.services.group_work import remind_groups


@shared_task(name="meetings.remind_groups")
def remind_groups_task() -> dict[str, int]:
    return remind_groups()
