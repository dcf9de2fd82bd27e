"""What meetings give to home, search, desk, sitemap and a person's own data."""

import json
from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth.models import AnonymousUser
from django.test import Client
from django.utils import timezone, translation

from directory.enums import Role
from meetings.enums import EventState, MeetingState, ReportState
from meetings.enums import RegistrationState as S
from meetings.models import CategoryQuota, Meeting
from meetings.selectors import addresses_of_meetings, data_of_person, desk_of_meetings, meetings_for_home, search_meetings
from meetings.services.registration import cancel_registration, submit_registration
from tests.conftest import Cast
from tests.factories.directory import person
from tests.factories.meetings import (
    ActionFactory,
    EventFactory,
    GroupFactory,
    MeetingFactory,
    RegistrationFactory,
    ReportFactory,
    SessionFactory,
    registrant,
    release,
)

NOBODY = AnonymousUser()


def test_home_shows_the_next_meeting_with_its_items(meeting: Meeting, django_assert_num_queries: Any) -> None:
    MeetingFactory(starts_at=timezone.now() + timedelta(weeks=9), ends_at=timezone.now() + timedelta(weeks=9, days=1))
    MeetingFactory(state=MeetingState.CANCELLED, starts_at=timezone.now() + timedelta(days=1))
    SessionFactory(meeting=meeting, item="b", code="item-b")
    SessionFactory(meeting=meeting, item="a", code="item-a")
    SessionFactory(meeting=meeting)
    release(meeting)
    with django_assert_num_queries(2):
        part = meetings_for_home(NOBODY)
        assert [item.get_absolute_url() for item in part["items"]] == [f"/meetings/antalya/programme/#item-{x}" for x in "ab"]
    assert part["next"] == meeting
    assert len(part["later"]) == 1
    assert part["window"] == "open"
    assert part["registration"] is None
    assert part["holds_until"] == meeting.registration_closes_at


def test_home_without_meetings(db: Any) -> None:
    assert meetings_for_home(NOBODY) == {"next": None, "items": [], "later": [], "holds_until": None}


def test_home_shows_ones_own_registration(academia: CategoryQuota) -> None:
    row = registrant(academia.meeting)
    assert meetings_for_home(row.user)["registration"] == row
    cancel_registration(registration=row, by=row.user)
    assert meetings_for_home(row.user)["registration"] is None


@pytest.mark.parametrize(
    ("words", "url"),
    [
        ("ANTALYA", "/meetings/antalya/"),
        ("twinning", "/meetings/antalya/programme/#item-a"),
        ("farmers", "/thematic-events/farmers/"),
        ("zero draft", "/working-groups/group/"),
        ("small island", "/reports/samoa/"),
    ],
)
def test_search_finds_in_every_part(meeting: Meeting, words: str, url: str) -> None:
    SessionFactory(meeting=meeting, code="item-a", title="Twinning")
    release(meeting)
    EventFactory(slug="farmers", summary="Farmers.")
    GroupFactory(slug="group", summary="Prepares the zero draft.")
    ReportFactory(slug="samoa", summary="A small island State.")
    assert url in [hit["url"] for hit in search_meetings(NOBODY, words, limit=10)]


def test_search_hides_what_the_reader_may_not_see(cast: Cast) -> None:
    draft = MeetingFactory(title="Secret words", state=MeetingState.DRAFT)
    SessionFactory(meeting=draft, title="Secret words")
    release(draft)
    EventFactory(title="Secret words", state=EventState.PROPOSED)
    ReportFactory(title="Secret words", state=ReportState.SUBMITTED)
    for user in (NOBODY, cast.administrator, cast.outsider):
        assert search_meetings(user, "secret words", limit=10) == []
    assert len(search_meetings(cast.secretariat, "secret words", limit=10)) == 4
    assert len(search_meetings(cast.secretariat, "secret words", limit=3)) == 3


@pytest.mark.parametrize("words", ["", "  ", "\x00", "%", "_", "'\"\\"])
def test_search_takes_odd_words(meeting: Meeting, words: str) -> None:
    assert search_meetings(NOBODY, words, limit=10) == []


def test_search_in_another_language_also_finds_english(meeting: Meeting) -> None:
    Meeting.objects.update(title_fr="Réunion")
    with translation.override("fr"):
        assert len(search_meetings(NOBODY, "réunion", limit=10)) == 1
        assert len(search_meetings(NOBODY, "Meeting antalya", limit=10)) == 1


def test_desk_of_staff_shows_what_to_decide(ngo: CategoryQuota, cast: Cast) -> None:
    for state in (S.SUBMITTED, S.ENDORSED, S.APPROVED):
        RegistrationFactory(meeting=ngo.meeting, category=ngo.category, state=state)
    EventFactory(title="Idea", state=EventState.PROPOSED)
    ReportFactory(title="Report", state=ReportState.SUBMITTED)
    MeetingFactory(title="Draft", state=MeetingState.DRAFT)
    items = desk_of_meetings(cast.secretariat)
    assert [(item.title, str(item.act)) for item in items] == [
        ("Meeting antalya", "Decide on registrations"),
        ("Draft", "Announce the meeting"),
        ("Idea", "Decide on the proposal"),
        ("Report", "Publish the report"),
    ]
    assert items[0].note == "2 registrations wait"
    assert items[0].url == "/meetings/antalya/registrations/?state=to_decide"
    for other in (cast.outsider, cast.drafter, cast.administrator, NOBODY):
        assert desk_of_meetings(other) == []


def test_desk_of_a_focal_point_shows_the_agencys_actions_and_proposals(cast: Cast) -> None:
    ActionFactory(text="Send examples")
    ActionFactory(text="Sent already", state="done")
    EventFactory(title="Our idea", state=EventState.PROPOSED, proposed_by=cast.focal_undp.main_organization)
    items = desk_of_meetings(cast.focal_undp)
    assert [(item.title, item.is_mine) for item in items] == [("Our idea", False), ("Send examples", True)]
    assert desk_of_meetings(person(Role.CONTRIBUTOR, "undp"))[0].title == "Our idea"


def test_desk_of_a_registrant_follows_the_registration(academia: CategoryQuota) -> None:
    row = registrant(academia.meeting, state=S.WAITLISTED)
    (item,) = desk_of_meetings(row.user)
    assert (item.url, item.is_mine, item.note) == (f"/registrations/{row.reference}/", False, "On the waiting list")


def test_sitemap_holds_public_addresses_only(meeting: Meeting, client: Client) -> None:
    MeetingFactory(state=MeetingState.DRAFT)
    EventFactory(slug="idea", state=EventState.PROPOSED)
    EventFactory(slug="farmers")
    GroupFactory(slug="group")
    ReportFactory(slug="samoa")
    with translation.override("ar"):
        paths = addresses_of_meetings()
    assert paths == [
        "/meetings/antalya/",
        "/meetings/antalya/programme/",
        "/thematic-events/farmers/",
        "/working-groups/group/",
        "/reports/samoa/",
    ]
    assert all(client.get(path).status_code == 200 for path in paths)


def test_a_person_takes_their_registrations_along(academia: CategoryQuota, cast: Cast) -> None:
    submit_registration(
        meeting=academia.meeting, category=academia.category, by=cast.outsider, given_name="A", family_name="B", affiliation="C"
    )
    registrant(academia.meeting)
    (row,) = json.loads(json.dumps(data_of_person(cast.outsider)))
    assert (row["meeting"], row["state"], row["email"]) == ("antalya", "approved", cast.outsider.email)
    assert [step["to"] for step in row["history"]] == ["submitted", "approved"]
