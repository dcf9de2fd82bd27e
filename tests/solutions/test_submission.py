"""Writing an entry down in the browser: nothing is lost, nobody acts for others."""

import re
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from directory.models import Organization
from notifications.models import Notification
from solutions.enums import SolutionState
from solutions.models import Solution
from solutions.services import return_solution
from tests.conftest import Cast
from tests.factories.directory import GoalFactory, ThemeFactory
from tests.factories.solutions import country, in_state

pytestmark = pytest.mark.django_db
SUBMIT = "/solutions/submit/"


def filled(action: str, **changes: Any) -> dict[str, Any]:
    return {
        "action": action,
        "kind": "technology",
        "language": "en",
        "title": "Solar pumps",
        "summary": "Water from the sun.",
        "challenge": "Diesel was dear.",
        "approach": "Panels.",
        "results": "Harvests doubled.",
        "modality": "south_south",
        "countries_of_origin": [country("WS", "882").pk],
        "countries_of_use": [country("FJ", "242").pk],
        "sdgs": [GoalFactory(number=2).pk],
        "themes": [ThemeFactory().pk],
        "year": "2016",
        "contact_email": "sina@samoa.example",
        **changes,
    }


def samoa() -> Organization:
    return Organization.objects.get(code="samoa")


def test_visitor_is_asked_to_sign_in_and_comes_back(client: Client) -> None:
    response = client.get(SUBMIT)
    assert response.status_code == 302
    assert response["Location"].endswith("?next=/solutions/submit/")


def test_focal_point_submits_in_one_go(cast: Cast, sign_in: Any) -> None:
    response = sign_in(cast.focal_samoa).post(SUBMIT, filled("submit", provider=samoa().pk))
    assert response["Location"] == reverse("solutions:mine")
    entry = Solution.objects.get()
    assert (entry.state, entry.provider, entry.year, entry.contact_email) == ("submitted", samoa(), 2016, "sina@samoa.example")
    assert [row.iso2 for row in entry.countries_of_use.all()] == ["FJ"]
    assert [row.new for row in entry.state_changes.all()] == ["draft", "submitted"]
    assert Notification.objects.filter(recipient=cast.secretariat).count() == 1


def test_participant_submits_in_their_own_name(cast: Cast, sign_in: Any) -> None:
    sign_in(cast.outsider).post(SUBMIT, filled("submit"))
    entry = Solution.objects.get()
    assert (entry.state, entry.provider, entry.submitted_by) == ("submitted", None, cast.outsider)


def test_draft_needs_only_title_and_kind_and_is_resumed(cast: Cast, sign_in: Any) -> None:
    client = sign_in(cast.outsider)
    response = client.post(
        SUBMIT, {"action": "draft", "kind": "technology", "language": "fr", "title": "Idée", "modality": "triangular"}
    )
    entry = Solution.objects.get()
    assert response["Location"] == reverse("solutions:edit", args=[entry.slug])
    html = client.get(response["Location"]).content.decode()
    assert 'value="Idée"' in html
    response = client.post(response["Location"], filled("submit", language="fr", title="Idée mûre"))
    entry.refresh_from_db()
    assert (entry.state, entry.title_fr) == ("submitted", "Idée mûre")


def test_incomplete_submission_loses_nothing_and_names_what_is_missing(cast: Cast, sign_in: Any) -> None:
    response = sign_in(cast.outsider).post(SUBMIT, filled("submit", results="", sdgs=[], approach="Panels & <poles>"))
    html = response.content.decode()
    assert response.status_code == 400
    assert html.count("This is needed before the entry can be submitted.") >= 2
    assert "Panels &amp; &lt;poles&gt;" in html
    box = re.search(rf'<input[^>]*name="countries_of_use"[^>]*value="{country("FJ", "242").pk}"[^>]*>', html)
    assert box is not None
    assert " checked" in box[0]
    assert not Solution.objects.exists()


def test_year_ahead_is_refused(cast: Cast, sign_in: Any) -> None:
    response = sign_in(cast.outsider).post(SUBMIT, filled("draft", year="2999"))
    assert response.status_code == 400
    assert "This year lies ahead" in response.content.decode()


def test_contributor_keeps_the_text_and_is_told_who_submits(cast: Cast, sign_in: Any) -> None:
    undp = Organization.objects.get(code="undp")
    client = sign_in(cast.contributor_undp)
    response = client.post(SUBMIT, filled("submit", provider=undp.pk))
    assert response.status_code == 400
    assert "Only a focal point can submit in the name of UNDP" in response.content.decode()
    assert "Diesel was dear." in response.content.decode()
    client.post(SUBMIT, filled("draft", provider=undp.pk))
    entry = Solution.objects.get()
    response = sign_in(cast.focal_undp).post(f"/solutions/{entry.slug}/edit/", filled("submit", provider=undp.pk))
    entry.refresh_from_db()
    assert entry.state == "submitted"


def test_nobody_submits_for_a_foreign_organization(cast: Cast, sign_in: Any) -> None:
    response = sign_in(cast.outsider).post(SUBMIT, filled("submit", provider=samoa().pk))
    assert response.status_code == 400
    assert not Solution.objects.exists()


def test_nul_in_a_field_is_refused_not_an_error(cast: Cast, sign_in: Any) -> None:
    assert sign_in(cast.outsider).post(SUBMIT, filled("draft", title="a\x00b")).status_code == 400


def test_returned_entry_shows_the_reason_and_goes_again(cast: Cast, sign_in: Any) -> None:
    entry = in_state(SolutionState.SUBMITTED, provider=samoa())
    return_solution(solution=entry, by=cast.secretariat, reason="Add a figure <b>.")
    client = sign_in(cast.focal_samoa)
    html = client.get(f"/solutions/{entry.slug}/edit/").content.decode()
    assert "Add a figure &lt;b&gt;." in html
    client.post(f"/solutions/{entry.slug}/edit/", filled("submit", provider=samoa().pk))
    entry.refresh_from_db()
    assert entry.state == "submitted"


@pytest.mark.parametrize("state", ["submitted", "verified", "withdrawn"])
def test_entry_that_cannot_be_edited_says_why(cast: Cast, sign_in: Any, state: str) -> None:
    entry = in_state(state, provider=samoa())
    client = sign_in(cast.focal_samoa)
    assert client.get(f"/solutions/{entry.slug}/edit/")["Location"] == entry.get_absolute_url()
    response = client.post(f"/solutions/{entry.slug}/edit/", filled("draft", title="Changed", provider=samoa().pk))
    assert response.status_code == 400
    assert "cannot be edited" in response.content.decode()
    entry.refresh_from_db()
    assert entry.title != "Changed"


def test_outsider_gets_404_and_a_reader_403(cast: Cast, sign_in: Any) -> None:
    draft = in_state(SolutionState.DRAFT, provider=samoa())
    assert sign_in(cast.focal_undp).get(f"/solutions/{draft.slug}/edit/").status_code == 404
    public = in_state(SolutionState.VERIFIED, provider=samoa())
    assert sign_in(cast.focal_undp).get(f"/solutions/{public.slug}/edit/").status_code == 403


def test_wrong_method_and_wrong_id(cast: Cast, sign_in: Any) -> None:
    client = sign_in(cast.focal_samoa)
    assert client.put(SUBMIT).status_code == 405
    assert client.post("/solutions/mine/").status_code == 405
    assert client.get("/solutions/no-such-entry/edit/").status_code == 404


def test_mine_lists_ones_own_and_the_organizations(cast: Cast, sign_in: Any) -> None:
    undp = Organization.objects.get(code="undp")
    kept = [in_state(state, provider=undp) for state in SolutionState]
    own = in_state(SolutionState.DRAFT, provider=None, submitted_by=cast.contributor_undp)
    foreign = in_state(SolutionState.VERIFIED, provider=samoa())
    html = sign_in(cast.contributor_undp).get("/solutions/mine/").content.decode()
    for entry in (*kept, own):
        assert entry.title in html
    assert foreign.title not in html
    only = sign_in(cast.contributor_undp).get("/solutions/mine/?state=returned").content.decode()
    assert [entry.state for entry in kept if entry.title in only] == ["returned"]


def test_mine_without_entries_says_how_to_begin(cast: Cast, sign_in: Any) -> None:
    assert "You have no entry yet" in sign_in(cast.outsider).get("/solutions/mine/?state=x&after=%00").content.decode()


def test_mine_in_pages(cast: Cast, sign_in: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("solutions.views.submission.PAGE_SIZE", 2)
    entries = [in_state(SolutionState.DRAFT, provider=None, submitted_by=cast.outsider) for _ in range(3)]
    client = sign_in(cast.outsider)
    html = client.get("/solutions/mine/").content.decode()
    assert entries[0].title not in html
    assert f"after={entries[1].pk}" in html
    assert entries[0].title in client.get(f"/solutions/mine/?after={entries[1].pk}").content.decode()
