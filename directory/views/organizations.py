"""The secretariat's list of organizations: search, writing, import and export."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.db.models import Count, QuerySet
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import get_language_bidi, ngettext
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from common.access import Refused, require
from common.spreadsheets import stream_csv, xlsx
from common.uploads import was_left_out
from directory.forms import ImportForm, OrganizationFilter, OrganizationForm
from directory.models import Membership, Organization, OrganizationImport, StakeholderCategory
from directory.services.organization_import import apply_import, check_again, in_words, read_import
from directory.services.organizations import COLUMNS, as_rows, save_organization
from directory.views.agencies import visible_organization

PAGE = 50
ROWS_SHOWN = 200
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def _listed(request: HttpRequest) -> tuple[OrganizationFilter, QuerySet[Organization]]:
    require(request.user, "directory.list_organizations")
    chosen = OrganizationFilter(request.GET)
    rows = Organization.objects.select_related("category", "country", "parent")
    return chosen, chosen.apply(rows).order_by("name", "pk")


@login_required
@require_safe
def organizations(request: HttpRequest) -> HttpResponse:
    """Organizations by words, category and country."""
    chosen, rows = _listed(request)
    pages = Paginator(rows, PAGE)
    page = pages.get_page(request.GET.get("page"))
    serving = Membership.objects.in_force().filter(organization__in=[row.pk for row in page])
    counts = dict(serving.values_list("organization").annotate(n=Count("user", distinct=True)).order_by())
    query = request.GET.copy()
    query.pop("page", None)
    context = {
        "form": chosen,
        "page": page,
        "rows": [(row, counts.get(row.pk, 0)) for row in page],
        "count_text": ngettext("%(n)d organization", "%(n)d organizations", pages.count) % {"n": pages.count},
        "query": query.urlencode(),
    }
    return render(request, "directory/organizations.html", context)


def _as_file(name: str, content: Any, mime: str) -> HttpResponseBase:
    response = (
        HttpResponse(content, content_type=mime)
        if isinstance(content, bytes)
        else StreamingHttpResponse(content, content_type=mime)
    )
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


@login_required
@require_safe
def export_organizations(request: HttpRequest, ending: str) -> HttpResponseBase:
    """The filtered list as CSV or XLSX, in the columns that an import reads."""
    _chosen, rows = _listed(request)
    return _table(f"organizations.{ending}", as_rows(rows), ending)


@login_required
@require_safe
def import_template(request: HttpRequest, ending: str) -> HttpResponseBase:
    """An empty table with the columns that an import reads."""
    require(request.user, "directory.edit_organization")
    return _table(f"organizations-template.{ending}", [], ending)


def _table(name: str, rows: Any, ending: str) -> HttpResponseBase:
    if ending == "csv":
        return _as_file(name, list(stream_csv(COLUMNS, rows)), "text/csv; charset=utf-8")
    return _as_file(name, xlsx(_("Organizations"), COLUMNS, rows, right_to_left=get_language_bidi()), XLSX)


@login_required
@require_safe
def organization(request: HttpRequest, code: str) -> HttpResponse:
    """From the list to the page of one organization."""
    require(request.user, "directory.list_organizations")
    return redirect(visible_organization(request, code))


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def add_organization(request: HttpRequest) -> HttpResponse:
    """Write a new organization."""
    require(request.user, "directory.edit_organization")
    return _edit(request, None)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def edit_organization(request: HttpRequest, code: str) -> HttpResponse:
    """Change the names, category, country and parent of an organization."""
    found = visible_organization(request, code)
    require(request.user, "directory.edit_organization", found)
    return _edit(request, found)


def _edit(request: HttpRequest, found: Organization | None) -> HttpResponse:
    form = OrganizationForm(request.POST if request.method == "POST" else None, instance=found)
    if form.is_valid():
        try:
            saved = save_organization(organization=form.instance, by=request.user, seen=form.cleaned_data.get("seen"))
        except Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, _("%(organization)s is saved.") % {"organization": saved.name})
            return redirect(saved)
    context = {"form": form, "organization": Organization.objects.filter(pk=found.pk).first() if found else None}
    return render(request, "directory/organization_form.html", context, status=400 if form.errors else 200)


# --- Import ----------------------------------------------------------------------------------------------------------


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def import_organizations(request: HttpRequest) -> HttpResponse:
    """Upload a spreadsheet; it is read and checked, and the preview opens."""
    require(request.user, "directory.edit_organization")
    form = ImportForm(request.POST, request.FILES) if request.method == "POST" else ImportForm()
    if was_left_out(request, "file"):
        form.errors["file"] = form.error_class(
            [_("The file has more than 25 MB; 10 MB is the most. Remove pictures and unused sheets, or split it.")]
        )
    if form.is_valid():
        file = form.cleaned_data["file"]
        try:
            record = read_import(content=file.read(), file_name=file.name, by=request.user)
        except Refused as refusal:
            form.add_error("file", str(refusal))
        else:
            return redirect("directory:organization_import", pk=record.pk)
    context = {
        "form": form,
        "columns": COLUMNS,
        "categories": StakeholderCategory.objects.all(),
        "recent": OrganizationImport.objects.select_related("by").defer("rows")[:10],
    }
    return render(request, "directory/organization_import.html", context, status=400 if form.errors else 200)


_GROUPS = ("error", "add", "change", "same")


@login_required
@require_safe
def preview_import(request: HttpRequest, pk: int) -> HttpResponse:
    """What an uploaded file would do, row by row, or what it did."""
    require(request.user, "directory.edit_organization")
    record = get_object_or_404(OrganizationImport.objects.select_related("by"), pk=pk)
    counts = {group: sum(row["action"] == group for row in record.rows) for group in _GROUPS}
    shown = request.GET.get("show", "")
    if shown not in _GROUPS:
        shown = next((group for group in _GROUPS if counts[group]), "same")
    chosen = [row for row in record.rows if row["action"] == shown]
    for row in chosen[:ROWS_SHOWN]:
        for error in row["errors"]:
            error["words"] = in_words(error)
    context = {
        "record": record,
        "counts": counts,
        "shown": shown,
        "rows": chosen[:ROWS_SHOWN],
        "left_out": max(len(chosen) - ROWS_SHOWN, 0),
        "will_write": counts["add"] + counts["change"],
    }
    return render(request, "directory/organization_preview.html", context)


@login_required
@require_POST
def confirm_import(request: HttpRequest, pk: int) -> HttpResponse:
    """Write what the preview shows. Where organizations changed meanwhile, the preview is made new instead."""
    require(request.user, "directory.edit_organization")
    record = get_object_or_404(OrganizationImport, pk=pk)
    try:
        done = apply_import(record=record, by=request.user)
    except Refused as refusal:
        check_again(record=record, by=request.user)
        messages.error(request, str(refusal))
        return redirect("directory:organization_import", pk=pk)
    messages.success(
        request,
        _("Imported: %(added)d added, %(changed)d changed.") % {"added": done.created_count, "changed": done.updated_count},
    )
    return redirect("directory:organizations")
