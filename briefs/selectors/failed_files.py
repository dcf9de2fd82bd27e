"""What of a brief still lacks its files, and where making them has failed."""

from dataclasses import dataclass
from typing import Any

from django.db.models import Q
from django.utils.translation import gettext as _

from briefs.models import Brief, Edition, HeadNotice, PlannedPublication
from briefs.models.editions import FILE_FIELDS
from directory.enums import JobState
from directory.models import Job

RENDER_JOB, NOTICE_JOB, PLAN_JOB = "briefs.render_edition", "briefs.render_notice", "briefs.render_plan"

WithFiles = Edition | HeadNotice | PlannedPublication


@dataclass(frozen=True)
class FailedFiles:
    """Files that are not being made any more: what they are of, and the last attempt's words, if there was one."""

    name: str
    error: str


def rows_without_files(brief: Brief) -> list[WithFiles]:
    """Editions, notices and the text under embargo that lack a file."""
    lacking = Q()
    for field in FILE_FIELDS:
        lacking |= Q(**{f"{field}__isnull": True})
    plans = brief.plans.waiting().filter(lacking, under_embargo=True).defer("content")
    notices = HeadNotice.objects.filter(lacking, edition__brief=brief).select_related("edition").defer("edition__content")
    return [*brief.editions.filter(lacking).defer("content", "text").order_by("number"), *notices, *plans]


def job_of_files(row: WithFiles) -> dict[str, Any]:
    """The job that makes the files of a row: its kind, arguments and key."""
    kind, name = {
        Edition: (RENDER_JOB, "edition"),
        HeadNotice: (NOTICE_JOB, "notice"),
        PlannedPublication: (PLAN_JOB, "plan"),
    }[type(row)]
    return {"kind": kind, "arguments": {name: row.pk}, "key": str(row.pk)}


def failed_files(brief: Brief) -> list[FailedFiles]:
    """What lacks files that nobody is making: the last attempt failed, or so long ago that its job is forgotten."""
    rows = rows_without_files(brief)
    if not rows:
        return []
    wanted = Q()
    for row in rows:
        job = job_of_files(row)
        wanted |= Q(kind=job["kind"], key=job["key"])
    # The newest job of each comes last and stays.
    newest = {(job.kind, job.key): job for job in Job.objects.filter(wanted).order_by("created_at")}
    failed = []
    for row in rows:
        names = job_of_files(row)
        last = newest.get((names["kind"], names["key"]))
        if last is None or last.state not in {JobState.WAITING, JobState.RUNNING}:
            failed.append(FailedFiles(_name(row), last.error if last else ""))
    return failed


def _name(row: WithFiles) -> str:
    if isinstance(row, Edition):
        return _("Edition %(number)s") % {"number": row.number}
    if isinstance(row, HeadNotice):
        words = {"kind": row.get_kind_display(), "number": row.edition.number}
        return _("%(kind)s at the head of edition %(number)d") % words
    return _("The text under embargo")
