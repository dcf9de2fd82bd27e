"""Public API of solutions: the published entries, their facets, one entry."""

from datetime import datetime
from typing import Any

from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.http import Http404, HttpRequest
from ninja import Field, Query, Router, Schema

from solutions.filters import read_cursor, read_query
from solutions.models import Solution
from solutions.selectors.facets import Vocabulary
from solutions.selectors.query import LONGEST_QUERY
from solutions.selectors.search import PAGE_SIZE, count_facets, find

router = Router()
MOST_ROWS = 100
# The API is public: whoever asks gets what everybody may see.
PUBLIC = AnonymousUser()


class Filters(Schema):
    """What narrows a list. A value may be given several times and then means either; unknown values are named in `ignored`."""

    q: str = Field(
        "", description=f"Words in any of six languages, “phrases”, -exclusions. At most {LONGEST_QUERY} characters count."
    )
    kind: list[str] = Field([], description="national_policy, development_solution, technology or technical_expertise")
    sdg: list[str] = Field([], description="Number of a Sustainable Development Goal, 1 to 17")
    country: list[str] = Field([], description="Country of origin or of use: ISO 3166 letters or M49 code")
    region: list[str] = Field([], description="M49 code of a region; its sub-regions are included")
    modality: list[str] = Field([], description="south_south or triangular")


class CountryOut(Schema):
    iso2: str = Field(description="ISO 3166-1, two letters")
    name: str


class TransferOut(Schema):
    from_country: CountryOut
    to_country: CountryOut
    year: int | None
    result: str


class SolutionOut(Schema):
    slug: str
    url: str = Field(description="The public page")
    kind: str
    language: str = Field(description="The language that the entry is written in")
    title: dict[str, str] = Field(description="By language code")
    summary: dict[str, str] = Field(description="By language code")
    provider: str = Field(description="The organization that provides it; empty for a person's own entry")
    countries_of_origin: list[CountryOut]
    countries_of_use: list[CountryOut]
    sdgs: list[int]
    modality: str
    cost_band: str
    year: int | None = Field(description="In use since")
    verification_level: str
    published_at: datetime


class SolutionDetailOut(SolutionOut):
    challenge: str
    approach: str
    results: str
    lessons: str
    conditions_for_transfer: str
    themes: list[str]
    verification_note: str = Field(description="The evidence on which the verification level rests")
    transfers: list[TransferOut]


class SolutionPageOut(Schema):
    count: int = Field(description="Entries that match, on all pages")
    ignored: list[str] = Field(description="Filters that named no known value and were left out")
    results: list[SolutionOut]
    after: str = Field(description="Give it as `after` for the next page; empty on the last one")


class FacetValueOut(Schema):
    value: str
    label: str
    count: int = Field(description="Length of the list with this value alone in its filter, the other filters as they are")


class FacetsOut(Schema):
    count: int
    ignored: list[str]
    facets: dict[str, list[FacetValueOut]] = Field(description="By the name of the filter")


class ErrorOut(Schema):
    detail: str


def _texts(solution: Solution, field: str) -> dict[str, str]:
    texts = {code: getattr(solution, f"{field}_{code.replace('-', '_')}") for code, _ in settings.LANGUAGES}
    return {code: text for code, text in texts.items() if text}


def _country(country: Any) -> dict[str, str]:
    return {"iso2": country.iso2, "name": country.name}


def _row(solution: Solution) -> dict[str, Any]:
    return {
        "slug": solution.slug,
        "url": settings.PUBLIC_URL + solution.get_absolute_url(),
        "kind": solution.kind,
        "language": solution.language,
        "title": _texts(solution, "title"),
        "summary": _texts(solution, "summary"),
        "provider": solution.provider.name if solution.provider else "",
        "countries_of_origin": [_country(country) for country in solution.countries_of_origin.all()],
        "countries_of_use": [_country(country) for country in solution.countries_of_use.all()],
        "sdgs": [goal.number for goal in solution.sdgs.all()],
        "modality": solution.modality,
        "cost_band": solution.cost_band,
        "year": solution.year,
        "verification_level": solution.verification_level,
        "published_at": solution.published_at,
    }


@router.get("", response=SolutionPageOut, summary="Published solutions")
def list_solutions(
    request: HttpRequest,
    filters: Query[Filters],
    after: str = Query("", description="Cursor from the page before"),
    limit: int = Query(PAGE_SIZE, ge=1, le=MOST_ROWS, description="Entries on a page"),
) -> dict[str, Any]:
    """Best match first, then newest first."""
    query = read_query(request.GET, Vocabulary())
    page = find(query, user=PUBLIC, after=read_cursor(request.GET), limit=limit)
    return {
        "count": count_facets(query)[0],
        "ignored": list(query.ignored),
        "results": [_row(entry) for entry in page.entries],
        "after": page.after,
    }


@router.get("/facets", response=FacetsOut, summary="Counts of every filter value")
def facets(request: HttpRequest, filters: Query[Filters]) -> dict[str, Any]:
    """What each value of each filter would give."""
    vocabulary = Vocabulary()
    query = read_query(request.GET, vocabulary)
    counts = count_facets(query)
    groups = vocabulary.groups(query, counts)
    return {
        "count": counts[0],
        "ignored": list(query.ignored),
        "facets": {
            name: [{"value": row.value, "label": row.label, "count": row.count} for row in group.values]
            for name, group in groups.items()
        },
    }


@router.get("/{slug}", response={200: SolutionDetailOut, 404: ErrorOut}, summary="One solution")
def solution(request: HttpRequest, slug: str) -> dict[str, Any]:
    """A published entry with its texts, themes and transfers."""
    entries = Solution.objects.visible_to(PUBLIC).select_related("provider")
    found = entries.filter(slug=slug.replace("\x00", "")).first()
    if found is None:
        raise Http404("There is no published solution of this name.")
    return _row(found) | {
        "challenge": found.challenge,
        "approach": found.approach,
        "results": found.results,
        "lessons": found.lessons,
        "conditions_for_transfer": found.conditions_for_transfer,
        "themes": [theme.name for theme in found.themes.all()],
        "verification_note": found.verification_note,
        "transfers": [
            {
                "from_country": _country(transfer.from_country),
                "to_country": _country(transfer.to_country),
                "year": transfer.year,
                "result": transfer.result,
            }
            for transfer in found.transfers.select_related("from_country", "to_country")
        ],
    }
