"""The PDF of a draft: seconds of work for a long text, so a worker makes it, once for each text."""

import hashlib
from datetime import timedelta
from typing import Any

from django.utils import timezone

from common.document_files import PDF
from directory.enums import JobState
from directory.models import Job, StoredFile
from directory.services.files import store_file
from directory.services.jobs import start_job
from strategy.documents.draft_pdf import draft_html, draft_pdf
from strategy.models import Draft

PDF_JOB = "strategy.draft_pdf"
# How long a failure counts before somebody who asks has it tried again.
RESTS = timedelta(minutes=10)


def _key(draft: Draft) -> str:
    return hashlib.sha256(draft_html(draft).encode()).hexdigest()


def prepare_pdf(draft: Draft) -> None:
    """Have the PDF of the present text made, before anybody asks for it."""
    start_job(kind=PDF_JOB, arguments={"draft": draft.pk}, key=_key(draft))


def pdf_of(draft: Draft) -> tuple[StoredFile | None, bool]:
    """The PDF of the present text, if it is made, and whether it could not be made; what nobody makes yet is begun."""
    key = _key(draft)
    jobs = Job.objects.filter(kind=PDF_JOB, key=key)
    made = jobs.filter(state=JobState.DONE).order_by("-created_at").first()
    kept = StoredFile.objects.filter(pk=made.result.get("archive") or 0).first() if made else None
    if kept:
        return kept, False
    if jobs.filter(state=JobState.FAILED, finished_at__gt=timezone.now() - RESTS).exists():
        return None, True
    start_job(kind=PDF_JOB, arguments={"draft": draft.pk}, key=key)
    return None, False


def make_pdf(job: Job) -> dict[str, Any]:
    """Make the file that a job asks for.

    It goes with the other files of jobs when its time is over; whoever asks then has it made anew.
    """
    draft = Draft.objects.select_related("strategy").get(pk=job.arguments["draft"])
    return {"archive": store_file(content=draft_pdf(draft), mime=PDF).pk}
