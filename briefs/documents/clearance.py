"""The clearance table as a workbook."""

from django.utils import translation
from django.utils.translation import gettext as _

from briefs.enums import BriefState, Clearance
from briefs.models import Brief, BriefAgency
from briefs.selectors.clearance import ClearanceTable
from common.spreadsheets import Sheet, workbook


def clearance_xlsx(table: ClearanceTable) -> bytes:
    """The clearance table as a workbook: a row for each brief, a column for each agency."""
    header = [_("Brief"), _("Series"), _("No."), _("State"), _("Answers are due by (UTC)")]
    header += [agency.short_name for agency in table.agencies]
    rows = (
        [
            row.brief.title,
            str(row.brief.series),
            row.brief.number,
            row.brief.get_state_display(),
            row.brief.clearance_deadline.strftime("%Y-%m-%d %H:%M") if row.brief.clearance_deadline else "",
            *(_words_of(cell, row.brief) for cell in row.cells),
        ]
        for row in table.rows
    )
    sheet = Sheet(_("Clearance"), header, rows, widths=[44, 24, 6, 16, 20, *[28] * len(table.agencies)])
    return workbook([sheet], right_to_left=translation.get_language_bidi())


def _words_of(cell: BriefAgency | None, brief: Brief) -> str:
    """What an agency has said: its answer, the reservation that is printed, why the brief goes on without it."""
    if cell is None:
        return ""
    if brief.state == BriefState.DRAFTING and cell.clearance == Clearance.PENDING:
        return _("Not asked yet")
    words = [str(cell.get_clearance_display()), cell.reservation or cell.waiver_reason]
    return ": ".join(word for word in words if word)
