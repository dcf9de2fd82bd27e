"""The feed and the API: published things only, in a form that programs rely on."""

import json
import re
from typing import Any
from xml.etree import ElementTree

import pytest
from django.test import Client

from briefs.enums import BriefState
from briefs.models import Brief
from briefs.services import publish_brief
from tests.conftest import Cast
from tests.factories.briefs import brief_by, clear_all, in_state, publish_without_verbs
from tests.factories.directory import GoalFactory

pytestmark = pytest.mark.django_db
ATOM = {"a": "http://www.w3.org/2005/Atom"}


# --- the feed ---


def test_feed_lists_public_briefs_the_newest_change_first(client: Client, cast: Cast) -> None:
    one = brief_by(title="One & <only>", state=BriefState.PUBLISHED)
    brief_by(title="Two", state=BriefState.PUBLISHED)
    brief_by(title="Draft")
    brief_by(title="Gone", state=BriefState.WITHDRAWN)
    clear_all(one)
    publish_brief(brief=in_state(one, BriefState.CLEARED), by=cast.secretariat)
    response = client.get("/briefs/feed/")
    assert response["Content-Type"] == "application/atom+xml; charset=utf-8"
    feed = ElementTree.fromstring(response.content)
    entries = feed.findall("a:entry", ATOM)
    assert [entry.findtext("a:title", namespaces=ATOM) for entry in entries] == [
        "One & <only>",
        "Withdrawn: Gone",
        "Two",
    ]
    assert entries[0].findtext("a:author/a:name", namespaces=ATOM) == "UNDP, FAO"
    assert entries[0].find("a:link", ATOM).get("href").endswith(f"/briefs/{one.slug}/")
    assert feed.findtext("a:updated", namespaces=ATOM) == entries[0].findtext("a:updated", namespaces=ATOM)


def test_feed_has_no_language_prefix_and_takes_no_post(client: Client, cast: Cast) -> None:
    assert client.get("/fr/briefs/feed/").status_code == 404
    assert client.post("/briefs/feed/").status_code == 405


def test_feed_asks_the_same_for_one_and_many(client: Client, cast: Cast, django_assert_max_num_queries: Any) -> None:
    for _ in range(6):
        brief_by(state=BriefState.PUBLISHED)
    with django_assert_max_num_queries(5):
        client.get("/briefs/feed/")


# --- the API ---


def test_api_lists_published_briefs(client: Client, cast: Cast) -> None:
    brief = brief_by(title="One", number=4)
    brief.sdgs.add(GoalFactory(number=6))
    edition = publish_without_verbs(brief)
    Brief.objects.filter(pk=brief.pk).update(state=BriefState.PUBLISHED, current_edition=edition)
    brief_by(title="Draft")
    answer = client.get("/api/v1/briefs/").json()
    assert (answer["count"], answer["next"]) == (1, "")
    (row,) = answer["results"]
    assert {key: row[key] for key in ("slug", "series", "number", "edition", "title", "agencies", "sdgs", "pdf", "state")} == {
        "slug": brief.slug,
        "series": "policy-briefs",
        "number": 4,
        "edition": 1,
        "title": "One",
        "agencies": ["undp", "fao"],
        "sdgs": [6],
        "pdf": None,
        "state": "published",
    }


def test_api_pages_by_cursor(client: Client, cast: Cast) -> None:
    for number in (1, 2, 3):
        brief_by(number=number, title=f"No {number}", state=BriefState.PUBLISHED)
    first = client.get("/api/v1/briefs/?limit=2").json()
    second = client.get(f"/api/v1/briefs/?limit=2&after={first['next']}").json()
    assert [row["number"] for row in first["results"] + second["results"]] == [3, 2, 1]
    assert (first["count"], second["next"]) == (3, "")


@pytest.mark.parametrize("query", ["limit=101", "limit=0", "sdg=18", "year=abc", "after=x", "series=%00"])
def test_api_refuses_what_it_does_not_know(client: Client, cast: Cast, query: str) -> None:
    assert client.get(f"/api/v1/briefs/?{query}").status_code == 422


def test_api_gives_the_text_of_the_edition_in_force(client: Client, cast: Cast) -> None:
    brief = brief_by(title="One", state=BriefState.PUBLISHED)
    in_state(brief, BriefState.DRAFTING)
    brief.sections.update(body="<p>Next</p>")
    answer = client.get(f"/api/v1/briefs/{brief.slug}/").json()
    assert answer["sections"][0] == {"heading": "Part of undp", "agency": "UNDP", "body": "<p>Because it does.[^1]</p>"}
    assert (answer["state"], answer["sha256"]) == ("published", brief.current_edition.sha256)
    assert answer["citation"].startswith("UNDP and FAO (2018). One.")


@pytest.mark.parametrize("who", [None, "focal_undp", "secretariat"])
def test_api_knows_no_draft_whoever_asks(cast: Cast, sign_in: Any, who: str | None) -> None:
    brief = brief_by(state=BriefState.CLEARED)
    response = sign_in(getattr(cast, who) if who else None).get(f"/api/v1/briefs/{brief.slug}/")
    assert response.status_code == 404
    assert response["Content-Type"].startswith("application/json")


def test_api_lists_series(client: Client, cast: Cast) -> None:
    brief_by()
    assert client.get("/api/v1/briefs/series/").json() == [
        {"slug": "policy-briefs", "title": "Policy Briefs", "description": "Short and to the point."}
    ]


def test_api_is_described(client: Client, cast: Cast) -> None:
    paths = client.get("/api/v1/openapi.json").json()["paths"]
    assert {path for path in paths if re.match("/api/v1/briefs", path)} == {
        "/api/v1/briefs/",
        "/api/v1/briefs/series/",
        "/api/v1/briefs/{slug}/",
    }
    assert json.dumps(paths["/api/v1/briefs/"]).count("description") > 5


def test_api_asks_the_same_for_one_and_many(client: Client, cast: Cast, django_assert_num_queries: Any) -> None:
    for count in (1, 5):
        while Brief.objects.count() < count:
            brief_by(state=BriefState.PUBLISHED)
        with django_assert_num_queries(3):
            client.get("/api/v1/briefs/")
