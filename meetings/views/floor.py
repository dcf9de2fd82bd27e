"""During the meeting: what runs now, the list of speakers for the room, and the desk that keeps it."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from common.access import Refused, may, require
from directory.public_pages import page_holds_until, public_page
from meetings.enums import MeetingState
from meetings.forms.floor import AddSpeakerForm, FloorListForm, OwnRequestForm
from meetings.models import FloorList, FloorRequest, Meeting
from meetings.selectors.floor import boundaries, codes_with_floor, floor_of, own_seat, rooms_now
from meetings.selectors.snapshots import ProgrammeSession
from meetings.selectors.versions import released_programme
from meetings.services import floor as verbs


@require_safe
@public_page("meetings", "directory", "floor")
def now(request: HttpRequest, slug: str) -> HttpResponse:
    """Room by room what runs and what is next, in type for a screen in the lobby."""
    meeting = get_object_or_404(Meeting.objects.visible_to(request.user).select_related("country"), slug=slug)
    programme, at = released_programme(meeting), timezone.now()
    page_holds_until(request, meeting.starts_at, *(boundaries(programme) if programme else []))
    lists = codes_with_floor(meeting)
    rooms = rooms_now(programme, at) if programme else []
    running = {row.code for room in rooms for row in room.now}
    context = {
        "meeting": meeting,
        "rooms": rooms,
        "today": f"{at.astimezone(meeting.zone):%Y-%m-%d}",
        "with_floor": lists & running,
        # Desks may open before: the meeting begins when it says, not with the first line of the programme.
        "starts": meeting.starts_at.astimezone(meeting.zone),
        "is_before": at < meeting.starts_at and meeting.state != MeetingState.CANCELLED,
    }
    return render(request, "meetings/now.html", context)


def _session(request: HttpRequest, slug: str, code: str) -> tuple[Meeting, ProgrammeSession, FloorList | None]:
    """The meeting, the released session and its list, if one was opened."""
    meeting = get_object_or_404(Meeting.objects.visible_to(request.user).select_related("country"), slug=slug)
    programme = released_programme(meeting)
    session = programme.by_code.get(code) if programme else None
    if session is None:
        raise Http404
    return meeting, session, FloorList.objects.filter(meeting=meeting, code=code).first()


def _context(meeting: Meeting, session: ProgrammeSession, found: FloorList | None) -> dict[str, Any]:
    limit = found.minutes * 60 if found else 0
    return {"meeting": meeting, "session": session, "list": found, "floor": floor_of(found), "limit": limit}


@require_safe
@public_page("meetings", "directory", "floor")
def speakers(request: HttpRequest, slug: str, code: str) -> HttpResponse:
    """Who has the floor and who is next, for the room; participants ask for the floor here."""
    meeting, session, found = _session(request, slug, code)
    context = _context(meeting, session, found)
    seat = own_seat(meeting, request.user)
    own = found.requests.live().filter(registration=seat).first() if found and seat else None
    context |= {
        "seat": seat,
        "own": own,
        "form": OwnRequestForm(),
        "manages": may(request.user, "meetings.manage_floor", meeting),
    }
    return render(request, "meetings/floor.html", context)


@login_required
@require_POST
def ask(request: HttpRequest, slug: str, code: str) -> HttpResponse:
    """A participant asks for the floor, or withdraws."""
    meeting, _session_found, found = _session(request, slug, code)
    if found is None:
        raise Http404
    seat = own_seat(meeting, request.user)
    try:
        if seat is None:
            raise Refused(_("Only participants with a seat at this meeting can ask for the floor."))
        if "withdraw" in request.POST:
            own = get_object_or_404(found.requests.live(), registration=seat)
            verbs.withdraw_request(request=own, by=request.user)
            messages.success(request, _("You are off the list of speakers."))
        else:
            in_own_name = "in_own_name" in request.POST
            verbs.request_floor(floor=found, registration=seat, by=request.user, in_own_name=in_own_name)
            messages.success(request, _("You are on the list of speakers."))
    except Refused as refusal:
        messages.error(request, str(refusal))
    return redirect(found)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def desk(request: HttpRequest, slug: str, code: str) -> HttpResponse:
    """The chair's desk: open the list, set the limit, add somebody. Acts on a request have their own address."""
    meeting, session, found = _session(request, slug, code)
    require(request.user, "meetings.manage_floor", meeting)
    adding = request.method == "POST" and "participant" in request.POST
    setting = request.method == "POST" and not adding
    kept = {"minutes": found.minutes, "is_open": found.is_open} if found else None
    form = FloorListForm(request.POST if setting else None, initial=kept)
    adder = AddSpeakerForm(request.POST if adding else None, meeting=meeting)
    chosen = form if setting else adder
    if request.method == "POST" and chosen.is_valid():
        try:
            if setting:
                verbs.open_floor(meeting=meeting, code=code, by=request.user, **form.cleaned_data)
            elif found:
                seat, own_name = adder.cleaned_data["participant"], adder.cleaned_data["in_own_name"]
                verbs.request_floor(floor=found, registration=seat, by=request.user, in_own_name=own_name)
        except Refused as refusal:
            chosen.add_error(None, str(refusal))
        else:
            return redirect("meetings:floor_desk", slug=slug, code=code)
    context = _context(meeting, session, found) | {"form": form, "adder": adder if found else None}
    return render(request, "meetings/floor_desk.html", context, status=400 if chosen.errors else 200)


ACTS: dict[str, Callable[..., FloorRequest]] = {
    "call": verbs.call_speaker,
    "start": verbs.start_clock,
    "stop": verbs.stop_clock,
    "end": verbs.end_statement,
    "withdraw": verbs.withdraw_request,
    "back": verbs.put_back,
    "up": lambda **more: verbs.move_request(**more, up=True),
    "down": lambda **more: verbs.move_request(**more, up=False),
}


@login_required
@require_POST
def act(request: HttpRequest, slug: str, code: str, pk: int) -> HttpResponse:
    """One act of the desk on one request: call, start, stop, end, withdraw, back, up, down."""
    lists = FloorList.objects.visible_to(request.user).filter(meeting__slug=slug, code=code)
    rows = FloorRequest.objects.visible_to(request.user).select_related("floor_list__meeting", "registration__organization")
    found = get_object_or_404(rows, floor_list__in=lists, pk=min(pk, 2**63 - 1))
    require(request.user, "meetings.manage_floor", found)
    verb = ACTS.get(request.POST.get("act", ""))
    if verb is None:
        raise Http404
    try:
        verb(request=found, by=request.user)
    except Refused as refusal:
        messages.error(request, str(refusal))
    return redirect("meetings:floor_desk", slug=slug, code=code)
