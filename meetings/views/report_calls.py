"""Calls for voluntary reports: what is asked, until when, who has answered."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from common.access import Refused, may, require
from directory.public_pages import page_holds_until, public_page
from meetings.enums import CallStatus
from meetings.forms.reports import SECTION_FIELDS, CallForm, CallTemplate
from meetings.models import ReportCall, VoluntaryReport
from meetings.selectors.reports import progress_figure, progress_of, reports_of_own
from meetings.services.reports import save_call


@require_safe
@public_page("meetings", "directory")
def call(request: HttpRequest, slug: str) -> HttpResponse:
    """The call: introduction, themes, deadline, the template, and how many States have reported."""
    found = get_object_or_404(ReportCall.objects.visible_to(request.user), slug=slug)
    now = timezone.now()
    page_holds_until(request, found.opens_at, found.closes_at)
    status = found.status(now)
    context = {
        "call": found,
        "status": status,
        "takes_reports": status in {CallStatus.OPEN, CallStatus.LATE},
        "is_late": status == CallStatus.LATE,
        "themes": found.themes.all(),
        "template": found.template.all(),  # type: ignore[attr-defined]
        "progress": progress_of(found),
        "own": reports_of_own(found, request.user),
        "edits": may(request.user, "meetings.edit_reportcall"),
    }
    return render(request, "meetings/report_call.html", context)


@require_safe
@public_page("meetings", "directory")
def progress(request: HttpRequest, slug: str) -> HttpResponse:
    """Which States have reported, region by region; what is submitted and not yet published for staff only."""
    found = get_object_or_404(ReportCall.objects.visible_to(request.user), slug=slug)
    page_holds_until(request, found.opens_at, found.closes_at)
    is_staff = may(request.user, "meetings.edit_reportcall")
    figures = progress_of(found, with_submitted=is_staff)
    context = {"call": found, "progress": figures, "figure": progress_figure(figures), "is_staff_view": is_staff}
    return render(request, "meetings/report_progress.html", context)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def edit(request: HttpRequest, slug: str = "") -> HttpResponse:
    """Make a call, or change one."""
    require(request.user, "meetings.edit_reportcall")
    found = get_object_or_404(ReportCall, slug=slug) if slug else None
    data = request.POST if request.method == "POST" else None
    form = CallForm(data, instance=found)
    template = CallTemplate(data, prefix="template", initial=_template_of(found))
    if data is not None and form.is_valid() and template.is_valid():
        fields: dict[str, Any] = dict(form.cleaned_data)
        themes = fields.pop("themes")
        rows = [{name: row[name] for name in SECTION_FIELDS} for row in template.cleaned_data if row]
        try:
            made = save_call(by=request.user, fields=fields, themes=themes, template=rows, call=found)
        except Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, _("The call is saved."))
            return redirect(made)
    begun = VoluntaryReport.objects.filter(call=found).exists() if found else False
    context = {"call": found, "form": form, "template": template, "begun": begun}
    has_errors = form.errors or any(template.errors)
    return render(request, "meetings/report_call_form.html", context, status=400 if has_errors else 200)


def _template_of(found: ReportCall | None) -> list[dict[str, Any]]:
    rows = found.template.all() if found else []  # type: ignore[attr-defined]
    return [{name: getattr(row, name) for name in SECTION_FIELDS} for row in rows]
