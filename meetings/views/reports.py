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
from directory.public_pages import page_holds_until, public_page
from meetings.documents.reports import reports_csv
from meetings.enums import ReportState
from meetings.filters.reports import ReportFilter
from meetings.models import Meeting, ReportCall, ThematicEvent, VoluntaryReport
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
    calls = list(ReportCall.objects.visible_to(request.user))
    page_holds_until(request, *(moment for call in calls for moment in (call.opens_at, call.closes_at)))
    context = {
        "form": chosen,
        "rows": rows,
        "count_text": count_text,
        "export_url": export_url,
        "calls": calls,
        "edits_calls": may(request.user, "meetings.edit_reportcall"),
    }
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
    rows = VoluntaryReport.objects.visible_to(request.user)
    found = get_object_or_404(rows.select_related("country", "organization", "call", "file", "edited_by"), slug=slug)
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
        "meetings": Meeting.objects.visible_to(request.user).filter(citing_reports=found),
        "events": ThematicEvent.objects.visible_to(request.user).filter(citing_reports=found),
        **_acts(request.user, found),
    }
    return render(request, "meetings/report.html", context)


def _acts(user: Any, found: VoluntaryReport) -> dict[str, Any]:
    """What the reader may do with the report as it stands."""
    writes = may(user, "meetings.start_voluntaryreport", found)
    clears = may(user, "meetings.clear_voluntaryreport", found)
    submitted = found.state == ReportState.SUBMITTED
    return {
        "can_edit": may(user, "meetings.edit_voluntaryreport", found),
        "can_send": found.state == ReportState.DRAFT and writes and not clears,
        "can_clear": found.is_internal and clears,
        "can_send_back": found.state == ReportState.IN_CLEARANCE and clears,
        "can_withdraw": clears and (found.is_internal or submitted),
        "can_publish": submitted and may(user, "meetings.publish_voluntaryreport", found),
        "can_return": submitted and may(user, "meetings.return_voluntaryreport", found),
        "has_receipt": bool(found.receipt) and (writes or may(user, "meetings.return_voluntaryreport", found)),
        "history": found.state_changes.select_related("by", "on_behalf_of").order_by("-pk") if writes else [],  # type: ignore[attr-defined]
    }


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
