"""The files of editions: at the brief's address the newest, at an edition's address its own, by hash those bytes for ever."""

from typing import Any

from django.contrib.auth.models import AnonymousUser
from django.db.models import F, OuterRef, Q, Subquery
from django.db.models.functions import JSONObject
from django.http import FileResponse, HttpRequest, HttpResponseBase
from django.shortcuts import get_object_or_404, render
from django.utils import translation
from django.utils.cache import get_conditional_response
from django.views.decorators.http import require_safe

from briefs.models import Edition, HeadNotice
from briefs.selectors import last_render_failed
from directory.models import StoredFile

FIELDS = {"pdf": "screen_pdf", "print": "print_pdf", "archive": "archive_pdf"}
RETRY_SECONDS = 15


@require_safe
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
    described = {name: f"{field}__{name}" for name in ("sha256", "file", "mime")}
    editions = editions.annotate(noticed=Subquery(with_notice.values(data=JSONObject(**described))[:1]))
    edition = get_object_or_404(editions, brief__slug=slug, **which)
    noticed: dict[str, Any] | None = edition.noticed  # type: ignore[attr-defined]
    stored = StoredFile(**noticed) if noticed else getattr(edition, field)
    if stored is None:
        return _being_made(request, edition)
    return _handed_out(request, edition, name, stored, "public, max-age=0, must-revalidate")


@require_safe
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
    etag = f'"{stored.sha256}"'
    response: HttpResponseBase | None = get_conditional_response(request, etag=etag)
    if response is None:
        response = FileResponse(
            stored.file.open("rb"), content_type=stored.mime, filename=file_name(edition, name), as_attachment=False
        )
    response["ETag"] = etag
    response["Cache-Control"] = policy
    return response


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
