"""The demo's mailbox: a newcomer reads their own verification mail in the browser. Demo settings only."""

from django.conf import settings
from django.core import signing
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse

from common.mail_files import messages_to

_SALT = "demo mailbox"
_HOURS = 12


def mailbox_address(address: str) -> str:
    """The address of the mailbox page of `address`: signed, so that nobody opens another's by guessing."""
    return reverse("demo_mailbox", args=[signing.dumps(address.lower(), salt=_SALT)])


def mailbox_url(request: HttpRequest) -> str:
    """The mailbox of the address that this visitor just signed up or asked for mail with; empty outside the demo."""
    if not settings.DEMO or not hasattr(request, "session") or not request.session.session_key:
        return ""
    if request.user.is_authenticated:
        return mailbox_address(request.user.email)
    address = request.session.get("demo_mail_address", "")
    return mailbox_address(address) if address else ""


def mailbox(request: HttpRequest, token: str) -> HttpResponse:
    """The mail that arrived for one address, newest first; addresses in it are links."""
    if not settings.DEMO:
        raise Http404
    try:
        address = signing.loads(token, salt=_SALT, max_age=_HOURS * 3600)
    except signing.BadSignature as error:
        raise Http404 from error
    return render(request, "demo/mailbox.html", {"address": address, "messages_received": list(messages_to(address))})
