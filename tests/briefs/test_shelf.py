"""Filters that combine, counts, search in briefs, reading time, related briefs, feeds by subject: all from editions."""

from typing import Any
from xml.etree import ElementTree

import pytest
from django.test import Client

from briefs.enums import BriefState
from briefs.models import Brief, CitedSolution
from briefs.selectors import reading_minutes, related_briefs, shelf
from common.search_words import marked, marked_snippet
from directory.models import Theme
from tests.conftest import Cast
from tests.factories.briefs import SeriesFactory, brief_by, in_state, publish_without_verbs
from tests.factories.directory import GoalFactory

pytestmark = pytest.mark.django_db
ATOM = {"a": "http://www.w3.org/2005/Atom"}


def published(*codes: str, goals: tuple[int, ...] = (), themes: tuple[Theme, ...] = (), **fields: Any) -> Brief:
    brief = brief_by(*codes, **fields)
    brief.sdgs.set(GoalFactory(number=number) for number in goals)
    brief.themes.set(themes)
    edition = publish_without_verbs(brief)
    Brief.objects.filter(pk=brief.pk).update(state=BriefState.PUBLISHED, current_edition=edition)
    return Brief.objects.get(pk=brief.pk)


@pytest.fixture
def theme(cast: Cast) -> Theme:
    return Theme.objects.get_or_create(code="sharing", defaults={"name": "Sharing", "name_fr": "Partage"})[0]


@pytest.fixture
def library(cast: Cast, theme: Theme) -> dict[str, Brief]:
    SeriesFactory()
    notes = SeriesFactory(slug="notes", title="Notes")
    return {
        "water": published("undp", "fao", title="Water for all", goals=(6, 17), themes=(theme,), number=1),
        "seeds": published("fao", "who", title="Seeds", goals=(2, 17), number=2),
        "eau": published("undp", title="L'eau", language="fr", goals=(6,), number=1, series=notes),
        "draft": brief_by("who", title="Water secret"),
    }


def titles(response: Any) -> list[str]:
    return [brief.current_edition.title for _series, briefs in response.context["groups"] for brief in briefs]


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("agency=undp", ["Water for all", "L'eau"]),
        ("agency=fao&sdg=17", ["Seeds", "Water for all"]),
        ("agency=fao&sdg=17&theme=sharing", ["Water for all"]),
        ("sdg=6&language=fr&series=notes", ["L'eau"]),
        ("agency=who&sdg=6", []),
        ("q=water", ["Water for all"]),
        ("q=WATER+do&agency=undp", ["Water for all"]),
        ("q=secret", []),
        ("q=%00", ["Seeds", "Water for all", "L'eau"]),
        ("region=zzz&agency=%00", ["Seeds", "Water for all", "L'eau"]),
    ],
)
def test_filters_combine(client: Client, library: Any, query: str, found: list[str]) -> None:
    assert titles(client.get(f"/briefs/?{query}")) == found


def test_choices_say_how_many_briefs_they_leave(client: Client, library: Any) -> None:
    page = client.get("/briefs/?sdg=6").content.decode()
    assert '<option value="undp">UNDP (2)</option>' in page
    assert '<option value="fao">FAO (1)</option>' in page
    assert '<option value="who" disabled>WHO (0)</option>' in page
    assert '<option value="notes">Notes (1)</option>' in page
    # The filter itself is not narrowed by itself.
    assert "17. " in page
    assert "(2)</option>" in page


def test_unpublished_texts_count_nowhere(client: Client, library: Any) -> None:
    Brief.objects.filter(pk=library["seeds"].pk).update(state=BriefState.DRAFTING, title="Secret")
    library["seeds"].sdgs.set([GoalFactory(number=13)])
    assert titles(client.get("/briefs/?sdg=13")) == []
    assert titles(client.get("/briefs/?sdg=2")) == ["Seeds"]
    assert client.get("/api/v1/briefs/?sdg=13").json()["count"] == 0


def test_region_is_that_of_the_solutions_cited(client: Client, cast: Cast) -> None:
    from directory.models import Country
    from tests.factories.solutions import in_state as solution_in_state

    solution = solution_in_state("verified", submitted_by=cast.outsider)
    country = Country.objects.select_related("region").filter(region__parent__isnull=False).first()
    if country is None:
        pytest.skip("no vocabulary of regions is loaded")
    solution.countries_of_origin.set([country])
    brief = brief_by(title="Cites")
    CitedSolution.objects.create(brief=brief, solution=solution)
    edition = publish_without_verbs(brief)
    Brief.objects.filter(pk=brief.pk).update(state=BriefState.PUBLISHED, current_edition=edition)
    assert titles(client.get(f"/briefs/?region={country.region.code}")) == ["Cites"]
    type(solution).objects.filter(pk=solution.pk).update(state="withdrawn")
    assert shelf()[0].region == ()


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ("cooperacion", "La cooperación"),
        ("COOPERACIÓN", "La cooperación"),
        ("coopéracion", "La cooperación"),  # an accent too many is no reason to find nothing
        ("100%", "100% solaire"),
        ("solaire_", None),
        ("تعاون", "التَّعاوُن"),
    ],
)
def test_search_folds_accents_and_case(client: Client, cast: Cast, asked: str, found: str | None) -> None:
    for number, title in enumerate(("La cooperación", "100% solaire", "التَّعاوُن"), 1):
        published(title=title, number=number)
    response = client.get("/briefs/", {"q": asked})
    assert titles(response) == ([found] if found else [])


def test_word_is_marked_as_it_is_written(client: Client, cast: Cast) -> None:
    published(title="La cooperación", number=1)
    assert "<mark>cooperación</mark>" in client.get("/briefs/", {"q": "cooperacion"}).content.decode()


def test_search_puts_titles_first_and_marks_the_words(client: Client, cast: Cast) -> None:
    published(title="Other", summary="About <solar> pumps.", number=9)
    published(title="Solar pumps", number=1)
    response = client.get("/briefs/?q=solar+pumps")
    assert titles(response) == ["Solar pumps", "Other"]
    page = response.content.decode()
    assert "<mark>Solar pumps</mark></a>" in page
    assert "About &lt;<mark>solar</mark>&gt; <mark>pumps</mark>." in page


def test_marks_escape_what_they_mark() -> None:
    assert marked("<b>A&B</b>", "a&b") == "&lt;b&gt;<mark>A&amp;B</mark>&lt;/b&gt;"
    assert marked("a.c abc", "a.c") == "<mark>a.c</mark> abc"
    assert marked("<i>", "") == "&lt;i&gt;"
    assert marked_snippet("one two three", "three two") == "one <mark>two three</mark>"


def test_search_page_marks_the_words(client: Client, library: Any) -> None:
    assert "<mark>Water</mark>" in client.get("/search/?q=water").content.decode()


@pytest.mark.parametrize(
    ("letters", "language", "minutes"), [(0, "en", 1), (1250, "en", 1), (12500, "fr", 10), (3200, "zh-hans", 10)]
)
def test_reading_time(letters: int, language: str, minutes: int) -> None:
    assert reading_minutes(letters, language) == minutes


def test_reading_time_stands_on_list_and_page(client: Client, library: Any) -> None:
    assert "1 minute to read" in client.get("/briefs/").content.decode()
    assert "1 minute to read" in client.get(f"/briefs/{library['water'].slug}/").content.decode()


def test_related_briefs_say_why(client: Client, library: Any, theme: Theme) -> None:
    published("ilo", title="Same theme", themes=(theme,), number=5)
    names = {"sharing": "Sharing"}
    related = related_briefs(library["water"].slug, shelf(regions=False), theme_names=names)
    assert [(near.row.title, near.reasons) for near in related] == [
        ("Same theme", ["Same theme: Sharing", "Same series"]),
        ("Seeds", ["Same Goals: 17", "Same series"]),
        ("L'eau", ["Same Goals: 6"]),
    ]
    page = client.get(f"/briefs/{library['water'].slug}/").content.decode()
    assert "Same theme: Sharing" in page
    assert "Water secret" not in page


def test_language_edition_and_withdrawn_are_not_related(client: Client, library: Any) -> None:
    first = library["water"]
    published(title="Agua", language="es", translation_of=first, goals=(6,), number=1)
    in_state(library["seeds"], BriefState.WITHDRAWN)
    related = related_briefs(first.slug, shelf(regions=False), theme_names={})
    assert [near.row.title for near in related] == ["L'eau"]


def test_brief_cited_by_another_is_named_first(cast: Cast, library: Any) -> None:
    from dataclasses import replace

    rows = [replace(row, cites=frozenset({library["water"].slug})) if row.title == "L'eau" else row for row in shelf()]
    related = related_briefs(library["water"].slug, rows, theme_names={})
    assert (related[0].row.title, related[0].reasons[0]) == ("L'eau", "Cites this brief")


def test_page_is_shared_by_link_and_mail_only(client: Client, library: Any) -> None:
    page = client.get(f"/briefs/{library['water'].slug}/").content.decode()
    assert f'/briefs/{library["water"].slug}/" data-copied' in page
    assert 'href="mailto:?subject=Water%20for%20all&amp;body=http' in page


# --- feeds by subject ---


@pytest.mark.parametrize(
    ("address", "found"),
    [
        ("", {"Water for all", "Seeds", "L'eau"}),
        ("series/notes/", {"L'eau"}),
        ("language/fr/", {"L'eau"}),
        ("theme/sharing/", {"Water for all"}),
        ("sdg/17/", {"Water for all", "Seeds"}),
    ],
)
def test_feeds_by_subject_as_atom_and_rss(client: Client, library: Any, address: str, found: set[str]) -> None:
    atom = client.get(f"/briefs/feed/{address}")
    assert atom["Content-Type"] == "application/atom+xml; charset=utf-8"
    entries = ElementTree.fromstring(atom.content).findall("a:entry", ATOM)
    assert {entry.findtext("a:title", namespaces=ATOM) for entry in entries} == found
    rss = client.get(f"/briefs/feed/{address}rss/")
    assert rss["Content-Type"] == "application/rss+xml; charset=utf-8"
    items = ElementTree.fromstring(rss.content).findall("channel/item")
    assert {item.findtext("title") for item in items} == found
    assert "secret" not in (atom.content + rss.content).decode()


@pytest.mark.parametrize(
    "address", ["series/none/", "language/xx/", "theme/none/", "sdg/18/", "sdg/0/", "sdg/x/rss/", "year/2018/"]
)
def test_feed_of_nothing_is_not_found(client: Client, library: Any, address: str) -> None:
    assert client.get(f"/briefs/feed/{address}").status_code == 404


def test_list_points_to_the_feeds_of_its_filters(client: Client, library: Any) -> None:
    page = client.get("/briefs/?sdg=6&series=notes").content.decode()
    for address in ("/briefs/feed/", "/briefs/feed/rss/", "/briefs/feed/sdg/6/", "/briefs/feed/series/notes/rss/"):
        assert f'href="{address}"' in page


def test_api_filters_like_the_list(client: Client, library: Any) -> None:
    rows = client.get("/api/v1/briefs/?agency=fao&sdg=17&theme=sharing&q=water").json()["results"]
    assert [(row["title"], row["themes"], row["minutes"]) for row in rows] == [("Water for all", ["sharing"], 1)]
    detail = client.get(f"/api/v1/briefs/{library['water'].slug}/").json()
    assert (detail["csl"]["title"], detail["downloads"]) == ("Water for all", 0)
