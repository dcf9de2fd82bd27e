"""The secretariat registers others: one by one, or from a spreadsheet with a preview."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import get_language_bidi
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from common.access import Refused, require
from common.bidi import isolated
from common.spreadsheets import stream_csv, xlsx
from common.uploads import was_left_out
from directory.services.organization_files import LARGEST_FILE, too_large
from meetings.enums import RegistrationState
from meetings.forms.registration import PersonForm
from meetings.forms.registration_settings import RegistrationImportForm
from meetings.models import RegistrationImport
from meetings.services.by_address import register_person
from meetings.services.registration_import import COLUMNS, apply_registrations, check_again, in_words, read_registrations
from meetings.views.registration import too_large as files_too_large
from meetings.views.registration_settings import managed

ROWS_SHOWN = 300
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def add_person(request: HttpRequest, slug: str) -> HttpResponse:
    """Register somebody by address: a nominee, a guest, a walk-in."""
    meeting = managed(request, slug)
    require(request.user, "meetings.register_others", meeting)
    posted = request.POST if request.method == "POST" else None
    form = PersonForm(posted, request.FILES or None, meeting=meeting, by=request.user, left_out=files_too_large(request))
    if request.method == "POST" and form.is_valid():
        try:
            made = register_person(meeting=meeting, by=request.user, **form.answers())
        except Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            words = {
                RegistrationState.APPROVED: _("%(name)s has a seat and gets a message."),
                RegistrationState.WAITLISTED: _("No seat is free: %(name)s is on the waiting list and gets a message."),
            }.get(RegistrationState(made.state), _("%(name)s is registered and waits for a decision."))
            messages.success(request, words % {"name": isolated(made.full_name)})
            return redirect(made)
    return render(request, "meetings/person_add.html", {"meeting": meeting, "form": form}, status=400 if form.errors else 200)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def import_registrations(request: HttpRequest, slug: str) -> HttpResponse:
    """Upload a spreadsheet; it is read and checked, and the preview opens."""
    meeting = managed(request, slug)
    require(request.user, "meetings.register_others", meeting)
    form = RegistrationImportForm(request.POST, request.FILES) if request.method == "POST" else RegistrationImportForm()
    if was_left_out(request, "file"):
        form.is_valid()
        form.errors.pop("file", None)
        form.add_error("file", too_large(LARGEST_FILE * 3))
    elif form.is_valid():
        file = form.cleaned_data["file"]
        try:
            record = read_registrations(
                meeting=meeting, content=file.read(), file_name=file.name, by=request.user, approves=form.cleaned_data["approves"]
            )
        except Refused as refusal:
            form.add_error("file", str(refusal))
        else:
            return redirect("meetings:registration_import", slug=slug, pk=record.pk)
    context = {
        "meeting": meeting,
        "form": form,
        "columns": COLUMNS,
        "quotas": meeting.quotas.filter(withdrawn_at=None).select_related("category").order_by("category__order", "pk"),
        "recent": meeting.registration_imports.select_related("by").defer("rows")[:10],
    }
    return render(request, "meetings/registrations_import.html", context, status=400 if form.errors else 200)


@login_required
@require_safe
def template(request: HttpRequest, slug: str, ending: str) -> HttpResponseBase:
    """An empty table with the columns that an import reads."""
    managed(request, slug)
    response: HttpResponseBase
    if ending == "csv":
        response = StreamingHttpResponse(list(stream_csv(COLUMNS, [])), content_type="text/csv; charset=utf-8")
    elif ending == "xlsx":
        response = HttpResponse(xlsx(_("Registrations"), COLUMNS, [], right_to_left=get_language_bidi()), content_type=XLSX)
    else:
        raise Http404
    response["Content-Disposition"] = f'attachment; filename="registrations-template.{ending}"'
    return response


_GROUPS = ("error", "seat", "waitlist", "to_decide")


def _record(request: HttpRequest, slug: str, pk: int) -> RegistrationImport:
    meeting = managed(request, slug)
    if pk > 2**63 - 1:
        raise Http404
    rows = RegistrationImport.objects.visible_to(request.user).select_related("by", "meeting")
    return get_object_or_404(rows, meeting=meeting, pk=pk)


@login_required
@require_safe
def preview(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    """What an uploaded file would do, row by row, or what it did."""
    record = _record(request, slug, pk)
    counts = {group: sum(row["outcome"] == group for row in record.rows) for group in _GROUPS}
    shown = request.GET.get("show", "")
    if shown not in _GROUPS:
        shown = next((group for group in _GROUPS if counts[group]), "seat")
    rows = [row for row in record.rows if row["outcome"] == shown]
    for row in rows[:ROWS_SHOWN]:
        for error in row["errors"]:
            error["words"] = in_words(error)
    context = {
        "meeting": record.meeting,
        "record": record,
        "counts": counts,
        "shown": shown,
        "rows": rows[:ROWS_SHOWN],
        "left_out": max(len(rows) - ROWS_SHOWN, 0),
        "total": len(record.rows),
    }
    return render(request, "meetings/registrations_preview.html", context)


@login_required
@require_POST
def apply(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    """Register everybody of the preview. Where seats changed meanwhile, the preview is made new instead."""
    record = _record(request, slug, pk)
    try:
        done = apply_registrations(record=record, by=request.user)
    except Refused as refusal:
        check_again(record=record, by=request.user)
        messages.error(request, str(refusal))
        return redirect("meetings:registration_import", slug=slug, pk=pk)
    messages.success(
        request,
        _("Imported: %(seated)d with a seat, %(waiting)d on the waiting list, %(to_decide)d to decide.")
        % {"seated": done.seated, "waiting": done.waitlisted, "to_decide": done.to_decide},
    )
    return redirect("meetings:registrations", slug=slug)
