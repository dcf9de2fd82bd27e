"""The published briefs as their editions say they are: to filter, to count, to find what is related.

Everything is read from frozen content: what agencies write for the next edition is in no list, count or suggestion.
"""

import re
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.contrib.auth.models import AnonymousUser
from django.db.models import Case, IntegerField, Q, Value, When
from django.db.models.functions import Length
from django.utils.translation import get_language_info
from django.utils.translation import gettext as _

from briefs.enums import BriefState
from briefs.models import Brief
from briefs.selectors.content import public_path
from common.search_words import Folded, contains_folded, words_of
from directory.models import Region, Theme
from solutions.models import Solution

DIMENSIONS = ("series", "year", "sdg", "theme", "region", "agency", "language")
# Letters that an unhurried reader takes in a minute; Chinese says in one sign what others say in a word.
_LETTERS_PER_MINUTE = {"ar": 1000, "zh-hans": 320}
_LETTERS = 1250
MOST_RELATED = 4


@dataclass(frozen=True)
class ShelfRow:
    """A published brief as it stands in lists: what its edition in force says of itself."""

    pk: int
    slug: str
    series_id: int
    series: str
    number: int
    language: str
    state: str
    group: int
    edition: int
    published_at: datetime
    title: str
    letters: int
    sdg: tuple[int, ...]
    theme: tuple[str, ...]
    agency: tuple[str, ...]
    acronyms: tuple[str, ...]
    solutions: frozenset[str]
    cites: frozenset[str]
    region: tuple[str, ...] = field(default=())

    @property
    def minutes(self) -> int:
        """How long it takes to read, in whole minutes."""
        return reading_minutes(self.letters, self.language)

    @property
    def direction(self) -> str:
        return "rtl" if get_language_info(self.language)["bidi"] else "ltr"

    def values(self, dimension: str) -> tuple[str, ...]:
        """What the brief is under in a dimension of the filters, as it stands in addresses."""
        if dimension == "year":
            return (str(self.published_at.year),)
        value = getattr(self, dimension)
        return tuple(str(one) for one in value) if isinstance(value, tuple) else (str(value),)


def reading_minutes(letters: int, language: str) -> int:
    """Whole minutes that a text of so many letters takes to read; one at least."""
    return max(1, round(letters / _LETTERS_PER_MINUTE.get(language, _LETTERS)))


def _theme_codes() -> dict[str, str]:
    """The code of each theme by its name in any language: editions keep the name that was printed."""
    codes: dict[str, str] = {}
    for row in Theme.objects.values():
        codes |= {str(value): str(row["code"]) for key, value in row.items() if key.startswith("name") and value}
    return codes


def _regions_of(slugs: Iterable[str]) -> dict[str, set[str]]:
    """The regions, with those around them, of the public solutions of these slugs."""
    wanted = set(slugs)
    if not wanted:
        return {}
    known = {pk: (parent, code) for pk, parent, code in Region.objects.values_list("pk", "parent", "code")}
    found: dict[str, set[str]] = {}
    public = Solution.objects.visible_to(AnonymousUser()).filter(slug__in=wanted)
    rows = public.values_list("slug", "countries_of_origin__region", "countries_of_use__region").distinct()
    for slug, *ids in rows:
        for pk in ids:
            # The world is a region of M49, too, and every brief's.
            while pk and known[pk][0]:
                found.setdefault(slug, set()).add(known[pk][1])
                pk = known[pk][0]
    return found


def _cited_slugs(references: list[dict[str, Any]] | None) -> frozenset[str]:
    start = re.escape(public_path("x").removesuffix("x/"))
    pattern = re.compile(rf"^https?://[^/]+(?:/[a-z-]{{2,7}})?{start}([-\w]+)/")
    found = (pattern.match(str(row.get("url", ""))) for row in references or [])
    return frozenset(match[1] for match in found if match)


def shelf(*, regions: bool = True, slug: str = "") -> list[ShelfRow]:
    """All public briefs, by series and the newest number first; or the one of this slug."""
    codes = _theme_codes()
    content = "current_edition__content__"
    public = Brief.objects.public().filter(slug=slug) if slug else Brief.objects.public()
    rows = list(
        public.annotate(letters=Length("current_edition__text"))
        .order_by("series_id", "-number", "pk")
        .values_list(
            "pk", "slug", "series_id", "series__slug", "number", "language", "state", "translation_of",
            "current_edition__number", "current_edition__published_at", "current_edition__title", "letters",
            f"{content}sdgs", f"{content}themes", f"{content}agencies", f"{content}solutions", f"{content}references",
        )
    )  # fmt: skip
    places = _regions_of(cited["slug"] for row in rows for cited in row[15] or []) if regions else {}
    found = []
    for row in rows:
        sdgs, themes, agencies, solutions, references = row[12:]
        slugs = frozenset(cited["slug"] for cited in solutions or [])
        found.append(
            ShelfRow(  # type: ignore[call-arg, misc]
                *row[:7],
                row[7] or row[0],
                *row[8:12],
                sdg=tuple(sdgs or ()),
                theme=tuple(codes.get(name, "") for name in themes or () if name in codes),
                agency=tuple(agency["code"] for agency in agencies or ()),
                acronyms=tuple(agency["acronym"] for agency in agencies or ()),
                solutions=slugs,
                cites=_cited_slugs(references),
                region=tuple(sorted(set().union(*(places.get(slug, set()) for slug in slugs)))),
            )
        )
    return found


def narrowed(rows: Iterable[ShelfRow], chosen: Mapping[str, str], *, but: str = "") -> list[ShelfRow]:
    """The rows that have every chosen value; the dimension `but` narrows nothing."""
    asked = [(name, value) for name, value in chosen.items() if value and name != but and name in DIMENSIONS]
    return [row for row in rows if all(value in row.values(name) for name, value in asked)]


def facet_counts(rows: list[ShelfRow], chosen: Mapping[str, str]) -> dict[str, Counter[str]]:
    """By dimension, how many briefs each value would leave, the other filters staying as they are."""
    return {
        name: Counter(value for row in narrowed(rows, chosen, but=name) for value in dict.fromkeys(row.values(name)))
        for name in DIMENSIONS
    }


def found_in(words: str) -> list[int]:
    """The public briefs whose edition holds every word, those with all of them in the title first, then the newest.

    Accents and case do not matter: who types “cooperacion” finds “cooperación”.
    """
    every = Q()
    title = Q()
    for word in words_of(words):
        every &= contains_folded(word, "folded_title", "folded_summary", "folded_text")
        title &= contains_folded(word, "folded_title")
    if not every:
        return []
    place = Case(When(title, then=Value(0)), default=Value(1), output_field=IntegerField())
    names = ("title", "summary", "text")
    rows = Brief.objects.public().alias(**{f"folded_{name}": Folded(f"current_edition__{name}") for name in names})
    found = rows.filter(every).annotate(place=place)
    return list(found.order_by("place", "-current_edition__published_at", "-pk").values_list("pk", flat=True))


@dataclass(frozen=True)
class Related:
    """A brief that a reader of another may want, and why."""

    row: ShelfRow
    reasons: list[str]


def related_briefs(slug: str, rows: list[ShelfRow], *, theme_names: Mapping[str, str]) -> list[Related]:
    """What is nearest to a published brief, each in its language where there is such an edition, the closest first."""
    this = next((row for row in rows if row.slug == slug), None)
    if this is None:
        return []
    best: dict[int, tuple[int, ShelfRow, list[str]]] = {}
    own = {row.slug for row in rows if row.group == this.group}
    for row in rows:
        if row.group == this.group or row.state == BriefState.WITHDRAWN:
            continue
        score, reasons = _nearness(this, row, own, theme_names)
        if not score:
            continue
        # The same brief in another language is the same suggestion: the reader's language, then the first one.
        score = 10 * score + 2 * (row.language == this.language) + (row.group == row.pk)
        if row.group not in best or score > best[row.group][0]:
            best[row.group] = (score, row, reasons)
    nearest = sorted(best.values(), key=lambda entry: (-entry[0], -entry[1].published_at.timestamp(), entry[1].pk))
    return [Related(row, reasons) for _score, row, reasons in nearest[:MOST_RELATED]]


def _nearness(this: ShelfRow, row: ShelfRow, own: set[str], theme_names: Mapping[str, str]) -> tuple[int, list[str]]:
    score, reasons = 0, []
    if row.cites & own:
        score += 12
        reasons.append(_("Cites this brief"))
    if row.slug in this.cites:
        score += 12
        reasons.append(_("Cited in this brief"))
    if this.solutions & row.solutions:
        score += 6
        reasons.append(_("Cites the same solution"))
    shared = [theme_names[code] for code in this.theme if code in row.theme and code in theme_names]
    if shared:
        score += 4 * len(shared)
        reasons.append(_("Same theme: %(themes)s") % {"themes": "; ".join(shared)})
    goals = [str(number) for number in this.sdg if number in row.sdg]
    if goals:
        score += len(goals)
        reasons.append(_("Same Goals: %(goals)s") % {"goals": ", ".join(goals)})
    if row.series == this.series:
        score += 1
        reasons.append(_("Same series"))
    return score, reasons
