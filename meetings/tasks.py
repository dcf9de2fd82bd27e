"""Work of meetings that runs in a worker."""

import logging
from typing import Any

from django.urls import reverse

from directory.models import Job
from directory.services.jobs import Report, job_handler
from meetings.models import BulkAct
from meetings.services import bulk

log = logging.getLogger(__name__)


@job_handler(bulk.JOB)
def bulk_act_job(job: Job, report: Report) -> dict[str, Any]:
    """Carry out an act on many registrations."""
    act = BulkAct.objects.select_related("meeting", "by", "category").get(pk=job.arguments["act"])
    bulk.carry_out(act=act, report=report)
    log.info("bulk act done", extra={"data": {"act": act.pk, "registrations": len(act.registrations)}})
    return {"url": reverse("meetings:bulk_act", args=[act.meeting.slug, act.pk])}
