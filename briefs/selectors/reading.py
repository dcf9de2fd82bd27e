"""What readers look up: lists, search, the first page, addresses."""

from typing import Any

from django.contrib.auth.models import AnonymousUser
from django.db.models import Q
from django.utils.translation import gettext as _

from briefs.enums import BriefState
from briefs.models import Brief, BriefQuerySet
from briefs.selectors.content import public_path
from common.numbers import whole_number
from common.search_words import contains, snippet
from solutions.models import Solution


def _with_rows(briefs: BriefQuerySet) -> BriefQuerySet:
    # The frozen content is large and a list shows none of it.
    return (
        briefs.select_related("series", "current_edition")
        .defer("current_edition__content", "current_edition__text")
        .prefetch_related("agencies__organization", "sdgs")
    )


def public_briefs(*, series: str = "", year: str = "", sdg: str = "", language: str = "") -> BriefQuerySet:
    """Briefs with an edition, narrowed by what is given, by series and the newest number first."""
    found = Brief.objects.public()
    if series:
        found = found.filter(series__slug=series)
    if year:
        found = found.filter(current_edition__published_at__year=int(year))
    if sdg:
        found = found.filter(sdgs__number=int(sdg))
    if language:
        found = found.filter(language=language)
    return _with_rows(found).order_by("series_id", "-number", "pk")


def briefs_page(briefs: BriefQuerySet, *, after: str, size: int) -> tuple[list[Brief], str]:
    """One page of briefs in the order of the list, and the cursor of the next page; an unknown cursor is the first page."""
    key = whole_number(after)
    last = Brief.objects.public().filter(pk=key).first() if key else None
    if last:
        briefs = briefs.filter(
            Q(series__gt=last.series_id)
            | Q(series=last.series_id, number__lt=last.number)
            | Q(series=last.series_id, number=last.number, pk__gt=last.pk)
        )
    rows = list(briefs[: size + 1])
    return rows[:size], str(rows[size - 1].pk) if len(rows) > size else ""


def cited_solutions(content: dict[str, Any]) -> list[dict[str, str]]:
    """The solutions that a content cites; `url` is empty for one that is not public now."""
    slugs = [cited["slug"] for cited in content["solutions"]]
    if not slugs:
        return []
    public = {row.slug: row for row in Solution.objects.visible_to(AnonymousUser()).filter(slug__in=slugs)}
    return [
        {
            "title": public[cited["slug"]].title if cited["slug"] in public else cited["title"],
            "url": public[cited["slug"]].get_absolute_url() if cited["slug"] in public else "",
        }
        for cited in content["solutions"]
    ]


def withdrawal_reason(brief: Brief) -> str:
    """Why a withdrawn brief was withdrawn; empty for any other."""
    if brief.state != BriefState.WITHDRAWN:
        return ""
    return brief.state_changes.filter(new=BriefState.WITHDRAWN).values_list("reason", flat=True).last() or ""


def years_of_briefs() -> list[int]:
    """The years in which editions in force were published, the newest first."""
    moments = Brief.objects.public().datetimes("current_edition__published_at", "year", order="DESC")
    return [moment.year for moment in moments]


def language_editions(brief: Brief, user: Any) -> list[Brief]:
    """The same brief in other languages, as far as `user` may see them."""
    first = brief.translation_of_id or brief.pk
    return list(
        Brief.objects.visible_to(user)
        .filter(Q(pk=first) | Q(translation_of=first))
        .exclude(pk=brief.pk)
        .select_related("current_edition")
        .defer("current_edition__content", "current_edition__text")
        .order_by("language")
    )


def briefs_for_home(user: Any) -> dict[str, Any]:
    """The three newest briefs, the same for everybody; language editions do not push out other briefs."""
    newest = Brief.objects.public().filter(state=BriefState.PUBLISHED, translation_of__isnull=True)
    return {"newest": list(_with_rows(newest).order_by("-current_edition__published_at", "-pk")[:3]), "holds_until": None}


def search_briefs(user: Any, words: str, *, limit: int) -> list[dict[str, Any]]:
    """Briefs in which `words` stand: editions for everybody, unpublished texts for those who write them."""
    published = (
        Brief.objects.public()
        .filter(contains(words, "current_edition__title", "current_edition__summary", "current_edition__text"))
        .select_related("current_edition")
        .defer("current_edition__content")
        .order_by("-current_edition__published_at")[:limit]
    )
    hits = [
        {
            "title": brief.edition.title,
            "url": brief.get_absolute_url(),
            "kind": _("Policy brief"),
            "snippet": snippet(brief.edition.text, words),
        }
        for brief in published
    ]
    if len(hits) < limit and user.is_authenticated:
        unpublished = (
            Brief.objects.of_insider(user)
            .filter(contains(words, "title", "summary"), current_edition__isnull=True)
            .order_by("-pk")[: limit - len(hits)]
        )
        hits += [
            {
                "title": brief.title,
                "url": brief.get_absolute_url(),
                "kind": brief.get_state_display(),
                "snippet": snippet(brief.summary, words),
            }
            for brief in unpublished
        ]
    return hits


def addresses_of_briefs() -> list[str]:
    """The English paths of all public briefs, for the sitemap."""
    return [public_path(slug) for slug in Brief.objects.public().order_by("pk").values_list("slug", flat=True)]
