"""What those who make a brief look up about its parts, and what a series is due to publish."""

import calendar
from datetime import date
from typing import Any

from django.contrib.auth.models import AnonymousUser
from django.db.models import Max, Min, Q

from briefs.enums import MONTHS_BETWEEN_ISSUES
from briefs.models import Brief, Figure, Reference, Series
from briefs.selectors.marks import mentioned_figures, mentioned_notes, mentioned_references
from common.search_words import contains
from directory.models import Organization
from directory.rules import organizations_of
from directory.services.state import version_of
from solutions.models import Solution
from strategy.enums import ParagraphKind
from strategy.models.texts import Draft, Paragraph

MOST_HITS = 12


def unplaced_figures(brief: Brief) -> list[Figure]:
    """The figures that no section shows."""
    keys = mentioned_figures(section.body for section in brief.sections.all())
    return [row for row in brief.figures.all() if row.key not in keys]


def uncited_references(brief: Brief) -> list[Reference]:
    """The references that no section cites."""
    keys = mentioned_references(section.body for section in brief.sections.all())
    return [row for row in brief.references.all() if row.key not in keys]


def sections_with_note(brief: Brief, number: int) -> list[str]:
    """The headings of the sections that point to a footnote."""
    return [section.heading for section in brief.sections.all() if number in mentioned_notes(section.body)]


def next_number(series: Series) -> int:
    """The number that a new brief of the series is proposed."""
    return (series.briefs.aggregate(last=Max("number"))["last"] or 0) + 1


def next_issue_due(series: Series) -> date | None:
    """The day by which the next issue is to appear: one period after the newest issue. None where there is no rhythm."""
    months = MONTHS_BETWEEN_ISSUES.get(series.periodicity)
    issues = Brief.objects.public().filter(series=series).values("number").annotate(first=Min("editions__published_at"))
    last = max((row["first"] for row in issues), default=None)
    if not months or last is None:
        return None
    year, month = divmod(last.year * 12 + last.month - 1 + months, 12)
    return date(year, month + 1, min(last.day, calendar.monthrange(year, month + 1)[1]))


def acting_agency(brief: Brief, user: Any) -> Organization | None:
    """The co-authoring agency in whose name `user` changes a part of the brief; None for the secretariat."""
    own = organizations_of(user)
    return next((row.organization for row in brief.agencies.select_related("organization") if row.organization_id in own), None)


def solutions_to_cite(brief: Brief, words: str) -> list[Solution]:
    """Published solutions in which the words stand and that the brief does not cite yet."""
    found = Solution.objects.published().filter(contains(words, "title", "summary"))
    return list(found.exclude(pk__in=brief.cited_solutions.values("solution")).order_by("title", "pk")[:MOST_HITS])


def paragraphs_to_cite(brief: Brief, words: str) -> list[Paragraph]:
    """Paragraphs of drafts that everybody may read, in which the words stand, or that have this number."""
    drafts = Draft.objects.visible_to(AnonymousUser())
    found = Paragraph.objects.filter(contains(words, "text") | Q(number=words), draft__in=drafts, kind=ParagraphKind.PARAGRAPH)
    found = found.exclude(pk__in=brief.cited_paragraphs.values("paragraph")).select_related("draft__strategy")
    return list(found.order_by("-draft__published_at", "position")[:MOST_HITS])


# What a form shows, named: another name as soon as somebody else changed one of the values.


def version_of_brief(brief: Brief) -> str:
    themes, goals = sorted(brief.themes.values_list("pk", flat=True)), sorted(brief.sdgs.values_list("pk", flat=True))
    return version_of([brief.title, brief.summary, brief.key_messages, themes, goals])


def version_of_footnotes(brief: Brief) -> str:
    return version_of(brief.footnotes)


def version_of_agencies(brief: Brief) -> str:
    return version_of(brief.agencies.order_by("pk").values_list("organization", "is_lead"))


def version_of_order(brief: Brief) -> str:
    return version_of(brief.sections.values_list("pk", "kind", "heading", "organization"))


def version_of_figure(row: Figure) -> str:
    return version_of([row.caption, row.alt, row.credit, row.licence, row.file_id, row.chart, row.rows])


def version_of_reference(row: Reference) -> str:
    return version_of([row.csl])


def version_of_series(row: Series) -> str:
    words = [getattr(row, f"{name}_{code}") for name in ("title", "description") for code in _codes()]
    return version_of([*words, row.issn, row.periodicity, row.cover, sorted(row.editors.values_list("pk", flat=True))])


def _codes() -> list[str]:
    return ["ar", "en", "es", "fr", "ru", "zh_hans"]
