"""Work of strategies that runs in a worker."""

import logging
from typing import Any

from django.urls import reverse

from directory.models import Job
from directory.services.jobs import Report, job_handler
from strategy.models import Draft
from strategy.services.lineage import ALIGN_JOB, align_draft

log = logging.getLogger(__name__)


@job_handler(ALIGN_JOB)
def align_draft_job(job: Job, report: Report) -> dict[str, Any]:
    """Align a long draft with the one before it."""
    draft = Draft.objects.select_related("strategy").get(pk=job.arguments["draft"])
    hidden = {int(key): name for key, name in job.arguments.get("hidden", {}).items()}
    made = align_draft(draft=draft, by=job.asked_by, hidden=hidden, report=report)
    log.info("draft aligned", extra={"data": {"draft": draft.pk, "links": len(made)}})
    return {"url": reverse("strategy:lineage", args=[draft.strategy.slug, draft.number])}
