"""Mail that comes back: the webhook, the addresses that refuse mail, and one's own."""

import hashlib
import hmac
import json
import time
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST, require_safe

from common.access import require
from notifications.models import AddressTrouble
from notifications.services.bounces import clear_trouble, record_report
from notifications.services.reports import LARGEST, Report, parse_event, parse_report

PAGE = 100
CLOCKS_DIFFER = 300
MOST_EVENTS = 1000


def signature(*, secret: str, timestamp: str, body: bytes) -> str:
    """The signature that a sender of reports puts in `X-Signature`: HMAC-SHA256 over time, dot and body, in hexadecimal."""
    return hmac.new(secret.encode(), timestamp.encode() + b"." + body, hashlib.sha256).hexdigest()


def _refusal(request: HttpRequest) -> tuple[int, str] | None:
    """Why a request is not taken, as status and reason; None if its signature is right and fresh."""
    if len(request.body) > LARGEST:
        return 413, f"Send at most {LARGEST} bytes at once."
    timestamp = request.headers.get("X-Timestamp", "")
    if not (timestamp.isascii() and timestamp.isdigit()) or abs(time.time() - int(timestamp[:12])) > CLOCKS_DIFFER:
        return 403, "X-Timestamp must be the present time in seconds since 1970; check the clock."
    right = signature(secret=settings.BOUNCE_WEBHOOK_SECRET, timestamp=timestamp, body=request.body)
    if not hmac.compare_digest(right.encode(), request.headers.get("X-Signature", "").encode()):
        return 403, "X-Signature is not the HMAC-SHA256 of timestamp, dot and body with the shared secret."
    return None


def _reports(request: HttpRequest) -> list[Report | None]:
    """The reports in the body: one raw notification, or JSON, an event or a list of them."""
    if request.content_type != "application/json":
        return [parse_report(request.body)]
    sent = json.loads(request.body)
    events = sent if isinstance(sent, list) else [sent]
    if len(events) > MOST_EVENTS or not all(isinstance(event, dict) for event in events):
        raise ValueError("not a list of events")
    return [parse_event(event) for event in events]


@csrf_exempt
@require_POST
def webhook(request: HttpRequest) -> HttpResponse:
    """Take reports of returned mail from a mail server or relay service that knows the shared secret."""
    if not settings.BOUNCE_WEBHOOK_SECRET:
        raise Http404
    if refusal := _refusal(request):
        return JsonResponse({"error": refusal[1]}, status=refusal[0])
    try:
        reports = _reports(request)
    except (ValueError, RecursionError):
        return JsonResponse({"error": f"Send one event or a list of at most {MOST_EVENTS}, as JSON objects."}, status=400)
    known = sum(record_report(report) for report in reports if report)
    return JsonResponse({"recorded": known, "ignored": len(reports) - known})


@login_required
@require_safe
def addresses(request: HttpRequest) -> HttpResponse:
    """Addresses with which mail servers have trouble, the newest first."""
    require(request.user, "notifications.view_outbox")
    words = request.GET.get("q", "").replace("\x00", "").strip()[:100]
    rows = AddressTrouble.objects.visible_to(request.user).order_by("-is_permanent", "-last_at")
    if words:
        rows = rows.filter(address__icontains=words)
    found = list(rows[: PAGE + 1])
    context = {"rows": found[:PAGE], "more": len(found) > PAGE, "most": PAGE, "q": words}
    return render(request, "notifications/addresses.html", context)


@login_required
@require_POST
def clear_address(request: HttpRequest, pk: int) -> HttpResponse:
    """Send to an address again."""
    require(request.user, "notifications.manage_outbox")
    trouble = get_object_or_404(AddressTrouble.objects.visible_to(request.user), pk=pk)
    clear_trouble(address=trouble.address, by=request.user)
    messages.success(request, _("Mail goes to %(address)s again.") % {"address": trouble.address})
    return redirect("notifications:addresses")


def _own(request: HttpRequest) -> Any:
    return AddressTrouble.objects.at_address(request.user.email).first()  # type: ignore[union-attr]


@login_required
@require_safe
def my_address(request: HttpRequest) -> HttpResponse:
    """What mail servers say about one's own address, and what to do."""
    return render(request, "notifications/my_address.html", {"trouble": _own(request)})


@login_required
@require_POST
def my_address_works(request: HttpRequest) -> HttpResponse:
    """The person says that their address works again: mail goes there until it comes back once more."""
    clear_trouble(address=request.user.email, by=request.user)  # type: ignore[union-attr]
    messages.success(request, _("Thank you. Messages go to your address again; if they come back, you read it on your desk."))
    return redirect("notifications:my_address")
