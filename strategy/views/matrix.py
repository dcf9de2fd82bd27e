"""The response matrix: asked for, downloaded, filled in and brought back; comments of an agency written offline."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from common.access import Refused, may, require
from common.uploads import was_left_out
from directory.models import Job, StoredFile
from directory.services.organization_files import LARGEST_FILE, too_large
from strategy.enums import Decision
from strategy.forms.queue import UploadForm
from strategy.models import MatrixImport
from strategy.selectors.addresses import answers_url, position_url, query_of
from strategy.selectors.made_files import made_anew, may_still_read
from strategy.selectors.rounds import sides_of
from strategy.services.matrix import FORMATS, JOB, XLSX, apply_matrix, ask_for_matrix, check_again, read_matrix
from strategy.services.offline import apply_comments, comments_template, read_comments
from strategy.views.positions import find_round, find_side
from strategy.views.reading import find_strategy, posted

ROWS_SHOWN = 300


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def matrix(request: HttpRequest, slug: str) -> HttpResponse:
    """Ask for the matrix; drafters bring it back here filled in."""
    consultation = find_round(request, find_strategy(request, slug))
    answers = may(request.user, "strategy.answer_round", consultation)
    form = UploadForm(posted(request), request.FILES or None)
    if request.method == "POST":
        require(request.user, "strategy.answer_round", consultation)
        record = _read(request, form, lambda upload: read_matrix(consultation=consultation, upload=upload, by=request.user))
        if record:
            return redirect("strategy:matrix_import", slug=slug, pk=record.pk)
    recent = MatrixImport.objects.visible_to(request.user).filter(round=consultation, organization=None).select_related("by")
    context = {
        "strategy": consultation.draft.strategy, "draft": consultation.draft, "round": consultation, "form": form,
        "may_answer": answers, "sides": sides_of(request.user, consultation),
        "recent": recent.defer("rows")[:10] if answers else [],
    }  # fmt: skip
    return render(request, "strategy/matrix.html", context, status=400 if form.errors else 200)


def _read(request: HttpRequest, form: UploadForm, read: Any) -> MatrixImport | None:
    """Read the upload, or say in the form why it cannot be read."""
    if was_left_out(request, "file"):
        form.is_valid()
        form.errors.pop("file", None)
        form.add_error("file", too_large(LARGEST_FILE * 3))
    elif form.is_valid():
        try:
            record: MatrixImport = read(form.cleaned_data["file"])
        except Refused as refusal:
            form.add_error("file", str(refusal))
        else:
            return record
    return None


@login_required
@require_POST
def make(request: HttpRequest, slug: str) -> HttpResponse:
    """Have the matrix made in a worker, as the person may see it."""
    consultation = find_round(request, find_strategy(request, slug))
    try:
        job = ask_for_matrix(consultation=consultation, by=request.user, ending=request.POST.get("ending", ""))
    except Refused as refusal:
        messages.error(request, str(refusal))
        return redirect("strategy:matrix", slug=slug)
    return redirect("directory:job", job_id=job.pk)


@login_required
@require_safe
def matrix_file(request: HttpRequest, slug: str, job_id: UUID) -> HttpResponseBase:
    """The file of a job of one's own."""
    strategy = find_strategy(request, slug)
    job = get_object_or_404(Job.objects.visible_to(request.user), pk=job_id, kind=JOB)
    rounds = strategy.drafts.values_list("rounds", flat=True)
    kept = get_object_or_404(StoredFile, pk=job.result.get("archive") or 0)
    if job.arguments["round"] not in rounds:
        raise Http404
    if not may_still_read(request.user, job):
        messages.error(request, made_anew())
        return redirect("strategy:overview", slug=slug)
    ending = job.arguments["ending"]
    name = f"{slug}-response-matrix.{ending}"
    response = FileResponse(kept.file.open("rb"), as_attachment=True, filename=name, content_type=FORMATS[ending])
    response["X-Content-Type-Options"] = "nosniff"
    return response


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def offline(request: HttpRequest, slug: str) -> HttpResponse:
    """An agency's comments from a workbook that was filled in offline."""
    side = find_side(request, slug)
    consultation, agency, user = side.consultation, side.organization, request.user
    form = UploadForm(posted(request), request.FILES or None)
    if request.method == "POST":
        record = _read(
            request,
            form,
            lambda upload: read_comments(consultation=consultation, upload=upload, by=user, on_behalf_of=agency),
        )
        if record:
            return redirect("strategy:matrix_import", slug=slug, pk=record.pk)
    context = {
        "strategy": consultation.draft.strategy,
        "draft": consultation.draft,
        "round": consultation,
        "side": side,
        "form": form,
    }
    return render(request, "strategy/offline.html", context, status=400 if form.errors else 200)


@login_required
@require_safe
def template(request: HttpRequest, slug: str) -> HttpResponse:
    """The empty workbook for an agency's comments."""
    side = find_side(request, slug)
    content = comments_template(consultation=side.consultation, by=request.user, on_behalf_of=side.organization)
    response = HttpResponse(content, content_type=XLSX)
    response["Content-Disposition"] = f'attachment; filename="{slug}-comments-{side.organization.code}.xlsx"'
    return response


def _record(request: HttpRequest, slug: str, pk: int) -> MatrixImport:
    if pk > 2**63 - 1:
        raise Http404
    rows = MatrixImport.objects.visible_to(request.user).select_related("by", "organization", "round__draft__strategy")
    return get_object_or_404(rows, pk=pk, round__draft__strategy__slug=slug)


@login_required
@require_safe
def preview(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    """What an uploaded workbook would do, row by row; rows with errors first."""
    record = _record(request, slug, pk)
    rows = sorted(record.rows, key=lambda row: (not row["error"], row["row"]))
    decisions = dict(Decision.choices)
    for row in rows[:ROWS_SHOWN]:
        row["word"] = decisions.get(row.get("decision"), "")
    context = {
        "strategy": record.round.draft.strategy, "draft": record.round.draft, "record": record, "total": len(rows),
        "rows": rows[:ROWS_SHOWN], "left_out": max(len(rows) - ROWS_SHOWN, 0), **_ways(record),
    }  # fmt: skip
    return render(request, "strategy/matrix_preview.html", context)


def _ways(record: MatrixImport) -> dict[str, str]:
    """Where a corrected file is uploaded, and where the work goes on once a file is applied."""
    slug, query = record.round.draft.strategy.slug, query_of(record.round, record.organization)
    if record.organization:
        return {
            "back": reverse("strategy:offline", args=[slug]) + query,
            "onwards": position_url(record.round, record.organization),
        }
    return {"back": reverse("strategy:matrix", args=[slug]) + query, "onwards": answers_url(record.round)}


@login_required
@require_POST
def apply(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    """Do what the preview showed, all of it or nothing. Where something changed meanwhile, the preview is made new."""
    record = _record(request, slug, pk)
    act = apply_comments if record.organization_id else apply_matrix
    try:
        number = act(record=record, by=request.user)
    except Refused as refusal:
        if not record.organization_id:
            check_again(record=record, by=request.user)
        messages.error(request, str(refusal))
        return redirect("strategy:matrix_import", slug=slug, pk=pk)
    if record.organization_id:
        words = ngettext("%(n)d comment waits for clearance.", "%(n)d comments wait for clearance.", number)
    else:
        words = ngettext("%(n)d comment is answered.", "%(n)d comments are answered.", number)
    messages.success(request, words % {"n": number})
    return redirect("strategy:matrix_import", slug=slug, pk=pk)
