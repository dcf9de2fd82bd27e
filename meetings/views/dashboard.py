"""The numbers of a meeting for its secretariat."""

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import formats, timezone
from django.utils.safestring import SafeString
from django.utils.translation import get_language_bidi
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from common.access import require
from common.charts import Datum, StackedRow, bar_chart, column_chart, data_table, figure, line_chart, stacked_bar
from meetings.documents.dashboard import dashboard_xlsx
from meetings.models import Meeting
from meetings.selectors.dashboard import Dashboard, dashboard_of
from meetings.views.secretariat import XLSX


def _numbers(request: HttpRequest, slug: str) -> tuple[Meeting, Dashboard]:
    meeting = get_object_or_404(Meeting.objects.visible_to(request.user), slug=slug)
    require(request.user, "meetings.view_dashboard", meeting)
    return meeting, dashboard_of(meeting, request.user, timezone.now())


@login_required
@require_safe
def dashboard(request: HttpRequest, slug: str) -> HttpResponse:
    """Charts with tables: by category, region, gender, day and organization, and who came in which hour."""
    meeting, numbers = _numbers(request, slug)
    context = {
        "meeting": meeting,
        "numbers": numbers,
        "total": numbers.total,
        "charts": [] if numbers.is_empty else [chart for chart in _charts(numbers) if chart],
    }
    return render(request, "meetings/dashboard.html", context)


@login_required
@require_safe
def export_xlsx(request: HttpRequest, slug: str) -> HttpResponse:
    """The same numbers as a workbook."""
    meeting, numbers = _numbers(request, slug)
    response = HttpResponse(dashboard_xlsx(numbers, right_to_left=get_language_bidi()), content_type=XLSX)
    response["Content-Disposition"] = f'attachment; filename="{meeting.slug}-dashboard.xlsx"'
    return response


def _charts(numbers: Dashboard) -> list[SafeString | None]:
    return [_categories(numbers), _regions(numbers), _days(numbers), _genders(numbers), _hours(numbers)]


def _categories(numbers: Dashboard) -> SafeString:
    caption = _("Registrations by category")
    series = [_("Approved"), _("Seat offered"), _("Waiting"), _("To decide"), _("Declined")]
    rows = [
        StackedRow(row.name, [row.approved, row.offered, row.waiting, row.to_decide, row.declined]) for row in numbers.categories
    ]
    table = data_table(
        [_("Category"), _("Seats"), *series],
        [(row.label, category.seats, *row.values) for row, category in zip(rows, numbers.categories, strict=True)],
        caption=caption,
    )
    return figure(stacked_bar(rows, series, label=caption, relative=False), table, caption=caption)


def _bars(caption: str, head: list[str], rows: list[tuple[str, int]]) -> SafeString | None:
    if not rows:
        return None
    chart = bar_chart([Datum(label, number) for label, number in rows], label=caption)
    return figure(chart, data_table(head, rows, caption=caption), caption=caption)


def _regions(numbers: Dashboard) -> SafeString | None:
    return _bars(_("Registrations by region"), [_("Region"), _("Registrations")], numbers.regions)


def _genders(numbers: Dashboard) -> SafeString | None:
    return _bars(_("Registrations by gender, where it was given"), [_("Gender"), _("Registrations")], numbers.genders)


def _days(numbers: Dashboard) -> SafeString | None:
    if not numbers.days:
        return None
    caption = _("Registrations in all, day by day")
    labels = [formats.date_format(day, "j M") for day, _new, _whole in numbers.days]
    line = [Datum(label, whole) for label, (_day, _new, whole) in zip(labels, numbers.days, strict=True)]
    rows = [(label, new, whole) for label, (_day, new, whole) in zip(labels, numbers.days, strict=True)]
    table = data_table([_("Day"), _("New"), _("In all")], rows, caption=caption)
    return figure(line_chart({_("In all"): line}, label=caption), table, caption=caption)


def _hours(numbers: Dashboard) -> SafeString | None:
    if not numbers.hours:
        return None
    caption = _("Checked in, hour by hour")
    rows = [(formats.date_format(hour, "j M, H:i"), came) for hour, came in numbers.hours]
    chart = column_chart([Datum(formats.date_format(hour, "H:i"), came) for hour, came in numbers.hours], label=caption)
    return figure(chart, data_table([_("Hour"), _("Checked in")], rows, caption=caption), caption=caption)
