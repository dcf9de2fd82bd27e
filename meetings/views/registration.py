"""The registrant's side: register, see how it stands, cancel."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.contrib.auth.views import redirect_to_login
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from common.access import Refused, may, require
from directory.public_pages import page_holds_until, public_page
from meetings.enums import ENDED_REGISTRATIONS, RegistrationState, RegistrationWindow
from meetings.forms.registration import CancelForm, RegistrationForm
from meetings.models import Meeting, Registration
from meetings.selectors.privacy import exports_of
from meetings.selectors.registration import (
    WHAT_NOW,
    history_in_words,
    offers_end,
    own_registration,
    place_in_line,
    seats_by_category,
)
from meetings.services.registration import cancel_registration, submit_registration


@require_http_methods(["GET", "HEAD", "POST"])
@public_page("meetings", "directory")
def register(request: HttpRequest, slug: str) -> HttpResponse:
    """The registration form; visitors are invited to make an account first and come back here."""
    meeting = get_object_or_404(Meeting.objects.visible_to(request.user).select_related("country"), slug=slug)
    now = timezone.now()
    page_holds_until(request, *meeting.boundaries, offers_end(meeting, now))
    window = meeting.registration_window(now)
    context = {"meeting": meeting, "window": window, "is_open": window == RegistrationWindow.OPEN}
    if not request.user.is_authenticated:
        if request.method == "POST":
            return redirect_to_login(request.path)
        return render(request, "meetings/register_invitation.html", context)
    own = own_registration(meeting, request.user)
    if own and own.state != RegistrationState.CANCELLED:
        return redirect(own)
    form = RegistrationForm(request.POST if request.method == "POST" else None, meeting=meeting, person=request.user)
    if request.method == "POST" and form.is_valid():
        try:
            made = submit_registration(meeting=meeting, by=request.user, **form.answers())
        except Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, _("Your registration is sent. A message to %(email)s confirms it.") % {"email": made.email})
            return redirect(made)
    context |= {"form": form, "seats": seats_by_category(meeting, now)}
    return render(request, "meetings/register.html", context, status=400 if form.errors else 200)


@login_required
@require_safe
def mine(request: HttpRequest, slug: str) -> HttpResponse:
    """One's own registration for a meeting, else the form."""
    meeting = get_object_or_404(Meeting.objects.visible_to(request.user), slug=slug)
    own = own_registration(meeting, request.user)
    return redirect(own) if own else redirect("meetings:register", slug=slug)


def _registrations(request: HttpRequest) -> QuerySet[Registration]:
    rows = Registration.objects.visible_to(request.user)
    return rows.select_related("meeting__country", "category", "organization", "country", "user")


@login_required
@require_safe
def registration(request: HttpRequest, reference: str) -> HttpResponse:
    """How a registration stands, its history in plain words, and what can be done."""
    found = get_object_or_404(_registrations(request), reference=reference)
    coming = found.meeting.ends_at > timezone.now()
    live = found.state not in ENDED_REGISTRATIONS and coming
    decidable = found.state in {RegistrationState.SUBMITTED, RegistrationState.ENDORSED, RegistrationState.WAITLISTED}
    staff = may(request.user, "meetings.approve_registration", found)
    context = {
        "registration": found,
        "meeting": found.meeting,
        "is_own": found.user_id == request.user.pk,
        "is_staff_view": staff,
        "what_now": WHAT_NOW[found.state],
        "place": place_in_line(found),
        "history": history_in_words(found),
        "can_cancel": live and may(request.user, "meetings.cancel_registration", found),
        "can_decide": coming and decidable and staff,
        "has_seat": found.state == RegistrationState.APPROVED,
        "is_cancelled": found.state == RegistrationState.CANCELLED,
        "now": timezone.now(),
        "exports": exports_of(found) if staff else [],
        "can_export": may(request.user, "meetings.export_registration", found) and found.meeting.purged_at is None,
    }
    return render(request, "meetings/registration.html", context)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def cancel(request: HttpRequest, reference: str) -> HttpResponse:
    """Ask once more, then cancel; the seat goes to who waits."""
    found = get_object_or_404(_registrations(request), reference=reference)
    require(request.user, "meetings.cancel_registration", found)
    form = CancelForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            cancel_registration(registration=found, by=request.user, reason=form.cleaned_data["reason"])
            messages.success(request, _("The registration is cancelled."))
        except Refused as refusal:
            messages.error(request, str(refusal))
        return redirect(found)
    context = {"registration": found, "meeting": found.meeting, "form": form, "is_own": found.user_id == request.user.pk}
    return render(request, "meetings/registration_cancel.html", context, status=400 if form.errors else 200)
