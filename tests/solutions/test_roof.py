"""What home, search, desk, sitemap, the API and the admin show of solutions."""

from typing import Any

import pytest
from django.contrib.auth.models import AnonymousUser
from django.test import Client
from django.utils import translation

from directory.models import Organization
from solutions.enums import SolutionState
from solutions.selectors import addresses_of_solutions, desk_of_solutions, search_solutions, solutions_for_home
from tests.conftest import Cast
from tests.factories.directory import GoalFactory
from tests.factories.solutions import TransferFactory, country, in_state, published, region

pytestmark = pytest.mark.django_db
VISITOR = AnonymousUser()
API = "/api/v1/solutions"


def test_home_counts_by_kind_goal_and_region() -> None:
    oceania = region("009", "Oceania")
    samoa = country("WS", "882", region=region("061", "Polynesia", oceania))
    published(kind="technology", goals=[GoalFactory(number=2)], countries=[samoa])
    published(kind="national_policy", goals=[GoalFactory(number=2), GoalFactory(number=14)], countries=[samoa])
    in_state(SolutionState.SUBMITTED, countries=[samoa])
    home = solutions_for_home(VISITOR)
    assert (home["count"], home["countries"], len(home["newest"])) == (2, 1, 2)
    assert [(row["value"], row["count"]) for row in home["kinds"]] == [("national_policy", 1), ("technology", 1)]
    assert [(row["value"], row["count"], row["url"]) for row in home["sdgs"]] == [
        ("2", 2, "/solutions/?sdg=2"),
        ("14", 1, "/solutions/?sdg=14"),
    ]
    assert [(row["label"], row["count"], row["depth"]) for row in home["regions"]] == [("Oceania", 2, 0), ("Polynesia", 2, 1)]


def test_home_of_an_empty_catalogue() -> None:
    assert solutions_for_home(VISITOR) == {"count": 0, "countries": 0, "kinds": [], "sdgs": [], "regions": [], "newest": []}


def test_search_finds_only_what_is_published(cast: Cast) -> None:
    entry = published(title="Fog nets")
    in_state(SolutionState.DRAFT, title="Fog nets, second draft", submitted_by=cast.outsider)
    assert search_solutions(cast.outsider, "FOG", limit=10) == [
        {"title": "Fog nets", "url": entry.get_absolute_url(), "kind": "Technology", "snippet": entry.summary}
    ]
    assert search_solutions(VISITOR, "x" * 5000, limit=10) == []


def test_desk_of_each_person(cast: Cast) -> None:
    undp = Organization.objects.get(code="undp")
    draft = in_state(SolutionState.DRAFT, provider=undp, submitted_by=cast.contributor_undp)
    returned = in_state(SolutionState.RETURNED, provider=undp, submitted_by=cast.focal_undp)
    submitted = in_state(SolutionState.SUBMITTED, provider=undp, submitted_by=cast.focal_undp)
    published(provider=undp, submitted_by=cast.focal_undp)

    def desk(user: Any) -> list[tuple[str, str, bool]]:
        return [(item.title, str(item.act), item.is_mine) for item in desk_of_solutions(user)]

    assert desk(cast.secretariat) == [(submitted.title, "Review", True)]
    assert desk(cast.focal_undp) == [
        (draft.title, "Finish", True),
        (returned.title, "Revise", True),
        (submitted.title, "View", False),
    ]
    assert desk(cast.contributor_undp) == [
        (draft.title, "Finish", True),
        (returned.title, "Revise", False),
        (submitted.title, "View", False),
    ]
    assert desk(cast.outsider) == desk(cast.focal_fao) == []


def test_addresses_are_english_and_public() -> None:
    entry = published()
    in_state(SolutionState.DRAFT)
    with translation.override("fr"):
        assert addresses_of_solutions() == [f"/solutions/{entry.slug}/"]


# --- API ------------------------------------------------------------------------------------------------------------------


def test_api_lists_by_the_same_filters_in_keyset_pages(client: Client) -> None:
    kept = [published(title=f"Pump {number}", title_fr=f"Pompe {number}") for number in range(3)]
    published(title="Law", kind="national_policy")
    in_state(SolutionState.SUBMITTED)
    first = client.get(API, {"kind": "technology", "limit": 2}).json()
    assert first["count"] == 3
    assert [row["slug"] for row in first["results"]] == [kept[2].slug, kept[1].slug]
    assert first["results"][0]["title"] == {"en": "Pump 2", "fr": "Pompe 2"}
    second = client.get(API, {"kind": "technology", "limit": 2, "after": first["after"]}).json()
    assert ([row["slug"] for row in second["results"]], second["after"]) == ([kept[0].slug], "")


def test_api_names_unknown_values_and_limits_pages(client: Client) -> None:
    assert client.get(API, {"country": "ZZ"}).json()["ignored"] == ["Country: ZZ"]
    assert client.get(API, {"limit": 101}).status_code == 422


def test_api_detail_has_texts_and_transfers_but_no_contact(client: Client) -> None:
    entry = published(contact_email="hidden@undp.example")
    TransferFactory(solution=entry)
    response = client.get(f"{API}/{entry.slug}")
    assert response.json()["challenge"] == "Diesel was dear."
    assert response.json()["transfers"][0]["to_country"] == {"iso2": "SN", "name": "SN"}
    assert b"hidden@" not in response.content


def test_api_hides_what_is_not_published(cast: Cast, sign_in: Any) -> None:
    entry = in_state(SolutionState.DRAFT, submitted_by=cast.outsider, provider=None)
    client = sign_in(cast.outsider)
    response = client.get(f"{API}/{entry.slug}")
    assert response.status_code == 404
    assert response["Content-Type"].startswith("application/json")
    assert client.get(API).json()["count"] == 0


def test_api_facets(client: Client) -> None:
    published(goals=[GoalFactory(number=2)])
    facets = client.get(f"{API}/facets", {"sdg": "2"}).json()
    assert facets["facets"]["kind"] == [{"value": "technology", "label": "Technology", "count": 1}]


def test_api_needs_as_many_queries_for_many_as_for_one(client: Client, django_assert_num_queries: Any) -> None:
    published()
    # Countries by code, regions and goals are not asked for; facets, hits, entries and three lists of what belongs to them.
    with django_assert_num_queries(6):
        client.get(API)
    for _ in range(5):
        published(goals=[GoalFactory(number=1), GoalFactory(number=2)])
    with django_assert_num_queries(6):
        client.get(API)


# --- Admin ----------------------------------------------------------------------------------------------------------------


def test_admin_shows_published_entries_and_changes_none(cast: Cast, sign_in: Any) -> None:
    entry, hidden = published(), in_state(SolutionState.DRAFT)
    client = sign_in(cast.administrator)
    html = client.get("/admin/solutions/solution/").content.decode()
    assert entry.title in html
    assert hidden.title not in html
    change = f"/admin/solutions/solution/{entry.pk}/change/"
    assert client.get(change).status_code == 200
    assert client.post(change, {"state": "draft"}).status_code == 403
    assert client.get("/admin/solutions/solution/add/").status_code == 403
    assert client.get(f"/admin/solutions/solution/{entry.pk}/delete/").status_code == 403
