"""Work of briefs that runs in a worker."""

import logging
from typing import Any

from celery import shared_task

from briefs.models import Edition, HeadNotice, PlannedPublication
from briefs.selectors.work import RENDER_JOB
from briefs.services import render_edition
from briefs.services.notices import NOTICE_JOB, render_notice
from briefs.services.schedules import PLAN_JOB, publish_due, render_plan
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


@job_handler(PLAN_JOB)
def render_plan_job(job: Job, report: Report) -> dict[str, Any]:
    """Make the three PDFs of a text under embargo."""
    plan = PlannedPublication.objects.select_related("brief").get(pk=job.arguments["plan"])
    render_plan(plan=plan, report=report)
    log.info("embargoed text rendered", extra={"data": {"plan": plan.pk}})
    return {"url": plan.get_absolute_url()}


@job_handler(NOTICE_JOB)
def render_notice_job(job: Job, report: Report) -> dict[str, Any]:
    """Make the three PDFs of an edition again, with a notice at their head."""
    notice = HeadNotice.objects.select_related("edition__brief").get(pk=job.arguments["notice"])
    render_notice(notice=notice, report=report)
    log.info("notice rendered", extra={"data": {"edition": notice.edition_id, "notice": notice.number}})
    return {"url": notice.get_absolute_url()}


@shared_task(name="briefs.publish_due")
def publish_due_task() -> dict[str, int]:
    """Periodic: publish what was planned for a moment that has come."""
    done = publish_due()
    if any(done.values()):
        log.info("planned publications", extra={"data": done})
    return done
