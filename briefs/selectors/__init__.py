"""Reads that span models."""

from briefs.selectors.content import brief_content, citation_of, content_hash, plain_text, public_path, text_hash
from briefs.selectors.reading import (
    addresses_of_briefs,
    briefs_for_home,
    cited_solutions,
    excerpts,
    language_editions,
    page_of,
    public_briefs,
    search_briefs,
    withdrawal_reason,
)
from briefs.selectors.shelf import facet_counts, found_in, narrowed, reading_minutes, related_briefs, shelf
from briefs.selectors.work import briefs_in_progress, desk_of_briefs, last_render_failed, next_step

__all__ = [
    "addresses_of_briefs",
    "brief_content",
    "briefs_for_home",
    "briefs_in_progress",
    "citation_of",
    "cited_solutions",
    "content_hash",
    "desk_of_briefs",
    "excerpts",
    "facet_counts",
    "found_in",
    "language_editions",
    "last_render_failed",
    "narrowed",
    "next_step",
    "page_of",
    "plain_text",
    "public_briefs",
    "public_path",
    "reading_minutes",
    "related_briefs",
    "search_briefs",
    "shelf",
    "text_hash",
    "withdrawal_reason",
]
