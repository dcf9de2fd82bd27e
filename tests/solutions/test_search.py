"""Finding: words in six languages, facets whose counts are true, places in lists."""

from collections.abc import Iterable
from types import SimpleNamespace
from typing import Any

import pytest
from django.contrib.auth.models import AnonymousUser
from django.db import connection
from django.http import QueryDict
from django.test.utils import CaptureQueriesContext
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from solutions.enums import Dimension, Modality, SolutionKind
from solutions.filters import plain_line, read_cursor, read_query
from solutions.models import Solution
from solutions.selectors.facets import Vocabulary
from solutions.selectors.marks import Marker
from solutions.selectors.query import Query
from solutions.selectors.search import Place, count_facets, find, find_all
from solutions.selectors.words import fold, folded_for_index, folded_for_query, split_exclusions
from solutions.services.search_index import rebuild_search_index
from tests.factories.directory import GoalFactory
from tests.factories.solutions import country, published, region

pytestmark = pytest.mark.django_db
VISITOR = AnonymousUser()


def asked(address: str, language: str = "en") -> Query:
    return read_query(QueryDict(address), Vocabulary(), language)


def titles(address: str, language: str = "en") -> list[str]:
    return [entry.title for entry in find_all(asked(address, language), user=VISITOR)]


# --- Words --------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "folded"),
    [
        ("Énergie ŒUVRE", "energie oeuvre"),
        ("São Tomé, Łódź", "sao tome  lodz"),
        ("Ёлка й", "елка й"),
        ("التَّعاوُن", "التعاون"),
        ("a/b_c\x00d\u200f!", "a b c d"),
        ("co-operation - x", "co-operation   x"),
        ("l’eau", "l'eau"),
    ],
)
def test_fold(text: str, folded: str) -> None:
    assert fold(text) == folded


def test_chinese_becomes_pairs_and_a_query_their_phrase() -> None:
    assert folded_for_index("南南合作", "zh_hans").split() == ["南南", "南合", "合作", "南", "南", "合", "作"]
    assert folded_for_query("南南合作", "zh_hans").strip() == '"南南 南合 合作"'


@pytest.mark.parametrize(
    ("words", "included", "excluded"),
    [
        ("maize -rice", "maize", '"rice"'),
        ('maize -"hybrid seed" -oil', "maize", '"hybrid seed" or "oil"'),
        ("south-south", "south-south", ""),
        ("-", "-", ""),
        ('-"unbalanced words', "", '"unbalanced words"'),
    ],
)
def test_exclusions_are_taken_out(words: str, included: str, excluded: str) -> None:
    assert split_exclusions(words) == (included, excluded)


@pytest.fixture
def library() -> Any:
    pumps = published(title="Solar pumps for small farms", title_fr="Pompes solaires à l'école", summary="Water without diesel.")
    maize = published(
        title="Maize seed banks",
        summary="Villages keep water-saving seed.",
        title_ru="Банки семян кукурузы",
        title_ar="بنوك بذور الذرة",
        title_zh_hans="玉米种子银行",
    )
    policy = published(title="Costa Rica pays for forests", kind="national_policy", summary="Rainfall and income rose.")
    return SimpleNamespace(pumps=pumps.title, maize=maize.title, policy=policy.title)


@pytest.mark.parametrize(
    ("address", "language", "names"),
    [
        ("q=pump", "en", ["pumps"]),
        ("q=PUMPS", "en", ["pumps"]),
        ("q=farming", "en", ["pumps"]),
        ("q=ecole", "en", ["pumps"]),
        ("q=école", "fr", ["pumps"]),
        ("q=écoles", "fr", ["pumps"]),
        ("q=кукуруза", "en", ["maize"]),
        ("q=بنوك", "ar", ["maize"]),
        ("q=种子", "en", ["maize"]),
        ("q=种", "en", ["maize"]),
        ("q=子种", "en", []),
        ('q="seed banks"', "en", ["maize"]),
        ('q="banks seed"', "en", []),
        ("q=water -farms", "en", ["maize"]),
        ("q=-farms", "en", ["policy", "maize"]),
        ("q=samoa technology", "en", ["maize", "pumps"]),
        ("q=harvests", "en", ["policy", "maize", "pumps"]),
        ("q=rice", "en", []),
        ("q=the", "en", []),
        ("q=nothinglikeit", "en", []),
    ],
)
def test_words(library: Any, address: str, language: str, names: list[str]) -> None:
    found = find(asked(address.replace("+", " "), language), user=VISITOR).entries
    assert sorted(entry.title_en for entry in found) == sorted(getattr(library, name) for name in names)


def test_title_hits_come_first_then_the_newest(library: Any) -> None:
    older = published(title="Seed law", summary="Nothing else.")
    assert titles("q=seed")[:2] in ([library.maize, older.title], [older.title, library.maize])
    text_only = published(title="Newest of all", summary="Seed seed seed seed.")
    assert titles("q=seed")[-1] == text_only.title
    assert titles("")[0] == text_only.title


def test_rebuilt_table_gives_the_same_answers(library: Any) -> None:
    before = (titles("q=water"), count_facets(asked("")))
    rebuild_search_index()
    assert (titles("q=water"), count_facets(asked(""))) == before


# --- Reading an address -------------------------------------------------------------------------------------------------


def test_country_is_known_by_letters_and_number() -> None:
    country("WS", "882", iso3="WSM")
    for raw in ("WS", "ws", "WSM", "882"):
        assert asked(f"country={raw}").values(Dimension.COUNTRY) == ["WS"]


def test_unknown_values_are_named_and_left_out() -> None:
    query = asked("sdg=99&kind=elephant&country=ZZ&region=001&modality=north&sdg=")
    assert query.chosen == {}
    assert query.ignored == ("Kind: elephant", "Goal: 99", "Country: ZZ", "Region: 001", "Modality: north")


def test_words_are_cut_and_say_so() -> None:
    query = asked("q=" + "water+" * 2000)
    assert len(query.words) <= 200
    assert query.is_cut


def test_a_line_has_no_control_or_direction_signs() -> None:
    assert plain_line("a\x00b\u202ec\n d\u200f") == "a bc d"


@pytest.mark.parametrize("cursor", ["", "x", "1", "1-", "-1", "1-2-3", "٣-٤", "1-" + "9" * 19, "9" * 10 + "-1", "\x00-1"])
def test_what_is_no_cursor_is_the_beginning(cursor: str) -> None:
    assert Place.read(cursor) is None
    parameters = QueryDict(mutable=True)
    parameters["after"] = cursor * 50
    assert len(read_cursor(parameters)) <= 40


# --- Pages of a list ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("address", ["", "q=pump", "kind=technology"])
def test_keyset_pages_give_every_entry_once_in_order(address: str) -> None:
    for number in range(7):
        published(summary="pump " * (number % 3 + 1))
    query = asked(address)
    whole = [entry.pk for entry in find(query, user=VISITOR, limit=100).entries]
    paged, after = [], ""
    while True:
        page = find(query, user=VISITOR, after=after, limit=2)
        paged += [entry.pk for entry in page.entries]
        after = page.after
        if not after:
            break
    assert len(whole) == 7
    assert paged == whole


# --- Facets -------------------------------------------------------------------------------------------------------------


def test_region_includes_its_subregions() -> None:
    oceania = region("009", "Oceania")
    samoa = country("WS", "882", region=region("061", "Polynesia", oceania))
    fiji = country("FJ", "242", region=region("054", "Melanesia", oceania))
    first, second = published(countries=[samoa]), published(countries=[fiji], used_in=[samoa])
    assert titles("region=009") == [second.title, first.title]
    assert titles("region=054") == [second.title]
    assert titles("country=WS") == [second.title, first.title]
    groups = Vocabulary().groups(asked(""), count_facets(asked("")))
    assert [(value.label, value.count, value.depth) for value in groups["region"].values] == [
        ("Oceania", 2, 0),
        ("Melanesia", 1, 1),
        ("Polynesia", 2, 1),
    ]


def test_two_values_of_a_dimension_mean_either() -> None:
    one = published(goals=[GoalFactory(number=1)])
    two = published(goals=[GoalFactory(number=2)])
    published(goals=[GoalFactory(number=3)])
    assert titles("sdg=1&sdg=2") == [two.title, one.title]


@pytest.fixture
def catalogue() -> Iterable[Solution]:
    regions = [region("009", "Oceania")]
    regions += [region("061", "Polynesia", regions[0]), region("014", "Eastern Africa")]
    places = [
        country("WS", "882", region=regions[1]),
        country("KE", "404", region=regions[2]),
        country("FJ", "242", region=regions[0]),
    ]
    goals = [GoalFactory(number=number) for number in (1, 2, 13)]
    kinds, modalities, words = list(SolutionKind), list(Modality), ["water", "seed", "water and seed", "law"]
    return [
        published(
            kind=kinds[number % 4],
            modality=modalities[number % 2],
            summary=words[number % 4 - number // 8],
            countries=[places[number % 3]],
            used_in=[places[(number // 3) % 3]],
            goals=goals[: number % 3 + 1],
        )
        for number in range(14)
    ]


OPTIONS = {
    "q": ["water", "seed", "water -seed", "-law"],
    "kind": SolutionKind.values,
    "sdg": ["1", "2", "13"],
    "country": ["WS", "KE", "FJ"],
    "region": ["009", "061", "014"],
    "modality": Modality.values,
}
filters = st.fixed_dictionaries(
    {},
    optional={name: st.lists(st.sampled_from(values), min_size=1, max_size=2, unique=True) for name, values in OPTIONS.items()},
)


@hypothesis_settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(chosen=filters)
def test_count_of_a_facet_value_is_the_length_of_the_list_with_it(catalogue: Any, chosen: dict[str, list[str]]) -> None:
    parameters = QueryDict(mutable=True)
    for name, values in chosen.items():
        parameters.setlist(name, values[:1] if name == "q" else values)
    vocabulary = Vocabulary()
    query = read_query(parameters, vocabulary)
    counts = count_facets(query)
    assert counts[0] == len(list(find_all(query, user=VISITOR)))
    for dimension in Dimension:
        for value in OPTIONS[dimension.parameter]:
            with_it = parameters.copy()
            with_it.setlist(dimension.parameter, [value])
            _, code = vocabulary.read(dimension, value)  # type: ignore[misc]
            assert counts.get(code, 0) == len(list(find_all(read_query(with_it, vocabulary), user=VISITOR))), (dimension, value)


def test_counts_and_links_of_the_page_agree(catalogue: Any) -> None:
    query = asked("q=water&sdg=2")
    groups = Vocabulary().groups(query, count_facets(query))
    for group in groups.values():
        for value in group.values:
            if not value.is_chosen:
                assert len(titles(value.address.lstrip("?"))) == value.count, value


def test_facets_are_counted_in_one_query(catalogue: Any, django_assert_num_queries: Any) -> None:
    query = asked("q=water&sdg=2&region=009")
    with django_assert_num_queries(1):
        count_facets(query)


# --- Marks --------------------------------------------------------------------------------------------------------------


def marked(text: str, address: str, language: str = "en") -> str:
    return str(Marker(asked(address, language), [text]).mark(text))


def test_matching_words_are_marked_whatever_their_form() -> None:
    assert marked("Farms & farming, by farm", "q=farm") == "<mark>Farms</mark> &amp; <mark>farming</mark>, by <mark>farm</mark>"


def test_accents_do_not_matter_for_marks() -> None:
    assert marked("À l'école", "q=ecoles", "fr") == "À l&#x27;<mark>école</mark>"


def test_everything_else_is_escaped() -> None:
    assert marked("<script>water</script>", "q=water script") == (
        "&lt;<mark>script</mark>&gt;<mark>water</mark>&lt;/<mark>script</mark>&gt;"
    )


def test_chinese_is_marked_inside_a_run() -> None:
    assert marked("玉米种子银行", "q=种子") == "玉米<mark>种子</mark>银行"


def test_nothing_is_marked_without_words() -> None:
    assert marked("water", "") == "water"


def test_whole_list_is_put_in_order_once_however_many_batches() -> None:
    made = [published().pk for _ in range(5)]
    with CaptureQueriesContext(connection) as queries:
        found = [entry.pk for entry in find_all(Query(words="pump"), user=AnonymousUser(), batch=2)]
    assert found == made[::-1]
    assert sum("solutions_solutionindex" in query["sql"] for query in queries.captured_queries) == 1
