"""Registering without an account: the link to the form, the link to the registration, the link of an offer.

The pages behind links are in no cache and name no other page of the portal to go to: the token is in their address.
"""

from collections.abc import Callable
from typing import Any

from allauth.core.ratelimit import consume
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from common.access import Refused, require
from directory.services.links import LinkRefused
from directory.views.links import link_refused
from meetings.enums import RegistrationWindow
from meetings.forms.registration import LinkRequestForm, OfferForm, RegistrationForm
from meetings.models import Meeting, Registration, RegistrationFile
from meetings.rules import LinkHolder
from meetings.selectors.registration import seats_by_category
from meetings.services.by_address import (
    form_behind,
    held_registration,
    manage_token,
    owner_of,
    register_by_link,
    request_link,
)
from meetings.services.offers import answer_by_link, offer_behind
from meetings.services.seats import holds_seat
from meetings.views.files import badge_answer, calendar_answer, letter_answer
from meetings.views.letters import letter_page
from meetings.views.participants import listing_page
from meetings.views.registration import (
    Page,
    Pages,
    cancel_page,
    documents_page,
    edit_page,
    file_answer,
    offer_page,
    page_of,
    too_large,
)


def _unreferred(response: HttpResponseBase) -> HttpResponseBase:
    """Links lead away from here without telling where from. `no-referrer` would make browsers send forms with no origin."""
    response["Referrer-Policy"] = "same-origin"
    return response


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def ask_for_link(request: HttpRequest, slug: str) -> HttpResponse:
    """Ask for an address and send a link there; the answer is the same whether or not the address is registered."""
    meeting = get_object_or_404(Meeting.objects.public().select_related("country"), slug=slug)
    window = meeting.registration_window(timezone.now())
    form = LinkRequestForm(request.POST if request.method == "POST" else None)
    context = {"meeting": meeting, "window": window, "is_open": window in {RegistrationWindow.OPEN, RegistrationWindow.CLOSED}}
    if form.is_valid() and context["is_open"] and not consume(request, action="registration_link"):
        form.add_error(None, _("Too many links were asked for from here. Wait a minute, then try again."))
        return render(request, "meetings/link_request.html", {**context, "form": form}, status=429)
    if form.is_valid() and context["is_open"]:
        address = form.cleaned_data["email"]
        request_link(meeting=meeting, address=address, language=get_language() or "en")
        return render(request, "meetings/link_sent.html", {**context, "address": address})
    return render(request, "meetings/link_request.html", {**context, "form": form}, status=400 if form.errors else 200)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def register_by_link_page(request: HttpRequest, token: str) -> HttpResponseBase:
    """The registration form for the address that the link was sent to."""
    try:
        meeting, address = form_behind(token=token)
    except LinkRefused as refusal:
        return link_refused(request, refusal)
    now = timezone.now()
    window = meeting.registration_window(now)
    context: dict[str, Any] = {
        "meeting": meeting,
        "window": window,
        "is_open": window == RegistrationWindow.OPEN,
        "address": address,
    }
    live = Registration.objects.live().filter(meeting=meeting, email__iexact=address)
    if live.exists():  # whoever reads this has the mailbox
        return _unreferred(render(request, "meetings/registered_already.html", context))
    context["has_account"] = owner_of(address, meeting) is not None
    posted = request.POST if request.method == "POST" else None
    form = RegistrationForm(
        posted, request.FILES or None, meeting=meeting, initial={"language": get_language()}, left_out=too_large(request)
    )
    if request.method == "POST" and form.is_valid():
        try:
            made = register_by_link(token=token, **form.answers())
        except LinkRefused as refusal:
            return link_refused(request, refusal)
        except Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, _("Your registration is sent. A message to %(email)s confirms it.") % {"email": made.email})
            if made.user_id:
                return redirect(made)
            return redirect("meetings:by_link", token=manage_token(made))
    context |= {"form": form, "seats": seats_by_category(meeting, now)}
    return _unreferred(render(request, "meetings/register.html", context, status=400 if form.errors else 200))


def _held(page: Page, *methods: str, reads: bool = True) -> Callable[[HttpRequest, str], HttpResponseBase]:
    """A page of a registration for who holds its link.

    Args:
        reads: whether there is anything to look at; else it only takes `methods`.
    """

    @never_cache
    @require_http_methods([*(["GET", "HEAD"] if reads else []), *methods])
    def view(request: HttpRequest, token: str) -> HttpResponseBase:
        try:
            found, holder = held_registration(token=token)
        except LinkRefused as refusal:
            return link_refused(request, refusal)
        request.shows_messages = True  # type: ignore[attr-defined]
        return _unreferred(page(request, found, holder, Pages(found, token)))

    view.__doc__ = page.__doc__
    return view  # type: ignore[no-any-return]


by_link = _held(page_of)
by_link_edit = _held(edit_page, "POST")
by_link_documents = _held(documents_page, "POST")
by_link_cancel = _held(cancel_page, "POST")
by_link_offer = _held(offer_page, "POST")
by_link_letter = _held(letter_page, "POST")
by_link_listing = _held(listing_page, "POST", reads=False)


def _held_file(answer: Callable[..., HttpResponseBase]) -> Callable[..., HttpResponseBase]:
    """A file of a registration for who holds its link."""

    @never_cache
    @require_safe
    def view(request: HttpRequest, token: str, **more: Any) -> HttpResponseBase:
        try:
            found, holder = held_registration(token=token)
        except LinkRefused as refusal:
            return link_refused(request, refusal)
        return answer(found, holder, **more)

    view.__doc__ = answer.__doc__
    return view


@_held_file
def by_link_file(found: Registration, holder: LinkHolder, *, pk: int) -> HttpResponseBase:
    """A file that the registrant handed in."""
    return file_answer(RegistrationFile.objects.visible_to(holder), found, pk)


@_held_file
def by_link_calendar(found: Registration, holder: LinkHolder) -> HttpResponseBase:
    """The registrant's calendar entry."""
    return calendar_answer(found)


@_held_file
def by_link_badge(found: Registration, holder: LinkHolder) -> HttpResponseBase:
    """The registrant's badge."""
    require(holder, "meetings.get_badge", found)
    return badge_answer(found)


@_held_file
def by_link_letter_file(found: Registration, holder: LinkHolder, *, code: str) -> HttpResponseBase:
    """An issued letter of the registrant."""
    return letter_answer(holder, code)


def _own_page(found: Registration) -> str:
    """The registrant's own page: who answers an offer has read their mailbox, as for the link to the registration."""
    return Pages(found, "" if found.user_id else manage_token(found)).home


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def answer_offer(request: HttpRequest, token: str) -> HttpResponseBase:
    """Take or turn down the seat that a message offered. Opening the page does nothing; the button does, once."""
    form = OfferForm(request.POST if request.method == "POST" else None)
    try:
        found = offer_behind(token=token)
        if form.is_valid():
            accepts = form.cleaned_data["answer"] == "accept"
            found = answer_by_link(token=token, accept=accepts)
            return _unreferred(
                render(
                    request,
                    "meetings/offer_answered.html",
                    {"registration": found, "meeting": found.meeting, "accepts": accepts, "own_page": _own_page(found)},
                )
            )
    except LinkRefused as refusal:
        return link_refused(request, refusal)
    except Refused as refusal:
        messages.error(request, str(refusal))
        return _unreferred(
            render(request, "meetings/offer_answered.html", {"registration": found, "meeting": found.meeting}, status=409)
        )
    context = {
        "registration": found,
        "meeting": found.meeting,
        "now": timezone.now(),
        "home": reverse("meetings:meeting", args=[found.meeting.slug]),
        "is_live": holds_seat(found),
    }
    return _unreferred(render(request, "meetings/offer.html", context))
