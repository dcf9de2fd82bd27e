"""Voluntary reports."""

from typing import Any

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import get_language_info, ngettext
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from common.access import Refused, may, require
from directory.public_pages import public_page
from meetings.documents.reports import reports_csv
from meetings.enums import ReportState
from meetings.filters.reports import ReportFilter
from meetings.models import VoluntaryReport
from meetings.services.reports import publish_report


def _listed(request: HttpRequest) -> tuple[ReportFilter, QuerySet[VoluntaryReport]]:
    """What the list shows, and so its export."""
    visible = VoluntaryReport.objects.visible_to(request.user)
    chosen = ReportFilter(request.GET, rows=visible)
    return chosen, chosen.apply(visible.select_related("country", "organization").prefetch_related("themes"))


@require_safe
@public_page("meetings", "directory")
def report_list(request: HttpRequest) -> HttpResponse:
    """Reports by country, theme and language."""
    chosen, found = _listed(request)
    rows: list[Any] = list(found)
    names = dict(settings.LANGUAGES)
    for row in rows:
        row.language_name = names.get(row.language, row.language)
        row.bidi = get_language_info(row.language)["bidi"]
    count_text = ngettext("%(n)d report", "%(n)d reports", len(rows)) % {"n": len(rows)}
    query = request.GET.urlencode()
    export_url = reverse("meetings:reports_csv") + (f"?{query}" if query else "")
    context = {"form": chosen, "rows": rows, "count_text": count_text, "export_url": export_url}
    return render(request, "meetings/reports.html", context)


@require_safe
@public_page("meetings", "directory")
def export_csv(request: HttpRequest) -> HttpResponse:
    """The filtered list as CSV."""
    _chosen, rows = _listed(request)
    response = HttpResponse("".join(reports_csv(rows)), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = 'attachment; filename="voluntary-reports.csv"'
    return response


@require_safe
@public_page("meetings", "directory")
def report(request: HttpRequest, slug: str) -> HttpResponse:
    """One report in its own language."""
    rows = VoluntaryReport.objects.visible_to(request.user).select_related("country", "organization")
    found = get_object_or_404(rows, slug=slug)
    sections = [
        {"heading": part.get("heading", ""), "paragraphs": [text for text in part.get("text", "").split("\n\n") if text.strip()]}
        for part in found.sections
    ]
    context = {
        "report": found,
        "sections": sections,
        "themes": found.themes.all(),
        "language_name": dict(settings.LANGUAGES).get(found.language, found.language),
        "bidi": get_language_info(found.language)["bidi"],
        "can_publish": found.state == ReportState.SUBMITTED and may(request.user, "meetings.publish_voluntaryreport", found),
    }
    return render(request, "meetings/report.html", context)


@login_required
@require_POST
def publish(request: HttpRequest, slug: str) -> HttpResponse:
    """Publish a submitted report."""
    found = get_object_or_404(VoluntaryReport.objects.visible_to(request.user), slug=slug)
    require(request.user, "meetings.publish_voluntaryreport", found)
    try:
        publish_report(report=found, by=request.user)
        messages.success(request, _("The report is published."))
    except Refused as refusal:
        messages.error(request, str(refusal))
    return redirect(found)
