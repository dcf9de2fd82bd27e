"""The first page: what is this, and what can I do now."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from briefs.selectors import briefs_for_home
from directory.public_pages import page_holds_until, public_page
from meetings.selectors import meetings_for_home
from solutions.selectors import solutions_for_home
from strategy.selectors import strategy_for_home


@require_safe
@public_page("meetings", "strategy", "briefs", "solutions", "directory")
def home(request: HttpRequest) -> HttpResponse:
    """Each app's part: the next meeting, the open consultation, the newest brief, solutions by kind.

    An app's function takes the reader and returns a dict for the template; `holds_until` in it says when it changes
    by itself (a deadline, a beginning).
    """
    parts = {
        "meetings": meetings_for_home(request.user),
        "strategy": strategy_for_home(request.user),
        "briefs": briefs_for_home(request.user),
        "solutions": solutions_for_home(request.user),
    }
    page_holds_until(request, *(part.get("holds_until") for part in parts.values()))
    return render(request, "home.html", parts)
