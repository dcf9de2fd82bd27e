"""What the secretariat does with proposed events: list, review, decide, move, translate, hold, and the calls."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db.models import Prefetch
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from common.access import Refused, require
from common.bidi import isolated
from meetings.documents.events import events_csv
from meetings.enums import UNDECIDED_EVENTS, EventState, MeetingState
from meetings.filters.events import ReviewFilter
from meetings.forms.events import EventCallForm, EventChangeForm, EventMeetingForm, EventSessionForm, EventTextsForm
from meetings.models import CoSponsorship, EventCall, Meeting, ThematicEvent
from meetings.selectors.events import overlaps_among, planned_for, spans_of
from meetings.services.event_calls import save_event_call
from meetings.services.event_places import make_meeting_of_event, make_session_of_event
from meetings.services.event_review import change_event, decide_event, return_event, start_review, translate_event
from meetings.views.events import decision_form, event_of, event_page


def _listed(request: HttpRequest) -> tuple[ReviewFilter, Any]:
    """What the list shows, and so its export; what waits longest stands first."""
    require(request.user, "meetings.review_thematicevents")
    proposed = ThematicEvent.objects.visible_to(request.user).proposed()
    chosen = ReviewFilter(request.GET, rows=proposed)
    named = CoSponsorship.objects.visible_to(request.user).select_related("organization")
    rows = proposed.select_related("proposed_by", "theme", "country", "call", "meeting", "session")
    return chosen, chosen.apply(rows.prefetch_related(Prefetch("co_sponsorships", named), "alternatives")).order_by(
        "proposed_at", "pk"
    )


@login_required
@require_safe
def review_list(request: HttpRequest) -> HttpResponse:
    """Proposed events with their states, co-sponsors and what they overlap with."""
    chosen, found = _listed(request)
    rows: list[Any] = list(found)
    spans = [span for row in rows for span in spans_of(row)]
    others = (
        planned_for(request.user, start=min(start for start, _end in spans), end=max(end for _start, end in spans))
        if spans
        else []
    )
    for row in rows:
        row.overlaps = overlaps_among(row, others, spans_of(row)) if row.state in {*UNDECIDED_EVENTS, EventState.ACCEPTED} else []
        row.is_strong = any(one.is_strong for one in row.overlaps)
    query = request.GET.urlencode()
    context = {
        "form": chosen,
        "rows": rows,
        "count_text": ngettext("%(n)d event", "%(n)d events", len(rows)) % {"n": len(rows)},
        "export_url": reverse("meetings:events_csv") + (f"?{query}" if query else ""),
        "calls": EventCall.objects.visible_to(request.user),
    }
    return render(request, "meetings/events_review.html", context)


@login_required
@require_safe
def export_csv(request: HttpRequest) -> HttpResponse:
    """The filtered list as CSV."""
    _chosen, rows = _listed(request)
    response = HttpResponse("".join(events_csv(rows)), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = 'attachment; filename="thematic-events.csv"'
    return response


@login_required
@require_POST
def start(request: HttpRequest, slug: str) -> HttpResponse:
    """Take up a proposal."""
    found = event_of(request, slug)
    try:
        start_review(event=found, by=request.user)
        messages.success(request, _("The proposal is under review. Its agency sees that."))
    except Refused as refusal:
        messages.error(request, str(refusal))
    return redirect(found)


@login_required
@require_POST
def decide(request: HttpRequest, slug: str) -> HttpResponse:
    """Accept, return or decline a proposed event."""
    found = event_of(request, slug)
    require(request.user, "meetings.decide_thematicevent", found)
    form = decision_form(found, request.POST)
    if form.is_valid():
        try:
            done = _decide(request, found, form.cleaned_data)
        except Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, done)
            return redirect(found)
    if found.state not in UNDECIDED_EVENTS:
        messages.error(request, " ".join(map(str, form.non_field_errors())) or _("This proposal is decided already."))
        return redirect(found)
    return event_page(request, found, decision_form=form)


def _decide(request: HttpRequest, found: ThematicEvent, data: dict[str, Any]) -> str:
    reason = data["reason"]
    if data["decision"] == "return":
        return_event(event=found, by=request.user, reason=reason)
        return _("The proposal is returned. Its agency has a message with what must change.")
    accept = data["decision"] == "accept"
    seen = request.POST.get("seen") or None
    decide_event(event=found, by=request.user, accept=accept, reason=reason, dates=data["span"] if accept else None, seen=seen)
    return _("The event is in the public calendar.") if accept else _("The proposal is declined.")


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def move(request: HttpRequest, slug: str) -> HttpResponse:
    """Other dates or another place of an accepted event."""
    found = event_of(request, slug)
    require(request.user, "meetings.decide_thematicevent", found)
    form = EventChangeForm(request.POST if request.method == "POST" else None, event=found)
    if request.method == "POST" and form.is_valid():
        values = dict(form.cleaned_data)
        reason, seen = values.pop("reason"), request.POST.get("seen") or None
        try:
            change_event(event=found, by=request.user, values=values, reason=reason, seen=seen)
        except Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, _("The event is moved. Calendars follow; its agency and co-sponsors have a message."))
            return redirect(found)
    title = _("Change date or place")
    return _form_page(request, found, form, title=title, button=_("Change"), seen=request.POST.get("seen") or found.version)


def _form_page(request: HttpRequest, found: ThematicEvent, form: Any, **words: Any) -> HttpResponse:
    context = {"event": found, "form": form, **words}
    return render(request, "meetings/event_act.html", context, status=400 if form.errors else 200)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def translate(request: HttpRequest, slug: str) -> HttpResponse:
    """Title and summary in the other languages."""
    found = event_of(request, slug)
    require(request.user, "meetings.decide_thematicevent", found)
    form = EventTextsForm(request.POST if request.method == "POST" else None, event=found)
    if request.method == "POST" and form.is_valid():
        translate_event(event=found, by=request.user, texts=form.cleaned_data)
        messages.success(request, _("The translations are saved."))
        return redirect(found)
    lead = _("A language that is left empty shows the English text.")
    return _form_page(request, found, form, title=_("Translations"), lead=lead, button=_("Save"))


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def as_meeting(request: HttpRequest, slug: str) -> HttpResponse:
    """Make the event a meeting with its own registration."""
    found = event_of(request, slug)
    require(request.user, "meetings.decide_thematicevent", found)
    form = EventMeetingForm(request.POST if request.method == "POST" else None, event=found, person=request.user)
    if request.method == "POST" and form.is_valid():
        values = dict(form.cleaned_data)
        like = values.pop("seats_like")
        try:
            made = make_meeting_of_event(event=found, by=request.user, values=values, seats_like=like)
        except Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, _("The meeting is made. Complete it, then announce it: its page takes registrations."))
            return redirect(made.meeting or made)
    lead = _("Title, summary, dates and host are taken from the event. Nobody outside sees the meeting until it is announced.")
    title = _("Make it a meeting of its own")
    return _form_page(request, found, form, title=title, lead=lead, button=_("Make the meeting"))


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def as_session(request: HttpRequest, slug: str) -> HttpResponse:
    """Put the event into the programme of a meeting: first which one, then hours and room."""
    found = event_of(request, slug)
    require(request.user, "meetings.decide_thematicevent", found)
    hosts = Meeting.objects.managed_by(request.user).upcoming().exclude(state=MeetingState.CANCELLED)
    chosen = request.GET.get("meeting", "").replace("\x00", "")
    if not chosen:
        context = {"event": found, "hosts": hosts.filter(thematic_event__isnull=True).select_related("country")}
        return render(request, "meetings/event_session_of.html", context)
    meeting = get_object_or_404(hosts, slug=chosen)
    form = EventSessionForm(request.POST if request.method == "POST" else None, meeting=meeting)
    if request.method == "POST" and form.is_valid():
        try:
            make_session_of_event(event=found, by=request.user, meeting=meeting, **form.cleaned_data)
        except Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, _("The event is in the programme of “%(meeting)s”.") % {"meeting": isolated(meeting)})
            return redirect(found)
    lead = _("All hours are on the clock of the meeting's place. Who comes registers for that meeting.")
    title = _("Side event of “%(meeting)s”") % {"meeting": isolated(meeting)}
    return _form_page(request, found, form, title=title, lead=lead, button=_("Put it into the programme"), host=meeting)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def call(request: HttpRequest, slug: str = "") -> HttpResponse:
    """A new call for events, or one that is there."""
    require(request.user, "meetings.edit_eventcall")
    found = get_object_or_404(EventCall.objects.visible_to(request.user), slug=slug) if slug else None
    form = EventCallForm(request.POST if request.method == "POST" else None, instance=found)
    if request.method == "POST" and form.is_valid():
        try:
            save_event_call(call=found, by=request.user, values=form.values(), themes=form.cleaned_data["themes"])
        except Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, _("The call is saved."))
            return redirect("meetings:events_review")
    context = {"form": form, "call": found, "is_open": found is not None and found.is_open(timezone.now())}
    return render(request, "meetings/event_call.html", context, status=400 if form.errors else 200)
