"""Acts on many registrations: choose in the list, look at the preview, confirm, see what came of it."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from common.access import Refused
from directory.models import Job
from meetings.filters.registration import RegistrationFilter
from meetings.forms.registration_settings import BulkForm
from meetings.models import BulkAct, Meeting, Registration
from meetings.services.bulk import JOB, OUTCOMES, choose_act, chosen, confirm_act, counted, preview
from meetings.views.registration_settings import managed

ROWS_SHOWN = 200


def _chosen_rows(request: HttpRequest, meeting: Meeting) -> list[Registration]:
    """The ticked rows, or all of the filter."""
    rows = Registration.objects.visible_to(request.user).filter(meeting=meeting)
    if request.POST.get("all"):
        return list(RegistrationFilter(QueryDict(request.POST.get("query", "")), meeting=meeting).apply(rows))
    return list(rows.filter(reference__in=request.POST.getlist("chosen")[:1000]))


@login_required
@require_POST
def choose(request: HttpRequest, slug: str) -> HttpResponse:
    """From the list to the preview."""
    meeting = managed(request, slug)
    form = BulkForm(request.POST, meeting=meeting)
    try:
        if not form.is_valid():
            raise Refused(_("Choose what to do with the registrations."))
        act = choose_act(
            meeting=meeting,
            kind=form.cleaned_data["act"],
            registrations=_chosen_rows(request, meeting),
            by=request.user,
            reason=form.cleaned_data["reason"],
            category=form.cleaned_data["category"],
        )
    except Refused as refusal:
        messages.error(request, str(refusal))
        query = request.POST.get("query", "")
        response = redirect("meetings:registrations", slug=slug)
        if query:
            response["Location"] += f"?{QueryDict(query).urlencode()}"
        return response
    return redirect("meetings:bulk_act", slug=slug, pk=act.pk)


def _act(request: HttpRequest, slug: str, pk: int) -> BulkAct:
    meeting = managed(request, slug)
    if pk > 2**63 - 1:
        raise Http404
    return get_object_or_404(
        BulkAct.objects.visible_to(request.user).select_related("meeting", "by", "category"), meeting=meeting, pk=pk
    )


@login_required
@require_safe
def act(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    """What would happen to each, or what came of it."""
    found = _act(request, slug, pk)
    rows: list[Any]
    if found.confirmed_at:
        known = {row.pk: row for row in chosen(found)}
        rows = [(known[key], outcome, words) for key, outcome, words in found.results if key in known]
    else:
        rows = preview(found)
    job = (
        Job.objects.filter(kind=JOB, arguments__act=found.pk, asked_by_id=request.user.pk).first()
        if found.confirmed_at and not found.done_at
        else None
    )
    refused = [row for row in rows if row[1] == "refused"]
    ordered = [*refused, *[row for row in rows if row[1] != "refused"]]
    context = {
        "meeting": found.meeting,
        "act": found,
        "rows": [(row, OUTCOMES.get(outcome, outcome), outcome, words) for row, outcome, words in ordered[:ROWS_SHOWN]],
        "left_out": max(len(ordered) - ROWS_SHOWN, 0),
        "counts": counted(outcome for _row, outcome, _words in rows),
        "will_do": len(rows) - len(refused),
        "job": job,
    }
    return render(request, "meetings/bulk_act.html", context)


@login_required
@require_POST
def confirm(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    """Carry the act out, once."""
    try:
        confirm_act(act=_act(request, slug, pk), by=request.user)
    except Refused as refusal:
        messages.error(request, str(refusal))
    return redirect("meetings:bulk_act", slug=slug, pk=pk)
