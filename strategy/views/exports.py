"""A draft to take along: Word, PDF, Markdown, plain text."""

import hashlib
from collections.abc import Callable

from django.core.cache import cache
from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from common.document_files import DOCX, PDF
from directory.public_pages import public_page
from strategy.documents.draft_pdf import draft_html, draft_pdf
from strategy.documents.plain_writing import draft_markdown, draft_plain
from strategy.documents.word_writing import draft_docx
from strategy.models import Draft
from strategy.views.reading import find_draft

_KEPT_FOR = 24 * 3600  # seconds


def _pdf(draft: Draft) -> bytes:
    """The PDF, made once for each text: a long one takes seconds."""
    html = draft_html(draft)
    key = "strategy-pdf-" + hashlib.sha256(html.encode()).hexdigest()
    content: bytes | None = cache.get(key)
    if content is None:
        content = draft_pdf(draft)
        cache.set(key, content, _KEPT_FOR)
    return content


FORMATS: dict[str, tuple[str, Callable[[Draft], bytes]]] = {
    "docx": (DOCX, draft_docx),
    "pdf": (PDF, _pdf),
    "md": ("text/markdown; charset=utf-8", lambda draft: draft_markdown(draft).encode()),
    # Windows' editors tell UTF-8 by its mark.
    "txt": ("text/plain; charset=utf-8", lambda draft: draft_plain(draft).encode("utf-8-sig")),
}


@require_safe
@public_page("strategy", "directory")
def download(request: HttpRequest, slug: str, number: int, ending: str) -> HttpResponse:
    """The text of a draft that the reader may see, as a file."""
    draft = find_draft(request, slug, number)
    if ending not in FORMATS:
        raise Http404
    mime, write = FORMATS[ending]
    response = HttpResponse(write(draft), content_type=mime)
    response["Content-Disposition"] = f'attachment; filename="{slug}-draft-{number}.{ending}"'
    response["X-Content-Type-Options"] = "nosniff"
    return response
