"""An organization's work on its voluntary report: begin, write, clear, submit, withdraw; the secretariat's return."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from common.access import Refused, may, require
from common.forms import ReasonForm
from common.uploads import was_left_out
from directory.rules import organizations_of
from meetings.forms.reports import ReportFileForm, ReportForm, StartReportForm
from meetings.models import ReportCall, VoluntaryReport
from meetings.services import reports as verbs


def _report(request: HttpRequest, slug: str) -> VoluntaryReport:
    rows = VoluntaryReport.objects.visible_to(request.user)
    return get_object_or_404(rows.select_related("call", "organization", "country", "file", "edited_by"), slug=slug)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def start(request: HttpRequest, slug: str) -> HttpResponse:
    """Whose report and in which language, then to its text."""
    call = get_object_or_404(ReportCall.objects.visible_to(request.user), slug=slug)
    own = organizations_of(request.user)
    form = StartReportForm(request.POST or None, organizations=own)
    if request.method == "POST" and form.is_valid():
        try:
            made = verbs.start_report(call=call, by=request.user, **form.cleaned_data)
        except Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            return redirect("meetings:edit_report", slug=made.slug)
    context = {"call": call, "form": form, "has_organization": bool(own)}
    return render(request, "meetings/report_start.html", context, status=400 if form.errors else 200)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def edit(request: HttpRequest, slug: str) -> HttpResponse:
    """The texts of a report on the template of its call."""
    found = _report(request, slug)
    if not may(request.user, "meetings.edit_voluntaryreport", found):
        return _no_editing(request, found)
    form = ReportForm(request.POST if request.method == "POST" else None, report=found, user=request.user)
    if request.method == "POST" and form.is_valid():
        try:
            verbs.write_report(report=found, by=request.user, **form.values())
        except Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, _("The report is saved."))
            return redirect(found)
    context = {"report": found, "form": form}
    return render(request, "meetings/report_edit.html", context, status=400 if form.errors else 200)


def _no_editing(request: HttpRequest, found: VoluntaryReport) -> HttpResponse:
    """Members are told why they cannot write now; for everybody else there is no such page."""
    require(request.user, "meetings.start_voluntaryreport", found)
    if found.is_internal:
        messages.info(request, _("The focal point is clearing this report. Ask them to send it back if it must be changed."))
    else:
        messages.info(
            request, _("This report is submitted and cannot be changed. Ask the secretariat to return it, or withdraw it.")
        )
    return redirect(found)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def file(request: HttpRequest, slug: str) -> HttpResponse:
    """A finished document instead of the sections, or taking it away."""
    found = _report(request, slug)
    require(request.user, "meetings.start_voluntaryreport", found)
    is_sent, removes = request.method == "POST", "remove" in request.POST
    sent = (request.POST, request.FILES) if is_sent and not removes else ()
    form = ReportFileForm(*sent, is_too_large=was_left_out(request, "file"))
    if removes or form.is_valid():
        content, name = (None, "") if removes else form.document()
        try:
            verbs.set_report_file(report=found, by=request.user, content=content, name=name)
        except Refused as refusal:
            messages.error(request, str(refusal))
        else:
            messages.success(request, _("The file is taken away.") if removes else _("The file is kept with the report."))
        return redirect(found)
    context = {"report": found, "form": form}
    return render(request, "meetings/report_file.html", context, status=400 if is_sent else 200)


def _act(request: HttpRequest, slug: str, permission: str, verb: Callable[..., Any], done: str) -> HttpResponse:
    found = _report(request, slug)
    require(request.user, permission, found)
    try:
        verb(report=found, by=request.user)
        messages.success(request, done)
    except Refused as refusal:
        messages.error(request, str(refusal))
    return redirect(found)


@login_required
@require_POST
def send(request: HttpRequest, slug: str) -> HttpResponse:
    """Ask the focal points to clear."""
    words = _("Your focal points have a message: the report waits for their clearance.")
    return _act(request, slug, "meetings.send_voluntaryreport", verbs.send_to_clearance, words)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def submit(request: HttpRequest, slug: str) -> HttpResponse:
    """Ask once more, then clear and submit in the organization's name."""
    found = _report(request, slug)
    require(request.user, "meetings.clear_voluntaryreport", found)
    if request.method == "POST":
        try:
            verbs.submit_report(report=found, by=request.user)
        except Refused as refusal:
            messages.error(request, str(refusal))
            return redirect(found)
        return redirect("meetings:report_receipt", slug=found.slug)
    context = {"report": found, "missing": verbs.what_is_missing(found)}
    return render(request, "meetings/report_submit.html", context)


@login_required
@require_safe
def receipt(request: HttpRequest, slug: str) -> HttpResponse:
    """What the organization has of its submission: number, moment, hash."""
    found = _report(request, slug)
    if not may(request.user, "meetings.start_voluntaryreport", found):
        require(request.user, "meetings.return_voluntaryreport", found)
    submitted = found.state_changes.filter(new="submitted").select_related("on_behalf_of").order_by("-pk").first()  # type: ignore[attr-defined]
    if not found.receipt or submitted is None:
        messages.info(request, _("There is a receipt once the report is submitted."))
        return redirect(found)
    return render(request, "meetings/report_receipt.html", {"report": found, "submitted": submitted})


def _with_reason(
    request: HttpRequest, slug: str, permission: str, verb: Callable[..., Any], *, words: dict[str, Any], needed: bool = True
) -> HttpResponse:
    """Ask for a reason, then act."""
    found = _report(request, slug)
    require(request.user, permission, found)
    form = ReasonForm(request.POST or None, readers=words["readers"])
    form.fields["reason"].required = needed
    if request.method == "POST" and form.is_valid():
        try:
            verb(report=found, by=request.user, reason=form.cleaned_data["reason"])
        except Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, words["done"])
            return redirect(
                found if found.state != "submitted" or permission != "meetings.return_voluntaryreport" else "meetings:reports"
            )
    context = {"report": found, "form": form, **words}
    return render(request, "meetings/report_reason.html", context, status=400 if form.errors else 200)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def send_back(request: HttpRequest, slug: str) -> HttpResponse:
    """The focal point sends the report back to who wrote it."""
    words = {
        "title": _("Send the report back"),
        "button": _("Send back"),
        "readers": _("Who wrote the report reads this."),
        "done": _("The report is a draft again, and who wrote it has a message."),
    }
    return _with_reason(request, slug, "meetings.clear_voluntaryreport", verbs.send_back, words=words)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def withdraw(request: HttpRequest, slug: str) -> HttpResponse:
    """The organization takes its report back."""
    words = {
        "title": _("Withdraw the report"),
        "button": _("Withdraw"),
        "is_grave": True,
        "readers": _("Needed once the secretariat has the report: it reads this."),
        "done": _("The report is withdrawn. You can begin a new one while the call takes reports."),
    }
    return _with_reason(request, slug, "meetings.clear_voluntaryreport", verbs.withdraw_report, words=words, needed=False)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def give_back(request: HttpRequest, slug: str) -> HttpResponse:
    """The secretariat returns a submitted report."""
    words = {
        "title": _("Return the report"),
        "button": _("Return it"),
        "readers": _("The organization reads this, and revises its report."),
        "done": _("The report is back with its organization, which has a message."),
    }
    return _with_reason(request, slug, "meetings.return_voluntaryreport", verbs.return_report, words=words)
