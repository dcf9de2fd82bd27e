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
from common.bidi import isolated
from common.forms import ReasonForm
from common.numbers import whole_number
from meetings.documents.registration import registrations_csv, registrations_xlsx
from meetings.enums import RegistrationState
from meetings.filters.registration import RegistrationFilter
from meetings.forms.registration import ChangeDecisionForm, OverrideForm
from meetings.forms.registration_settings import BulkForm
from meetings.models import Meeting, Registration
from meetings.selectors.edits import changes_to_decide, rows_in_words, waiting_changes
from meetings.selectors.registration import places_in_line, seats_by_category
from meetings.services.edits import decide_change
from meetings.services.endorsement import NeedsEndorsement
from meetings.services.offers import offer_seat
from meetings.services.registration import (
    approve_registration,
    decline_registration,
    give_seat_beyond,
    reinstate_registration,
)

PAGE = 50
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_DECIDABLE = {RegistrationState.SUBMITTED, RegistrationState.ENDORSED, RegistrationState.WAITLISTED}


def _listed(request: HttpRequest, slug: str) -> tuple[Meeting, RegistrationFilter, QuerySet[Registration]]:
    """The meeting, the filter of the address and the registrations that it leaves."""
    meeting = get_object_or_404(Meeting.objects.visible_to(request.user), slug=slug)
    require(request.user, "meetings.list_registrations", meeting)
    chosen = RegistrationFilter(request.GET, meeting=meeting)
    visible = Registration.objects.visible_to(request.user).filter(meeting=meeting).exclude(state=RegistrationState.DRAFT)
    rows = chosen.apply(visible.select_related("category", "organization", "country"))
    return meeting, chosen, rows.order_by("-pk")


@login_required
@require_safe
def registrations(request: HttpRequest, slug: str) -> HttpResponse:
    """Registrations of a meeting, newest first, with the seats of each category."""
    meeting, chosen, rows = _listed(request, slug)
    count = rows.count()
    if (after := whole_number(request.GET.get("after", ""))) is not None:
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
        "changes": changes_to_decide(meeting, request.user),
        "bulk": BulkForm(meeting=meeting, auto_id="id_bulk_%s"),
        "total": count,
    }
    return render(request, "meetings/registrations.html", context)


@login_required
@require_safe
def export_csv(request: HttpRequest, slug: str) -> HttpResponseBase:
    """The filtered list as CSV."""
    meeting, _chosen, rows = _listed(request, slug)
    # Read now: the lines are written after this view has returned, when the reader's language is no longer active.
    lines = list(registrations_csv(meeting, rows))
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
            messages.success(request, _("%(name)s has a seat and gets a message.") % {"name": isolated(found.full_name)})
        else:
            messages.warning(
                request,
                _("No seat is free: %(name)s is on the waiting list and gets a message.") % {"name": isolated(found.full_name)},
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
            messages.success(
                request, _("%(name)s is told that the registration was declined.") % {"name": isolated(found.full_name)}
            )
            return _back(request, found)
    context = {
        "registration": found,
        "meeting": found.meeting,
        "form": form,
        "back": request.GET.get("back") or request.POST.get("back", ""),
    }
    return render(request, "meetings/registration_decline.html", context, status=400 if form.errors else 200)


# --- With a reason ---------------------------------------------------------------------------------------------------


def _with_reason(
    request: HttpRequest, reference: str, permission: str, texts: dict[str, Any], act: Any, *, needed: bool = True
) -> HttpResponse:
    """Ask for a reason, then act on one registration."""
    found = _registration(request, reference)
    require(request.user, permission, found)
    posted = request.POST if request.method == "POST" else None
    form = OverrideForm(posted, needed=needed, readers=texts["readers"])
    if form.is_valid():
        try:
            result = act(registration=found, by=request.user, reason=form.cleaned_data["reason"])
        except Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, texts["done"] % {"name": isolated(found.full_name), "state": result.get_state_display()})
            return redirect(found)
    context = {"registration": found, "meeting": found.meeting, "form": form, **texts}
    return render(request, "meetings/registration_reason.html", context, status=400 if form.errors else 200)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def offer(request: HttpRequest, reference: str) -> HttpResponse:
    """Offer a free seat to somebody on the waiting list."""
    texts = {
        "question": _("Offer a seat"),
        "lead": _("The seat is kept for this person until the offer runs out; they get a message with a link."),
        "readers": _("Needed if others have waited longer. Kept in the history."),
        "button": _("Offer the seat"),
        "done": _("A seat is offered to %(name)s."),
    }
    return _with_reason(request, reference, "meetings.offer_seat", texts, offer_seat, needed=False)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def beyond(request: HttpRequest, reference: str) -> HttpResponse:
    """Give a seat beyond the quota: an override."""
    texts = {
        "question": _("Give a seat beyond the quota"),
        "lead": _("An override: the person gets a seat even though none is free, and before others who wait. It is recorded."),
        "readers": _("Kept in the history, which the person reads."),
        "button": _("Give the seat"),
        "done": _("%(name)s has a seat and gets a message."),
    }
    return _with_reason(request, reference, "meetings.exceed_quota", texts, give_seat_beyond)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def reinstate(request: HttpRequest, reference: str) -> HttpResponse:
    """Take a cancellation or a refusal back."""
    texts = {
        "question": _("Take it back"),
        "lead": _(
            "The registration lives again: with a seat if one is free and nobody waits, else at the end of the waiting list."
        ),
        "readers": _("Kept in the history, which the person reads."),
        "button": _("Reinstate the registration"),
        "done": _("The registration of %(name)s is reinstated: %(state)s."),
    }
    return _with_reason(request, reference, "meetings.reinstate_registration", texts, reinstate_registration)


# --- Changes that wait -----------------------------------------------------------------------------------------------


@login_required
@require_safe
def changes(request: HttpRequest, slug: str) -> HttpResponse:
    """The changes that registrants of a meeting ask for."""
    meeting = get_object_or_404(Meeting.objects.visible_to(request.user), slug=slug)
    require(request.user, "meetings.list_registrations", meeting)
    rows = [(edit, rows_in_words(edit)) for edit in waiting_changes(meeting, request.user)[:PAGE]]
    context = {"meeting": meeting, "rows": rows, "changes": changes_to_decide(meeting, request.user)}
    return render(request, "meetings/changes.html", context)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def change(request: HttpRequest, reference: str) -> HttpResponse:
    """Look at the change that a registrant asks for, and decide."""
    found = _registration(request, reference)
    require(request.user, "meetings.decide_change", found)
    edit = waiting_changes(found.meeting, request.user).filter(registration=found).first()
    if edit is None:
        messages.info(request, _("No change of this registration waits."))
        return redirect(found)
    form = ChangeDecisionForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        accepts = form.cleaned_data["decision"] == "accept"
        try:
            decide_change(
                edit=edit,
                by=request.user,
                accept=accepts,
                reason=form.cleaned_data["reason"],
                beyond=form.cleaned_data["beyond"],
            )
        except Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, _("The change is accepted.") if accepts else _("The change is declined; the seat stays."))
            return redirect(found)
    context = {
        "registration": found,
        "meeting": found.meeting,
        "edit": edit,
        "rows": rows_in_words(edit),
        "moves": "category" in edit.after,
        "form": form,
    }
    return render(request, "meetings/change.html", context, status=400 if form.errors else 200)
