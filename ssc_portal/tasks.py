"""Long work of the roof."""

from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import transaction
from django.urls import reverse
from django.utils import timezone, translation

from directory.models import Job
from directory.services.files import store_file
from directory.services.jobs import Report, job_handler
from notifications.messages.access import data_ready
from ssc_portal.person import archive_of

PERSONAL_DATA = "portal.personal_data"


def archive_expires(made: datetime) -> datetime:
    """Until when an archive can be fetched."""
    return made + timedelta(days=settings.RETAIN_ARCHIVES_DAYS)


@job_handler(PERSONAL_DATA)
def personal_data(job: Job, report: Report) -> dict[str, Any]:
    """Pack what the portal holds about the person who asked, keep it privately and tell them."""
    person = job.asked_by
    assert person is not None, "somebody asked for their own data"
    with translation.override(person.language):
        kept = store_file(content=archive_of(person), mime="application/zip")
        url = reverse("personal_data")
    with transaction.atomic():
        data_ready(job=job, expires_at=archive_expires(timezone.now()))
    return {"archive": kept.pk, "size": kept.size, "url": url}
