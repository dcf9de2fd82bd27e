"""The file for a print shop whose pages fill folded sheets: made by a worker when the secretariat asks for it."""

from typing import Any

from django.urls import reverse

from briefs.documents import print_by_fours
from briefs.models import Edition
from common.access import require
from common.document_files import PDF
from directory.models import Job
from directory.services.files import store_file
from directory.services.jobs import start_job

JOB = "briefs.print_by_fours"


def ask_for_print_by_fours(*, edition: Edition, by: Any) -> Job:
    """Have the edition in force made with blank pages before its last, up to a multiple of four."""
    require(by, "briefs.render_edition", edition.brief)
    return start_job(kind=JOB, arguments={"edition": edition.pk}, asked_by=by, key=f"{edition.pk} {by.pk}")


def make_print_by_fours(*, job: Job) -> dict[str, Any]:
    """Make the file that a job asks for; roles end, so it is asked again whether its person may have it."""
    edition = Edition.objects.select_related("brief").get(pk=job.arguments["edition"])
    require(job.asked_by, "briefs.render_edition", edition.brief)
    kept = store_file(content=print_by_fours(edition), mime=PDF)
    return {"archive": kept.pk, "url": reverse("briefs:print_by_fours_file", args=[edition.brief.slug, job.pk])}
