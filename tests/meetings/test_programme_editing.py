"""The programme as the secretariat edits it: grid, rooms, sessions."""

import threading
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import PermissionDenied
from django.db import connection
from django.test import Client

from common.access import Refused
from directory.services.traces import Traces
from meetings.enums import EditAct, MeetingState, RegistrationState
from meetings.forms.sessions import linked_page
from meetings.models import Meeting, MeetingEdit, Room, Session, Speaker
from meetings.selectors import data_of_person
from meetings.selectors.editing import grid_of
from meetings.selectors.snapshots import show_links
from meetings.selectors.versions import working_programme
from meetings.services.personal import erase_person
from meetings.services.sessions import (
    RoomRow,
    SessionParts,
    add_session,
    change_session,
    duplicate_session,
    move_session,
    remove_session,
    save_rooms,
)
from solutions.enums import SolutionState
from tests.conftest import Cast
from tests.factories.directory import OrganizationFactory
from tests.factories.meetings import (
    DocumentFactory,
    MeetingFactory,
    RegistrationFactory,
    RoomFactory,
    SessionFactory,
    SpeakerFactory,
    registrant,
)
from tests.factories.solutions import in_state
from tests.meetings.test_editing import staff_of

SPEAKERS = {"speakers-TOTAL_FORMS": 0, "speakers-INITIAL_FORMS": 0}
PATH = "/meetings/antalya/programme/"


@pytest.fixture
def planned(meeting: Meeting) -> Meeting:
    """Two days around the last Sunday of March in Berlin, when the clocks there are put forward at two."""
    meeting.time_zone = "Europe/Berlin"
    meeting.starts_at, meeting.ends_at = moment("2030-03-30T09:00"), moment("2030-03-31T18:00")
    meeting.registration_closes_at = meeting.registration_opens_at = None
    meeting.save()
    return meeting


def moment(hour: str) -> datetime:
    return datetime.fromisoformat(hour).replace(
        tzinfo=MeetingFactory.build(time_zone="Europe/Berlin", country=None, host=None).zone
    )


@pytest.fixture
def session(planned: Meeting) -> Session:
    starts = moment("2030-03-30T10:00")
    return SessionFactory(meeting=planned, code="talk", title="Talk", starts_at=starts, ends_at=starts + timedelta(hours=1))


def fields(**change: Any) -> dict[str, Any]:
    return {
        "title_en": "A new session",
        "kind": "plenary",
        "starts_at": "2030-03-30T14:00",
        "ends_at": "2030-03-30T15:00",
        "links": "",
        **SPEAKERS,
        **change,
    }


def speaker_rows(*rows: dict[str, Any]) -> dict[str, Any]:
    data: dict[str, Any] = {"speakers-TOTAL_FORMS": len(rows), "speakers-INITIAL_FORMS": sum("pk" in row for row in rows)}
    for number, row in enumerate(rows):
        data |= {f"speakers-{number}-{name}": value for name, value in {"part": "speaker", **row}.items()}
    return data


def move(client: Client, session: Session, **change: Any) -> Any:
    data = {"room": session.room_id or "", "day": "2030-03-30", "start": 600, "end": 660, "seen": session.version, **change}
    return client.post(f"{PATH}sessions/{session.code}/move/", data)


# --- The grid --------------------------------------------------------------------------------------------------------


def test_the_grid_shows_days_rooms_and_blocks(session: Session, cast: Cast, sign_in: Any) -> None:
    RoomFactory(meeting=session.meeting, name="Side Room", position=9)
    page = sign_in(cast.secretariat).get(f"{PATH}edit/").content.decode()
    for words in ("Sat 30 March", "Sun 31 March", "Aspendos Hall", "Side Room", "No room yet", "10:00–11:00", "Talk"):
        assert words in page
    assert 'data-start="600" data-end="660"' in page
    assert "Nothing collides" in page
    other = sign_in(cast.secretariat).get(f"{PATH}edit/?day=2030-03-31").content.decode()
    assert "10:00–11:00" not in other
    for wrong in ("2031-01-01", "never", "2030-13-01"):
        assert "10:00–11:00" in sign_in(cast.secretariat).get(f"{PATH}edit/?day={wrong}").content.decode()


def test_the_grid_reaches_as_far_as_its_sessions(session: Session) -> None:
    session.starts_at, session.ends_at = moment("2030-03-30T06:30"), moment("2030-03-30T23:30")
    session.save()
    SessionFactory(meeting=session.meeting, starts_at=moment("2030-03-30T23:00"), ends_at=moment("2030-03-31T01:00"), room=None)
    grid = grid_of(session.meeting)
    assert (grid.first, grid.last) == (6 * 60, 25 * 60)
    assert [len(column.blocks) for column in grid.columns] == [1, 1]


@pytest.mark.parametrize("count", [1, 30])
def test_the_grid_takes_the_same_queries_at_one_session_and_at_many(
    planned: Meeting, cast: Cast, sign_in: Any, count: int, django_assert_num_queries: Any
) -> None:
    for number in range(count):
        room = RoomFactory(meeting=planned)
        starts = moment("2030-03-30T10:00") + timedelta(minutes=number)
        SpeakerFactory(session=SessionFactory(meeting=planned, room=room, starts_at=starts))
    client = sign_in(cast.secretariat)
    client.get(f"{PATH}rooms/")
    with django_assert_num_queries(11):
        assert client.get(f"{PATH}edit/").status_code == 200


def test_the_list_of_collisions_leads_to_the_sessions(session: Session, cast: Cast, sign_in: Any) -> None:
    SessionFactory(meeting=session.meeting, room=session.room, code="other", starts_at=session.starts_at)
    page = sign_in(cast.secretariat).get(f"{PATH}edit/?day=2030-03-31").content.decode()  # of every day
    assert "Room taken twice" in page
    assert f"{PATH}sessions/other/edit/" in page


# --- Moving ----------------------------------------------------------------------------------------------------------


def test_a_move_is_saved_on_the_places_clock(session: Session, cast: Cast, sign_in: Any) -> None:
    working = f"{PATH}working/"
    assert "10:00–11:00" in sign_in(cast.secretariat).get(working).content.decode()
    room = RoomFactory(meeting=session.meeting, name="Side Room")
    answer = move(sign_in(cast.secretariat), session, room=room.pk, start=615, end=690)
    assert answer.status_code == 200
    data = answer.json()
    assert data["seen"] == 1
    assert data["says"] == "Talk: 10:15 to 11:30, Side Room. Saved."
    assert data["marks"] == {"talk": []}
    session.refresh_from_db()
    assert (session.room, session.starts_at, session.version) == (room, datetime(2030, 3, 30, 9, 15, tzinfo=UTC), 1)
    edit = MeetingEdit.objects.get()
    assert (edit.act, edit.thing, edit.detail) == (EditAct.SESSION_MOVED, "Talk", "2030-03-30 10:15–11:30, Side Room")
    assert "10:15–11:30" in sign_in(cast.secretariat).get(working).content.decode()


def test_a_session_goes_to_another_day(session: Session, cast: Cast, sign_in: Any) -> None:
    staff = sign_in(cast.secretariat)
    assert "Talk: 10:15 to 11:30" in move(staff, session, day="2030-03-31", start=615, end=690).json()["says"]
    session.refresh_from_db()
    assert session.starts_at == moment("2030-03-31T10:15")
    assert 'id="session-talk"' in staff.get(f"{PATH}edit/?day=2030-03-31").content.decode()
    assert move(staff, session, day="2030-03-31", start=150, end=240).json()["refusal"].startswith("On 31 March 2030 the clocks")


def test_a_move_into_a_collision_is_saved_and_told(session: Session, cast: Cast, sign_in: Any) -> None:
    other = SessionFactory(meeting=session.meeting, room=session.room, starts_at=moment("2030-03-30T12:00"), title="Other")
    data = move(sign_in(cast.secretariat), session, start=735, end=795).json()
    assert "is taken twice" in data["says"]
    assert "is taken twice" in data["warnings"]
    assert len(data["marks"][other.code]) == 1


def test_of_two_editors_the_second_is_told_and_nothing_changes(session: Session, cast: Cast, sign_in: Any) -> None:
    client = sign_in(cast.secretariat)
    assert move(client, session, start=615, end=675).status_code == 200
    refused = move(client, session, start=900, end=960)  # still names the version before
    assert refused.status_code == 200
    assert "Somebody else has changed this session meanwhile" in refused.json()["refusal"]
    session.refresh_from_db()
    assert session.starts_at == moment("2030-03-30T10:15")


@pytest.mark.parametrize(
    ("change", "status", "words"),
    [
        ({"day": "2030-03-31", "start": 135, "end": 240}, 200, "does not exist"),
        ({"day": "2030-03-31", "start": 60, "end": 150}, 200, "does not exist"),
        ({"start": 660, "end": 600}, 200, "The end must be after the beginning."),
        ({"start": -15}, 400, "not possible"),
        ({"start": "x"}, 400, "not possible"),
        ({"room": 10**12}, 400, "not possible"),
        ({"seen": ""}, 400, "not possible"),
        ({"day": "yesterday"}, 400, "not possible"),
    ],
)
def test_a_move_that_cannot_be_is_refused(
    session: Session, cast: Cast, sign_in: Any, change: dict[str, Any], status: int, words: str
) -> None:
    answer = move(sign_in(cast.secretariat), session, **change)
    assert answer.status_code == status
    assert words in answer.json()["refusal"]
    session.refresh_from_db()
    assert session.version == 0


def test_a_session_goes_to_no_room_of_another_meeting(session: Session, cast: Cast, sign_in: Any) -> None:
    elsewhere = RoomFactory(meeting=MeetingFactory(slug="other"))
    assert move(sign_in(cast.secretariat), session, room=elsewhere.pk).status_code == 400
    with pytest.raises(Refused, match="belongs to another meeting"):
        move_session(session=session, by=cast.secretariat, room=elsewhere, starts_at=session.starts_at, ends_at=session.ends_at)


def test_a_move_to_where_it_is_writes_nothing(session: Session, cast: Cast, sign_in: Any) -> None:
    assert move(sign_in(cast.secretariat), session).json()["seen"] == 0
    assert not MeetingEdit.objects.exists()


def test_only_staff_of_this_meeting_move(session: Session, cast: Cast, sign_in: Any) -> None:
    for person in (cast.outsider, cast.drafter, cast.administrator, staff_of("elsewhere")):
        assert move(sign_in(person), session, start=615).status_code == 403
    assert move(Client(), session).status_code == 302
    assert sign_in(cast.secretariat).get(f"{PATH}sessions/talk/move/").status_code == 405
    assert sign_in(cast.secretariat).post(f"{PATH}sessions/none/move/").status_code == 404
    draft = SessionFactory(meeting=MeetingFactory(slug="draft", state=MeetingState.DRAFT))
    assert sign_in(cast.outsider).post(f"/meetings/draft/programme/sessions/{draft.code}/move/").status_code == 404


@pytest.mark.django_db(transaction=True)
def test_of_two_moves_at_the_same_moment_one_is_refused(cast: Cast) -> None:
    """Both read the same version; the lock lets one write, the other finds a new version."""
    session = SessionFactory(meeting=MeetingFactory(slug="antalya"))
    outcomes: list[str] = []
    start = threading.Barrier(2)

    def act(minutes: int) -> None:
        try:
            mine = Session.objects.select_related("meeting", "room").get(pk=session.pk)
            start.wait()
            shift = timedelta(minutes=minutes)
            move_session(
                session=mine,
                by=cast.secretariat,
                room=mine.room,
                starts_at=mine.starts_at + shift,
                ends_at=mine.ends_at + shift,
                seen=0,
            )
            outcomes.append("moved")
        except Refused:
            outcomes.append("refused")
        finally:
            connection.close()

    threads = [threading.Thread(target=act, args=(minutes,)) for minutes in (15, 30)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcomes) == ["moved", "refused"]
    assert MeetingEdit.objects.count() == 1


# --- Sessions by form ------------------------------------------------------------------------------------------------


def test_a_session_is_added_with_its_people_documents_and_languages(planned: Meeting, cast: Cast, sign_in: Any) -> None:
    undp = OrganizationFactory(code="undp", acronym="UNDP")
    document, room = DocumentFactory(meeting=planned), RoomFactory(meeting=planned)
    person = registrant(planned, state=RegistrationState.APPROVED)
    people = speaker_rows(
        {"name": "Second", "body": "Lakeside University", "position": 2},
        {"name": "First", "body": "undp", "role": "Chief", "part": "moderator", "position": 1, "email": person.email.upper()},
        {},
    )
    data = fields(title_ar="جلسة", room=room.pk, interpretation=["en", "fr"], interpretation_team="Team A", expected=40, item="a")
    response = sign_in(cast.secretariat).post(f"{PATH}sessions/add/", {**data, "documents": [document.pk], **people})
    assert response.url == f"{PATH}edit/?day=2030-03-30#session-a-new-session"
    made = Session.objects.get()
    assert (made.code, made.title_ar, made.interpretation, made.expected) == ("a-new-session", "جلسة", ["en", "fr"], 40)
    assert made.starts_at == datetime(2030, 3, 30, 13, 0, tzinfo=UTC)
    assert list(made.documents.all()) == [document]
    first, second = made.speakers.all()
    assert (first.name, first.organization, first.affiliation, first.user) == ("First", undp, "", person.user)
    assert (second.name, second.organization, second.affiliation, second.user) == ("Second", None, "Lakeside University", None)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"starts_at": "2030-03-31T02:30"}, "put forward and 02:30 does not exist"),
        ({"ends_at": "2030-10-27T02:30"}, "show 02:30 twice"),
        ({"ends_at": "2030-03-30T13:00"}, "The end must be after the beginning."),
        ({"title_en": ""}, "This field is required."),
        ({"links": "https://elsewhere.example/x/"}, "is not the address of a draft, a brief or a solution"),
        ({"interpretation": "tlh"}, "Select a valid choice"),
        (speaker_rows({"name": "", "role": "Chief"}), "Say who it is"),
        (speaker_rows({"name": "A", "email": "nobody@test.example"}), "Nobody with an account has registered"),
        (speaker_rows({"name": "A\u202eB"}), "invisible characters"),
    ],
)
def test_what_cannot_be_is_refused_with_a_sentence(
    planned: Meeting, cast: Cast, sign_in: Any, change: dict[str, Any], words: str
) -> None:
    response = sign_in(cast.secretariat).post(f"{PATH}sessions/add/", fields(**change))
    assert response.status_code == 400
    assert words in response.content.decode()
    assert not Session.objects.exists()


def test_people_are_changed_ordered_and_removed(session: Session, cast: Cast, sign_in: Any) -> None:
    one, two, erased = (SpeakerFactory(session=session, name=name, position=p) for p, name in enumerate(["One", "Two", ""]))
    people = speaker_rows(
        {"pk": one.pk, "name": "One", "remove": "on"},
        {"pk": two.pk, "name": "Two", "body": "FAO", "position": 2},
        {"pk": erased.pk, "name": "", "position": 1},
    )
    data = fields(seen=0, **people)
    assert sign_in(cast.secretariat).post(f"{PATH}sessions/talk/edit/", data).status_code == 302
    assert [(row.pk, row.name) for row in session.speakers.all()] == [(erased.pk, ""), (two.pk, "Two")]
    nameless = fields(seen=1, **speaker_rows({"pk": two.pk, "name": ""}))
    response = sign_in(cast.secretariat).post(f"{PATH}sessions/talk/edit/", nameless)
    assert "take the row away" in response.content.decode()


def test_a_form_on_an_old_version_is_refused(session: Session, cast: Cast, sign_in: Any) -> None:
    client = sign_in(cast.secretariat)
    assert move(client, session, start=615).status_code == 200
    response = client.post(f"{PATH}sessions/talk/edit/", fields(seen=0))
    assert response.status_code == 400
    assert "Somebody else has changed this session meanwhile" in response.content.decode()
    session.refresh_from_db()
    assert session.title == "Talk"


def test_saving_goes_on_where_more_people_are_added(session: Session, cast: Cast, sign_in: Any) -> None:
    response = sign_in(cast.secretariat).post(f"{PATH}sessions/talk/edit/", fields(seen=0, more=1))
    assert response.url == f"{PATH}sessions/talk/edit/"


def test_a_copy_begins_where_the_other_ends(session: Session, cast: Cast, sign_in: Any) -> None:
    SpeakerFactory(session=session)
    session.documents.add(DocumentFactory(meeting=session.meeting))
    assert sign_in(cast.secretariat).post(f"{PATH}sessions/talk/duplicate/").url == f"{PATH}sessions/talk-2/edit/"
    copy = Session.objects.get(code="talk-2")
    assert (copy.starts_at, copy.ends_at - copy.starts_at, copy.number) == (session.ends_at, timedelta(hours=1), "")
    assert (copy.speakers.count(), copy.documents.count(), session.speakers.count()) == (1, 1, 1)
    assert copy.title_en == session.title_en


def test_a_session_is_removed_after_a_question(session: Session, cast: Cast, sign_in: Any) -> None:
    staff = sign_in(cast.secretariat)
    assert 'id="talk"' in staff.get(f"{PATH}working/").content.decode()
    assert "Remove the session?" in staff.get(f"{PATH}sessions/talk/remove/").content.decode()
    assert staff.post(f"{PATH}sessions/talk/remove/").status_code == 302
    assert not Session.objects.exists()
    assert (MeetingEdit.objects.get().act, MeetingEdit.objects.get().thing) == (EditAct.SESSION_REMOVED, "Talk")
    assert 'id="talk"' not in staff.get(f"{PATH}working/").content.decode()
    with pytest.raises(Refused, match="has removed this session"):
        remove_session(session=session, by=cast.secretariat)


def test_a_cancelled_meeting_keeps_its_programme(session: Session, cast: Cast, sign_in: Any) -> None:
    Meeting.objects.update(state=MeetingState.CANCELLED)
    words = "its programme stays as it was"
    client = sign_in(cast.secretariat)
    assert words in move(client, session, start=615).json()["refusal"]
    assert words in client.post(f"{PATH}sessions/add/", fields()).content.decode()
    assert words in client.post(f"{PATH}sessions/talk/remove/", follow=True).content.decode()
    assert words in client.post(f"{PATH}sessions/talk/duplicate/", follow=True).content.decode()


def test_verbs_are_for_the_staff_of_this_meeting(session: Session, cast: Cast) -> None:
    when = {"starts_at": session.starts_at, "ends_at": session.ends_at}
    for person in (cast.outsider, cast.drafter, cast.administrator, staff_of("elsewhere")):
        for act in (
            lambda by: add_session(meeting=session.meeting, by=by, values={"title_en": "x", **when}),
            lambda by: change_session(session=session, by=by, values={}),
            lambda by: move_session(session=session, by=by, room=None, **when),
            lambda by: duplicate_session(session=session, by=by),
            lambda by: remove_session(session=session, by=by),
            lambda by: save_rooms(meeting=session.meeting, by=by, rows=[]),
        ):
            with pytest.raises(PermissionDenied):
                act(person)
    assert Session.objects.count() == 1


# --- Links -----------------------------------------------------------------------------------------------------------


def test_pages_are_linked_by_their_address_and_shown_to_who_may_see_them(session: Session, cast: Cast, sign_in: Any) -> None:
    public, waiting = in_state(SolutionState.VERIFIED), in_state(SolutionState.SUBMITTED)
    lines = f"https://portal.example/fr/solutions/{public.slug}/\n/solutions/{waiting.slug}"
    assert sign_in(cast.secretariat).post(f"{PATH}sessions/talk/edit/", fields(seen=0, links=lines)).status_code == 302
    (for_all,) = show_links(working_programme(session.meeting), AnonymousUser()).sessions
    assert [page.address for page in for_all.links] == [public.get_absolute_url()]
    (for_staff,) = show_links(working_programme(session.meeting), cast.secretariat).sessions
    assert [page.address for page in for_staff.links] == [public.get_absolute_url(), waiting.get_absolute_url()]
    page = sign_in(cast.secretariat).get(f"{PATH}sessions/talk/edit/").content.decode()
    assert f"/solutions/{waiting.slug}/" in page


def test_what_the_editor_may_not_see_stays_linked(session: Session, cast: Cast) -> None:
    hidden, shown = in_state(SolutionState.DRAFT), in_state(SolutionState.VERIFIED)
    session.solutions.add(hidden, shown)
    change_session(session=session, by=cast.secretariat, values={}, parts=SessionParts(links={"solutions": []}))
    assert list(session.solutions.all()) == [hidden]


@pytest.mark.parametrize("address", ["", "/", "/solutions/", "/solutions/none/", "/briefs/none/", "/strategy/x/drafts/0/", "::"])
def test_other_addresses_are_no_linked_pages(db: Any, address: str) -> None:
    assert linked_page(address, AnonymousUser()) is None


@pytest.mark.parametrize("count", [1, 9])
def test_links_of_a_kind_take_one_query_whatever_their_number(
    planned: Meeting, count: int, django_assert_num_queries: Any
) -> None:
    for _ in range(count):
        SessionFactory(meeting=planned).solutions.add(in_state(SolutionState.VERIFIED))
    programme = working_programme(planned)
    with django_assert_num_queries(1):
        show_links(programme, AnonymousUser())
    assert [len(row.links) for row in programme.sessions] == [1] * count


# --- Rooms -----------------------------------------------------------------------------------------------------------


def rooms_data(*rows: dict[str, Any]) -> dict[str, Any]:
    data: dict[str, Any] = {"rooms-TOTAL_FORMS": len(rows), "rooms-INITIAL_FORMS": sum("pk" in row for row in rows)}
    for number, row in enumerate(rows):
        data |= {f"rooms-{number}-{name}": value for name, value in row.items()}
    return data


def test_rooms_are_added_changed_ordered_and_removed(planned: Meeting, cast: Cast, sign_in: Any) -> None:
    one, two = RoomFactory(meeting=planned, name="One", position=1), RoomFactory(meeting=planned, name="Two", position=2)
    data = rooms_data(
        {"pk": one.pk, "name": "One", "capacity": 80, "position": 3},
        {"pk": two.pk, "name": "Two", "capacity": 220, "remove": "on"},
        {"name": "Three", "capacity": 12, "position": 1},
        {"name": "", "capacity": ""},
    )
    assert sign_in(cast.secretariat).post(f"{PATH}rooms/", data).status_code == 302
    assert [(room.name, room.capacity, room.code) for room in planned.rooms.all()] == [
        ("Three", 12, "three"),
        ("One", 80, one.code),
    ]
    assert MeetingEdit.objects.get().detail == "One, – Two, Three"


def test_a_room_with_sessions_is_not_removed(session: Session, cast: Cast, sign_in: Any) -> None:
    data = rooms_data({"pk": session.room_id, "name": "x", "capacity": 1, "remove": "on"})
    response = sign_in(cast.secretariat).post(f"{PATH}rooms/", data)
    assert response.status_code == 400
    assert "still has 1 session. Move it to another room first." in response.content.decode()


def test_rooms_of_another_meeting_are_out_of_reach(planned: Meeting, cast: Cast, sign_in: Any) -> None:
    elsewhere = RoomFactory(meeting=MeetingFactory(slug="other"), name="Elsewhere")
    response = sign_in(cast.secretariat).post(f"{PATH}rooms/", rooms_data({"pk": elsewhere.pk, "name": "Mine", "capacity": 1}))
    assert "has removed a room meanwhile" in response.content.decode()
    assert Room.objects.get().name == "Elsewhere"


def test_a_room_has_a_name_and_seats(planned: Meeting, cast: Cast, sign_in: Any) -> None:
    for row in ({"name": "", "capacity": 3}, {"name": "A", "capacity": -1}, {"name": "A", "capacity": ""}):
        assert sign_in(cast.secretariat).post(f"{PATH}rooms/", rooms_data(row)).status_code == 400
    save_rooms(meeting=planned, by=cast.secretariat, rows=[RoomRow("A", 1), RoomRow("A", 1)])
    assert list(planned.rooms.values_list("code", flat=True)) == ["a", "a-2"]


# --- A person's part -------------------------------------------------------------------------------------------------


def test_a_speaker_takes_their_part_along_and_loses_their_name_with_the_account(session: Session, cast: Cast) -> None:
    SpeakerFactory(session=session, name="E. K.", user=cast.outsider)
    RegistrationFactory(meeting=session.meeting)
    (part,) = data_of_person(cast.outsider)
    assert (part["speaks_in"], part["name"]) == ("talk", "E. K.")
    erase_person(user=cast.outsider, traces=Traces(frozenset(), frozenset(), frozenset()))
    speaker = Speaker.objects.get()
    assert (speaker.name, speaker.user) == ("", None)


def test_the_last_changes_are_told_in_the_readers_language(session: Session, cast: Cast, sign_in: Any) -> None:
    client = sign_in(cast.secretariat)
    start = session.starts_at.replace(year=2030, month=12, day=24, hour=9, minute=0, second=0)
    Meeting.objects.update(starts_at=start, ends_at=start + timedelta(days=1))
    room = RoomFactory(meeting=session.meeting, name="Perge Room")
    move_session(session=session, by=cast.secretariat, room=room, starts_at=start, ends_at=start + timedelta(hours=1))
    page = client.get(f"/meetings/{session.meeting.slug}/programme/edit/").content.decode()
    assert "<bdi>24 December 2030</bdi>, <bdi>09:00–10:00</bdi>, <bdi>Perge Room</bdi>" in page
    page = client.get(f"/es/meetings/{session.meeting.slug}/programme/edit/").content.decode()
    assert "<bdi>24 de diciembre de 2030</bdi>" in page


def test_warnings_are_folded_with_their_number_and_set_titles_apart(session: Session, cast: Cast, sign_in: Any) -> None:
    SessionFactory(
        meeting=session.meeting,
        room=session.room,
        starts_at=session.starts_at,
        ends_at=session.ends_at,
        item="b",
        title_ar="جلسة",
    )
    page = sign_in(cast.secretariat).get("/ar/meetings/antalya/programme/edit/").content.decode()
    assert '<details class="notice notice-warn warnings-fold" open>' in page
    assert "\u2068\u200f(b) جلسة\u2069" in page
