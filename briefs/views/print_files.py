"""Files for print shops that the secretariat asks for."""

from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.http import FileResponse, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.views.decorators.http import require_POST, require_safe

from briefs.models import Brief, Edition
from briefs.services.print_files import JOB, ask_for_print_by_fours
from common.access import require
from common.document_files import PDF
from directory.models import Job, StoredFile


@require_POST
@login_required
def make_print_by_fours(request: HttpRequest, slug: str) -> HttpResponse:
    """Have the edition in force made for folded sheets, then wait for it on the job's page."""
    briefs = Brief.objects.visible_to(request.user).filter(current_edition__isnull=False).select_related("current_edition")
    brief = get_object_or_404(briefs, slug=slug)
    job = ask_for_print_by_fours(edition=brief.edition, by=request.user)
    return redirect("directory:job", job_id=job.pk)


@require_safe
@login_required
def print_by_fours_file(request: HttpRequest, slug: str, job_id: UUID) -> HttpResponseBase:
    """The file of a job of one's own."""
    job = get_object_or_404(Job.objects.visible_to(request.user), pk=job_id, kind=JOB)
    edition = get_object_or_404(Edition.objects.select_related("brief"), pk=job.arguments["edition"], brief__slug=slug)
    require(request.user, "briefs.render_edition", edition.brief)
    kept = get_object_or_404(StoredFile, pk=job.result.get("archive") or 0)
    name = f"{slug}-edition-{edition.number}-print-by-fours.pdf"
    response = FileResponse(kept.file.open("rb"), as_attachment=True, filename=name, content_type=PDF)
    response["X-Content-Type-Options"] = "nosniff"
    return response
