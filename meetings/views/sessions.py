"""The secretariat edits the programme: grid, rooms, sessions."""

from datetime import date, datetime, timedelta
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from common.access import Refused
from common.bidi import isolated
from common.place_time import hour_at, moment_at
from directory.models import Organization
from meetings.forms.sessions import MoveForm, RoomFormSet, SessionForm, SpeakerFormSet, speakers_initial
from meetings.models import Meeting, Session
from meetings.selectors.editing import grid_of, last_edits
from meetings.services.sessions import (
    SessionParts,
    add_session,
    change_session,
    duplicate_session,
    move_session,
    remove_session,
    save_rooms,
)
from meetings.views.editing import meeting_for

_RULE = "meetings.edit_programme"


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def _session(request: HttpRequest, slug: str, code: str) -> tuple[Meeting, Session]:
    meeting = meeting_for(request, slug, _RULE)
    session = get_object_or_404(meeting.sessions.select_related("room"), code=code)
    session.meeting = meeting
    return meeting, session


def _to_grid(meeting: Meeting, session: Session | None = None) -> HttpResponse:
    path = reverse("meetings:edit_programme", args=[meeting.slug])
    if session is None:
        return redirect(path)
    return redirect(f"{path}?day={hour_at(session.starts_at, meeting.zone):%Y-%m-%d}#session-{session.code}")


@login_required
@require_safe
def grid(request: HttpRequest, slug: str) -> HttpResponse:
    """One day of the programme as a grid, with what does not fit in all of it."""
    meeting = meeting_for(request, slug, _RULE)
    context = {"meeting": meeting, "grid": grid_of(meeting, _day(request.GET.get("day", ""))), "edits": last_edits(meeting)}
    return render(request, "meetings/programme_edit.html", context)


@login_required
@require_POST
def move(request: HttpRequest, slug: str, code: str) -> HttpResponse:
    """Move a session in the grid; answers JSON: what it is now and what does not fit, or a sentence that says why not.

    A refusal is an ordinary answer: browsers would report any other status as an error of the page.
    """
    meeting, session = _session(request, slug, code)
    form = MoveForm(request.POST, meeting=meeting)
    if not form.is_valid():
        return JsonResponse({"refusal": _("This move is not possible. Load the page again and try once more.")}, status=400)
    try:
        starts, ends = (moment_at(hour, meeting.zone) for hour in form.hours())
        data = form.cleaned_data
        move_session(session=session, by=request.user, room=data["room"], starts_at=starts, ends_at=ends, seen=data["seen"])
    except Refused as refusal:
        return JsonResponse({"refusal": str(refusal)})
    except PermissionDenied as refusal:
        return JsonResponse({"refusal": str(refusal)}, status=403)
    return JsonResponse(_moved(request, meeting, session, data["day"]))


def _moved(request: HttpRequest, meeting: Meeting, session: Session, day: date) -> dict[str, Any]:
    shown = grid_of(meeting, day)
    blocks = {block.session.code: block for column in shown.columns for block in column.blocks}
    block = blocks[session.code]
    words = {
        "session": isolated(session),
        "room": isolated(block.session.room or _("no room")),
        "from": f"{block.starts:%H:%M}",
        "to": f"{block.ends:%H:%M}",
    }
    own = " ".join(warning.text for warning in block.warnings)
    return {
        "seen": block.session.version,
        "says": _("%(session)s: %(from)s to %(to)s, %(room)s. Saved.") % words + (f" {own}" if own else ""),
        "warnings": render_to_string("meetings/_programme_warnings.html", {"grid": shown, "meeting": meeting}, request),
        "marks": {code: [warning.text for warning in one.warnings] for code, one in blocks.items()},
    }


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def rooms(request: HttpRequest, slug: str) -> HttpResponse:
    """The rooms of a meeting."""
    meeting = meeting_for(request, slug, _RULE)
    known = [
        {"pk": room.pk, "name": room.name, "capacity": room.capacity, "note": room.note, "position": place}
        for place, room in enumerate(meeting.rooms.all(), start=1)
    ]
    forms = RoomFormSet(request.POST or None, initial=known, prefix="rooms")
    refusal = ""
    if request.method == "POST" and forms.is_valid():
        rows = [form.row(place) for place, form in enumerate(forms.forms, start=1) if form.cleaned_data]
        try:
            save_rooms(meeting=meeting, by=request.user, rows=rows)
        except Refused as refused:
            refusal = str(refused)
        else:
            messages.success(request, _("The rooms are saved."))
            return redirect("meetings:rooms", slug=meeting.slug)
    context = {"meeting": meeting, "forms": forms, "refusal": refusal}
    return render(request, "meetings/rooms.html", context, status=400 if refusal or forms.total_error_count() else 200)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def add(request: HttpRequest, slug: str) -> HttpResponse:
    """Write a new session."""
    meeting = meeting_for(request, slug, _RULE)
    day = _day(request.GET.get("day", "")) or hour_at(meeting.starts_at, meeting.zone).date()
    starts = datetime.combine(day, meeting.hours_from)
    initial = {"starts_at": starts, "ends_at": starts + timedelta(hours=1), "room": request.GET.get("room", "")}
    return _session_page(request, meeting, None, initial)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def edit(request: HttpRequest, slug: str, code: str) -> HttpResponse:
    """Change a session with its people, documents and links."""
    meeting, session = _session(request, slug, code)
    return _session_page(request, meeting, session, {})


def _session_page(request: HttpRequest, meeting: Meeting, session: Session | None, initial: dict[str, Any]) -> HttpResponse:
    data = request.POST or None
    # The form writes into the row that it is given; the page shows what is kept.
    instance = Session.objects.get(pk=session.pk) if session else Session(meeting=meeting)
    form = SessionForm(data, meeting=meeting, user=request.user, instance=instance, initial=initial)
    people = SpeakerFormSet(data, meeting=meeting, user=request.user, initial=speakers_initial(session), prefix="speakers")
    if request.method == "POST" and all([form.is_valid(), people.is_valid()]):
        parts = SessionParts(people.rows(), form.cleaned_data.get("documents"), form.cleaned_data["links"])
        try:
            if session:
                seen = form.cleaned_data["seen"]
                saved = change_session(session=session, by=request.user, values=form.values(), parts=parts, seen=seen)
            else:
                saved = add_session(meeting=meeting, by=request.user, values=form.values(), parts=parts)
        except Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, _("“%(session)s” is saved.") % {"session": isolated(saved)})
            if "more" in request.POST:
                return redirect("meetings:edit_session", slug=meeting.slug, code=saved.code)
            return _to_grid(meeting, saved)
    context = {
        "meeting": meeting,
        "session": session,
        "form": form,
        "people": people,
        "organizations": Organization.objects.order_by("acronym", "name"),
    }
    refused = bool(form.errors) or (people.is_bound and not people.is_valid())
    return render(request, "meetings/session_form.html", context, status=400 if refused else 200)


@login_required
@require_POST
def duplicate(request: HttpRequest, slug: str, code: str) -> HttpResponse:
    """Copy a session and open the copy."""
    meeting, session = _session(request, slug, code)
    try:
        copy = duplicate_session(session=session, by=request.user)
    except Refused as refusal:
        messages.error(request, str(refusal))
        return _to_grid(meeting, session)
    messages.success(request, _("This is the copy. It begins where the other ends; change what is different."))
    return redirect("meetings:edit_session", slug=meeting.slug, code=copy.code)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def remove(request: HttpRequest, slug: str, code: str) -> HttpResponse:
    """Ask, then take a session out of the programme."""
    meeting, session = _session(request, slug, code)
    if request.method == "POST":
        try:
            remove_session(session=session, by=request.user)
            messages.success(request, _("“%(session)s” is removed from the programme.") % {"session": isolated(session)})
        except Refused as refusal:
            messages.error(request, str(refusal))
        return _to_grid(meeting, session)
    return render(request, "meetings/session_remove.html", {"meeting": meeting, "session": session})
