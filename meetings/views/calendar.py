"""The calendar of all meetings and thematic events."""

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import ngettext
from django.views.decorators.http import require_safe

from common.access import may
from directory.public_pages import page_holds_until, public_page
from meetings.filters.calendar import CalendarFilter
from meetings.selectors.calendar import by_month, dates_for, with_overlaps
from strategy.selectors.adoption_desk import deadlines_of_rounds


@require_safe
@public_page("meetings", "strategy", "directory")
def calendar(request: HttpRequest) -> HttpResponse:
    """Dates by month: what lies ahead first, what is over in a fold. Staff see what falls on the same days."""
    now = timezone.now()
    chosen = CalendarFilter(request.GET, dates=dates_for(request.user))
    dates = chosen.apply()
    ahead = [date for date in dates if date.ends > now]
    deadlines = [] if chosen.query else deadlines_of_rounds(request.user)
    page_holds_until(request, *(date.ends for date in ahead), *(one.closes_at for one in deadlines))
    if may(request.user, "meetings.review_thematicevents"):
        ahead = with_overlaps(ahead, request.user)
    file = reverse("meetings_files:calendar") + (f"?{chosen.query}" if chosen.query else "")
    context = {
        "form": chosen,
        "count_text": ngettext("%(n)d date", "%(n)d dates", len(dates)) % {"n": len(dates)},
        "deadlines": deadlines,
        "months": by_month(ahead),
        "past": by_month(reversed([date for date in dates if date.ends <= now])),
        "is_filtered": bool(chosen.query),
        "file": file,
        "feed": settings.PUBLIC_URL + file,
    }
    return render(request, "meetings/calendar.html", context)
