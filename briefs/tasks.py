"""Work of briefs that runs in a worker."""

import logging
from typing import Any

from django.urls import reverse

from briefs.models import Brief, Edition, HeadNotice, PlannedPublication
from briefs.selectors.failed_files import NOTICE_JOB, PLAN_JOB, RENDER_JOB
from briefs.services import print_files, render_edition
from briefs.services.checklist import TRIAL_JOB, run_trial
from briefs.services.notices import render_notice
from briefs.services.press import KIT_JOB, make_press_kit
from briefs.services.schedules import render_plan
from directory.models import Job
from directory.services.jobs import Report, job_handler

log = logging.getLogger(__name__)


@job_handler(RENDER_JOB)
def render_edition_job(job: Job, report: Report) -> dict[str, Any]:
    """Make the three PDFs of an edition."""
    edition = Edition.objects.select_related("brief").get(pk=job.arguments["edition"])
    peak = render_edition(edition=edition, report=report)
    log.info("edition rendered", extra={"data": {"brief": edition.brief.slug, "edition": edition.number, "peak_mb": round(peak)}})
    return {"url": edition.get_absolute_url()}


@job_handler(TRIAL_JOB)
def trial_render_job(job: Job, report: Report) -> dict[str, Any]:
    """Try the PDF of a brief as it stands."""
    brief = Brief.objects.select_related("series").get(pk=job.arguments["brief"])
    trial = run_trial(brief=brief, report=report)
    log.info("brief tried", extra={"data": {"brief": brief.slug, "pages": trial.pages, "problems": len(trial.problems)}})
    return {"url": reverse("briefs:checklist", args=[brief.slug])}


@job_handler(print_files.JOB)
def print_by_fours_job(job: Job, report: Report) -> dict[str, Any]:
    """The file for a print shop whose pages fill folded sheets."""
    result = print_files.make_print_by_fours(job=job)
    log.info("print file by fours made", extra={"data": {"job": str(job.pk), "edition": job.arguments["edition"]}})
    return result


@job_handler(KIT_JOB)
def press_kit_job(job: Job, report: Report) -> dict[str, Any]:
    """Make the press kit of an edition."""
    edition = Edition.objects.select_related("brief", "screen_pdf").get(pk=job.arguments["edition"])
    make_press_kit(edition=edition)
    log.info("press kit made", extra={"data": {"brief": edition.brief.slug, "edition": edition.number}})
    return {"url": edition.get_absolute_url()}


@job_handler(PLAN_JOB)
def render_plan_job(job: Job, report: Report) -> dict[str, Any]:
    """Make the three PDFs of a text under embargo."""
    plan = PlannedPublication.objects.select_related("brief").get(pk=job.arguments["plan"])
    peak = render_plan(plan=plan, report=report)
    log.info("embargoed text rendered", extra={"data": {"plan": plan.pk, "peak_mb": round(peak)}})
    return {"url": plan.get_absolute_url()}


@job_handler(NOTICE_JOB)
def render_notice_job(job: Job, report: Report) -> dict[str, Any]:
    """Make the three PDFs of an edition again, with a notice at their head."""
    notice = HeadNotice.objects.select_related("edition__brief").get(pk=job.arguments["notice"])
    peak = render_notice(notice=notice, report=report)
    log.info(
        "notice rendered",
        extra={"data": {"edition": notice.edition_id, "notice": notice.number, "peak_mb": round(peak)}},
    )
    return {"url": notice.get_absolute_url()}
