"""The search table follows the published entries, in the transaction that changes them."""

from collections.abc import Iterable, Iterator
from typing import Any

from django.conf import settings
from django.db import connection, models
from django.utils import translation

from directory.models import Region
from solutions.enums import KIND_NUMBERS, MODALITY_NUMBERS, SEARCH_CONFIGURATIONS, Dimension, SolutionKind, facet_code
from solutions.models import Solution, SolutionIndex
from solutions.selectors.facets import WORLD
from solutions.selectors.words import folded_for_index

_TEXTS = ("challenge", "approach", "results", "lessons", "conditions_for_transfer")


def place_in_lists(solution: Solution) -> int:
    """Newest first, and never two at one place: the second of publication, then the primary key."""
    assert solution.published_at is not None
    return int(solution.published_at.timestamp()) * 1_000_000 + solution.pk % 1_000_000


def update_search_index(solutions: Iterable[Solution]) -> None:
    """Write the search rows of the published among `solutions` and delete those of the others."""
    assert connection.in_atomic_block, "the search table changes in the transaction of the entry"
    kept = list(solutions)
    SolutionIndex.objects.filter(pk__in=[solution.pk for solution in kept if not solution.is_published]).delete()
    published = [solution for solution in kept if solution.is_published]
    models.prefetch_related_objects(
        published, "provider", "sdgs", "themes", "countries_of_origin__region", "countries_of_use__region"
    )
    ancestors = _ancestors()
    rows = [_row(solution, ancestors) for solution in published]
    changing = [field.name for field in SolutionIndex._meta.concrete_fields if not field.primary_key and not field.generated]
    SolutionIndex.objects.bulk_create(
        rows, update_conflicts=True, unique_fields=["solution"], update_fields=changing, batch_size=500
    )


def rebuild_search_index() -> None:
    """Write the whole search table anew; for a change of what it keeps, or of a vocabulary."""
    assert connection.in_atomic_block, "readers see the old table until the new one is complete"
    SolutionIndex.objects.all().delete()
    published = Solution.objects.published().order_by("pk")
    for start in range(0, published.count(), 500):
        update_search_index(published[start : start + 500])


def _ancestors() -> dict[int, list[Region]]:
    """Each region with those it lies in, the world left out."""
    regions = {region.pk: region for region in Region.objects.all()}
    lines: dict[int, list[Region]] = {}
    for key in regions:
        line, here = [], regions.get(key)
        while here is not None and here.code != WORLD:
            line.append(here)
            here = regions.get(here.parent_id) if here.parent_id else None
        lines[key] = line
    return lines


def _countries(solution: Solution) -> list[Any]:
    return [*solution.countries_of_origin.all(), *solution.countries_of_use.all()]


def _row(solution: Solution, ancestors: dict[int, list[Region]]) -> SolutionIndex:
    regions = {region for country in _countries(solution) for region in ancestors[country.region_id]}
    codes = {
        facet_code(Dimension.KIND, KIND_NUMBERS[SolutionKind(solution.kind)]),
        facet_code(Dimension.MODALITY, MODALITY_NUMBERS[solution.modality]),  # type: ignore[index]
        *(facet_code(Dimension.SDG, goal.number) for goal in solution.sdgs.all()),
        *(facet_code(Dimension.COUNTRY, int(country.m49)) for country in _countries(solution)),
        *(facet_code(Dimension.REGION, int(region.code)) for region in regions),
    }
    assert solution.sort_key is not None, "a published entry has its place in lists"
    row = SolutionIndex(solution=solution, sort_key=solution.sort_key, facets=sorted(codes))
    for language in SEARCH_CONFIGURATIONS:
        title = getattr(solution, f"title_{language}") or ""
        setattr(row, f"title_{language}", folded_for_index(title, language))
        setattr(row, f"text_{language}", folded_for_index("\n".join(_texts(solution, language, regions)), language))
    return row


def _texts(solution: Solution, language: str, regions: set[Region]) -> Iterator[str]:
    """What is found besides the title, in one language; names of countries, Goals and the like are in all six."""
    yield getattr(solution, f"summary_{language}") or ""
    if solution.language.replace("-", "_") == language:
        yield from (getattr(solution, name) for name in _TEXTS)
    with translation.override(_django_code(language)):
        yield solution.get_kind_display()
        if solution.provider:
            yield from (solution.provider.acronym, solution.provider.name)
        yield from (country.name for country in _countries(solution))
        yield from (region.name for region in sorted(regions, key=lambda region: region.code))
        yield from (goal.title for goal in solution.sdgs.all())
        yield from (theme.name for theme in solution.themes.all())


def _django_code(language: str) -> str:
    return next(code for code, _ in settings.LANGUAGES if code.replace("-", "_") == language)
