"""What readers take along besides the PDFs: citations for their programs, and the press kit."""

from typing import Any

from django.contrib.auth.models import AnonymousUser
from django.db.models import F
from django.http import FileResponse, Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404
from django.utils.cache import get_conditional_response
from django.views.decorators.http import require_safe

from briefs.enums import DownloadFile
from briefs.models import Edition, PressKit
from briefs.selectors.citations import CITATION_FORMATS, Source, citation_file
from briefs.services.downloads import count_download, is_of_a_reader
from directory.public_pages import public_page


def _which(number: int | None) -> dict[str, Any]:
    return {"number": number} if number else {"pk": F("brief__current_edition")}


@require_safe
@public_page("briefs")
def citation(request: HttpRequest, slug: str, form: str, number: int | None = None) -> HttpResponse:
    """The citation of the edition in force, or of a given one, as text, BibTeX, RIS or CSL-JSON."""
    if form not in CITATION_FORMATS:
        raise Http404
    editions = Edition.objects.visible_to(AnonymousUser()).select_related("brief").defer("text")
    edition = get_object_or_404(editions, brief__slug=slug, **_which(number))
    in_force = not number or edition.pk == edition.brief.current_edition_id
    source = Source(edition.content, slug=slug, edition=edition.number, in_force=in_force)
    ending, mime = CITATION_FORMATS[form]
    response = HttpResponse(citation_file(source, form).encode(), content_type=mime)
    response["Content-Disposition"] = f'attachment; filename="{source.key}.{ending}"'
    return response


@require_safe
def press_kit(request: HttpRequest, slug: str, number: int | None = None) -> HttpResponseBase:
    """The press kit of the edition in force, or of a given one; 404 until a worker has made it.

    After a correction there is none until the one that carries it is made; of a withdrawn edition there is none.
    """
    kits = PressKit.objects.visible_to(AnonymousUser()).up_to_date().select_related("file")
    which = {"edition__number": number} if number else {"edition": F("edition__brief__current_edition")}
    kit = get_object_or_404(kits, edition__brief__slug=slug, **which)
    etag = f'"{kit.file.sha256}"'
    response: HttpResponseBase | None = get_conditional_response(request, etag=etag)
    if response is None:
        response = FileResponse(
            kit.file.file.open("rb"), content_type=kit.file.mime, filename=f"{slug}-press-kit.zip", as_attachment=True
        )
        if is_of_a_reader(request.META):
            count_download(edition_id=kit.edition_id, file=DownloadFile.KIT)
    response["ETag"] = etag
    response["Cache-Control"] = "public, max-age=0, must-revalidate"
    return response
