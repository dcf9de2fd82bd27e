"""The numbers of a meeting as a workbook."""

from django.utils import formats
from django.utils.translation import gettext as _

from common.spreadsheets import Sheet, workbook
from meetings.selectors.dashboard import Dashboard


def dashboard_xlsx(numbers: Dashboard, *, right_to_left: bool = False) -> bytes:
    """One sheet for each part of the dashboard."""
    registered = [
        (row.name, row.seats, row.approved, row.offered, row.waiting, row.to_decide, row.declined, row.cancelled)
        for row in [*numbers.categories, numbers.total]
    ]
    sheets = [
        Sheet(
            _("Categories"),
            [
                _("Category"),
                _("Seats"),
                _("Approved"),
                _("Seat offered"),
                _("Waiting"),
                _("To decide"),
                _("Declined"),
                _("Cancelled"),
            ],
            registered,
        ),
        Sheet(_("Regions"), [_("Region"), _("Registrations")], numbers.regions),
        Sheet(_("Gender"), [_("Gender"), _("Registrations")], numbers.genders),
        Sheet(_("Days"), [_("Day"), _("New"), _("In all")], [(day.isoformat(), new, whole) for day, new, whole in numbers.days]),
        Sheet(
            _("Organizations"),
            [_("Organization"), _("People"), _("Approved"), _("To decide"), _("Heads of delegation")],
            [(row.name, row.people, row.approved, row.to_decide, row.heads) for row in numbers.delegations],
        ),
        Sheet(
            _("Check-in"),
            [_("Category"), _("Checked in"), _("Expected")],
            [(row.name, row.present, row.expected) for row in numbers.count.rows],
        ),
        Sheet(
            _("Hours"),
            [_("Hour"), _("Checked in")],
            [(formats.date_format(hour, "Y-m-d H:i"), came) for hour, came in numbers.hours],
        ),
    ]
    return workbook(sheets, right_to_left=right_to_left)
