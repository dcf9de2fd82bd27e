"""What readers look up: lists, search, the first page, addresses."""

from collections.abc import Iterable
from typing import Any

from django.contrib.auth.models import AnonymousUser
from django.db.models import Q
from django.urls import reverse
from django.utils import translation
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from briefs.enums import BriefState
from briefs.models import Brief, BriefQuerySet, Edition, Series
from briefs.selectors.content import public_path
from briefs.selectors.shelf import ShelfRow, found_in
from common.numbers import whole_number
from common.search_words import contains, marked_snippet, snippet
from solutions.models import Solution


def _with_rows(briefs: BriefQuerySet) -> BriefQuerySet:
    # The frozen content is large and the first page shows none of it.
    return (
        briefs.select_related("series", "current_edition")
        .defer("current_edition__content", "current_edition__text")
        .prefetch_related("agencies__organization", "sdgs")
    )


def public_briefs(rows: Iterable[ShelfRow]) -> list[Brief]:
    """The briefs of rows of the shelf, in their order, each with its row as `on_shelf`."""
    wanted = {row.pk: row for row in rows}
    briefs = (
        Brief.objects.public()
        .filter(pk__in=wanted)
        .select_related("series", "current_edition")
        .defer("current_edition__content", "current_edition__text")
        .in_bulk()
    )
    found = [briefs[pk] for pk in wanted if pk in briefs]
    for brief in found:
        brief.on_shelf = wanted[brief.pk]  # type: ignore[attr-defined]
    return found


def page_of(rows: list[ShelfRow], *, after: str, size: int) -> tuple[list[ShelfRow], str]:
    """One page of rows, and the cursor of the next page; an unknown cursor is the first page."""
    last = whole_number(after)
    start = next((place + 1 for place, row in enumerate(rows) if row.pk == last), 0)
    page = rows[start : start + size]
    return page, str(page[-1].pk) if len(rows) > start + size else ""


def excerpts(briefs: list[Brief], words: str) -> dict[int, SafeString]:
    """Where the words of a search stand in each brief's text, marked."""
    texts = Edition.objects.filter(pk__in=[brief.current_edition_id for brief in briefs]).values_list("brief", "text")
    return {pk: marked_snippet(text, words) for pk, text in texts}


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
    order = found_in(words)[:limit]
    published = Brief.objects.public().select_related("current_edition").defer("current_edition__content").in_bulk(order)
    hits: list[dict[str, Any]] = [
        {
            "title": published[pk].edition.title,
            "url": published[pk].get_absolute_url(),
            "kind": _("Policy brief"),
            "snippet": marked_snippet(published[pk].edition.text, words),
        }
        for pk in order
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
    """The English paths of all series and public briefs, for the sitemap."""
    with translation.override("en"):
        series = [reverse("briefs:series", args=[slug]) for slug in Series.objects.values_list("slug", flat=True)]
    return series + [public_path(slug) for slug in Brief.objects.public().order_by("pk").values_list("slug", flat=True)]
