"""The list, a brief, an edition, search, home: what the public reads is frozen, and never stale."""

from datetime import UTC, datetime
from typing import Any

import pytest
from django.contrib.auth.models import AnonymousUser
from django.test import Client
from django.utils import translation

from briefs.enums import BriefState
from briefs.models import Brief, CitedSolution
from briefs.selectors import addresses_of_briefs, briefs_for_home, search_briefs
from briefs.services import publish_brief, render_edition, revise_brief, withdraw_brief
from tests.conftest import Cast
from tests.factories.briefs import SeriesFactory, brief_by, clear_all, in_state, publish_without_verbs
from tests.factories.directory import GoalFactory

pytestmark = pytest.mark.django_db


def titles(response: Any) -> list[str]:
    return [brief.current_edition.title for _series, briefs in response.context["groups"] for brief in briefs]


@pytest.fixture
def shelf(cast: Cast) -> dict[str, Brief]:
    """Four published briefs that differ in everything a filter asks, and a draft."""
    SeriesFactory()
    notes = SeriesFactory(slug="notes", title="Notes")
    shelf = {
        "first": brief_by(number=1, title="First", state=BriefState.PUBLISHED),
        "second": brief_by(number=2, title="Second", state=BriefState.WITHDRAWN),
        "premier": brief_by(number=1, title="Premier", language="fr", state=BriefState.PUBLISHED),
        "note": brief_by(number=1, title="Note", series=notes, state=BriefState.CLEARED),
        "draft": brief_by(number=9, title="Hidden draft"),
    }
    at = datetime(2019, 5, 1, tzinfo=UTC)
    shelf["note"].sdgs.add(GoalFactory(number=7))
    edition = publish_without_verbs(shelf["note"], at=at)
    Brief.objects.filter(pk=shelf["note"].pk).update(state=BriefState.PUBLISHED, current_edition=edition)
    return shelf


# --- the list ---


def test_list_shows_public_briefs_by_series_the_newest_number_first(client: Client, shelf: Any) -> None:
    response = client.get("/briefs/")
    assert titles(response) == ["Second", "First", "Premier", "Note"]
    assert [series.title for series, _briefs in response.context["groups"]] == ["Policy Briefs", "Notes"]
    assert "4 briefs" in response.content.decode()


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("series=notes", ["Note"]),
        ("year=2019", ["Note"]),
        ("year=2018", ["Second", "First", "Premier"]),
        ("sdg=7", ["Note"]),
        ("language=fr", ["Premier"]),
        ("series=policy-briefs&language=en", ["Second", "First"]),
        ("series=notes&language=fr", []),
    ],
)
def test_filters_live_in_the_address(client: Client, shelf: Any, query: str, found: list[str]) -> None:
    assert titles(client.get(f"/briefs/?{query}")) == found


@pytest.mark.parametrize(
    "query",
    [
        "series=nothing",
        "year=abc",
        "year=99999999999",
        "sdg=18",
        "sdg=%00",
        "language=xx",
        "after=abc",
        "after=99999999999999",
        "x=%F0%28",
    ],
)
def test_any_other_value_filters_nothing(client: Client, shelf: Any, query: str) -> None:
    assert len(titles(client.get(f"/briefs/?{query}"))) == 4


def test_empty_list_says_what_to_do(client: Client, cast: Cast) -> None:
    assert "No brief has been published yet" in client.get("/briefs/").content.decode()


def test_empty_result_offers_all_briefs(client: Client, shelf: Any) -> None:
    page = client.get("/briefs/?series=notes&language=fr").content.decode()
    assert "No brief matches these filters" in page
    assert '<a href="/briefs/">' in page


def test_pages_of_the_list_join_without_gap(client: Client, shelf: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("briefs.views.reading.PAGE", 1)
    seen, after = [], ""
    for _ in range(4):
        response = client.get("/briefs/", {"after": after} if after else {})
        seen += titles(response)
        after = response.context["after"]
    assert (seen, after) == (["Second", "First", "Premier", "Note"], "")


# --- a brief ---


def test_public_page_shows_the_text_with_agencies_notes_and_citation(client: Client, cast: Cast) -> None:
    brief = brief_by(title="Solar pumps", number=3, state=BriefState.PUBLISHED)
    page = client.get(f"/briefs/{brief.slug}/").content.decode()
    for words in (
        "Solar pumps",
        "What this is about.",
        "Do this first.",
        "Part of undp",
        "FAO",
        "A source.",
        "Policy Briefs, No. 3",
    ):
        assert words in page
    assert "UNDP and FAO (2018). Solar pumps. Policy Briefs, No. 3. http" in page
    assert '<p>Because it does.<sup><a id="note-mark-1" href="#note-1" aria-label="Note 1">1</a></sup></p>' in page


@pytest.mark.parametrize("state", [BriefState.DRAFTING, BriefState.IN_CLEARANCE, BriefState.CLEARED])
@pytest.mark.parametrize("who", [None, "outsider", "focal_who", "focal_samoa", "administrator"])
def test_unpublished_brief_does_not_exist_for_others(cast: Cast, sign_in: Any, state: str, who: str | None) -> None:
    brief = brief_by(state=state)
    assert sign_in(getattr(cast, who) if who else None).get(f"/briefs/{brief.slug}/").status_code == 404


@pytest.mark.parametrize("who", ["contributor_undp", "focal_fao", "secretariat", "drafter"])
def test_unpublished_brief_is_a_workplace_for_its_makers(cast: Cast, sign_in: Any, who: str) -> None:
    brief = brief_by(state=BriefState.IN_CLEARANCE)
    response = sign_in(getattr(cast, who)).get(f"/briefs/{brief.slug}/")
    assert "Still to clear the text: UNDP, FAO." in response.content.decode()


def test_public_reads_the_edition_while_the_next_is_written(cast: Cast, sign_in: Any) -> None:
    brief = brief_by(state=BriefState.PUBLISHED)
    revise_brief(brief=brief, by=cast.secretariat, reason="New figures.")
    brief.sections.update(body="<p>Secret next text</p>")
    Brief.objects.filter(pk=brief.pk).update(title="Secret next title")
    for user in (None, cast.outsider, cast.administrator):
        page = sign_in(user).get(f"/briefs/{brief.slug}/").content.decode()
        assert "Because it does." in page
        assert "Secret next" not in page
    assert "Secret next text" in sign_in(cast.focal_fao).get(f"/briefs/{brief.slug}/").content.decode()
    assert "Secret next" not in sign_in().get("/briefs/").content.decode()


def test_withdrawn_brief_stays_under_a_banner_with_the_reason(client: Client, cast: Cast) -> None:
    brief = brief_by(state=BriefState.PUBLISHED)
    withdraw_brief(brief=brief, by=cast.secretariat, reason="The figures were wrong.")
    page = client.get(f"/briefs/{brief.slug}/").content.decode()
    assert "This brief was withdrawn" in page
    assert "The figures were wrong." in page
    assert "Because it does." in page


def test_reservations_are_printed(client: Client, cast: Cast) -> None:
    brief = in_state(brief_by(), BriefState.DRAFTING)
    clear_all(brief)
    brief.agencies.filter(organization__code="fao").update(
        clearance="cleared_with_reservation", reservation="Not the <b>table</b>."
    )
    publish_brief(brief=in_state(brief, BriefState.CLEARED), by=cast.secretariat)
    page = client.get(f"/briefs/{brief.slug}/").content.decode()
    assert "<strong>FAO:</strong> Not the &lt;b&gt;table&lt;/b&gt;." in page


def test_language_editions_link_to_each_other_once_they_are_public(client: Client, cast: Cast) -> None:
    first = brief_by(number=1, title="First", state=BriefState.PUBLISHED)
    french = brief_by(number=1, title="Premier", language="fr", translation_of=first, state=BriefState.PUBLISHED)
    brief_by(number=1, title="Primero", language="es", translation_of=first)
    page = client.get(f"/briefs/{first.slug}/").content.decode()
    assert f'href="/briefs/{french.slug}/" lang="fr"' in page
    assert "Primero" not in page
    page = client.get(f"/briefs/{french.slug}/").content.decode()
    assert f'href="/briefs/{first.slug}/" lang="en"' in page
    assert '<article lang="fr" dir="ltr"' in page


def test_arabic_brief_reads_right_to_left_on_an_english_page(client: Client, cast: Cast) -> None:
    brief = brief_by(language="ar", title="موجز", state=BriefState.PUBLISHED)
    page = client.get(f"/briefs/{brief.slug}/").content.decode()
    assert '<html lang="en" dir="ltr"' in page
    assert '<article lang="ar" dir="rtl"' in page


def test_cited_solution_is_linked_while_it_is_public(client: Client, cast: Cast) -> None:
    from tests.factories.solutions import in_state as solution_in_state

    solution = solution_in_state("verified", submitted_by=cast.outsider)
    brief = brief_by()
    CitedSolution.objects.create(brief=brief, solution=solution)
    clear_all(brief)
    publish_brief(brief=in_state(brief, BriefState.CLEARED), by=cast.secretariat)
    assert f'<a href="{solution.get_absolute_url()}">' in client.get(f"/briefs/{brief.slug}/").content.decode()
    type(solution).objects.filter(pk=solution.pk).update(state="withdrawn")
    from directory import public_pages

    public_pages.room.clear()
    assert solution.get_absolute_url() not in client.get(f"/briefs/{brief.slug}/").content.decode()


# --- editions ---


def test_old_edition_stays_readable_and_points_to_the_new(client: Client, cast: Cast) -> None:
    brief = brief_by(title="Old title", state=BriefState.PUBLISHED)
    Brief.objects.filter(pk=brief.pk).update(title="New title", state=BriefState.CLEARED)
    clear_all(brief)
    publish_brief(brief=brief, by=cast.secretariat)
    old = client.get(f"/briefs/{brief.slug}/editions/1/").content.decode()
    assert "Old title" in old
    assert "There is a newer edition" in old
    new = client.get(f"/briefs/{brief.slug}/editions/2/").content.decode()
    assert "New title" in new
    assert "There is a newer edition" not in new
    assert f"/briefs/{brief.slug}/editions/1/" in client.get(f"/briefs/{brief.slug}/").content.decode()


@pytest.mark.parametrize("number", [0, 2, 99999999999])
def test_edition_that_does_not_exist_is_not_found(client: Client, cast: Cast, number: int) -> None:
    brief = brief_by(state=BriefState.PUBLISHED)
    assert client.get(f"/briefs/{brief.slug}/editions/{number}/").status_code == 404


# --- never stale ---


def test_kept_pages_change_with_every_public_act(client: Client, cast: Cast) -> None:
    brief = brief_by(title="Kept", state=BriefState.CLEARED)
    detail, listed = f"/briefs/{brief.slug}/", "/briefs/"
    assert client.get(detail).status_code == 404
    assert "Kept" not in client.get(listed).content.decode()
    edition = publish_brief(brief=brief, by=cast.secretariat)
    assert "being made" in client.get(detail).content.decode()
    assert "Kept" in client.get(listed).content.decode()
    render_edition(edition=edition, report=lambda done, total: None)
    assert "being made" not in client.get(detail).content.decode()
    withdraw_brief(brief=brief, by=cast.secretariat, reason="Wrong.")
    assert "This brief was withdrawn" in client.get(detail).content.decode()


def test_public_pages_may_be_cached_by_anybody_and_carry_no_token(client: Client, cast: Cast) -> None:
    brief = brief_by(state=BriefState.PUBLISHED)
    for address in ("/briefs/", f"/briefs/{brief.slug}/", f"/briefs/{brief.slug}/editions/1/", "/briefs/feed/"):
        response = client.get(address)
        assert response["Cache-Control"] == "public, max-age=0, must-revalidate", address
        assert "csrf" not in response.content.decode().lower(), address
        assert not response.cookies, address
        assert client.get(address, headers={"if-none-match": response["ETag"]}).status_code == 304


def test_signed_in_pages_are_not_stored(cast: Cast, sign_in: Any) -> None:
    brief = brief_by(state=BriefState.PUBLISHED)
    assert sign_in(cast.outsider).get(f"/briefs/{brief.slug}/")["Cache-Control"] == "private, no-store"


# --- counts of queries ---

LIST_QUERIES = 8
DETAIL_QUERIES = 9
WORKPLACE_QUERIES = 21


@pytest.fixture
def versions_unasked(monkeypatch: pytest.MonkeyPatch) -> None:
    """Pages without a look at their versions, which asks the database now and then."""
    monkeypatch.setattr("directory.public_pages.current_versions", lambda subjects: None)


@pytest.mark.parametrize("many", [1, 12])
def test_list_asks_the_database_the_same_for_one_and_many(
    client: Client, cast: Cast, versions_unasked: None, django_assert_num_queries: Any, many: int
) -> None:
    for number in range(1, many + 1):
        brief_by(number=number, state=BriefState.PUBLISHED).sdgs.add(GoalFactory(number=number))
    with django_assert_num_queries(LIST_QUERIES):
        client.get("/briefs/")


@pytest.mark.parametrize("agencies", [("undp",), ("undp", "fao", "who", "ilo", "itc")])
def test_public_page_asks_the_same_for_small_and_large(
    client: Client, cast: Cast, versions_unasked: None, django_assert_num_queries: Any, agencies: tuple[str, ...]
) -> None:
    brief = brief_by(*agencies, state=BriefState.PUBLISHED)
    with django_assert_num_queries(DETAIL_QUERIES):
        client.get(f"/briefs/{brief.slug}/")


@pytest.mark.parametrize("agencies", [("undp",), ("undp", "fao", "who", "ilo", "itc")])
def test_workplace_asks_the_same_for_small_and_large(
    cast: Cast, sign_in: Any, django_assert_num_queries: Any, agencies: tuple[str, ...]
) -> None:
    brief = brief_by(*agencies, state=BriefState.IN_CLEARANCE)
    client = sign_in(cast.focal_undp)
    with django_assert_num_queries(WORKPLACE_QUERIES):
        client.get(f"/briefs/{brief.slug}/")


# --- for the roof ---


def test_home_gets_the_three_newest_originals(cast: Cast) -> None:
    for number, month in enumerate((3, 1, 4, 2), 1):
        brief = brief_by(number=number, title=f"Of month {month}", state=BriefState.CLEARED)
        edition = publish_without_verbs(brief, at=datetime(2020, month, 1, tzinfo=UTC))
        Brief.objects.filter(pk=brief.pk).update(state=BriefState.PUBLISHED, current_edition=edition)
    french = brief_by(number=1, language="fr", translation_of=Brief.objects.first(), state=BriefState.PUBLISHED)
    brief_by(number=9, title="Withdrawn", state=BriefState.WITHDRAWN)
    newest = briefs_for_home(AnonymousUser())["newest"]
    assert [brief.title for brief in newest] == ["Of month 4", "Of month 3", "Of month 2"]
    assert french not in newest


def test_search_finds_words_of_the_published_text_whatever_their_case(cast: Cast) -> None:
    brief = brief_by(title="Solar pumps", state=BriefState.PUBLISHED)
    for words in ("solar", "BECAUSE IT DOES", "what this is"):
        (hit,) = search_briefs(AnonymousUser(), words, limit=10)
        assert (hit["title"], hit["url"], str(hit["kind"])) == ("Solar pumps", f"/briefs/{brief.slug}/", "Policy brief")
        assert words.lower() in hit["snippet"].lower()
    assert search_briefs(AnonymousUser(), "100%_", limit=10) == []


def test_search_shows_drafts_to_their_makers_only(cast: Cast) -> None:
    brief_by(title="Unfinished thoughts")
    for user in (AnonymousUser(), cast.outsider, cast.focal_who, cast.administrator):
        assert search_briefs(user, "unfinished", limit=10) == []
    assert [hit["title"] for hit in search_briefs(cast.contributor_undp, "unfinished", limit=10)] == ["Unfinished thoughts"]


def test_search_never_finds_the_next_edition_by_its_draft(cast: Cast) -> None:
    brief = in_state(brief_by(state=BriefState.PUBLISHED), BriefState.DRAFTING)
    Brief.objects.filter(pk=brief.pk).update(title="Confidential turn")
    brief.sections.update(body="<p>Confidential turn</p>")
    assert search_briefs(AnonymousUser(), "confidential", limit=10) == []


def test_sitemap_gets_english_addresses_of_series_and_public_briefs(cast: Cast, client: Client) -> None:
    public = brief_by(state=BriefState.PUBLISHED)
    brief_by()
    empty = SeriesFactory(slug="notes", title="Notes")
    with translation.override("ar"):
        assert addresses_of_briefs() == [
            f"/briefs/series/{public.series.slug}/",
            f"/briefs/series/{empty.slug}/",
            f"/briefs/{public.slug}/",
        ]
    sitemap = client.get("/sitemap.xml").content.decode()
    for address in ("/briefs/series/notes/", "/ar/briefs/series/notes/"):
        assert f"{address}</loc>" in sitemap or f'{address}"' in sitemap
        assert client.get(address).status_code == 200
