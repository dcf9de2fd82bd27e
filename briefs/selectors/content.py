"""The content of a brief as data: what agencies clear, what an edition freezes, what page and PDF show."""

import hashlib
import html
import json
import re
from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.urls import reverse
from django.utils import translation
from django.utils.html import strip_tags
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from briefs.models import Brief

FORMAT = 1
_MARK = re.compile(r"\[\^(\d{1,3})\]")


def _hash(value: Any) -> str:
    return hashlib.sha256(json.dumps(value, sort_keys=True, ensure_ascii=False, separators=(",", ":")).encode()).hexdigest()


def text_hash(brief: Brief) -> str:
    """The hash that a clearance is bound to: everything an agency answers for, and nothing that others rename.

    Names of agencies, themes and series are left out: correcting one of them must not void a clearance.
    """
    return _hash(
        {
            "title": brief.title,
            "summary": brief.summary,
            "key_messages": brief.key_messages,
            "footnotes": brief.footnotes,
            "language": brief.language,
            "sections": [
                [section.position, section.heading, section.organization.code, section.body]
                for section in brief.sections.select_related("organization")
            ],
            "solutions": [cited.solution.slug for cited in brief.cited_solutions.select_related("solution")],
        }
    )


def content_hash(content: dict[str, Any]) -> str:
    """The hash of an edition's frozen content."""
    return _hash(content)


def brief_content(brief: Brief) -> dict[str, Any]:
    """Everything that page and PDF show of a brief, as JSON, names in the brief's own language."""
    with translation.override(brief.language):
        return {
            "format": FORMAT,
            "series": {"slug": brief.series.slug, "title": brief.series.title},
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
                    "anchor": f"section-{place}",
                    "heading": section.heading,
                    "agency": section.organization.short_name,
                    "body": section.body,
                }
                for place, section in enumerate(brief.sections.select_related("organization"), 1)
            ],
            "solutions": [
                {"slug": cited.solution.slug, "title": cited.solution.title}
                for cited in brief.cited_solutions.select_related("solution")
            ],
        }


def plain_text(content: dict[str, Any]) -> str:
    """The words of a brief without markup, for searching."""
    parts = [content["title"], content["summary"], *content["key_messages"]]
    for section in content["sections"]:
        # A space between elements, or the last word of a paragraph grows together with the first of the next.
        parts += [section["heading"], html.unescape(strip_tags(section["body"].replace("<", " <")))]
    return re.sub(r"\s+", " ", _MARK.sub("", " ".join(parts))).strip()


def with_footnotes(body: str, footnotes: list[str], note: Callable[[int, str], str]) -> SafeString:
    """A cleaned body with each `[^n]` replaced by what `note` makes of its number and text; unknown numbers stay as they are.

    Cleaning keeps `<`, `>` and `[` out of attributes, so what stands between two tags is text.
    """

    def replaced(mark: re.Match[str]) -> str:
        number = int(mark[1])
        return note(number, footnotes[number - 1]) if 0 < number <= len(footnotes) else mark[0]

    pieces = re.split(r"(<[^>]*>)", body)
    return mark_safe("".join(piece if piece.startswith("<") else _MARK.sub(replaced, piece) for piece in pieces))  # noqa: S308


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
