"""The calendar of all meetings and thematic events."""

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

from directory.public_pages import page_holds_until, public_page
from meetings.selectors.calendar import by_month, dates_for


@require_safe
@public_page("meetings", "directory")
def calendar(request: HttpRequest) -> HttpResponse:
    """Dates by month: what lies ahead first, what is over in a fold."""
    now = timezone.now()
    dates = dates_for(request.user)
    ahead = [date for date in dates if date.ends > now]
    page_holds_until(request, *(date.ends for date in ahead))
    context = {
        "months": by_month(ahead),
        "past": by_month(reversed([date for date in dates if date.ends <= now])),
        "feed": settings.PUBLIC_URL + reverse("meetings_files:calendar"),
    }
    return render(request, "meetings/calendar.html", context)
