"""The content of a brief as data: what agencies clear, what an edition freezes, what page and PDF show."""

import hashlib
import html
import json
import re
from typing import Any

from django.conf import settings
from django.db.models import QuerySet
from django.urls import reverse
from django.utils import translation
from django.utils.html import strip_tags
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from briefs.enums import ChartKind, FigureKind, SectionKind
from briefs.models import Brief, CitedParagraph, Figure, Reference, Section
from briefs.selectors.marks import mentioned_figures, mentioned_references, without_marks
from briefs.selectors.references import reference_text
from common.chart_numbers import number_of
from common.charts import Datum, StackedRow, bar_chart, grouped_chart, line_chart
from strategy.models.texts import Paragraph

FORMAT = 2


def _hash(value: Any) -> str:
    return hashlib.sha256(json.dumps(value, sort_keys=True, ensure_ascii=False, separators=(",", ":")).encode()).hexdigest()


def text_hash(brief: Brief) -> str:
    """The hash that a clearance is bound to: everything an agency answers for, and nothing that others rename.

    Names of agencies, themes and series are left out, and pictures and references that no section mentions:
    correcting one of them must not void a clearance. Codes and numbers stand for what has a name.
    """
    sections = _sections(brief)
    bodies = [section.body for section in sections]
    return _hash(
        {
            "title": brief.title,
            "summary": brief.summary,
            "key_messages": brief.key_messages,
            "footnotes": brief.footnotes,
            "language": brief.language,
            "agencies": [[row.organization.code, row.is_lead] for row in brief.agencies.select_related("organization")],
            "themes": sorted(brief.themes.values_list("code", flat=True)),
            "sdgs": sorted(brief.sdgs.values_list("number", flat=True)),
            "sections": [[row.kind, row.heading, row.organization.code, row.body] for row in sections],
            "figures": [
                [
                    row.key,
                    row.kind,
                    row.caption,
                    row.alt,
                    row.credit,
                    row.licence,
                    row.file.sha256 if row.file else "",
                    row.chart,
                    row.rows,
                ]
                for row in _placed(brief, bodies)
            ],
            "references": [[row.key, row.csl] for row in _cited(brief, bodies)],
            "solutions": [cited.solution.slug for cited in brief.cited_solutions.select_related("solution")],
            "paragraphs": list(brief.cited_paragraphs.values_list("paragraph", flat=True)),
        }
    )


def content_hash(content: dict[str, Any]) -> str:
    """The hash of an edition's frozen content."""
    return _hash(content)


def brief_content(brief: Brief) -> dict[str, Any]:
    """Everything that page and PDF show of a brief, as JSON, names in the brief's own language."""
    sections = _sections(brief)
    bodies = [section.body for section in sections]
    counts = {kind: iter(range(1, len(sections) + 1)) for kind in SectionKind.values}
    series = brief.series
    with translation.override(brief.language):
        return {
            "format": FORMAT,
            "series": {"slug": series.slug, "title": series.title, "issn": series.issn, "cover": series.cover},
            "number": brief.number,
            "language": brief.language,
            "title": brief.title,
            "summary": brief.summary,
            "key_messages": list(brief.key_messages),
            "footnotes": list(brief.footnotes),
            "themes": [theme.name for theme in brief.themes.all()],
            "sdgs": [goal.number for goal in brief.sdgs.all()],
            "agencies": [
                {
                    "code": agency.organization.code,
                    "acronym": agency.organization.short_name,
                    "name": agency.organization.name,
                    "is_lead": agency.is_lead,
                    "reservation": agency.reservation,
                    "no_answer": bool(agency.waiver_reason),
                }
                for agency in brief.agencies.select_related("organization")
            ],
            "sections": [
                {
                    "id": str(section.pk),
                    "kind": section.kind,
                    "anchor": f"{section.kind}-{next(counts[section.kind])}",
                    "heading": section.heading,
                    "agency": section.organization.short_name,
                    "body": section.body,
                }
                for section in sections
            ],
            "figures": [_figure(row, number) for number, row in enumerate(_placed(brief, bodies), 1)],
            "references": [_reference(row, number) for number, row in enumerate(_cited(brief, bodies), 1)],
            "solutions": [
                {"slug": cited.solution.slug, "title": cited.solution.title}
                for cited in brief.cited_solutions.select_related("solution")
            ],
            "paragraphs": [_paragraph(row.paragraph) for row in cited_paragraphs(brief)],
        }


def _sections(brief: Brief) -> list[Section]:
    return list(brief.sections.select_related("organization"))


def _placed(brief: Brief, bodies: list[str]) -> list[Figure]:
    """The figures that the sections show, in order of first mention."""
    keys = mentioned_figures(bodies)
    rows = brief.figures.filter(key__in=keys).select_related("file") if keys else []
    return sorted(rows, key=lambda row: keys.index(row.key))


def _cited(brief: Brief, bodies: list[str]) -> list[Reference]:
    """The references that the sections mention, in order of first mention."""
    keys = mentioned_references(bodies)
    return sorted(brief.references.filter(key__in=keys) if keys else [], key=lambda row: keys.index(row.key))


def cited_paragraphs(brief: Brief) -> QuerySet[CitedParagraph]:
    return brief.cited_paragraphs.select_related("paragraph__draft__strategy")


def _figure(row: Figure, number: int) -> dict[str, Any]:
    """A figure as data; a chart is drawn here, in the brief's language, so that an edition keeps its drawing."""
    is_chart = row.kind == FigureKind.CHART
    return {
        "key": row.key,
        "kind": row.kind,
        "number": number,
        "caption": row.caption,
        "alt": row.alt,
        "credit": row.credit,
        "licence": row.get_licence_display(),
        "file": "" if row.file is None else str(row.file.pk),
        "mime": "" if row.file is None else row.file.mime,
        "width": row.width,
        "height": row.height,
        "svg": str(chart_svg(row)) if is_chart else "",
        "rows": row.rows if is_chart else [],
    }


def chart_svg(row: Figure) -> SafeString:
    """The drawing of a chart's numbers in the active language."""
    head, *lines = row.rows
    numbers = [(line[0], [number_of(cell) or 0 for cell in line[1:]]) for line in lines]
    if row.chart == ChartKind.LINE:
        series = {name: [Datum(label, values[place]) for label, values in numbers] for place, name in enumerate(head[1:])}
        return line_chart(series, label=row.alt)
    if len(head) == 2:
        return bar_chart([Datum(label, values[0]) for label, values in numbers], label=row.alt)
    return grouped_chart([StackedRow(label, values) for label, values in numbers], head[1:], label=row.alt)


def _reference(row: Reference, number: int) -> dict[str, Any]:
    doi = row.csl.get("DOI", "")
    url = f"https://doi.org/{doi}" if doi else row.csl.get("URL", "")
    csl = {"id": row.key, **row.csl}
    return {"key": row.key, "number": number, "text": reference_text(row.csl), "doi": doi, "url": url, "csl": csl}


def _paragraph(paragraph: Paragraph) -> dict[str, str]:
    draft = paragraph.draft
    with translation.override("en"):
        path = f"{draft.get_absolute_url()}#{paragraph.anchor}"
    return {
        "strategy": draft.strategy.title,
        "draft": str(draft.number),
        "label": draft.label,
        "number": paragraph.number,
        "text": paragraph.text,
        "path": path,
    }


def plain_text(content: dict[str, Any]) -> str:
    """The words of a brief without markup, for searching."""
    parts = [content["title"], content["summary"], *content["key_messages"]]
    for section in content["sections"]:
        # A space between elements, or the last word of a paragraph grows together with the first of the next.
        parts += [section["heading"], html.unescape(strip_tags(section["body"].replace("<", " <")))]
    parts += [figure["caption"] for figure in content.get("figures", [])]
    return re.sub(r"\s+", " ", without_marks(" ".join(parts))).strip()


def _joined(names: list[str]) -> str:
    if len(names) < 2:
        return "".join(names)
    return _("%(first)s and %(last)s") % {"first": ", ".join(names[:-1]), "last": names[-1]}


def citation_of(content: dict[str, Any], *, slug: str, year: int | None, edition: int | None) -> str:
    """How to cite a brief, in its own language: authors, year, title, series and number, edition, address."""
    with translation.override(content["language"]):
        parts = [
            f"{_joined([agency['acronym'] for agency in content['agencies']])} ({year or _('forthcoming')}).",
            content["title"].rstrip(".") + ".",
            _("%(series)s, No. %(number)d.") % {"series": content["series"]["title"], "number": content["number"]},
        ]
        if edition and edition > 1:
            parts.append(_("Edition %(number)d.") % {"number": edition})
        parts.append(settings.PUBLIC_URL + public_path(slug))
    return " ".join(parts)


def public_path(slug: str) -> str:
    """The address of a brief that is printed and cited: English, without a language prefix."""
    with translation.override("en"):
        return reverse("briefs:detail", args=[slug])
