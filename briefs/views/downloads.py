"""How often briefs are taken, for the secretariat."""

from datetime import date, timedelta

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import formats, timezone
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from briefs.enums import DownloadFile
from briefs.selectors.downloads import downloads_by_brief, downloads_by_day
from common.access import require
from common.charts import Datum, column_chart, data_table, figure

SPANS = (30, 90, 365)


@require_safe
@login_required
def downloads(request: HttpRequest) -> HttpResponse:
    """Downloads by day and by brief in the last 30, 90 or 365 days, up to the last hour that was counted."""
    require(request.user, "briefs.view_downloads")
    asked = request.GET.get("days", "")
    span = next((days for days in SPANS if str(days) == asked), SPANS[0])
    last = timezone.now().date()
    first = last - timedelta(days=span - 1)
    days = downloads_by_day(first=first, last=last)
    rows = downloads_by_brief(first=first, last=last)
    context = {
        "spans": [{"days": days_, "text": str(days_), "current": days_ == span} for days_ in SPANS],
        "rows": rows,
        "files": DownloadFile.labels,
        "total": sum(count for _day, count in days),
        "chart": _chart(days) if rows else "",
    }
    return render(request, "briefs/downloads.html", context)


def _chart(days: list[tuple[date, int]]) -> SafeString:
    """Columns by day, or by week where the span is long, with the same numbers as a table."""
    by_week = len(days) > SPANS[0]
    step = 7 if by_week else 1
    parts = [days[place : place + step] for place in range(0, len(days), step)]
    rows = [(formats.date_format(part[0][0], "j M"), sum(count for _day, count in part)) for part in parts]
    caption = _("Downloads by week") if by_week else _("Downloads by day")
    head = [_("Week from") if by_week else _("Day"), _("Downloads")]
    chart = column_chart([Datum(label, count) for label, count in rows], label=caption)
    return figure(chart, data_table(head, rows, caption=caption), caption=caption)
