"""Constraints: what the database itself refuses, and small things that models know."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import IntegrityError
from django.utils import timezone

from meetings.enums import (
    EVENT_TRANSITIONS,
    MEETING_TRANSITIONS,
    REGISTRATION_TRANSITIONS,
    REPORT_TRANSITIONS,
    EventState,
    MeetingState,
    RegistrationState,
    ReportState,
)
from meetings.models import CategoryQuota, Meeting, TermsVersion
from tests.factories.directory import UserFactory
from tests.factories.meetings import (
    EventFactory,
    MeetingFactory,
    QuotaFactory,
    RegistrationFactory,
    ReportFactory,
    SessionFactory,
)

S = RegistrationState


@pytest.mark.parametrize(
    ("states", "transitions"),
    [
        (MeetingState, MEETING_TRANSITIONS),
        (RegistrationState, REGISTRATION_TRANSITIONS),
        (EventState, EVENT_TRANSITIONS),
        (ReportState, REPORT_TRANSITIONS),
    ],
)
def test_every_state_has_its_ways(states: Any, transitions: dict) -> None:
    assert set(transitions) == set(states.values)
    assert set().union(*transitions.values()) <= set(states.values)


@pytest.mark.parametrize(
    "make",
    [
        lambda m: MeetingFactory(starts_at=timezone.now(), ends_at=timezone.now() - timedelta(hours=1)),
        lambda m: MeetingFactory(
            registration_opens_at=timezone.now(), registration_closes_at=timezone.now() - timedelta(hours=1)
        ),
        lambda m: SessionFactory(meeting=m, starts_at=timezone.now(), ends_at=timezone.now() - timedelta(hours=1)),
        lambda m: [SessionFactory(meeting=m, code="same") for _ in range(2)],
        lambda m: EventFactory(starts_at=timezone.now(), ends_at=timezone.now() - timedelta(hours=1)),
        lambda m: [QuotaFactory(meeting=m) for _ in range(2)],
        lambda m: [RegistrationFactory(meeting=m, email=email) for email in ("a@test.example", "A@test.example")],
        lambda m: [
            RegistrationFactory(meeting=m, user=user, email=e) for user in [UserFactory()] for e in ("a@b.example", "c@d.example")
        ],
        lambda m: RegistrationFactory(meeting=m, state=S.WAITLISTED, waitlisted_at=None),
        lambda m: RegistrationFactory(meeting=m, state=S.OFFERED, offered_until=None),
        lambda m: ReportFactory(country=None),
        lambda m: ReportFactory(published_at=None),
    ],
)
def test_the_database_refuses(meeting: Meeting, make: Any) -> None:
    with pytest.raises(IntegrityError):
        make(meeting)


def test_ended_registrations_leave_room_for_a_new_one(meeting: Meeting) -> None:
    for state in (S.CANCELLED, S.DECLINED, S.SUBMITTED):
        assert RegistrationFactory(meeting=meeting, email="a@test.example", state=state).pk


def test_registration_window_follows_the_clock(academia: CategoryQuota) -> None:
    meeting = academia.meeting
    opens, closes, ends = meeting.registration_opens_at, meeting.registration_closes_at, meeting.ends_at
    tick = timedelta(microseconds=1)
    assert [meeting.registration_window(at) for at in (opens - tick, opens, closes - tick, closes, ends - tick, ends)] == [
        "not_yet", "open", "open", "closed", "closed", "over",
    ]  # fmt: skip
    meeting.registration_closes_at = None
    assert meeting.registration_window(ends - tick) == "open"


def test_terms_of_reference_have_their_headings() -> None:
    version = TermsVersion(text="Purpose. The group prepares.\n\nEach agency, whatever its size, names one. Both attend.")
    assert version.clauses == [
        ("Purpose", "The group prepares."),
        ("", "Each agency, whatever its size, names one. Both attend."),
    ]
