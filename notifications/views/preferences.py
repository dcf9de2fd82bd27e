"""How often a person wants mail, and saying no by the link in a mail."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from common.access import Refused
from notifications.forms import HoursForm, PreferencesForm
from notifications.models import MailHours
from notifications.selectors.preferences import choices_of
from notifications.services.preferences import (
    DIGEST,
    LinkBroken,
    read_token,
    set_hours,
    set_preferences,
    subscribe_again,
    unsubscribe,
)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def preferences(request: HttpRequest) -> HttpResponse:
    """Each kind of mail with how often it comes, quiet hours and the hour of digests."""
    data = request.POST if request.method == "POST" else None
    hours = MailHours.objects.filter(user=request.user).first() or MailHours(user=request.user)  # type: ignore[misc]
    form = PreferencesForm(data, choices=choices_of(request.user))
    hours_form = HoursForm(data, instance=hours)
    if data is not None and form.is_valid() and hours_form.is_valid():
        set_hours(user=request.user, **hours_form.cleaned_data)  # type: ignore[arg-type]
        set_preferences(user=request.user, frequencies=form.cleaned_data)  # type: ignore[arg-type]
        messages.success(request, _("Your choice is kept. It holds for messages that wait already, too."))
        return redirect("notifications:preferences")
    context = {"form": form, "hours_form": hours_form}
    return render(request, "notifications/preferences.html", context, status=200 if data is None else 400)


@csrf_exempt  # by RFC 8058 a mail program posts here on its own; the signed link is what it proves its right with
@require_http_methods(["GET", "HEAD", "POST"])
def unsubscribe_page(request: HttpRequest, token: str) -> HttpResponse:
    """Say no to a kind of mail without signing in. GET asks and changes nothing; POST does it at once.

    Somebody without an account takes the no back on the same page.
    """
    context: dict[str, Any] = {"token": token}
    try:
        refuser, kind = read_token(token)
        context |= {"label": kind.label or kind.name, "is_digest": kind.name == DIGEST, "has_account": refuser.user is not None}
        if request.method == "POST" and "again" in request.POST:
            subscribe_again(token=token)
            context["again"] = True
        elif request.method == "POST":
            unsubscribe(token=token)
            context["done"] = True
    except LinkBroken as refusal:
        return render(request, "notifications/unsubscribe.html", {"broken": str(refusal)}, status=404)
    except Refused as refusal:
        return render(request, "notifications/unsubscribe.html", {**context, "refused": str(refusal)}, status=409)
    return render(request, "notifications/unsubscribe.html", context)
