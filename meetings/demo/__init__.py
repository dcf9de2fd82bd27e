"""Demo data: the Antalya meeting, two consultations, events, a working group and reports."""

from datetime import timedelta

from django.db import transaction

from directory.demo import content
from directory.page_versions import bump
from meetings.demo import delegations, editing, events, groups, meetings, registration, registration_core, reports, versions
from meetings.demo.base import Clock, Directory
from meetings.models import CategoryQuota


@transaction.atomic
def load(*, shift: timedelta, scale: int) -> None:
    """Load meetings with programme and registrations, thematic events, the working group and voluntary reports."""
    data, known, clock = content("meetings", "meeting"), Directory(), Clock(shift)
    meeting = meetings.meeting(data, known, clock, opens=registration.OPENS, closes=registration.CLOSES)
    meetings.programme(meeting, data, known, clock)
    editing.load(meeting, data, known, clock)
    CategoryQuota.objects.bulk_create(
        CategoryQuota(meeting=meeting, category=known.categories[row["category"]], seats=row["seats"], approval=row["approval"])
        for row in data["quotas"]
    )
    registration.load(meeting, known, clock)
    versions.load(meeting, known, clock)
    registration_core.load(meeting, known, clock)
    delegations.load(meeting, known, clock)
    for row in data["other_meetings"]:
        other = meetings.meeting(row, known, clock)
        meetings.other_sessions(other, row, clock)
        versions.load_other(other, known, clock)
    events.load(data["thematic_events"], known, clock, data["parent_process"]["name"])
    groups.load(data["working_group"], known, clock)
    reports.load(data["voluntary_reports"], known, clock)
    bump("meetings")
