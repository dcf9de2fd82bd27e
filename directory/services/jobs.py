"""Pattern 6: long work is a row, claimed once, swept if nobody took it.

An app registers what a kind of job does in its `tasks.py`::

    @job_handler("briefs.render_edition")
    def render_edition(job, report): ...   # returns the result, a JSON object; {"url": …} is linked when done

A handler may run twice (after a crash), so it must be safe to repeat.
"""

import logging
import uuid
from collections.abc import Callable
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.db import IntegrityError, transaction
from django.db.models import F, Q
from django.utils import timezone

from common.dispatch import send, send_on_commit
from directory.enums import JobState
from directory.models import Job

log = logging.getLogger(__name__)

Report = Callable[[int, int], None]
Handler = Callable[[Job, Report], dict[str, Any]]
_handlers: dict[str, Handler] = {}
MOST_ATTEMPTS = 3


def job_handler(kind: str) -> Callable[[Handler], Handler]:
    """Register the decorated function as what jobs of `kind` do."""

    def register(handler: Handler) -> Handler:
        _handlers[kind] = handler
        return handler

    return register


@transaction.atomic
def start_job(*, kind: str, arguments: dict[str, Any], asked_by: Any = None, key: str = "") -> Job:
    """Write a job and have it sent after commit; with a `key`, an unfinished job of that kind and key is returned instead."""
    try:
        with transaction.atomic():
            job = Job.objects.create(kind=kind, arguments=arguments, asked_by=asked_by, key=key)
    except IntegrityError:
        return Job.objects.get(kind=kind, key=key, state__in=[JobState.WAITING, JobState.RUNNING])
    send_on_commit(_task_of(kind), [str(job.pk)])
    return job


def _task_of(kind: str) -> str:
    """The task that runs jobs of a kind: it has the queue that they wait in."""
    return "directory.run_render_job" if kind in settings.RENDER_JOBS else "directory.run_job"


def _claimable() -> Q:
    return Q(state=JobState.WAITING) | Q(state=JobState.RUNNING, claimed_until__lt=timezone.now())


def run_job(*, job_id: str) -> None:
    """Claim the job, do it and keep its result or error. Does nothing if somebody else has it or it is finished."""
    claim = uuid.uuid4()
    lease = timedelta(seconds=settings.JOB_LEASE_SECONDS)
    claimed = Job.objects.filter(_claimable(), pk=job_id).update(
        state=JobState.RUNNING, claim=claim, claimed_until=timezone.now() + lease, attempts=F("attempts") + 1
    )
    if not claimed:
        return
    job = Job.objects.get(pk=job_id)
    mine = Job.objects.filter(pk=job_id, claim=claim)

    def report(done: int, total: int) -> None:
        mine.update(done=done, total=total, claimed_until=timezone.now() + lease)

    try:
        result = _handlers[job.kind](job, report)
    except Exception as error:
        log.exception("job failed", extra={"data": {"job": job_id, "kind": job.kind}})
        mine.update(state=JobState.FAILED, error=str(error)[:2000], finished_at=timezone.now())
    else:
        mine.update(state=JobState.DONE, result=result, finished_at=timezone.now())


def sweep_jobs() -> int:
    """Send again the jobs that nobody took or whose worker died; give up on those that keep killing workers."""
    now = timezone.now()
    Job.objects.filter(state=JobState.RUNNING, claimed_until__lt=now, attempts__gte=MOST_ATTEMPTS).update(
        state=JobState.FAILED, error="The worker stopped three times while doing this.", finished_at=now
    )
    waiting = Job.objects.filter(_claimable()).exclude(state=JobState.WAITING, created_at__gt=now - timedelta(seconds=10))
    sent = 0
    for job_id, kind in waiting.values_list("pk", "kind")[:500]:
        sent += send(_task_of(kind), [str(job_id)])
    return sent
