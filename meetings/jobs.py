"""Periodic work of meetings."""

from celery import shared_task

from meetings.services.group_work import remind_groups
from meetings.services.reports import remind_of_deadline

DAYS_BEFORE = 14


@shared_task(name="meetings.remind_of_report_deadline")
def remind_of_report_deadline_task() -> int:
    return remind_of_deadline(days=DAYS_BEFORE)


@shared_task(name="meetings.remind_groups")
def remind_groups_task() -> dict[str, int]:
    return remind_groups()
