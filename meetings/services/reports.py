"""Verbs of voluntary reports."""

from typing import Any

from django.db import transaction
from django.utils import timezone

from common.access import require
from directory.page_versions import bump
from directory.services.state import change_state, locked
from meetings.enums import ReportState
from meetings.models import VoluntaryReport
from meetings.rules import secretariat_of


@transaction.atomic
def publish_report(*, report: VoluntaryReport, by: Any) -> VoluntaryReport:
    """Publish a submitted report."""
    report = locked(report)
    require(by, "meetings.publish_voluntaryreport", report)
    report.published_at = timezone.now()
    change_state(report, to=ReportState.PUBLISHED, by=by, on_behalf_of=secretariat_of(by), also=["published_at"])
    bump("meetings")
    return report
