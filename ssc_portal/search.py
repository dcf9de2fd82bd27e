"""One search over what the reader may see in every app."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from briefs.selectors import search_briefs
from directory.public_pages import page_holds_until, public_page
from meetings.selectors import search_meetings
from solutions.selectors import search_solutions
from strategy.selectors import search_strategy

LONGEST_QUERY = 200
SECTIONS = (
    (_("Meetings"), search_meetings),
    (_("Strategy"), search_strategy),
    (_("Policy briefs"), search_briefs),
    (_("Solutions"), search_solutions),
)


@require_safe
@public_page("meetings", "strategy", "briefs", "solutions", "directory")
def search(request: HttpRequest) -> HttpResponse:
    """Hits by app, the first ten of each; every app answers with rows of title, url, kind and snippet."""
    # PostgreSQL knows no NUL in text.
    words = request.GET.get("q", "").replace("\x00", " ").strip()[:LONGEST_QUERY]
    sections: list[dict[str, Any]] = []
    if words:
        for title, find in SECTIONS:
            hits = find(request.user, words, limit=10)
            if hits:
                sections.append({"title": title, "hits": hits})
    page_holds_until(request, *(hit.get("holds_until") for section in sections for hit in section["hits"]))
    count = sum(len(section["hits"]) for section in sections)
    return render(request, "search.html", {"q": words, "sections": sections, "count": count})
