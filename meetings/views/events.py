"""A thematic event and the decision on it."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from common.access import Refused, may, require
from directory.public_pages import public_page
from meetings.enums import UNDECIDED_EVENTS
from meetings.forms.events import EventDecisionForm
from meetings.models import ThematicEvent
from meetings.services.events import decide_event


def _page(request: HttpRequest, found: ThematicEvent, form: EventDecisionForm) -> HttpResponse:
    decides = found.state in UNDECIDED_EVENTS and may(request.user, "meetings.decide_thematicevent", found)
    context = {"event": found, "co_sponsors": found.co_sponsors.all(), "form": form if decides else None}
    return render(request, "meetings/event.html", context, status=400 if form.errors else 200)


def _event(request: HttpRequest, slug: str) -> ThematicEvent:
    rows = ThematicEvent.objects.visible_to(request.user).select_related("country", "proposed_by", "theme")
    return get_object_or_404(rows, slug=slug)


@require_safe
@public_page("meetings", "directory")
def event(request: HttpRequest, slug: str) -> HttpResponse:
    """What, when, where, who convenes it."""
    return _page(request, _event(request, slug), EventDecisionForm())


@login_required
@require_POST
def decide(request: HttpRequest, slug: str) -> HttpResponse:
    """Accept or decline a proposed event."""
    found = _event(request, slug)
    require(request.user, "meetings.decide_thematicevent", found)
    form = EventDecisionForm(request.POST)
    if form.is_valid():
        accept = form.cleaned_data["decision"] == "accept"
        try:
            decide_event(event=found, by=request.user, accept=accept, reason=form.cleaned_data["reason"])
        except Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, _("The event is in the public calendar.") if accept else _("The proposal is declined."))
            return redirect(found)
    if found.state not in UNDECIDED_EVENTS:
        messages.error(request, " ".join(map(str, form.non_field_errors())) or _("This proposal is decided already."))
        return redirect(found)
    return _page(request, found, form)
