"""Verbs of the list of speakers. Each locks the list first: two desks and the whole room act on it at once.

The portal's clock counts the time, so that every screen shows the same.
"""

from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import Max
from django.utils import timezone
from django.utils.translation import gettext as _

from common.access import Refused, require
from common.bidi import isolated
from directory.page_versions import bump
from directory.services.state import change_state, locked, record_start
from meetings.enums import FloorState, RegistrationState
from meetings.models import FloorList, FloorRequest, Meeting, Registration
from meetings.rules import secretariat_of
from meetings.selectors.versions import latest_version

MOST_MINUTES = 60


@transaction.atomic
def open_floor(*, meeting: Meeting, code: str, by: Any, minutes: int = 3, is_open: bool = True) -> FloorList:
    """Open the list of speakers of a released session, close it, or set the minutes that each speaker has."""
    require(by, "meetings.manage_floor", meeting)
    version = latest_version(meeting)
    if version is None or code not in {row["code"] for row in version.content["sessions"]}:
        raise Refused(_("This session is not in the released programme. Release the programme first."))
    if not 0 <= minutes <= MOST_MINUTES:
        raise Refused(_("Give each speaker %(most)d minutes at most, or 0 for no limit.") % {"most": MOST_MINUTES})
    floor, is_new = FloorList.objects.update_or_create(
        meeting=meeting, code=code, defaults={"minutes": minutes, "is_open": is_open}
    )
    bump("floor", *(["meetings"] if is_new else []))  # the programme links to it now
    return floor


def _locked(request: FloorRequest) -> tuple[FloorList, FloorRequest]:
    floor = locked(request.floor_list)
    fresh = locked(request)
    fresh.floor_list = floor
    return floor, fresh


def _end(floor: FloorList) -> int:
    return (floor.requests.aggregate(last=Max("position"))["last"] or 0) + 1


@transaction.atomic
def request_floor(*, floor: FloorList, registration: Registration, by: Any, in_own_name: bool = False) -> FloorRequest:
    """Put a participant at the end of the list: themselves, or by the secretariat at the desk, also while the list is closed."""
    registration = locked(registration)  # before the list, as who cancels takes them
    floor = locked(floor)
    is_desk = registration.user_id != by.pk
    require(by, "meetings.manage_floor" if is_desk else "meetings.request_floor", floor)
    if registration.meeting_id != floor.meeting_id or registration.state != RegistrationState.APPROVED:
        raise Refused(_("Only participants with a seat at this meeting can ask for the floor."))
    if not floor.is_open and not is_desk:
        raise Refused(_("The list of speakers is closed. Ask the secretariat at the desk."))
    if not in_own_name and not registration.body:
        raise Refused(_("Your registration names no organization. Ask for the floor in your own name."))
    try:
        with transaction.atomic():
            request = FloorRequest.objects.create(
                floor_list=floor,
                registration=registration,
                name=registration.full_name,
                body="" if in_own_name else registration.body,
                position=_end(floor),
                requested_at=timezone.now(),
            )
    except IntegrityError:
        words = _("%(name)s is on the list of speakers already.") if is_desk else _("You are on the list of speakers already.")
        raise Refused(words % {"name": isolated(registration.full_name)} if is_desk else words) from None
    record_start(request, by=by, on_behalf_of=None if in_own_name else registration.organization)
    bump("floor")
    return request


@transaction.atomic
def withdraw_request(*, request: FloorRequest, by: Any) -> FloorRequest:
    """Take a request off the list, by the participant or the secretariat; the clock stops if it runs."""
    _floor, request = _locked(request)
    require(by, "meetings.withdraw_floorrequest", request)
    _stop(request)
    _move(request, FloorState.WITHDRAWN, by)
    return request


@transaction.atomic
def withdraw_all(*, registrations: Any, by: Any) -> None:
    """Take every request of some registrations off its list, by a rule: these people will not speak."""
    for request in FloorRequest.objects.live().filter(registration__in=registrations).order_by("floor_list", "pk"):
        _floor, request = _locked(request)
        _stop(request)
        change_state(request, to=FloorState.WITHDRAWN, by=by, also=["started_at", "used_seconds"])
    bump("floor")


@transaction.atomic
def call_speaker(*, request: FloorRequest, by: Any) -> FloorRequest:
    """Give the floor to somebody on the list. One has it at a time."""
    floor, request = _locked(request)
    require(by, "meetings.manage_floor", floor)
    speaking = floor.requests.filter(state=FloorState.CALLED).exclude(pk=request.pk).first()
    if speaking:
        words = _("%(name)s has the floor. Mark that statement as ended first.")
        raise Refused(words % {"name": isolated(speaking.said_outside)})
    _move(request, FloorState.CALLED, by)
    return request


@transaction.atomic
def start_clock(*, request: FloorRequest, by: Any) -> FloorRequest:
    """Count the time of who has the floor, from now on; what was used before a pause stays."""
    floor, request = _locked(request)
    require(by, "meetings.manage_floor", floor)
    if request.state != FloorState.CALLED:
        raise Refused(_("Call the speaker first; then start the clock."))
    if request.started_at is None:
        request.started_at = timezone.now()
        request.save(update_fields=["started_at"])
        bump("floor")
    return request


@transaction.atomic
def stop_clock(*, request: FloorRequest, by: Any) -> FloorRequest:
    """Stop counting. Pressed twice, it stops once."""
    floor, request = _locked(request)
    require(by, "meetings.manage_floor", floor)
    if _stop(request):
        request.save(update_fields=["started_at", "used_seconds"])
        bump("floor")
    return request


@transaction.atomic
def end_statement(*, request: FloorRequest, by: Any) -> FloorRequest:
    """The statement is over: the time used is kept and the floor is free."""
    floor, request = _locked(request)
    require(by, "meetings.manage_floor", floor)
    _stop(request)
    _move(request, FloorState.SPOKEN, by)
    return request


@transaction.atomic
def put_back(*, request: FloorRequest, by: Any) -> FloorRequest:
    """Back to the list: who was called and is not in the room keeps the place, who had withdrawn goes to the end."""
    floor, request = _locked(request)
    require(by, "meetings.manage_floor", floor)
    if request.state == FloorState.WITHDRAWN:
        if floor.requests.live().filter(registration=request.registration_id).exists():
            raise Refused(_("%(name)s is on the list of speakers already.") % {"name": isolated(request.said_outside)})
        request.position = _end(floor)
    _stop(request)
    _move(request, FloorState.REQUESTED, by)
    return request


@transaction.atomic
def move_request(*, request: FloorRequest, by: Any, up: bool) -> FloorRequest:
    """Change places with the one before, or after, among those who wait. At the end of the list nothing happens."""
    floor, request = _locked(request)
    require(by, "meetings.manage_floor", floor)
    if request.state != FloorState.REQUESTED:
        raise Refused(_("Only those who wait for the floor have a place in the order. Load the page again."))
    waiting = list(floor.requests.filter(state=FloorState.REQUESTED).order_by("position", "pk"))
    place = next(place for place, row in enumerate(waiting) if row.pk == request.pk)
    other = place - 1 if up else place + 1
    if 0 <= other < len(waiting):
        waiting[place], waiting[other] = waiting[other], waiting[place]
        # Their places are handed out anew, so that two of the same number never stand in the way.
        for position, row in zip(sorted(row.position for row in waiting), waiting, strict=True):
            if row.position != position:
                FloorRequest.objects.filter(pk=row.pk).update(position=position)
        bump("floor")
    return request


def _stop(request: FloorRequest) -> bool:
    """Add what ran to the time used; the caller saves. True where the clock ran."""
    if request.started_at is None:
        return False
    request.used_seconds += max(int((timezone.now() - request.started_at).total_seconds()), 0)
    request.started_at = None
    return True


def _move(request: FloorRequest, to: FloorState, by: Any) -> None:
    own = request.registration.user_id == by.pk
    for_whom = request.registration.organization if own and request.body else None if own else secretariat_of(by)
    change_state(request, to=to, by=by, on_behalf_of=for_whom, also=["position", "started_at", "used_seconds"])
    bump("floor")
