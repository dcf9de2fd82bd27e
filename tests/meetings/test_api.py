"""The public API: only what everybody may read."""

from typing import Any

import pytest
from django.test import Client

from meetings.enums import EventState, MeetingState, ReportState
from meetings.enums import RegistrationState as S
from meetings.models import CategoryQuota, Meeting
from tests.conftest import Cast
from tests.factories.meetings import (
    DocumentFactory,
    EventFactory,
    MeetingFactory,
    RegistrationFactory,
    ReportFactory,
    SessionFactory,
    SpeakerFactory,
    release,
)

API = "/api/v1/meetings/"


def test_lists_hold_public_rows_only_whoever_asks(meeting: Meeting, cast: Cast, sign_in: Any) -> None:
    MeetingFactory(state=MeetingState.DRAFT)
    EventFactory(slug="farmers")
    EventFactory(state=EventState.PROPOSED)
    ReportFactory(slug="samoa")
    ReportFactory(state=ReportState.SUBMITTED)
    for client in (Client(), sign_in(cast.secretariat)):
        assert [row["slug"] for row in client.get(API).json()] == ["antalya"]
        assert [row["slug"] for row in client.get(API + "thematic-events").json()] == ["farmers"]
        assert [row["slug"] for row in client.get(API + "reports").json()] == ["samoa"]


def test_a_meeting_comes_with_programme_and_open_categories(academia: CategoryQuota, client: Client) -> None:
    session = SpeakerFactory(session=SessionFactory(meeting=academia.meeting, item="a")).session
    session.documents.add(DocumentFactory(meeting=academia.meeting, symbol="A/RES/71/318"))
    release(academia.meeting)
    for _ in range(2):
        RegistrationFactory(meeting=academia.meeting, state=S.APPROVED, family_name="Hidden")
    response = client.get(API + "antalya")
    data = response.json()
    assert data["registration"] == "open"
    assert data["categories"] == [{"category": "academia", "status": "full"}]
    assert data["programme"][0]["speakers"][0]["organization"] == "UNDP"
    assert data["programme"][0]["documents"] == ["A/RES/71/318"]
    assert "Hidden" not in response.content.decode()


def test_unknown_and_unannounced_meetings_are_not_found(client: Client, db: Any) -> None:
    draft = MeetingFactory(state=MeetingState.DRAFT)
    for slug in ("nowhere", draft.slug, "%00"):
        response = client.get(API + slug)
        assert response.status_code == 404
        assert response["Content-Type"].startswith("application/json")


@pytest.mark.parametrize("query", ["limit=0", "limit=101", "offset=-1", "limit=x", "offset=99999999999"])
def test_pages_have_bounds(client: Client, db: Any, query: str) -> None:
    assert client.get(f"{API}?{query}").status_code == 422


@pytest.mark.parametrize("count", [1, 6])
def test_the_list_takes_the_same_queries_at_one_row_and_at_many(
    client: Client, db: Any, count: int, django_assert_num_queries: Any
) -> None:
    for _ in range(count):
        MeetingFactory()
    with django_assert_num_queries(1):
        assert len(client.get(API).json()) == count
