"""Work of strategies that runs in a worker."""

import logging
from typing import Any

from celery import shared_task
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _

from common.access import Refused
from directory.models import Job
from directory.services.jobs import Report, job_handler
from strategy.models import Draft
from strategy.services import compilation, matrix
from strategy.services.draft_files import PDF_JOB, make_pdf
from strategy.services.lineage import ALIGN_JOB, align_draft
from strategy.services.retention import forget_returned_files, forget_texts_brought_in

log = logging.getLogger(__name__)


@job_handler(ALIGN_JOB)
def align_draft_job(job: Job, report: Report) -> dict[str, Any]:
    """Align a long draft with the one before it."""
    hidden = {int(key): name for key, name in job.arguments.get("hidden", {}).items()}
    with translation.override(job.arguments.get("language", "en")):
        draft = Draft.objects.select_related("strategy").filter(pk=job.arguments["draft"]).first()
        if draft is None:
            raise Refused(_("This draft was discarded meanwhile: there is nothing to align."))
        made = align_draft(draft=draft, by=job.asked_by, hidden=hidden, report=report)
    log.info("draft aligned", extra={"data": {"draft": draft.pk, "links": len(made)}})
    return {"url": reverse("strategy:lineage", args=[draft.strategy.slug, draft.number])}


@job_handler(matrix.JOB)
def matrix_job(job: Job, report: Report) -> dict[str, Any]:
    """The response matrix of a round, as the person who asked may see it."""
    result = matrix.make_matrix(job=job, report=report)
    log.info("response matrix made", extra={"data": {"job": str(job.pk), "round": job.arguments["round"]}})
    return result


@job_handler(compilation.JOB)
def compilation_job(job: Job, report: Report) -> dict[str, Any]:
    """The compilation text of a draft, as the person who asked may see it."""
    result = compilation.make_compilation(job=job, report=report)
    log.info("compilation text made", extra={"data": {"job": str(job.pk), "draft": job.arguments["draft"]}})
    return result


@job_handler(PDF_JOB)
def draft_pdf_job(job: Job, report: Report) -> dict[str, Any]:
    """The PDF of a draft."""
    result = make_pdf(job)
    log.info("draft made as PDF", extra={"data": {"job": str(job.pk), "draft": job.arguments["draft"]}})
    return result


@shared_task(name="strategy.forget_returned_files")
def forget_returned_files_task() -> int:
    """Periodic: empty the rows of workbooks that came back long ago, delete files of texts that wait for nobody any more."""
    return forget_returned_files() + forget_texts_brought_in()
