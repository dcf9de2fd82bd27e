"""Every version of what stands before the sections of a brief: title, summary, key messages and what it is about."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from briefs.models import Brief, MatterChange
from briefs.selectors.words import ComparedLine, compare_lines
from directory.models import SDGGoal, Theme


@dataclass(frozen=True)
class WordsRevision:
    """What one save left, in the manner of a section's revision.

    Args:
        themes, sdgs: primary keys; None where a save of an earlier release did not keep them.
        by: None for the first version, with which the brief was set up.
    """

    version: int
    title: str
    summary: str
    key_messages: list[str]
    themes: list[int] | None
    sdgs: list[int] | None
    is_editorial: bool
    note: str
    by: Any
    at: datetime | None


def words_revisions(brief: Brief, user: Any) -> list[WordsRevision]:
    """The versions, newest first. Each change keeps what it found, so that a version is kept by the change after it."""
    changes = MatterChange.objects.visible_to(user).filter(brief=brief, kept__has_keys=["title", "summary", "key_messages"])
    rows = list(changes.select_related("by").order_by("pk"))
    present = {
        "title": brief.title,
        "summary": brief.summary,
        "key_messages": brief.key_messages,
        "themes": sorted(row.pk for row in brief.themes.all()),
        "sdgs": sorted(row.pk for row in brief.sdgs.all()),
    }
    first = brief.state_changes.order_by("pk").select_related("by").first()
    found = []
    for place, words in enumerate([*(row.kept for row in rows), present]):
        made_by = rows[place - 1] if place else first
        found.append(
            WordsRevision(
                version=place + 1,
                **{name: words.get(name) for name in present},
                is_editorial=bool(place and rows[place - 1].kept.get("is_editorial")),
                note=rows[place - 1].kept.get("note", "") if place else "",
                by=made_by.by if made_by else None,
                at=made_by.at if made_by else None,
            )
        )
    return found[::-1]


def compare_words(old: WordsRevision, new: WordsRevision) -> list[ComparedLine]:
    """Two versions line by line: title, summary, each key message, themes and Goals by name."""
    themes = {row.pk: row.name for row in Theme.objects.all()}
    goals = {row.pk: str(row) for row in SDGGoal.objects.all()}

    def lines(row: WordsRevision) -> list[str]:
        found = [row.title, *row.summary.splitlines(), *row.key_messages]
        if old.themes is not None and new.themes is not None:
            found += [_("Theme: %(name)s") % {"name": themes[key]} for key in row.themes or [] if key in themes]
        if old.sdgs is not None and new.sdgs is not None:
            found += [goals[key] for key in row.sdgs or [] if key in goals]
        return found

    return compare_lines(lines(old), lines(new))
