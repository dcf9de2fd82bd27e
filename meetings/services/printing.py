"""Long print-outs: made in a worker, kept for a few days, handed out to staff only."""

from typing import Any

from django.urls import reverse
from django.utils import translation

from common.access import require
from directory.models import Job
from directory.services.files import store_file
from directory.services.jobs import Report
from meetings.documents.badges import badge_sheet
from meetings.documents.participants import participants_pdf
from meetings.enums import RegistrationState
from meetings.models import Meeting, Registration
from meetings.selectors.participants import all_participants, by_category_and_body
from meetings.services.badges import badges_of

BADGE_SHEET = "meetings.badge_sheet"
PARTICIPANTS_PDF = "meetings.participants_pdf"
PRINT_OUTS = {BADGE_SHEET: "badges", PARTICIPANTS_PDF: "participants"}


def rows_to_print(user: Any, meeting: Meeting, category: int | None = None) -> list[Registration]:
    """Who gets a badge, in the order in which they are handed out: by category, then by name."""
    rows = Registration.objects.visible_to(user).filter(meeting=meeting, state=RegistrationState.APPROVED)
    if category:
        rows = rows.filter(category=category)
    found = list(rows.select_related("category", "organization", "country"))
    for row in found:
        row.meeting = meeting
    return sorted(found, key=lambda row: (row.category.order, row.family_name.casefold(), row.given_name.casefold(), row.pk))


def make_badge_sheet(*, job: Job, report: Report) -> dict[str, Any]:
    """Make the sheets that a job asks for; the asker's right is asked again, since roles end."""
    meeting = Meeting.objects.select_related("country").get(pk=job.arguments["meeting"])
    require(job.asked_by, "meetings.print_badges", meeting)
    with translation.override(job.arguments["language"]):
        rows = rows_to_print(job.asked_by, meeting, job.arguments["category"])
        content = badge_sheet(badges_of(rows), report)
    return _kept(job, meeting, content)


def make_participants_pdf(*, job: Job, report: Report) -> dict[str, Any]:
    """Make the full list that a job asks for."""
    meeting = Meeting.objects.select_related("country").get(pk=job.arguments["meeting"])
    require(job.asked_by, "meetings.list_participants", meeting)
    with translation.override(job.arguments["language"]):
        content = participants_pdf(meeting, by_category_and_body(all_participants(job.asked_by, meeting)))
    report(1, 1)
    return _kept(job, meeting, content)


def _kept(job: Job, meeting: Meeting, content: bytes) -> dict[str, Any]:
    """As an archive, which the kernel deletes in time: print-outs are full of names."""
    kept = store_file(content=content, mime="application/pdf")
    return {"archive": kept.pk, "url": reverse("meetings_files:print_out", args=[meeting.slug, job.pk])}
