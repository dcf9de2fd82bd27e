"""Demo data: a call for voluntary reports, six published reports and one that waits for clearance."""

from datetime import datetime, timedelta
from typing import Any

from common.translated import in_languages
from directory.demo import content
from directory.models import Organization
from meetings.demo.base import Clock, Directory, dated
from meetings.enums import ReportState
from meetings.models import CallSection, ReportCall, VoluntaryReport, VoluntaryReportStateChange

# The true reports came after the meeting; here they are there before it.
REPORTS_BACK = timedelta(weeks=53)


def load(rows: list[dict[str, Any]], known: Directory, clock: Clock) -> None:
    """Load the call and its reports."""
    data = content("meetings", "reports")
    call = _call(data, known, clock)
    states = {row.country_id: row for row in Organization.objects.filter(category__code="member-state")}
    for number, row in enumerate(rows, start=1):
        _published(row, number, call, states, known, clock)
    _in_the_making(data["in_the_making"], call, known, clock)


def _call(data: dict[str, Any], known: Directory, clock: Clock) -> ReportCall:
    call = ReportCall.objects.create(
        slug=data["slug"],
        **in_languages("title", data["title"]),
        **in_languages("introduction", data["introduction"]),
        opens_at=clock.at(data["opens"], "America/New_York"),
        closes_at=clock.at(data["closes"], "America/New_York"),
        contact_email=data["contact_email"],
    )
    call.themes.set([known.themes[code] for code in data["themes"] if code in known.themes])
    for place, part in enumerate(data["template"]):
        texts = {**in_languages("heading", part["heading"]), **in_languages("guidance", part["guidance"])}
        CallSection.objects.create(call=call, position=place, **texts)
    return call


def _published(
    row: dict[str, Any], number: int, call: ReportCall, states: dict[int | None, Organization], known: Directory, clock: Clock
) -> None:
    submitted = max(
        clock.at(f"{row['submitted']}T12:00", "UTC") - REPORTS_BACK, call.opens_at + timedelta(days=number, hours=number)
    )
    country = known.countries.get(row["country"] or "")
    organization = known.organizations.get(row["organization"] or "") or (states.get(country.pk) if country else None)
    report = VoluntaryReport.objects.create(
        slug=row["slug"],
        call=call,
        country=country,
        organization=organization,
        title=row["title"],
        language=row["language"].replace("_", "-"),
        summary=row["summary"],
        sections=[{"heading": part["heading"], "text": part["text"]} for part in row["body"]],
        is_illustrative=row["illustrative"],
        state=row["state"],
        receipt=f"VR-{call.slug.upper()}-{number:03d}",
        submitted_at=submitted,
        published_at=submitted + timedelta(days=4),
    )
    report.themes.set([known.themes[code] for code in row["themes"]])
    secretariat = {"by": known.secretariat, "on_behalf_of": known.unossc}
    _history(
        report,
        ("", ReportState.DRAFT, submitted - timedelta(days=9), {"on_behalf_of": organization}),
        (ReportState.DRAFT, ReportState.SUBMITTED, submitted, {"on_behalf_of": organization}),
        (ReportState.SUBMITTED, ReportState.PUBLISHED, submitted + timedelta(days=4), secretariat),
    )


def _in_the_making(row: dict[str, Any], call: ReportCall, known: Directory, clock: Clock) -> None:
    """A report that a contributor has finished: it waits on the desk of the focal point."""
    writer, organization = known.users[row["writer"]], known.organizations[row["organization"]]
    began = clock.at("2017-10-30T10:00", "America/New_York")
    report = VoluntaryReport.objects.create(
        slug=f"{organization.code}-{call.slug}-{row['language']}",
        call=call,
        organization=organization,
        title=row["title"],
        language=row["language"],
        summary=row["summary"],
        sections=[
            {"heading": part.heading_en, "text": text}  # type: ignore[attr-defined]
            for part, text in zip(call.template.all(), row["sections"], strict=True)  # type: ignore[attr-defined]
        ],
        is_illustrative=True,
        state=row["state"],
        edited_by=writer,
        edited_at=began + timedelta(hours=3),
    )
    report.themes.set([known.themes[code] for code in row["themes"]])
    who = {"by": writer, "on_behalf_of": organization}
    sent = (ReportState.DRAFT, ReportState.IN_CLEARANCE, began + timedelta(hours=4), who)
    _history(report, ("", ReportState.DRAFT, began, who), sent)


def _history(report: VoluntaryReport, *steps: tuple[str, str, datetime, dict[str, Any]]) -> None:
    changes = [(VoluntaryReportStateChange(subject=report, old=old, new=new, **who), at) for old, new, at, who in steps]
    dated(changes, VoluntaryReportStateChange)
