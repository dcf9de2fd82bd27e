"""What makes kept public pages of meetings new: a changed name of an organization or a country, an hour that has come."""

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from directory import public_pages
from directory.page_versions import bump
from meetings.models import Meeting
from tests.factories.meetings import EventFactory, GroupFactory, QuotaFactory, ReportFactory, SessionFactory, release


def test_renamed_host_is_on_the_page_at_once(meeting: Meeting) -> None:
    client, path = Client(), f"/meetings/{meeting.slug}/"
    client.get(path)
    meeting.host.name = meeting.host.acronym = "A new name"
    meeting.host.save()
    bump("directory")
    assert "A new name" in client.get(path).content.decode()


@pytest.mark.parametrize(
    "path",
    [
        "/meetings/", "/meetings/antalya/", "/meetings/antalya/programme/", "/meetings/antalya/register/", "/calendar/",
        "/thematic-events/e/", "/working-groups/", "/working-groups/g/", "/reports/", "/reports/r/", "/calendar.ics",
        "/meetings/antalya/meeting.ics", "/meetings/antalya/now/", "/meetings/antalya/programme/versions/",
        "/meetings/antalya/programme/versions/1/", "/meetings/antalya/programme/compare/", "/meetings/antalya/programme.json",
        "/meetings/antalya/sessions/s/speakers/",
    ],
)  # fmt: skip
def test_every_kept_page_depends_on_the_directory(meeting: Meeting, path: str) -> None:
    SessionFactory(meeting=meeting, code="s")
    release(meeting)
    EventFactory(slug="e")
    GroupFactory(slug="g")
    ReportFactory(slug="r")
    assert Client().get(path).status_code == 200
    kept = list(public_pages.room._pages.values())
    assert ["directory" in page.subjects for page in kept] == [True]


@pytest.mark.parametrize("path", ["/meetings/antalya/", "/meetings/antalya/register/"])
@pytest.mark.parametrize("field", ["opens_at", "closes_at"])
def test_a_kept_page_holds_until_a_category_opens_or_closes(meeting: Meeting, path: str, field: str) -> None:
    at = timezone.now() + timedelta(hours=1)
    QuotaFactory(meeting=meeting, **{field: at})
    assert Client().get(path).status_code == 200
    assert [page.holds_until for page in public_pages.room._pages.values()] == [at.timestamp()]
