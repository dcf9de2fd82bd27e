"""The vocabularies behind the facets: what a value is called, and groups of values with counts for a page."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property

from django.utils.functional import Promise

from directory.models import Country, Region, SDGGoal
from solutions.enums import KIND_NUMBERS, MODALITY_NUMBERS, Dimension, Modality, SolutionKind, facet_code
from solutions.selectors.query import Query
from solutions.selectors.words import fold

WORLD = "001"
SHOWN_AT_ONCE = 12


@dataclass(frozen=True)
class FacetValue:
    """A value of a dimension under a query: `address` is the query string that chooses it, or drops it if chosen."""

    value: str
    label: str
    count: int
    is_chosen: bool
    address: str
    depth: int = 0


@dataclass(frozen=True)
class FacetGroup:
    """A dimension with its values that have hits."""

    dimension: Dimension
    values: list[FacetValue] = field(default_factory=list)

    @property
    def parameter(self) -> str:
        return self.dimension.parameter

    @property
    def title(self) -> str | Promise:
        return self.dimension.label

    @property
    def foremost(self) -> list[FacetValue]:
        """What is chosen and the values with most hits, where there are too many to show at once."""
        if len(self.values) <= SHOWN_AT_ONCE:
            return self.values
        return sorted(self.values, key=lambda row: (not row.is_chosen, -row.count))[:SHOWN_AT_ONCE]

    @property
    def others(self) -> list[FacetValue]:
        foremost = {row.value for row in self.foremost}
        return [row for row in self.values if row.value not in foremost]


class Vocabulary:
    """Kinds, Goals, countries, regions and modalities, read once for a page; countries by letters or M49 code."""

    @cached_property
    def countries(self) -> list[Country]:
        return sorted(Country.objects.all(), key=lambda country: fold(country.name))

    @cached_property
    def regions(self) -> list[Region]:
        return list(Region.objects.exclude(code=WORLD))

    @cached_property
    def goals(self) -> list[SDGGoal]:
        return list(SDGGoal.objects.all())

    @cached_property
    def _country_by_code(self) -> dict[str, Country]:
        return {code: country for country in self.countries for code in (country.iso2, country.iso3, country.m49)}

    def read(self, dimension: Dimension, raw: str) -> tuple[str, int] | None:
        """The value of the address as it is written best, with its facet code; None for what is no value."""
        match dimension:
            case Dimension.KIND if raw in SolutionKind.values:
                return raw, facet_code(dimension, KIND_NUMBERS[SolutionKind(raw)])
            case Dimension.MODALITY if raw in Modality.values:
                return raw, facet_code(dimension, MODALITY_NUMBERS[Modality(raw)])
            case Dimension.SDG if raw in {str(goal.number) for goal in self.goals}:
                return raw, facet_code(dimension, int(raw))
            case Dimension.COUNTRY if country := self._country_by_code.get(raw.upper()):
                return country.iso2, facet_code(dimension, int(country.m49))
            case Dimension.REGION if raw in {region.code for region in self.regions}:
                return raw, facet_code(dimension, int(raw))
        return None

    def entries(self, dimension: Dimension) -> list[tuple[str, str, int]]:
        """All values of a dimension in the order of a list: (value, label, depth)."""
        match dimension:
            case Dimension.KIND:
                return [(kind.value, str(kind.label), 0) for kind in SolutionKind]
            case Dimension.MODALITY:
                return [(modality.value, str(modality.label), 0) for modality in Modality]
            case Dimension.SDG:
                return [(str(goal.number), goal.title, 0) for goal in self.goals]
            case Dimension.COUNTRY:
                return [(country.iso2, country.name, 0) for country in self.countries]
        return self._region_tree(None, 0)

    def _region_tree(self, parent: int | None, depth: int) -> list[tuple[str, str, int]]:
        known = {region.pk for region in self.regions}
        here = [region for region in self.regions if (region.parent_id if region.parent_id in known else None) == parent]
        rows = []
        for region in sorted(here, key=lambda region: fold(region.name)):
            rows += [(region.code, region.name, depth), *self._region_tree(region.pk, depth + 1)]
        return rows

    def label(self, dimension: Dimension, value: str) -> str:
        return next((label for each, label, _ in self.entries(dimension) if each == value), value)

    def groups(self, query: Query, counts: Mapping[int, int]) -> dict[str, FacetGroup]:
        """Every dimension with the values that have hits or are chosen, by parameter."""
        groups = {}
        for dimension in Dimension:
            chosen = query.values(dimension)
            group = FacetGroup(dimension)
            for value, label, depth in self.entries(dimension):
                _, code = self.read(dimension, value)  # type: ignore[misc]  # the vocabulary knows its own values
                count, is_chosen = counts.get(code, 0), value in chosen
                if not count and not is_chosen:
                    continue
                rest = tuple(each for each in chosen if each != value) if is_chosen else (value,)
                address = query.address(dimension, rest)
                group.values.append(FacetValue(value, label, count, is_chosen, address, depth))
            groups[dimension.parameter] = group
        return groups
