"""The files of editions: at the brief's address the newest, at an edition's address its own, by hash those bytes for ever."""

from collections.abc import Callable, Mapping
from typing import Any

from django.contrib.auth.decorators import login_required
from django.contrib.auth.models import AnonymousUser
from django.db.models import F, OuterRef, Q, Subquery
from django.db.models.functions import JSONObject
from django.http import FileResponse, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, render
from django.utils import translation
from django.utils.cache import get_conditional_response
from django.views.decorators.http import require_safe

from briefs.enums import FigureKind
from briefs.models import Edition, EditionFile, Figure, HeadNotice
from briefs.selectors import last_render_failed
from briefs.services.downloads import count_download, is_of_a_reader
from directory.models import StoredFile
from directory.public_pages import LARGEST, page_given, public_file

FIELDS = {"pdf": "screen_pdf", "print": "print_pdf", "archive": "archive_pdf"}
RETRY_SECONDS = 15


@require_safe
@public_file("briefs")
def edition_file(request: HttpRequest, slug: str, name: str, number: int | None = None) -> HttpResponseBase:
    """Hand out one of an edition's files, or say that it is being made.

    Without a number it is the edition in force. Kept copies must ask again each time, so none goes stale when a new
    edition or a correction comes; what never changes is a file by its hash. Files are the same for everybody, so no
    session is looked at.
    """
    field = FIELDS[name]
    editions = Edition.objects.visible_to(AnonymousUser()).select_related("brief", field).defer("content", "text")
    which = {"number": number} if number else {"pk": F("brief__current_edition")}
    with_notice = HeadNotice.objects.filter(edition=OuterRef("pk"), **{f"{field}__isnull": False}).order_by("-number")
    described = {column: f"{field}__{column}" for column in ("sha256", "file", "mime", "size")}
    editions = editions.annotate(noticed=Subquery(with_notice.values(data=JSONObject(**described))[:1]))
    edition = get_object_or_404(editions, brief__slug=slug, **which)
    noticed: dict[str, Any] | None = edition.noticed  # type: ignore[attr-defined]
    stored = StoredFile(**noticed) if noticed else getattr(edition, field)
    if stored is None:
        return _being_made(request, edition)
    return _handed_out(request, edition, name, stored, "public, max-age=0, must-revalidate")


@require_safe
@public_file("briefs")
def file_by_hash(request: HttpRequest, slug: str, number: int, name: str, sha256: str) -> HttpResponseBase:
    """One of the files that an edition ever had, by the hash of its bytes: before and after each notice at its head."""
    field = FIELDS[name]
    editions = Edition.objects.visible_to(AnonymousUser()).select_related("brief").defer("content", "text")
    edition = get_object_or_404(editions, brief__slug=slug, number=number)
    own = Edition.objects.filter(pk=edition.pk).values(field)
    noticed = HeadNotice.objects.filter(edition=edition).values(field)
    stored = get_object_or_404(StoredFile.objects.filter(Q(pk__in=own) | Q(pk__in=noticed)), sha256=sha256)
    return _handed_out(request, edition, name, stored, "public, max-age=31536000, immutable")


def _handed_out(request: HttpRequest, edition: Edition, name: str, stored: StoredFile, policy: str) -> HttpResponseBase:
    page_given(request, _counting(edition.pk, name))
    etag = f'"{stored.sha256}"'
    response: HttpResponseBase | None = get_conditional_response(request, etag=etag)
    if response is None:
        response = _whole_file(stored, file_name(edition, name))
    response["ETag"] = etag
    response["Cache-Control"] = policy
    return response


def _counting(edition_id: int, name: str) -> Callable[[Mapping[str, Any]], None]:
    """What counts a download each time that the file is given out to a reader, kept or not."""

    def count(meta: Mapping[str, Any]) -> None:
        if is_of_a_reader(meta):
            count_download(edition_id=edition_id, file=name)

    return count


def _whole_file(stored: StoredFile, name: str) -> HttpResponseBase:
    """A file as one piece, which is kept for the next reader; a very large one piece by piece."""
    opened = stored.file.open("rb")
    if stored.size > LARGEST:
        response = FileResponse(opened, content_type=stored.mime, filename=name)
        response.block_size = 1 << 17
        return response
    with opened:
        whole = HttpResponse(opened.read(), content_type=stored.mime)
    whole["Content-Disposition"] = f'inline; filename="{name}"'
    return whole


def file_name(edition: Edition, name: str) -> str:
    """What a file is called where it is saved."""
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


@require_safe
def edition_picture(request: HttpRequest, slug: str, number: int, key: str) -> HttpResponseBase:
    """A picture of an edition, for everybody and for ever."""
    editions = Edition.objects.visible_to(AnonymousUser()).filter(brief__slug=slug, number=number)
    kept = get_object_or_404(EditionFile.objects.select_related("file"), edition__in=editions, key=key)
    etag = f'"{kept.file.sha256}"'
    response = get_conditional_response(request, etag=etag) or whole_picture(kept.file)
    response["ETag"] = etag
    response["Cache-Control"] = "public, max-age=31536000, immutable"
    return response


@require_safe
@login_required
def picture(request: HttpRequest, slug: str, key: str) -> HttpResponseBase:
    """A picture of a brief that is being made, for those who make it."""
    figures = Figure.objects.visible_to(request.user).filter(brief__slug=slug, kind=FigureKind.IMAGE).select_related("file")
    response = whole_picture(get_object_or_404(figures, key=key).file)
    response["Cache-Control"] = "private, no-store"
    return response


def whole_picture(stored: StoredFile) -> FileResponse:
    """A stored picture as the answer to a request; who may see it is the caller's matter."""
    response = FileResponse(stored.file.open("rb"), content_type=stored.mime)
    response["X-Content-Type-Options"] = "nosniff"
    return response
