"""The check-in desk of a meeting: the page, scans, walk-ins, the list that a device keeps, the live counter."""

import hashlib
import uuid
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.contrib.staticfiles import finders
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from common.access import Refused, require
from common.bidi import isolated
from meetings.forms.checkin import FIRST_DESK, ScanForm, TakeBackForm, WalkInForm
from meetings.models import Meeting, Registration
from meetings.selectors.checkin import (
    desk_count,
    expected_people,
    for_cards,
    found_by_name,
    is_code,
    is_known_reference,
    latest_scans,
    reference_in,
    when_in_words,
)
from meetings.services.badges import badge_code
from meetings.services.checkin import (
    OPEN_AFTER_THE_END,
    CheckIn,
    NoSeat,
    check_in,
    register_walk_in,
    take_back_check_in,
)

MARK = 16  # hexadecimal signs of a code's hash: what a device keeps of a badge


def _meeting(request: HttpRequest, slug: str) -> Meeting:
    meeting = get_object_or_404(Meeting.objects.visible_to(request.user), slug=slug)
    require(request.user, "meetings.check_in", meeting)
    return meeting


def _wants_json(request: HttpRequest) -> bool:
    return request.headers.get("Accept") == "application/json"


# A number of each plural form that a language may have, as browsers name the forms.
_PLURALS = {"zero": 0, "one": 1, "two": 2, "few": 3, "many": 11, "other": 100}


def _waiting_words() -> dict[str, str]:
    """How many scans wait, with a place for the number, in each plural form."""
    return {
        form: ngettext("%(n)s scan waits for the connection", "%(n)s scans wait for the connection", number) % {"n": "{n}"}
        for form, number in _PLURALS.items()
    }


def _page(request: HttpRequest, meeting: Meeting, *, desk: str = "", status: int = 200, **more: Any) -> HttpResponse:
    now = timezone.now()
    context = {
        "meeting": meeting,
        "count": desk_count(meeting),
        "latest": latest_scans(meeting),
        "desk": desk or request.GET.get("desk", "")[:40] or FIRST_DESK,
        "client_id": uuid.uuid4(),
        "is_ahead": meeting.starts_at > now,
        "is_over": meeting.ends_at + OPEN_AFTER_THE_END < now,
        "person": request.user.pk,
        "waiting_words": _waiting_words(),
        **more,
    }
    return render(request, "meetings/desk.html", context, status=status)


@login_required
@require_safe
def desk(request: HttpRequest, slug: str) -> HttpResponse:
    """The desk; with `q`, whose name begins like that."""
    meeting = _meeting(request, slug)
    words = request.GET.get("q", "").strip()[:100]
    found = found_by_name(meeting=meeting, user=request.user, text=words) if words else []
    context = {"meeting": meeting, "words": words, "found": found, "client_id": uuid.uuid4()}
    if _wants_json(request):
        return JsonResponse({"html": render_to_string("meetings/_desk_found.html", context, request)})
    return _page(request, meeting, words=words, found=found)


# --- Scans -------------------------------------------------------------------------------------------------------------


def _card(request: HttpRequest, meeting: Meeting, result: CheckIn | Refused, desk: str) -> dict[str, Any]:
    """What the result card shows; `kind`: in, again, no."""
    key: int | None
    since = ""
    if isinstance(result, CheckIn):
        kind, key, sentence = ("again" if result.is_repeated else "in"), result.scan.registration_id, ""
        if result.is_repeated:
            since = when_in_words(result.first.scanned_at, meeting)
            sentence = _("Checked in at %(desk)s. This scan changes nothing.") % {"desk": isolated(result.first.desk)}
    else:
        kind, sentence = "no", str(result)
        key = result.registration.pk if isinstance(result, NoSeat) else None
    # Read again with what the card needs, and through the same eye of the needle as every list.
    registration = for_cards(Registration.objects.visible_to(request.user)).filter(pk=key).first() if key else None
    return {
        "kind": kind,
        "sentence": sentence,
        "since": since,
        "registration": registration,
        "meeting": meeting,
        "desk": desk,
        "client_id": uuid.uuid4(),
    }


def _moment(text: str) -> datetime | None:
    try:
        moment = parse_datetime(text)
    except ValueError:
        return None
    return moment if moment and timezone.is_aware(moment) else None


def _is_badge(text: str) -> bool:
    """Whether a badge or a reference was scanned or typed, and not a name of twelve letters."""
    reference = reference_in(text)
    if reference and not any(sign.isdigit() for sign in reference):
        return is_known_reference(reference)
    return bool(reference) or is_code(text)


@login_required
@require_POST
def scan(request: HttpRequest, slug: str) -> HttpResponse:
    """Check in by a code or a reference; words lead to the search. Answers JSON to a script, a page to a form."""
    meeting = _meeting(request, slug)
    form = ScanForm(request.POST)
    if not form.is_valid():
        refusal = _("Scan a badge, or type a code, a reference or a name.")
        return _answer(request, meeting, _card(request, meeting, Refused(refusal), ""), "")
    data = form.cleaned_data
    if not _is_badge(data["text"]):
        query = urlencode({"q": data["text"], "desk": data["desk"]})
        if _wants_json(request):
            refusal = _("This is no badge and no reference. Look the name up instead.")
            return _answer(request, meeting, _card(request, meeting, Refused(refusal), data["desk"]), data["desk"])
        return redirect(f"{reverse('meetings:desk', args=[slug])}?{query}")
    result: CheckIn | Refused
    try:
        result = check_in(
            meeting=meeting,
            text=data["text"],
            by=request.user,
            desk=data["desk"],
            client_id=data["client_id"],
            scanned_at=_moment(data["scanned_at"]),
        )
    except Refused as refused:
        result = refused
    return _answer(request, meeting, _card(request, meeting, result, data["desk"]), data["desk"])


def _answer(request: HttpRequest, meeting: Meeting, card: dict[str, Any], desk: str) -> HttpResponse:
    if _wants_json(request):
        html = render_to_string("meetings/_desk_card.html", card, request)
        return JsonResponse({"kind": card["kind"], "sentence": card["sentence"], "card": html})
    return _page(request, meeting, desk=desk, card=card, status=400 if card["kind"] == "no" else 200)


@login_required
@require_POST
def take_back(request: HttpRequest, slug: str) -> HttpResponse:
    """Take a person's check-in back, with the reason."""
    meeting = _meeting(request, slug)
    form = TakeBackForm(request.POST)
    if not form.is_valid():
        messages.error(request, _("The check-in could not be taken back. Look the person up again."))
        return redirect("meetings:desk", slug)
    data = form.cleaned_data
    rows = Registration.objects.visible_to(request.user).filter(meeting=meeting)
    found = get_object_or_404(rows, reference=data["reference"])
    try:
        take_back_check_in(
            registration=found, by=request.user, desk=data["desk"], reason=data["reason"], client_id=data["client_id"]
        )
        messages.success(request, _("The check-in of %(name)s is taken back.") % {"name": isolated(found.full_name)})
    except Refused as refusal:
        messages.error(request, str(refusal))
    return redirect(f"{reverse('meetings:desk', args=[slug])}?{urlencode({'q': found.reference, 'desk': data['desk']})}")


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def walk_in(request: HttpRequest, slug: str) -> HttpResponse:
    """Register somebody who stands before the desk, and check them in."""
    meeting = _meeting(request, slug)
    initial = {"desk": request.GET.get("desk", "")[:40]} if request.GET.get("desk") else {}
    form = WalkInForm(request.POST if request.method == "POST" else None, meeting=meeting, initial=initial)
    if request.method == "POST" and form.is_valid():
        try:
            result = register_walk_in(meeting=meeting, by=request.user, **form.answers())
        except Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            name = result.scan.registration.full_name
            messages.success(request, _("%(name)s is registered and checked in.") % {"name": isolated(name)})
            query = {"q": result.scan.registration.reference, "desk": result.scan.desk}
            return redirect(f"{reverse('meetings:desk', args=[slug])}?{urlencode(query)}")
    context = {"meeting": meeting, "form": form, "count": desk_count(meeting)}
    return render(request, "meetings/desk_walk_in.html", context, status=400 if form.errors else 200)


# --- For the script ------------------------------------------------------------------------------------------------------


@login_required
@require_safe
def count(request: HttpRequest, slug: str) -> HttpResponse:
    """The live counter and the newest scans, as the page shows them."""
    meeting = _meeting(request, slug)
    context = {"meeting": meeting, "count": desk_count(meeting), "latest": latest_scans(meeting)}
    return JsonResponse({"html": render_to_string("meetings/_desk_count.html", context, request)})


@login_required
@require_safe
def people(request: HttpRequest, slug: str) -> HttpResponse:
    """Who is expected, for a device that may lose its connection; nobody once the meeting is over."""
    meeting = _meeting(request, slug)
    until = meeting.ends_at + OPEN_AFTER_THE_END
    rows: Any = expected_people(meeting, request.user) if until > timezone.now() else []
    listed = []
    for row in rows:
        row.meeting = meeting
        mark = hashlib.sha256(badge_code(row).encode()).hexdigest()[:MARK]
        listed.append(
            {
                "reference": row.reference,
                "mark": mark,
                "name": row.full_name,
                "category": row.category.name,
                "came": row.came,
            }
        )
    return JsonResponse({"until": until.isoformat(), "people": listed})


@cache
def _worker() -> bytes:
    found = finders.find("js/desk-worker.js")
    assert found, "the worker is one of the portal's own static files"
    return Path(found).read_bytes()


@require_safe
def worker(request: HttpRequest) -> HttpResponse:
    """The service worker of the desk, from an address above the page that it serves."""
    response = HttpResponse(_worker(), content_type="text/javascript; charset=utf-8")
    response["Service-Worker-Allowed"] = "/"
    response["Cache-Control"] = "no-cache"
    return response
