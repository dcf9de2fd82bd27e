"""Periodic work of the kernel."""

from celery import shared_task

from directory.page_versions import mirror_all
from directory.services.jobs import sweep_jobs


@shared_task(name="directory.sweep_jobs")
def sweep_jobs_task() -> int:
    return sweep_jobs()


@shared_task(name="directory.mirror_page_versions")
def mirror_page_versions() -> None:
    mirror_all()
