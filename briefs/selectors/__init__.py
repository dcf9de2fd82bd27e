"""Reads that span models."""

from briefs.selectors.content import brief_content, citation_of, content_hash, plain_text, public_path, text_hash
from briefs.selectors.reading import (
    addresses_of_briefs,
    briefs_for_home,
    briefs_page,
    cited_solutions,
    language_editions,
    public_briefs,
    search_briefs,
    withdrawal_reason,
    years_of_briefs,
)
from briefs.selectors.work import briefs_in_progress, desk_of_briefs, last_render_failed, next_step

__all__ = [
    "addresses_of_briefs",
    "brief_content",
    "briefs_for_home",
    "briefs_in_progress",
    "briefs_page",
    "citation_of",
    "cited_solutions",
    "content_hash",
    "desk_of_briefs",
    "language_editions",
    "last_render_failed",
    "next_step",
    "plain_text",
    "public_briefs",
    "public_path",
    "search_briefs",
    "text_hash",
    "withdrawal_reason",
    "years_of_briefs",
]
