"""The clearance of briefs: start with a deadline, give more time, go on without a silent agency, the table of all."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from briefs.documents import clearance_xlsx
from briefs.forms import DeadlineForm, GoOnForm
from briefs.models import Brief
from briefs.selectors import text_hash
from briefs.selectors.clearance import clearance_table
from briefs.services import extend_clearance, go_on_without, start_clearance
from briefs.services.clearance import USUAL_TIME
from common.access import Refused, require

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
get_and_post = require_http_methods(["GET", "HEAD", "POST"])


def _brief(request: HttpRequest, slug: str, permission: str) -> Brief:
    briefs = Brief.objects.visible_to(request.user).select_related("series").prefetch_related("agencies__organization")
    brief = get_object_or_404(briefs, slug=slug)
    require(request.user, permission, brief)
    return brief


@get_and_post
@login_required
def start(request: HttpRequest, slug: str) -> HttpResponse:
    """Start the clearance with a deadline."""
    brief = _brief(request, slug, "briefs.start_clearance")
    zone = request.user.time_zone  # type: ignore[union-attr]
    form = DeadlineForm(request.POST if request.method == "POST" else None, zone=zone, usual=USUAL_TIME, required=False)
    if request.method == "POST" and form.is_valid():
        try:
            start_clearance(brief=brief, by=request.user, deadline=form.cleaned_data["deadline"])
        except Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            done = _("The clearance has started. The focal points of the co-authoring agencies are being told.")
            messages.success(request, done)
            return redirect(brief)
    context = {
        "brief": brief,
        "form": form,
        "title": _("Start the clearance"),
        "lead": _(
            "Each co-authoring agency is asked to clear the text as it stands. Who has not answered by the deadline is recorded "
            "as silent; the secretariat then decides, with a reason, whether the brief goes on."
        ),
        "button": _("Start the clearance"),
    }
    return render(request, "briefs/reason.html", context, status=400 if form.errors else 200)


@get_and_post
@login_required
def extend(request: HttpRequest, slug: str) -> HttpResponse:
    """Give the agencies that have not answered more time."""
    brief = _brief(request, slug, "briefs.extend_clearance")
    zone = request.user.time_zone  # type: ignore[union-attr]
    form = DeadlineForm(request.POST or None, zone=zone, usual=USUAL_TIME)
    if request.method == "POST" and form.is_valid():
        try:
            extend_clearance(brief=brief, by=request.user, deadline=form.cleaned_data["deadline"])
        except Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, _("There is more time. The agencies that have not answered are being told."))
            return redirect(brief)
    context = {
        "brief": brief,
        "form": form,
        "title": _("Give more time"),
        "lead": _("Agencies that were recorded as silent can answer again as if the first deadline had never been."),
        "button": _("Give more time"),
    }
    return render(request, "briefs/reason.html", context, status=400 if form.errors else 200)


@get_and_post
@login_required
def go_on(request: HttpRequest, slug: str, code: str) -> HttpResponse:
    """Record with a reason that the brief goes on without an agency's answer."""
    brief = _brief(request, slug, "briefs.go_on_without")
    agency = get_object_or_404(brief.agencies.select_related("organization"), organization__code=code)
    readers = _("The agencies read the reason. In print the brief says only that no answer was received.")
    form = GoOnForm(request.POST or None, readers=readers, initial={"seen": text_hash(brief)})
    if request.method == "POST" and form.is_valid():
        try:
            go_on_without(brief=brief, by=request.user, on_behalf_of=agency.organization, **form.cleaned_data)
        except Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(
                request, _("It is recorded that the brief goes on without %(agency)s.") % {"agency": agency.organization}
            )
            return redirect(brief)
    context = {
        "brief": brief,
        "form": form,
        "title": _("Go on without the answer of %(agency)s") % {"agency": agency.organization.short_name},
        "lead": _("The agency is told, and can still answer until the brief is published."),
        "button": _("Go on without this answer"),
        "is_grave": True,
    }
    return render(request, "briefs/reason.html", context, status=400 if form.errors else 200)


@require_safe
@login_required
def table(request: HttpRequest) -> HttpResponse:
    """All briefs in progress that the reader helps to make, by agency."""
    return render(request, "briefs/clearance_table.html", {"table": clearance_table(request.user)})


@require_safe
@login_required
def table_file(request: HttpRequest) -> HttpResponse:
    """The same table as a workbook."""
    response = HttpResponse(clearance_xlsx(clearance_table(request.user)), content_type=XLSX)
    response["Content-Disposition"] = 'attachment; filename="clearance.xlsx"'
    return response
