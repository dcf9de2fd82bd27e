"""My desk: what waits for me, across apps, by deadline; nothing else."""

from dataclasses import replace
from datetime import UTC, datetime

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from briefs.selectors import desk_of_briefs
from common.access import may
from directory.selectors import desk_of_agencies, organizations_lent_by
from meetings.selectors import desk_of_meetings, places_of_meetings
from notifications.selectors import desk_of_notifications
from solutions.selectors import desk_of_solutions
from strategy.selectors import desk_of_strategy

SOURCES = (desk_of_notifications, desk_of_meetings, desk_of_strategy, desk_of_briefs, desk_of_solutions, desk_of_agencies)
_FAR = datetime.max.replace(tzinfo=UTC)


@require_safe
@login_required
def desk(request: HttpRequest) -> HttpResponse:
    """Each app gives `DeskItem`s of two kinds: what waits for me, and what of mine waits for others."""
    items = sorted((item for source in SOURCES for item in source(request.user)), key=lambda item: (item.due or _FAR, item.title))
    lent = organizations_lent_by(request.user)
    # What waits for a focal point waits for who stands in; the absent one follows it and may still act.
    items = [replace(item, is_mine=item.is_mine and item.focal_points_of not in lent) for item in items]
    return render(
        request,
        "desk.html",
        {
            "waiting": [item for item in items if item.is_mine],
            "following": [item for item in items if not item.is_mine],
            "now": timezone.now(),
            "places": places_of_meetings(request.user),
            "may_see_outbox": may(request.user, "notifications.view_outbox"),
            "may_list_organizations": may(request.user, "directory.list_organizations"),
        },
    )
