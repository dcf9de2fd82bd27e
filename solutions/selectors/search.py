"""Finding published entries: hits in order, counts of every facet value, matching words to mark.

Words are searched in the six languages at once, so that a French word finds an entry under any language of the portal.
"""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from typing import Any

from django.contrib.postgres.search import SearchQuery, SearchRank
from django.db import connection
from django.db.models import Case, Expression, F, Func, IntegerField, Q, QuerySet, Value, When
from django.db.models.fields import BooleanField
from django.db.models.functions import Cast, Greatest, Least

from common.numbers import whole_number
from solutions.enums import DIMENSION_SIZE, SEARCH_CONFIGURATIONS
from solutions.models import Solution, SolutionIndex
from solutions.selectors.query import Query
from solutions.selectors.words import AS_WRITTEN, folded_for_query

PAGE_SIZE = 20
TITLE_HIT = 10_000_000
_ONE_MISS = 1000


@dataclass(frozen=True)
class Page:
    """Some entries in order, and the cursor after which the next ones begin ("" at the end)."""

    entries: list[Solution]
    after: str


@dataclass(frozen=True)
class Place:
    """A place in a list: the entries after it have a lower score, or the same score and a lower sort key."""

    score: int
    sort_key: int

    def __str__(self) -> str:
        return f"{self.score}-{self.sort_key}"

    @classmethod
    def read(cls, cursor: str) -> "Place | None":
        """The place that a cursor names; None for anything that is no cursor."""
        before, _dash, after = cursor.partition("-")
        score, sort_key = whole_number(before, digits=9), whole_number(after)
        return None if score is None or sort_key is None else cls(score, sort_key)


class TitleWords(Func):
    """The words of a vector that stand in the title."""

    template = "ts_filter(%(expressions)s, '{a}')"


class Matches(Func):
    """Whether a vector matches a query."""

    template = "(%(expressions)s)"
    arg_joiner = " @@ "
    output_field = BooleanField()


_CONFIGURATIONS = {**SEARCH_CONFIGURATIONS, AS_WRITTEN: "simple"}


def _asked(words: str, language: str) -> SearchQuery:
    return SearchQuery(folded_for_query(words, language), config=_CONFIGURATIONS[language], search_type="websearch")


def _in_any_language(words: str, languages: Collection[str]) -> Q:
    found = Q()
    for language in languages:
        found |= Q(**{f"words_{language}": _asked(words, language)})
    return found


def _matching_words(query: Query) -> QuerySet[SolutionIndex]:
    """The published entries that the words of the query match, whatever is chosen in the facets."""
    rows = SolutionIndex.objects.all()
    if query.included:
        rows = rows.filter(_in_any_language(query.included, query.languages))
    if query.excluded:
        # Not as `!word` beside the other words: an entry without a French text would then lack the word in French.
        rows = rows.exclude(_in_any_language(query.excluded, query.languages))
    return rows


def matching(query: Query) -> QuerySet[SolutionIndex]:
    """The rows of the search table that the whole query finds, in no order."""
    rows = _matching_words(query)
    for dimension in query.chosen:
        rows = rows.filter(facets__overlap=query.codes(dimension))
    return rows


def _highest(expressions: list[Expression]) -> Expression:
    return Greatest(*expressions) if len(expressions) > 1 else expressions[0]


def _score(query: Query) -> Expression:
    """Hits in the title first, then by PostgreSQL's rank; a whole number, so that a cursor can name it exactly."""
    if not query.included:
        return Value(0, output_field=IntegerField())
    ranks: list[Expression] = []
    in_title = Q()
    for language in query.languages:
        asked, words = _asked(query.included, language), F(f"words_{language}")
        ranks.append(SearchRank(words, asked))
        in_title |= Q(Matches(TitleWords(words), asked))
    rank = Cast(Least(_highest(ranks), Value(90.0)) * 100_000, IntegerField())
    return rank + Case(When(in_title, then=Value(TITLE_HIT)), default=Value(0))


def _in_order(query: Query) -> Any:  # annotated rows, which the type of the QuerySet does not name
    return matching(query).annotate(score=_score(query)).order_by("-score", "-sort_key")


def _ordered(query: Query, *, after: Place | None, limit: int) -> list[tuple[int, int, int]]:
    rows = _in_order(query)
    if after:
        rows = rows.filter(Q(score__lt=after.score) | Q(score=after.score, sort_key__lt=after.sort_key))
    return list(rows.values_list("solution_id", "score", "sort_key")[:limit])


def find(query: Query, *, user: Any, after: str = "", limit: int = PAGE_SIZE) -> Page:
    """Return up to `limit` entries after the cursor, best first (title, rank, newest), with what a row shows."""
    places = _ordered(query, after=Place.read(after), limit=limit + 1)
    following = str(Place(*places[limit - 1][1:])) if len(places) > limit else ""
    keys = [key for key, *_ in places[:limit]]
    entries = {entry.pk: entry for entry in for_lists(Solution.objects.visible_to(user).filter(pk__in=keys))}
    return Page([entries[key] for key in keys if key in entries], following)


def for_lists(rows: QuerySet[Solution]) -> QuerySet[Solution]:
    """Load what a row of a list shows, in a fixed number of queries."""
    return rows.select_related("provider").prefetch_related("sdgs", "countries_of_origin", "countries_of_use")


def find_all(query: Query, *, user: Any, batch: int = 500) -> Iterator[Solution]:
    """Every entry of the list in its order, a batch in memory at a time; the whole list is put in order only once."""
    keys = list(_in_order(query).values_list("solution_id", flat=True))
    for start in range(0, len(keys), batch):
        some = keys[start : start + batch]
        entries = {entry.pk: entry for entry in for_lists(Solution.objects.visible_to(user).filter(pk__in=some))}
        yield from (entries[key] for key in some if key in entries)


def count_facets(query: Query) -> dict[int, int]:
    """Count, in one query, the hits and every facet value among them; the number of hits has the key 0.

    A value's count is the length of the list with that value alone in its dimension and all other choices as they are,
    so that the reader sees what each other choice would give. A hit that misses the choices of one dimension still
    counts for that dimension's values: `missed` is 0 for a full hit and 1000 + the dimension for one miss.
    """
    rows = _matching_words(query)
    missed: Any = Value(0)
    for dimension in query.chosen:
        missed = missed + Case(
            When(facets__overlap=query.codes(dimension), then=Value(0)), default=Value(_ONE_MISS + int(dimension))
        )
    rows = rows.annotate(missed=Cast(missed, IntegerField())).filter(missed__lt=2 * _ONE_MISS)
    hits, parameters = rows.values_list("facets", "missed").query.sql_with_params()
    with connection.cursor() as cursor:
        # The inner statement is Django's own, its values are parameters.
        cursor.execute(
            f"""
            WITH hits (facets, missed) AS MATERIALIZED ({hits})
            SELECT code, count(*) FROM hits CROSS JOIN LATERAL unnest(array_prepend(0, facets)) AS code
            WHERE missed = 0 OR code / {DIMENSION_SIZE} = missed - {_ONE_MISS}
            GROUP BY code
            """,  # noqa: S608
            parameters,
        )
        return {0: 0} | dict(cursor.fetchall())


_STEMS = {
    "en": "english_stem",
    "fr": "french_stem",
    "es": "spanish_stem",
    "ru": "russian_stem",
    "ar": "arabic_stem",
    "zh_hans": "simple",
    AS_WRITTEN: "simple",
}


def words_that_match(words: Collection[str], query: Query) -> set[str]:
    """Which of `words`, folded, PostgreSQL takes for a word of the query in one of its languages."""
    if not words or not query.included:
        return set()
    conditions: list[str] = []
    parameters: list[Any] = [sorted(words)]
    for language in query.languages:
        conditions.append("ts_lexize(%s, word) && tsvector_to_array(to_tsvector(%s::regconfig, %s))")
        parameters += [_STEMS[language], _CONFIGURATIONS[language], folded_for_query(query.included, language)]
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT word FROM unnest(%s::text[]) AS word WHERE {' OR '.join(conditions)}", parameters)  # noqa: S608
        return {word for (word,) in cursor.fetchall()}
