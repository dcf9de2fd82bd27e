"""Work of meetings that runs in a worker."""

import logging
from typing import Any

from django.urls import reverse

from directory.models import Job
from directory.services.jobs import Report, job_handler
from meetings.models import BulkAct, ProgrammeVersion
from meetings.selectors.versions import RENDER_PROGRAMME
from meetings.services import bulk
from meetings.services.printing import BADGE_SHEET, PARTICIPANTS_PDF, make_badge_sheet, make_participants_pdf
from meetings.services.programme import render_programme

log = logging.getLogger(__name__)


@job_handler(RENDER_PROGRAMME)
def render_programme_job(job: Job, report: Report) -> dict[str, Any]:
    """Make the printable programme of a version in every language."""
    version = ProgrammeVersion.objects.select_related("meeting__country").get(pk=job.arguments["version"])
    render_programme(version=version, report=report)
    log.info("programme rendered", extra={"data": {"meeting": version.meeting.slug, "version": version.number}})
    return {"url": reverse("meetings_files:programme_pdf", args=[version.meeting.slug])}


@job_handler(bulk.JOB)
def bulk_act_job(job: Job, report: Report) -> dict[str, Any]:
    """Carry out an act on many registrations."""
    act = BulkAct.objects.select_related("meeting", "by", "category").get(pk=job.arguments["act"])
    bulk.carry_out(act=act, report=report)
    log.info("bulk act done", extra={"data": {"act": act.pk, "registrations": len(act.registrations)}})
    return {"url": reverse("meetings:bulk_act", args=[act.meeting.slug, act.pk])}


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
