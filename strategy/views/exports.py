"""A draft to take along: Word, PDF, Markdown, plain text."""

from collections.abc import Callable

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from common.document_files import DOCX, PDF
from directory.public_pages import public_page
from strategy.documents.plain_writing import draft_markdown, draft_plain
from strategy.documents.word_writing import draft_docx
from strategy.models import Draft
from strategy.services.draft_files import pdf_of
from strategy.views.reading import find_draft

RETRY_SECONDS = 10

FORMATS: dict[str, tuple[str, Callable[[Draft], bytes]]] = {
    "docx": (DOCX, draft_docx),
    "md": ("text/markdown; charset=utf-8", lambda draft: draft_markdown(draft).encode()),
    # Windows' editors tell UTF-8 by its mark.
    "txt": ("text/plain; charset=utf-8", lambda draft: draft_plain(draft).encode("utf-8-sig")),
}


@require_safe
@public_page("strategy", "directory")
def download(request: HttpRequest, slug: str, number: int, ending: str) -> HttpResponse:
    """The text of a draft that the reader may see, as a file."""
    draft = find_draft(request, slug, number)
    if ending == "pdf":
        kept, failed = pdf_of(draft)
        if kept is None:
            return _being_made(request, draft, failed)
        with kept.file.open("rb") as file:
            mime, content = PDF, file.read()
    elif ending in FORMATS:
        mime, write = FORMATS[ending]
        content = write(draft)
    else:
        raise Http404
    response = HttpResponse(content, content_type=mime)
    response["Content-Disposition"] = f'attachment; filename="{slug}-draft-{number}.{ending}"'
    response["X-Content-Type-Options"] = "nosniff"
    return response


def _being_made(request: HttpRequest, draft: Draft, failed: bool) -> HttpResponse:
    """503 with a time to come back: a program that asked for a PDF must not take this page for one."""
    context = {"draft": draft, "strategy": draft.strategy, "failed": failed}
    response = render(request, "strategy/being_made.html", context, status=503)
    response["Retry-After"] = str(RETRY_SECONDS)
    response["Cache-Control"] = "no-store"
    return response
