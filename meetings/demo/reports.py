"""Demo data: voluntary reports."""

from datetime import timedelta
from typing import Any

from meetings.demo.base import Clock, Directory, dated
from meetings.enums import (
    ReportState,
)
from meetings.models import (
    VoluntaryReport,
    VoluntaryReportStateChange,
)

# The true reports came after the meeting; here they are there before it.
REPORTS_BACK = timedelta(weeks=53)


def load(rows: list[dict[str, Any]], known: Directory, clock: Clock) -> None:
    for row in rows:
        # The true reports came after the meeting; here they are there before it.
        submitted = clock.at(f"{row['submitted']}T12:00", "UTC") - REPORTS_BACK
        published = submitted + timedelta(days=4)
        report = VoluntaryReport.objects.create(
            slug=row["slug"],
            country=known.countries.get(row["country"] or ""),
            organization=known.organizations.get(row["organization"] or ""),
            title=row["title"],
            language=row["language"].replace("_", "-"),
            summary=row["summary"],
            sections=[{"heading": part["heading"], "text": part["text"]} for part in row["body"]],
            is_illustrative=row["illustrative"],
            state=row["state"],
            submitted_at=submitted,
            published_at=published if row["state"] == ReportState.PUBLISHED else None,
        )
        report.themes.set([known.themes[code] for code in row["themes"]])
        first = VoluntaryReportStateChange(subject=report, old="", new=ReportState.SUBMITTED, on_behalf_of=report.organization)
        changes = [(first, submitted)]
        if report.state == ReportState.PUBLISHED:
            decision = VoluntaryReportStateChange(subject=report, old=ReportState.SUBMITTED, new=ReportState.PUBLISHED)
            decision.by, decision.on_behalf_of = known.secretariat, known.unossc
            changes.append((decision, published))
        dated(changes, VoluntaryReportStateChange)
