"""Invitation letters: ask for one, the queue of the secretariat, the public page by which a letter is checked."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from common.access import Refused, require
from common.bidi import isolated
from common.forms import ReasonForm
from meetings.enums import LetterState, RegistrationState
from meetings.forms.letters import LetterForm
from meetings.models import InvitationLetter, Meeting, Registration
from meetings.services.letters import ask_letter, refuse_letter, revoke_letter, sign_letter
from meetings.views.registration import Pages


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def ask(request: HttpRequest, reference: str) -> HttpResponse:
    """Give the passport's details and ask for a letter; staff may for somebody without an account."""
    rows = Registration.objects.visible_to(request.user).select_related("meeting__country", "organization", "category")
    found = get_object_or_404(rows, reference=reference)
    return letter_page(request, found, request.user, Pages(found))


def letter_page(request: HttpRequest, found: Registration, by: Any, pages: Pages) -> HttpResponse:
    """Give the passport's details and ask for a letter."""
    require(by, "meetings.ask_letter", found)
    form = LetterForm(request.POST if request.method == "POST" else None, registration=found)
    if request.method == "POST" and form.is_valid():
        try:
            letter = ask_letter(registration=found, by=by, **form.cleaned_data)
        except Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            if letter.state == LetterState.ISSUED:
                messages.success(request, _("The letter is ready."))
            else:
                messages.success(request, _("The secretariat signs the letter and writes to you when it is ready."))
            return redirect(pages.home)
    context = {
        "registration": found,
        "meeting": found.meeting,
        "pages": pages,
        "form": form,
        "has_seat": found.state == RegistrationState.APPROVED and found.meeting.ends_at > timezone.now(),
        "is_own": found.user_id == by.pk,
    }
    return render(request, "meetings/letter_ask.html", context, status=400 if form.errors else 200)


@login_required
@require_safe
def letters(request: HttpRequest, slug: str) -> HttpResponse:
    """The letters of a meeting, those that wait for a signature first."""
    meeting = get_object_or_404(Meeting.objects.visible_to(request.user), slug=slug)
    require(request.user, "meetings.list_registrations", meeting)
    rows = InvitationLetter.objects.visible_to(request.user).filter(registration__meeting=meeting)
    found = list(rows.select_related("registration__organization", "registration__visa__nationality", "signed_by")[:500])
    for row in found:
        row.registration.meeting = meeting
    context = {
        "meeting": meeting,
        "waiting": [row for row in reversed(found) if row.state == LetterState.REQUESTED],
        "others": [row for row in found if row.state != LetterState.REQUESTED],
    }
    return render(request, "meetings/letters.html", context)


def _letter(request: HttpRequest, code: str) -> InvitationLetter:
    rows = InvitationLetter.objects.visible_to(request.user).select_related("registration__meeting")
    found = get_object_or_404(rows, code=code)
    require(request.user, "meetings.sign_letter", found)
    return found


@login_required
@require_POST
def sign(request: HttpRequest, code: str) -> HttpResponse:
    """Sign a letter."""
    found = _letter(request, code)
    try:
        sign_letter(letter=found, by=request.user)
        messages.success(request, _("The letter for %(name)s is signed.") % {"name": isolated(found.registration.full_name)})
    except Refused as refusal:
        messages.error(request, str(refusal))
    return redirect("meetings:letters", slug=found.registration.meeting.slug)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def take_back(request: HttpRequest, code: str) -> HttpResponse:
    """Refuse a letter that was asked for, or revoke an issued one, with a reason."""
    found = _letter(request, code)
    form = ReasonForm(request.POST if request.method == "POST" else None, readers=_("The person reads this in the message."))
    waits = found.state == LetterState.REQUESTED
    if request.method == "POST" and form.is_valid():
        try:
            (refuse_letter if waits else revoke_letter)(letter=found, by=request.user, reason=form.cleaned_data["reason"])
        except Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(
                request, _("%(name)s gets a message with the reason.") % {"name": isolated(found.registration.full_name)}
            )
            return redirect("meetings:letters", slug=found.registration.meeting.slug)
    context = {
        "letter": found,
        "registration": found.registration,
        "meeting": found.registration.meeting,
        "form": form,
        "waits": waits,
    }
    return render(request, "meetings/letter_take_back.html", context, status=400 if form.errors else 200)


@never_cache
@require_safe
def letter(request: HttpRequest, code: str) -> HttpResponse:
    """For a consulate: whether a letter with this code was issued and is valid. Initials and meeting, nothing else."""
    rows = InvitationLetter.objects.select_related("registration__meeting__country", "registration__meeting__host")
    found = rows.filter(code=code.upper()).exclude(issued_at=None).first()
    context = {"letter": found, "meeting": found.registration.meeting if found else None, "code": code.upper()[:20]}
    return render(request, "meetings/letter.html", context, status=200 if found else 404)
