"""What a programme should not have."""

from datetime import datetime, timedelta
from typing import Any

import pytest

from meetings.enums import RegistrationState, SessionKind, WarningKind
from meetings.models import Meeting, Room, Session
from meetings.selectors.warnings import warnings_of
from tests.factories.directory import OrganizationFactory, UserFactory
from tests.factories.meetings import MeetingFactory, RegistrationFactory, RoomFactory, SessionFactory, SpeakerFactory

ZONE = "Europe/Berlin"


@pytest.fixture
def planned(db: Any) -> Meeting:
    """Two days in June, rooms open from 8 to 21."""
    meeting = MeetingFactory(slug="planned", time_zone=ZONE)
    meeting.starts_at, meeting.ends_at = at(meeting, "09:00"), at(meeting, "18:00", day=4)
    meeting.save()
    return meeting


def at(meeting: Meeting, hour: str, day: int = 3) -> datetime:
    return datetime.fromisoformat(f"2030-06-{day:02d}T{hour}").replace(tzinfo=meeting.zone)


def plan(meeting: Meeting, starts: str = "10:00", ends: str = "11:00", day: int = 3, **fields: Any) -> Session:
    starts_at, ends_at = at(meeting, starts, day), at(meeting, ends, day)
    return SessionFactory(meeting=meeting, starts_at=starts_at, ends_at=ends_at, **fields)


def kinds(meeting: Meeting) -> list[WarningKind]:
    return [warning.kind for warning in warnings_of(meeting)]


def test_a_programme_that_fits_has_none(planned: Meeting) -> None:
    room = RoomFactory(meeting=planned)
    for starts, ends in (("10:00", "11:00"), ("11:00", "12:00"), ("08:00", "10:00"), ("20:00", "21:00")):
        SpeakerFactory(session=plan(planned, starts, ends, room=room, interpretation_team="Team A"))
    assert warnings_of(planned) == []


def test_a_room_taken_twice(planned: Meeting) -> None:
    room = RoomFactory(meeting=planned, name="Perge")
    one, other = plan(planned, room=room, title="One"), plan(planned, "10:30", "12:00", room=room, title="Other")
    (warning,) = warnings_of(planned)
    assert (warning.kind, warning.sessions) == (WarningKind.ROOM_TWICE, (one, other))
    assert warning.text == "Perge is taken twice, 3 June, 10:30–11:00: “One” and “Other”."


def test_a_long_session_collides_with_each_of_those_within(planned: Meeting) -> None:
    room = RoomFactory(meeting=planned)
    plan(planned, "09:00", "12:00", room=room)
    plan(planned, "09:30", "10:00", room=room)
    plan(planned, "11:00", "11:30", room=room)
    assert kinds(planned) == [WarningKind.ROOM_TWICE] * 2


@pytest.mark.parametrize(
    ("one", "other", "is_same"),
    [
        ({"name": "Elif Karadere"}, {"name": "elif  karadere"}, True),
        ({"name": "Elif Karadere"}, {"name": "Elif Karadere", "organization": None, "affiliation": "Lakeside"}, False),
        (
            {"name": "Elif Karadere", "organization": None, "affiliation": "Lakeside"},
            {"name": "Elif Karadere", "organization": None, "affiliation": "lakeside "},
            True,
        ),
        ({"name": ""}, {"name": ""}, False),  # two erased people are nobody
    ],
)
def test_a_speaker_in_two_sessions_at_once(planned: Meeting, one: Any, other: Any, is_same: bool) -> None:
    for fields in (one, other):
        SpeakerFactory(session=plan(planned), **fields)
    assert kinds(planned) == ([WarningKind.SPEAKER_TWICE] if is_same else [])


def test_an_account_is_the_same_person_under_any_name(planned: Meeting) -> None:
    user = UserFactory()
    SpeakerFactory(session=plan(planned), name="E. Karadere", user=user)
    SpeakerFactory(session=plan(planned), name="Elif Karadere", user=user, organization=OrganizationFactory(code="who"))
    assert kinds(planned) == [WarningKind.SPEAKER_TWICE]


def test_the_same_name_and_account_are_one_warning(planned: Meeting) -> None:
    user = UserFactory()
    for _ in range(2):
        SpeakerFactory(session=plan(planned), user=user)
    assert kinds(planned) == [WarningKind.SPEAKER_TWICE]


def test_an_interpretation_team_in_two_sessions_at_once(planned: Meeting) -> None:
    plan(planned, interpretation_team="Team A")
    plan(planned, interpretation_team="team a")
    plan(planned, interpretation_team="Team B")
    plan(planned)
    assert kinds(planned) == [WarningKind.TEAM_TWICE]


@pytest.mark.parametrize(
    ("fields", "approved", "is_small"),
    [
        ({"expected": 3}, 0, True),
        ({"expected": 2}, 9, False),
        ({"kind": SessionKind.PLENARY}, 3, True),
        ({"kind": SessionKind.PLENARY}, 2, False),
        ({"kind": SessionKind.CLINIC}, 3, False),
    ],
)
def test_a_room_too_small(planned: Meeting, fields: dict[str, Any], approved: int, is_small: bool) -> None:
    plan(planned, room=RoomFactory(meeting=planned, capacity=2), **fields)
    for _ in range(approved):
        RegistrationFactory(meeting=planned, state=RegistrationState.APPROVED)
    RegistrationFactory(meeting=planned, state=RegistrationState.WAITLISTED)
    assert kinds(planned) == ([WarningKind.ROOM_SMALL] if is_small else [])


@pytest.mark.parametrize(
    ("starts", "ends", "day", "words"),
    [
        ("07:45", "09:00", 3, "lies outside the hours of the rooms, 08:00 to 21:00"),
        ("20:00", "21:15", 3, "lies outside the hours of the rooms"),
        ("10:00", "11:00", 5, "outside the days of the meeting"),
        ("10:00", "11:00", 2, "outside the days of the meeting"),
    ],
)
def test_outside_the_hours_or_the_days(planned: Meeting, starts: str, ends: str, day: int, words: str) -> None:
    plan(planned, starts, ends, day)
    (warning,) = warnings_of(planned)
    assert warning.kind == WarningKind.OUTSIDE
    assert words in warning.text


def test_hours_are_those_of_the_place(planned: Meeting) -> None:
    Meeting.objects.filter(pk=planned.pk).update(time_zone="Pacific/Apia")
    plan(planned)  # ten in the morning in Berlin
    assert kinds(Meeting.objects.get(pk=planned.pk)) == [WarningKind.OUTSIDE]


def test_over_midnight_is_outside(planned: Meeting) -> None:
    session = plan(planned, "20:00", "21:00")
    Session.objects.update(ends_at=session.ends_at + timedelta(hours=6))
    assert kinds(planned) == [WarningKind.OUTSIDE]


def test_a_session_without_a_room_but_breaks_need_none(planned: Meeting) -> None:
    plan(planned, room=None)
    plan(planned, room=None, kind=SessionKind.BREAK)
    plan(planned, room=None, kind=SessionKind.SERVICE)
    assert kinds(planned) == [WarningKind.NO_ROOM]


def test_the_demo_has_something_to_look_at_and_nothing_else_collides(db: Any) -> None:
    from io import StringIO

    from django.core.management import call_command

    call_command("load_demo", stdout=StringIO())
    assert kinds(Meeting.objects.get(slug="antalya-2017")) == [WarningKind.TEAM_TWICE, WarningKind.ROOM_SMALL]
    assert Room.objects.exists()
