"""The files of editions: at the brief's address the newest, at an edition's address that one for ever."""

from django.contrib.auth.models import AnonymousUser
from django.db.models import F
from django.http import FileResponse, HttpRequest, HttpResponseBase
from django.shortcuts import get_object_or_404, render
from django.utils import translation
from django.utils.cache import get_conditional_response
from django.views.decorators.http import require_safe

from briefs.models import Edition
from briefs.selectors import last_render_failed
from briefs.services.downloads import count_download, is_of_a_reader

FIELDS = {"pdf": "screen_pdf", "print": "print_pdf", "archive": "archive_pdf"}
RETRY_SECONDS = 15


@require_safe
def edition_file(request: HttpRequest, slug: str, name: str, number: int | None = None) -> HttpResponseBase:
    """Hand out one of an edition's files, or say that it is being made.

    Without a number it is the edition in force: kept copies must ask again each time, so none goes stale when a new
    edition comes. With one it never changes. Files are the same for everybody, so no session is looked at.
    """
    field = FIELDS[name]
    editions = Edition.objects.visible_to(AnonymousUser()).select_related("brief", field).defer("content", "text")
    which = {"number": number} if number else {"pk": F("brief__current_edition")}
    edition = get_object_or_404(editions, brief__slug=slug, **which)
    stored = getattr(edition, field)
    if stored is None:
        return _being_made(request, edition)
    etag = f'"{stored.sha256}"'
    response: HttpResponseBase | None = get_conditional_response(request, etag=etag)
    if response is None:
        response = FileResponse(
            stored.file.open("rb"), content_type=stored.mime, filename=_file_name(edition, name), as_attachment=False
        )
        if is_of_a_reader(request.META):
            count_download(edition_id=edition.pk, file=name)
    response["ETag"] = etag
    response["Cache-Control"] = "public, max-age=31536000, immutable" if number else "public, max-age=0, must-revalidate"
    return response


def _file_name(edition: Edition, name: str) -> str:
    ending = {"pdf": "", "print": "-print", "archive": "-archive"}[name]
    later = f"-edition-{edition.number}" if edition.number > 1 else ""
    return f"{edition.brief.slug}{later}{ending}.pdf"


def _being_made(request: HttpRequest, edition: Edition) -> HttpResponseBase:
    """503 with a time to come back: a program that asked for a PDF must not take this page for one."""
    with translation.override(edition.brief.language):
        response = render(
            request,
            "briefs/being_made.html",
            {"brief": edition.brief, "edition": edition, "failed": last_render_failed(edition)},
            status=503,
        )
    response["Retry-After"] = str(RETRY_SECONDS)
    response["Cache-Control"] = "no-store"
    return response
