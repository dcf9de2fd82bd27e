"""The secretariat's side of registration: the list, decisions, exports."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import get_language_bidi, ngettext
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from common.access import Refused, require
from common.forms import ReasonForm
from meetings.documents.registration import registrations_csv, registrations_xlsx
from meetings.enums import RegistrationState
from meetings.filters.registration import RegistrationFilter
from meetings.models import Meeting, Registration
from meetings.selectors.registration import places_in_line, seats_by_category
from meetings.services.endorsement import NeedsEndorsement
from meetings.services.registration import approve_registration, decline_registration

PAGE = 50
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_DECIDABLE = {RegistrationState.SUBMITTED, RegistrationState.ENDORSED, RegistrationState.WAITLISTED}


def _listed(request: HttpRequest, slug: str) -> tuple[Meeting, RegistrationFilter, QuerySet[Registration]]:
    """The meeting, the filter of the address and the registrations that it leaves."""
    meeting = get_object_or_404(Meeting.objects.visible_to(request.user), slug=slug)
    require(request.user, "meetings.list_registrations", meeting)
    chosen = RegistrationFilter(request.GET, meeting=meeting)
    visible = Registration.objects.visible_to(request.user).filter(meeting=meeting)
    rows = chosen.apply(visible.select_related("category", "organization", "country"))
    return meeting, chosen, rows.order_by("-pk")


def _cursor(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 19 else None


@login_required
@require_safe
def registrations(request: HttpRequest, slug: str) -> HttpResponse:
    """Registrations of a meeting, newest first, with the seats of each category."""
    meeting, chosen, rows = _listed(request, slug)
    count = rows.count()
    if (after := _cursor(request.GET.get("after", ""))) is not None:
        rows = rows.filter(pk__lt=after)
    page: list[Any] = list(rows[: PAGE + 1])
    places = places_in_line(meeting)
    for row in page:
        row.meeting = meeting
        row.place = places.get(row.pk)
        row.is_decidable = row.state in _DECIDABLE
    query = request.GET.copy()
    query.pop("after", None)
    seats = seats_by_category(meeting, timezone.now())
    context = {
        "meeting": meeting,
        "form": chosen,
        "rows": page[:PAGE],
        "after": str(page[PAGE - 1].pk) if len(page) > PAGE else "",
        "count_text": ngettext("%(n)d registration", "%(n)d registrations", count) % {"n": count},
        "seats": seats,
        "all_seats": sum(row.quota.seats for row in seats),
        "all_taken": sum(row.taken for row in seats),
        "all_waiting": sum(row.waiting for row in seats),
        "all_to_decide": sum(row.to_decide for row in seats),
        "query": query.urlencode(),
        "back": request.get_full_path(),
    }
    return render(request, "meetings/registrations.html", context)


@login_required
@require_safe
def export_csv(request: HttpRequest, slug: str) -> HttpResponseBase:
    """The filtered list as CSV."""
    meeting, _chosen, rows = _listed(request, slug)
    # Read now: the lines are written after this view has returned, when the reader's language is no longer active.
    lines = list(registrations_csv(rows))
    response = StreamingHttpResponse(lines, content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{meeting.slug}-registrations.csv"'
    return response


@login_required
@require_safe
def export_xlsx(request: HttpRequest, slug: str) -> HttpResponse:
    """The filtered list as a workbook."""
    meeting, _chosen, rows = _listed(request, slug)
    response = HttpResponse(registrations_xlsx(meeting, rows, right_to_left=get_language_bidi()), content_type=XLSX)
    response["Content-Disposition"] = f'attachment; filename="{meeting.slug}-registrations.xlsx"'
    return response


def _registration(request: HttpRequest, reference: str) -> Registration:
    rows = Registration.objects.visible_to(request.user).select_related("meeting", "category")
    return get_object_or_404(rows, reference=reference)


def _back(request: HttpRequest, found: Registration) -> HttpResponse:
    """To the list with its filters where the act came from there, else to the registration."""
    back = request.POST.get("back", "")
    if back.startswith("/") and url_has_allowed_host_and_scheme(back, allowed_hosts=None):
        return redirect(back)
    return redirect(found)


@login_required
@require_POST
def approve(request: HttpRequest, reference: str) -> HttpResponse:
    """Approve a registration."""
    found = _registration(request, reference)
    require(request.user, "meetings.approve_registration", found)
    try:
        result = approve_registration(registration=found, by=request.user)
    except NeedsEndorsement:
        return redirect("meetings:approve_unendorsed", reference=reference)
    except Refused as refusal:
        messages.error(request, str(refusal))
    else:
        if result.state == RegistrationState.APPROVED:
            messages.success(request, _("%(name)s has a seat and gets a message.") % {"name": found.full_name})
        else:
            messages.warning(
                request, _("No seat is free: %(name)s is on the waiting list and gets a message.") % {"name": found.full_name}
            )
    return _back(request, found)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def decline(request: HttpRequest, reference: str) -> HttpResponse:
    """Ask for the reason, then decline."""
    found = _registration(request, reference)
    require(request.user, "meetings.decline_registration", found)
    readers = _("The person reads this in the message and in the history.")
    form = ReasonForm(request.POST or None, readers=readers)
    if request.method == "POST" and form.is_valid():
        try:
            decline_registration(registration=found, by=request.user, reason=form.cleaned_data["reason"])
        except Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, _("%(name)s is told that the registration was declined.") % {"name": found.full_name})
            return _back(request, found)
    context = {
        "registration": found,
        "meeting": found.meeting,
        "form": form,
        "back": request.GET.get("back") or request.POST.get("back", ""),
    }
    return render(request, "meetings/registration_decline.html", context, status=400 if form.errors else 200)
