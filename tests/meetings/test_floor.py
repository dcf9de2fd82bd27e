"""During the meeting: what runs now, and the list of speakers with its order, its clock and its locks."""

from datetime import timedelta
from threading import Barrier, Thread
from typing import Any

import pytest
import time_machine
from django.core.exceptions import PermissionDenied
from django.db import connection
from django.test import Client
from django.utils import timezone

from common.access import Refused
from meetings.enums import FloorState, MeetingState
from meetings.enums import RegistrationState as S
from meetings.forms.floor import AddSpeakerForm
from meetings.models import FloorList, FloorRequest, Meeting
from meetings.services.floor import (
    call_speaker,
    end_statement,
    move_request,
    open_floor,
    put_back,
    request_floor,
    start_clock,
    stop_clock,
    withdraw_request,
)
from tests.conftest import Cast
from tests.factories.directory import OrganizationFactory
from tests.factories.meetings import RegistrationFactory, SessionFactory, registrant, release

FLOOR = "/meetings/antalya/sessions/item-a/speakers/"


@pytest.fixture
def floor(meeting: Meeting, cast: Cast) -> FloorList:
    SessionFactory(meeting=meeting, code="item-a", title="A framework")
    release(meeting)
    return open_floor(meeting=meeting, code="item-a", by=cast.secretariat, minutes=3)


def wish(floor: FloorList, by: Any, name: str = "") -> FloorRequest:
    seat = RegistrationFactory(meeting=floor.meeting, state=S.APPROVED, affiliation=name or "Lakeside University")
    return request_floor(floor=floor, registration=seat, by=by)


def order(floor: FloorList) -> list[str]:
    return list(floor.requests.filter(state="requested").order_by("position").values_list("body", flat=True))


def test_a_participant_asks_for_the_floor_once(floor: FloorList, cast: Cast) -> None:
    seat = registrant(floor.meeting, state=S.APPROVED, organization=OrganizationFactory(code="fao"))
    request = request_floor(floor=floor, registration=seat, by=seat.user)
    assert (request.state, request.body) == ("requested", "FAO")
    assert request.state_changes.get().on_behalf_of.code == "fao"
    with pytest.raises(Refused, match="You are on the list of speakers already"):
        request_floor(floor=floor, registration=seat, by=seat.user, in_own_name=True)
    with pytest.raises(Refused, match="is on the list of speakers already"):
        request_floor(floor=floor, registration=seat, by=cast.secretariat)
    withdraw_request(request=request, by=seat.user)
    own = request_floor(floor=floor, registration=seat, by=seat.user, in_own_name=True)
    assert own.said_outside == seat.full_name


def test_who_may_not_ask(floor: FloorList, cast: Cast) -> None:
    waiting = registrant(floor.meeting, state=S.WAITLISTED)
    with pytest.raises(Refused, match="Only participants with a seat"):
        request_floor(floor=floor, registration=waiting, by=waiting.user)
    other = registrant(floor.meeting, state=S.APPROVED)
    with pytest.raises(PermissionDenied):
        request_floor(floor=floor, registration=other, by=waiting.user)
    bodiless = registrant(floor.meeting, state=S.APPROVED, affiliation="")
    with pytest.raises(Refused, match="names no organization"):
        request_floor(floor=floor, registration=bodiless, by=bodiless.user)
    elsewhere = registrant(SessionFactory().meeting, state=S.APPROVED)
    with pytest.raises(Refused, match="Only participants with a seat"):
        request_floor(floor=floor, registration=elsewhere, by=elsewhere.user)
    open_floor(meeting=floor.meeting, code="item-a", by=cast.secretariat, is_open=False)
    with pytest.raises(Refused, match="The list of speakers is closed"):
        request_floor(floor=floor, registration=other, by=other.user)
    assert request_floor(floor=floor, registration=other, by=cast.secretariat)  # the desk may


def test_the_desk_alone_keeps_the_list(floor: FloorList, cast: Cast) -> None:
    request = wish(floor, cast.secretariat)
    for verb in (call_speaker, start_clock, stop_clock, end_statement, put_back, withdraw_request):
        with pytest.raises(PermissionDenied):
            verb(request=request, by=cast.outsider)
    with pytest.raises(PermissionDenied):
        move_request(request=request, by=cast.outsider, up=True)
    with pytest.raises(PermissionDenied):
        open_floor(meeting=floor.meeting, code="item-a", by=cast.outsider)
    with pytest.raises(Refused, match="not in the released programme"):
        open_floor(meeting=floor.meeting, code="nonsense", by=cast.secretariat)
    with pytest.raises(Refused, match="60 minutes at most"):
        open_floor(meeting=floor.meeting, code="item-a", by=cast.secretariat, minutes=61)


def test_called_timed_ended(floor: FloorList, cast: Cast) -> None:
    first, second = wish(floor, cast.secretariat, "First"), wish(floor, cast.secretariat, "Second")
    with pytest.raises(Refused, match="Call the speaker first"):
        start_clock(request=first, by=cast.secretariat)
    call_speaker(request=first, by=cast.secretariat)
    with pytest.raises(Refused, match="First has the floor"):
        call_speaker(request=second, by=cast.secretariat)
    with time_machine.travel(timezone.now(), tick=False) as clock:
        start_clock(request=first, by=cast.secretariat)
        clock.shift(timedelta(seconds=70))
        start_clock(request=first, by=cast.secretariat)  # pressed twice: it goes on
        stop_clock(request=first, by=cast.secretariat)
        clock.shift(timedelta(seconds=500))
        stop_clock(request=first, by=cast.secretariat)
        start_clock(request=first, by=cast.secretariat)
        clock.shift(timedelta(seconds=25))
        done = end_statement(request=first, by=cast.secretariat)
    assert (done.state, done.used_seconds, done.started_at) == (FloorState.SPOKEN, 95, None)
    assert [row.new for row in done.state_changes.all()] == ["requested", "called", "spoken"]
    call_speaker(request=second, by=cast.secretariat)
    end_statement(request=second, by=cast.secretariat)
    with pytest.raises(Refused, match="it is “Has spoken” now"):
        call_speaker(request=first, by=cast.secretariat)


def test_order_changes_and_people_come_back(floor: FloorList, cast: Cast) -> None:
    a, b, c = (wish(floor, cast.secretariat, name) for name in "ABC")
    move_request(request=c, by=cast.secretariat, up=True)
    assert order(floor) == ["A", "C", "B"]
    move_request(request=a, by=cast.secretariat, up=True)
    move_request(request=b, by=cast.secretariat, up=False)
    assert order(floor) == ["A", "C", "B"]
    move_request(request=a, by=cast.secretariat, up=False)
    assert order(floor) == ["C", "A", "B"]
    call_speaker(request=c, by=cast.secretariat)
    with pytest.raises(Refused, match="Only those who wait"):
        move_request(request=c, by=cast.secretariat, up=False)
    put_back(request=c, by=cast.secretariat)  # not in the room
    assert order(floor) == ["C", "A", "B"]
    withdraw_request(request=c, by=cast.secretariat)
    put_back(request=c, by=cast.secretariat)
    assert order(floor) == ["A", "B", "C"]
    withdraw_request(request=a, by=cast.secretariat)
    request_floor(floor=floor, registration=a.registration, by=cast.secretariat)
    with pytest.raises(Refused, match="is on the list of speakers already"):
        put_back(request=a, by=cast.secretariat)


def test_the_room_reads_organizations_the_desk_persons(floor: FloorList, cast: Cast, sign_in: Any) -> None:
    request = wish(floor, cast.secretariat, "Lakeside")
    call_speaker(request=request, by=cast.secretariat)
    room = Client().get(FLOOR)
    assert room["Cache-Control"].startswith("public")
    assert "Lakeside" in room.content.decode()
    assert request.name not in room.content.decode()
    assert request.name in sign_in(cast.secretariat).get(f"{FLOOR}desk/").content.decode()
    assert sign_in(cast.outsider).get(f"{FLOOR}desk/").status_code == 403
    assert Client().get(FLOOR.replace("item-a", "nonsense")).status_code == 404


def test_asking_and_the_desk_in_the_browser(
    floor: FloorList, cast: Cast, sign_in: Any, django_capture_on_commit_callbacks: Any
) -> None:
    seat = registrant(floor.meeting, state=S.APPROVED)
    client, desk = sign_in(seat.user), sign_in(cast.secretariat)
    assert "Ask for the floor (Lakeside University)" in client.get(FLOOR).content.decode()
    client.post(f"{FLOOR}ask/")
    request = FloorRequest.objects.get()
    assert "You are on the list" in client.get(FLOOR).content.decode()
    for act, state in (("up", "requested"), ("call", "called"), ("start", "called"), ("stop", "called"), ("end", "spoken")):
        assert desk.post(f"{FLOOR}desk/{request.pk}/", {"act": act}).status_code == 302
        request.refresh_from_db()
        assert request.state == state
    assert desk.post(f"{FLOOR}desk/{request.pk}/", {"act": "nonsense"}).status_code == 404
    assert desk.post(f"{FLOOR}desk/{2**70}/", {"act": "call"}).status_code == 404
    assert client.post(f"{FLOOR}desk/{request.pk}/", {"act": "back"}).status_code == 403
    client.post(f"{FLOOR}ask/", {"in_own_name": "1"})
    client.post(f"{FLOOR}ask/", {"withdraw": "1"})
    assert sorted(FloorRequest.objects.values_list("state", flat=True)) == ["spoken", "withdrawn"]
    assert client.post(f"{FLOOR}ask/", {"withdraw": "1"}).status_code == 404
    other = RegistrationFactory(meeting=floor.meeting, state=S.APPROVED)
    assert desk.post(f"{FLOOR}desk/", {"participant": other.pk}).status_code == 302
    assert desk.post(f"{FLOOR}desk/", {"participant": other.pk}).status_code == 400
    assert desk.post(f"{FLOOR}desk/", {"minutes": "5"}).status_code == 302
    floor.refresh_from_db()
    assert (floor.minutes, floor.is_open) == (5, False)
    assert desk.post(f"{FLOOR}desk/", {"minutes": "99"}).status_code == 400


@pytest.mark.django_db(transaction=True)
def test_two_desks_at_once_give_the_floor_once(floor: FloorList, cast: Cast) -> None:
    requests = [wish(floor, cast.secretariat, name) for name in "ABCD"]
    results: list[str] = []
    barrier = Barrier(len(requests))

    def press(request: FloorRequest) -> None:
        barrier.wait()
        try:
            call_speaker(request=request, by=cast.secretariat)
            results.append("called")
        except Refused:
            results.append("refused")
        finally:
            connection.close()

    threads = [Thread(target=press, args=(request,)) for request in requests]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(results) == ["called", "refused", "refused", "refused"]


# --- Now and next ----------------------------------------------------------------------------------------------------


def test_now_and_next_changes_at_the_boundary(client: Client, meeting: Meeting, floor: FloorList) -> None:
    path = "/meetings/antalya/now/"
    start = meeting.starts_at
    SessionFactory(meeting=meeting, title="Later here", starts_at=start + timedelta(hours=1), room=meeting.rooms.get())
    SessionFactory(meeting=meeting, title="Elsewhere", starts_at=start + timedelta(hours=2), room=None)
    release(meeting)
    assert "The meeting begins on" in client.get(path).content.decode()
    with time_machine.travel(start + timedelta(minutes=5), tick=True):
        text = client.get(path).content.decode()
        assert text.index("A framework") < text.index("Later here")
        assert FLOOR in text
    with time_machine.travel(start + timedelta(minutes=65), tick=True):
        text = client.get(path).content.decode()
        assert "A framework" not in text
        assert "Later here" in text
    with time_machine.travel(start + timedelta(hours=4), tick=True):
        assert "Nothing more is on the programme" in client.get(path).content.decode()


@pytest.mark.parametrize("count", [1, 9])
def test_the_rooms_page_takes_the_same_queries_at_one_speaker_and_at_many(
    client: Client, floor: FloorList, cast: Cast, count: int, django_assert_num_queries: Any
) -> None:
    for _ in range(count):
        wish(floor, cast.secretariat)
    client.get("/meetings/antalya/register/")
    with django_assert_num_queries(6):
        client.get(FLOOR)


def test_until_the_meeting_begins_the_page_says_when(client: Client, meeting: Meeting) -> None:
    desks = meeting.starts_at - timedelta(hours=2)
    SessionFactory(meeting=meeting, title="Desks open", starts_at=desks, ends_at=meeting.starts_at + timedelta(hours=1))
    release(meeting)
    here = meeting.starts_at.astimezone(meeting.zone)
    for at in (desks - timedelta(hours=1), desks + timedelta(minutes=5)):
        with time_machine.travel(at, tick=False):
            text = client.get("/meetings/antalya/now/").content.decode()
        assert f"at {here:%H:%M}." in text
    with time_machine.travel(meeting.starts_at + timedelta(minutes=1), tick=False):
        text = client.get("/meetings/antalya/now/").content.decode()
    assert "The meeting begins" not in text
    assert "Desks open" in text


def test_a_cancelled_meeting_does_not_begin(client: Client, meeting: Meeting) -> None:
    Meeting.objects.update(state=MeetingState.CANCELLED)
    assert "The meeting begins" not in client.get("/meetings/antalya/now/").content.decode()


def test_the_desk_lists_people_in_the_order_of_what_it_shows(floor: FloorList) -> None:
    who = OrganizationFactory(code="zz", acronym="AAA", name="Zoological Society")
    bodies: list[dict[str, Any]] = [
        {"organization": who, "affiliation": ""},
        {"affiliation": "lakeside"},
        {"affiliation": "Mountain"},
    ]
    for fields in [*reversed(bodies), {"affiliation": "", "given_name": "Bela", "family_name": "Zabo"}]:
        RegistrationFactory(meeting=floor.meeting, state=S.APPROVED, **fields)
    labels = [label for value, label in AddSpeakerForm(meeting=floor.meeting).fields["participant"].choices if value]
    assert [label.partition(" ")[0] for label in labels] == ["AAA", "Bela", "lakeside", "Mountain"]
