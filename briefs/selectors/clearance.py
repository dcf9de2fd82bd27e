"""The clearance table: who has answered for which brief."""

from dataclasses import dataclass
from typing import Any

from briefs.models import Brief, BriefAgency
from briefs.selectors.work import briefs_in_progress, next_step
from directory.models import Organization


@dataclass(frozen=True)
class ClearanceRow:
    """A brief in progress: one cell for each column, None where the agency does not write it."""

    brief: Brief
    next_step: str
    cells: list[BriefAgency | None]


@dataclass(frozen=True)
class ClearanceTable:
    """Briefs in progress by the agencies that write them."""

    agencies: list[Organization]
    rows: list[ClearanceRow]


def clearance_table(user: Any) -> ClearanceTable:
    """All briefs in progress that `user` may see the making of, by every agency that writes one of them."""
    briefs = list(briefs_in_progress(user))
    columns = {row.organization_id: row.organization for brief in briefs for row in brief.agencies.all()}
    agencies = sorted(columns.values(), key=lambda row: row.short_name.casefold())
    rows = []
    for brief in briefs:
        own = {row.organization_id: row for row in brief.agencies.all()}
        rows.append(ClearanceRow(brief, next_step(brief), [own.get(agency.pk) for agency in agencies]))
    return ClearanceTable(agencies, rows)
