"""Kernel tasks."""

import logging

from celery import shared_task

from directory.services.jobs import run_job

log = logging.getLogger(__name__)


@shared_task(name="directory.run_job")
def run_job_task(job_id: str) -> None:
    run_job(job_id=job_id)
    log.info("job taken", extra={"data": {"job": job_id}})


@shared_task(name="directory.run_render_job")
def run_render_job_task(job_id: str) -> None:
    run_job(job_id=job_id)
    log.info("job taken", extra={"data": {"job": job_id}})
