"""The public pages: the list, an entry, the export."""

import csv
import io
import time
from typing import Any
from urllib.parse import quote

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from directory.models import Organization
from solutions.enums import SolutionState
from solutions.services import verify_solution, withdraw_solution
from tests.conftest import Cast
from tests.factories.directory import GoalFactory
from tests.factories.solutions import TransferFactory, country, in_state, published, region

pytestmark = pytest.mark.django_db


def page(client: Client, address: str = "", prefix: str = "") -> str:
    response = client.get(f"{prefix}/solutions/{address}")
    assert response.status_code == 200, address
    return response.content.decode()


# --- The thread: verified, then found -------------------------------------------------------------------------------------


def test_public_finds_the_verified_entry_by_word_by_goal_and_by_country(client: Client, cast: Cast) -> None:
    entry = in_state(
        SolutionState.SUBMITTED,
        title="Village fisheries by-laws",
        provider=Organization.objects.get(code="samoa"),
        countries=[country("WS", "882")],
        goals=[GoalFactory(number=14)],
    )
    other = published(title="Literacy classes", countries=[country("CU", "192")], goals=[GoalFactory(number=4)])
    for address in ("", "?q=fisheries", "?sdg=14", "?country=WS"):
        assert entry.get_absolute_url() not in page(client, address)
    assert client.get(entry.get_absolute_url()).status_code == 404
    verify_solution(solution=entry, by=cast.secretariat, level="self_reported")
    for address in ("?q=fisheries", "?sdg=14", "?country=WS", "?q=by-law&sdg=14&country=WS"):
        html = page(client, address)
        assert entry.get_absolute_url() in html, address
        assert other.get_absolute_url() not in html
    assert client.get(entry.get_absolute_url()).status_code == 200


def test_withdrawn_entry_is_gone_at_once(client: Client, cast: Cast) -> None:
    entry = published()
    assert entry.get_absolute_url() in page(client)
    withdraw_solution(solution=entry, by=cast.secretariat, reason="An error.")
    assert entry.get_absolute_url() not in page(client)
    assert client.get(entry.get_absolute_url()).status_code == 404
    assert client.get(reverse("solutions_files:export")).getvalue().decode().count("\n") == 1


# --- The list -------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "query",
    [
        "q=" + "x" * 10_000,
        "q=" + quote("a -b " * 2000),
        "q=" + quote('"' * 9_999),
        "q=%00",
        "q=a%00b&kind=%00&after=%00",
        "q=" + quote("\"unbalanced and ' quotes"),
        "q=" + quote("'; DROP TABLE solutions_solution; --"),
        "q=" + quote("\u202e\u200f\u2067 abc \u2069"),
        "q=" + quote("! & | ( ) <-> :* <<>>"),
        "q=" + quote("%s %(x)s {0} \\"),
        "q=%ff%fe",
        "q=-",
        "q=---&sdg=-1&country=%27&region=0x1f",
        "q=" + quote("𝒳💧" * 100),
        "sdg=99999999999999999999&after=99999999999-9999999999999999999999",
        "after=1-1&after=",
        "&".join(f"sdg={number}" for number in range(900)),
        "kind[]=technology&q[]=x&=&&&",
    ],
)
@pytest.mark.parametrize(
    "path", ["/solutions/", "/ar/solutions/", "/solutions/export.csv", "/api/v1/solutions", "/api/v1/solutions/facets"]
)
def test_any_query_string_gets_an_answer_in_bounded_time(client: Client, query: str, path: str) -> None:
    published()
    began = time.monotonic()
    response = client.get(f"{path}?{query}")
    assert response.status_code == 200
    assert b"".join(response) if response.streaming else response.content
    assert time.monotonic() - began < 3


def test_matches_are_marked_and_markup_in_texts_is_escaped(client: Client) -> None:
    published(title="<b>Pumps</b> & wells", summary="A pump.<script>alert(1)</script>")
    html = page(client, "?q=pump")
    assert "&lt;b&gt;<mark>Pumps</mark>&lt;/b&gt; &amp; wells" in html
    assert "<script>alert" not in html


def test_words_of_the_reader_are_escaped(client: Client) -> None:
    html = page(client, "?q=" + quote('"><script>alert(1)</script>'))
    assert "<script>alert" not in html


def test_active_filters_can_be_removed_one_by_one(client: Client) -> None:
    published(goals=[GoalFactory(number=2)], countries=[country("WS", "882")])
    html = page(client, "?q=pump&sdg=2&country=WS")
    for address in ("?sdg=2&amp;country=WS", "?q=pump&amp;country=WS", "?q=pump&amp;sdg=2"):
        assert f'href="/solutions/{address}"' in html
    assert "Clear all" in html


def test_facets_show_counts_and_keep_the_other_filters(client: Client) -> None:
    published(goals=[GoalFactory(number=2)], kind="technology")
    published(goals=[GoalFactory(number=2), GoalFactory(number=13)], kind="national_policy")
    html = page(client, "?sdg=2")
    assert 'href="/solutions/?kind=technology&amp;sdg=2"' in html
    assert "2 solutions" in html


def test_empty_list_says_what_to_do(client: Client) -> None:
    assert "No solution is published yet" in page(client)
    published()
    html = page(client, "?q=nothinglikeit")
    assert "No solution matches all of this" in html
    assert "Show all solutions" in html


def test_unknown_filter_value_is_said(client: Client) -> None:
    assert "Country: ZZ" in page(client, "?country=ZZ")


def test_next_page_keeps_the_filters(client: Client) -> None:
    for _ in range(22):
        published()
    html = page(client, "?q=pump&kind=technology")
    assert html.count('class="entry"') == 20
    link = html.split('rel="next" href="')[1].split('"')[0].replace("&amp;", "&")
    assert "q=pump" in link
    second = client.get(link).content.decode()
    assert second.count('class="entry"') == 2


def test_list_is_for_reading_only(client: Client) -> None:
    assert client.post("/solutions/").status_code == 405


def test_page_for_visitors_is_kept_without_cookies(client: Client) -> None:
    published()
    response = client.get("/solutions/")
    assert response["Cache-Control"] == "public, max-age=0, must-revalidate"
    assert not response.cookies
    assert b"csrf" not in response.content


@pytest.mark.parametrize("language", ["ar", "zh-hans", "fr", "ru", "es"])
def test_list_in_every_language(client: Client, language: str) -> None:
    published()
    assert "solution-" in page(client, "?q=samoa", prefix=f"/{language}")


def queries_of(client: Client, address: str) -> int:
    with CaptureQueriesContext(
        connection,
    ) as captured:
        assert client.get(address).status_code == 200
    return len(captured)


def test_list_needs_as_many_queries_for_many_rows_as_for_one(cast: Cast, sign_in: Any) -> None:
    """Signed in, so that no page is kept."""
    client = sign_in(cast.outsider)
    polynesia = region("061", "Polynesia", region("009", "Oceania"))
    published(countries=[country("WS", "882", region=polynesia)])
    one = queries_of(client, "/solutions/?q=pump")
    for number in range(1, 9):
        published(
            goals=[GoalFactory(number=number), GoalFactory(number=number + 1)],
            countries=[country("WS", "882", region=polynesia), country("KE", "404")],
            used_in=[country("FJ", "242")],
        )
    assert queries_of(client, "/solutions/?q=pump") == one
    # 4 for the frame and the reader; facets, hits, entries, Goals and two lists of countries of them, marks;
    # the names of countries, regions and Goals.
    assert one == 15


# --- An entry -------------------------------------------------------------------------------------------------------------


def test_entry_shows_facts_texts_map_transfers_and_how_it_was_verified(client: Client) -> None:
    entry = published(
        title="Rice teams",
        countries=[country("VN", "704")],
        used_in=[country("SN", "686")],
        contact_email="hidden@undp.example",
        verification_level="agency_reviewed",
        verification_note="Report of 2016.",
        year=1996,
    )
    TransferFactory(solution=entry)
    html = client.get(entry.get_absolute_url()).content.decode()
    for words in (
        "Diesel was dear.",
        "Harvests doubled.",
        "UNDP",
        "1996",
        "From VN to SN",
        "Rice was planted.",
        "Report of 2016.",
    ):
        assert words in html, words
    assert '<svg class="chart"' in html
    assert "Agency-reviewed" in html
    assert "hidden@undp.example" not in html


def test_text_in_another_language_says_so_and_is_marked_as_such(client: Client) -> None:
    entry = published(language="ar", title="", title_ar="مضخات", challenge="كان الوقود غاليا.")
    html = client.get(entry.get_absolute_url()).content.decode()
    assert "مضخات" in html
    assert 'lang="ar" dir="rtl"' in html
    assert "The full text is in Arabic" in html


@pytest.mark.parametrize("state", [S for S in SolutionState if S != SolutionState.VERIFIED])
def test_outsiders_get_404_for_what_is_not_published(cast: Cast, sign_in: Any, state: str) -> None:
    entry = in_state(state)
    for user in (None, cast.outsider, cast.administrator):
        assert sign_in(user).get(entry.get_absolute_url()).status_code == 404


def test_provider_sees_its_unpublished_entry_with_a_note(cast: Cast, sign_in: Any) -> None:
    entry = in_state(SolutionState.DRAFT, provider=Organization.objects.get(code="undp"))
    html = sign_in(cast.contributor_undp).get(entry.get_absolute_url()).content.decode()
    assert "This entry is not public" in html
    assert reverse("solutions:edit", args=[entry.slug]) in html


def test_unknown_entry_is_404(client: Client) -> None:
    assert client.get("/solutions/no-such-entry/").status_code == 404


def test_entry_needs_as_many_queries_for_much_as_for_little(cast: Cast, sign_in: Any) -> None:
    client = sign_in(cast.outsider)
    little = published(countries=[country("WS", "882")], used_in=[country("FJ", "242")])
    TransferFactory(solution=little)
    much = published(
        goals=[GoalFactory(number=number) for number in range(1, 9)],
        countries=[country("WS", "882"), country("KE", "404")],
        used_in=[country("FJ", "242"), country("SN", "686")],
    )
    for year in range(1990, 1996):
        TransferFactory(solution=much, year=year)
    assert queries_of(client, much.get_absolute_url()) == queries_of(client, little.get_absolute_url()) == 13


# --- The export -----------------------------------------------------------------------------------------------------------


def rows_of(client: Client, address: str = "") -> list[list[str]]:
    response = client.get("/solutions/export.csv" + address)
    assert response["Content-Type"] == "text/csv; charset=utf-8"
    assert "attachment" in response["Content-Disposition"]
    return list(csv.reader(io.StringIO(response.getvalue().decode("utf-8-sig"))))


def test_export_is_exactly_the_list_in_its_order(client: Client) -> None:
    for number in range(25):
        published(title=f"Pump {number:02}", kind="technology" if number % 2 else "national_policy")
    rows = rows_of(client, "?kind=technology&q=pump")
    assert [row[0] for row in rows[1:]] == [f"Pump {number:02}" for number in reversed(range(25)) if number % 2]


def test_export_of_one_batch_and_a_row(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    for _ in range(5):
        published()
    from solutions.selectors import search

    monkeypatch.setattr(search.find_all, "__kwdefaults__", {"batch": 2})
    assert len(rows_of(client)) == 6


def test_cells_that_begin_a_formula_are_escaped(client: Client) -> None:
    published(title='=HYPERLINK("http://x.example")', summary="-1+1")
    row = rows_of(client)[1]
    assert row[0].startswith("'=")
    assert row[2].startswith("'-")


def test_export_speaks_the_language_of_its_link(client: Client) -> None:
    published(title="Pumps", title_fr="Pompes")
    html = page(client, "?q=pompes", prefix="/fr")
    link = html.split('href="/solutions/export.csv')[1].split('"')[0].replace("&amp;", "&")
    rows = rows_of(client, link)
    assert rows[1][0] == "Pompes"
    assert "/fr/solutions/" in rows[1][-1]
    assert rows_of(client, "?lang=xx")[1][0] == "Pumps"


def test_export_has_no_row_that_is_not_public(client: Client, cast: Cast, sign_in: Any) -> None:
    for state in SolutionState:
        in_state(state, provider=Organization.objects.get(code="undp"))
    assert len(rows_of(sign_in(cast.focal_undp))) == 2
