"""Which feeds there are: of everything, a series, a language, a theme, a Goal."""

from collections.abc import Mapping
from dataclasses import dataclass

from django.conf import settings
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext as _

from briefs.models import Brief, BriefQuerySet, Series
from briefs.selectors.publishing import last_public_change
from common.numbers import whole_number
from common.ui_words import LANGUAGE_NAMES, SDG_NAMES
from directory.models import Theme

FEED_KINDS = ("series", "language", "theme", "sdg")


@dataclass(frozen=True)
class FeedOf:
    """What a feed follows: its name for people, and the briefs in it by a condition."""

    name: str
    condition: Q
    language: str = "en"


def feed_of(kind: str, value: str) -> FeedOf | None:
    """What the feed of this kind and value follows; None if there is no such thing."""
    if kind == "series":
        series = Series.objects.filter(slug=value).first()
        return FeedOf(series.title, Q(series=series)) if series else None
    if kind == "language":
        name = LANGUAGE_NAMES.get(value) if value in dict(settings.LANGUAGES) else None
        return FeedOf(name, Q(language=value), language=value) if name else None
    if kind == "theme":
        row = Theme.objects.filter(code=value).values().first()
        if row is None:
            return None
        # An edition keeps the name that was printed, in its own language.
        printed = Q()
        for printed_name in {str(text) for key, text in row.items() if key.startswith("name") and text}:
            printed |= Q(current_edition__content__themes__contains=[printed_name])
        return FeedOf(Theme.objects.get(pk=row["id"]).name, printed)
    number = whole_number(value, digits=2)
    if number is None or not 1 <= number <= len(SDG_NAMES):
        return None
    return FeedOf(f"{number}. {SDG_NAMES[number - 1]}", Q(current_edition__content__sdgs__contains=[number]))


def briefs_of_feed(condition: Q, *, most: int) -> BriefQuerySet:
    """The public briefs that changed last; a new edition, a correction and a withdrawal move a brief up."""
    briefs = Brief.objects.public().filter(condition).select_related("series", "current_edition")
    briefs = briefs.defer("current_edition__text").prefetch_related("current_edition__notices")
    return briefs.annotate(changed_at=last_public_change()).order_by("-changed_at", "-pk")[:most]


def feed_addresses(chosen: Mapping[str, str]) -> list[dict[str, str]]:
    """The feeds to point to from a page that is narrowed by `chosen`: name, address and kind of file, the widest first."""
    rows = [(_("Policy briefs"), reverse("briefs_files:feed"), reverse("briefs_files:feed_rss"))]
    for kind in FEED_KINDS:
        found = feed_of(kind, chosen[kind]) if chosen.get(kind) else None
        if found:
            names = {"kind": kind, "value": chosen[kind]}
            atom, rss = reverse("briefs_files:feed_of", kwargs=names), reverse("briefs_files:feed_of_rss", kwargs=names)
            rows.append((f"{_('Policy briefs')}: {found.name}", atom, rss))
    return [
        {"title": title, "url": url, "kind": mime, "form": form}
        for title, atom, rss in rows
        for form, url, mime in (("Atom", atom, "application/atom+xml"), ("RSS", rss, "application/rss+xml"))
    ]
