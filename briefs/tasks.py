"""Work of briefs that runs in a worker."""

import logging
from typing import Any

from briefs.models import Edition
from briefs.selectors.work import RENDER_JOB
from briefs.services import render_edition
from briefs.services.press import KIT_JOB, make_press_kit
from directory.models import Job
from directory.services.jobs import Report, job_handler

log = logging.getLogger(__name__)


@job_handler(RENDER_JOB)
def render_edition_job(job: Job, report: Report) -> dict[str, Any]:
    """Make the three PDFs of an edition."""
    edition = Edition.objects.select_related("brief").get(pk=job.arguments["edition"])
    render_edition(edition=edition, report=report)
    log.info("edition rendered", extra={"data": {"brief": edition.brief.slug, "edition": edition.number}})
    return {"url": edition.get_absolute_url()}


@job_handler(KIT_JOB)
def press_kit_job(job: Job, report: Report) -> dict[str, Any]:
    """Make the press kit of an edition."""
    edition = Edition.objects.select_related("brief", "screen_pdf").get(pk=job.arguments["edition"])
    make_press_kit(edition=edition)
    log.info("press kit made", extra={"data": {"brief": edition.brief.slug, "edition": edition.number}})
    return {"url": edition.get_absolute_url()}
