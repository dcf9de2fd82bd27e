"""Who has reported, and who has not yet."""

from dataclasses import dataclass, field
from typing import Any

from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from common.access import may
from common.charts import StackedRow, data_table, figure, stacked_bar
from directory.desk import DeskItem
from directory.enums import CountryStatus
from directory.models import Country
from directory.rules import organizations_of
from meetings.enums import ReportState
from meetings.models import ReportCall, VoluntaryReport
from meetings.selectors.regions import large_regions


@dataclass
class RegionProgress:
    """The Member States of one region: those with a published report, with a submitted one, and the others."""

    name: str
    published: list[str] = field(default_factory=list)
    submitted: list[str] = field(default_factory=list)
    others: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class Progress:
    """How far a call has come, by region."""

    regions: list[RegionProgress]
    with_submitted: bool

    @property
    def states(self) -> int:
        return sum(len(row.published) + len(row.submitted) + len(row.others) for row in self.regions)

    @property
    def published(self) -> int:
        return sum(len(row.published) for row in self.regions)

    @property
    def submitted(self) -> int:
        return sum(len(row.submitted) for row in self.regions)


def progress_of(call: ReportCall, *, with_submitted: bool = False) -> Progress:
    """Every Member State by what it has reported for the call; staff also see what is not yet published. Three queries.

    What is submitted is nobody else's business until it is published: without `with_submitted` such a State is one of the others.
    """
    states = [ReportState.PUBLISHED, *([ReportState.SUBMITTED] if with_submitted else [])]
    reports = VoluntaryReport.objects.filter(call=call, state__in=states, country__isnull=False).order_by()
    done: dict[int | None, set[str]] = {}
    for key, state in reports.values_list("country", "state"):
        done.setdefault(key, set()).add(state)
    regions: dict[str, RegionProgress] = {}
    large = large_regions()
    for country in Country.objects.filter(status=CountryStatus.MEMBER).order_by("name"):
        name = str(large[country.region_id])
        row = regions.setdefault(name, RegionProgress(name))
        have = done.get(country.pk, set())
        place = row.published if ReportState.PUBLISHED in have else row.submitted if have else row.others
        place.append(str(country))
    return Progress(sorted(regions.values(), key=lambda row: row.name), with_submitted)


def progress_figure(progress: Progress) -> SafeString:
    """The share of Member States in each region that has reported, as a chart with its table."""
    series = [_("Published"), *([_("Submitted")] if progress.with_submitted else []), _("Not yet")]

    def values(row: RegionProgress) -> list[int]:
        middle = [len(row.submitted)] if progress.with_submitted else []
        return [len(row.published), *middle, len(row.others)]

    caption = _("Member States that have reported, by region")
    chart = stacked_bar([StackedRow(row.name, values(row)) for row in progress.regions], series, label=caption)
    rows = [[row.name, *values(row)] for row in progress.regions]
    return figure(chart, data_table([_("Region"), *series], rows, caption=caption), caption=caption)


def reports_of_own(call: ReportCall, user: Any) -> list[VoluntaryReport]:
    """The reports for this call of the organizations that the person serves."""
    own = organizations_of(user)
    if not own:
        return []
    rows = VoluntaryReport.objects.visible_to(user).filter(call=call, organization__in=own)
    return list(rows.exclude(state=ReportState.WITHDRAWN).select_related("organization", "country").order_by("pk"))


def desk_of_reports(user: Any) -> list[DeskItem]:
    """Reports to clear and to publish, those that the person's organization writes, and the call that waits for one."""
    items = []
    rows = VoluntaryReport.objects.visible_to(user).exclude(state__in=[ReportState.PUBLISHED, ReportState.WITHDRAWN])
    for report in rows.select_related("call", "organization"):
        clears = report.state == ReportState.IN_CLEARANCE and may(user, "meetings.clear_voluntaryreport", report)
        publishes = report.state == ReportState.SUBMITTED and may(user, "meetings.publish_voluntaryreport", report)
        writes = report.state == ReportState.DRAFT and may(user, "meetings.edit_voluntaryreport", report)
        act = (
            _("Clear the report")
            if clears
            else _("Publish the report")
            if publishes
            else _("Go on writing")
            if writes
            else _("View")
        )
        items.append(
            DeskItem(
                title=str(report),
                act=act,
                url=report.get_absolute_url(),
                due=report.call.closes_at if report.call and (clears or writes) else None,
                note=report.get_state_display(),
                is_mine=clears or publishes or writes,
                focal_points_of=report.organization_id if clears else None,
            )
        )
    return items
