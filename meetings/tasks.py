"""Work of meetings that runs in a worker."""

import logging
from typing import Any

from directory.models import Job
from directory.services.jobs import Report, job_handler
from meetings.services.printing import BADGE_SHEET, PARTICIPANTS_PDF, make_badge_sheet, make_participants_pdf

log = logging.getLogger(__name__)


@job_handler(BADGE_SHEET)
def badge_sheet_job(job: Job, report: Report) -> dict[str, Any]:
    """Sheets of badges."""
    result = make_badge_sheet(job=job, report=report)
    log.info("badges made", extra={"data": {"job": str(job.pk)}})
    return result


@job_handler(PARTICIPANTS_PDF)
def participants_pdf_job(job: Job, report: Report) -> dict[str, Any]:
    """The full list of participants."""
    return make_participants_pdf(job=job, report=report)
