"""The secretariat's outbox."""

from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from common.access import require
from notifications.enums import DeliveryState
from notifications.kinds import kind_of
from notifications.models import Notification


@login_required
@require_safe
def outbox(request: HttpRequest) -> HttpResponse:
    """Messages by state and word, newest first."""
    require(request.user, "notifications.view_outbox")
    rows = Notification.objects.visible_to(request.user).select_related("recipient")
    words, state = request.GET.get("q", "").replace("\x00", "").strip()[:100], request.GET.get("state", "")
    if words:
        rows = rows.filter(Q(subject__icontains=words) | Q(sent_to__icontains=words) | Q(recipient__email__icontains=words))
    if state in DeliveryState.values:
        rows = rows.filter(state=state)
    page = Paginator(rows, 50).get_page(request.GET.get("page"))
    return render(
        request, "notifications/outbox.html", {"page": page, "q": words, "state": state, "states": DeliveryState.choices}
    )


@login_required
@require_safe
def message(request: HttpRequest, pk: int) -> HttpResponse:
    """One message as it was sent; of a confidential kind, the envelope."""
    require(request.user, "notifications.view_outbox")
    found = get_object_or_404(Notification.objects.visible_to(request.user).select_related("recipient"), pk=pk)
    return render(request, "notifications/message.html", {"message": found, "confidential": kind_of(found.kind).confidential})
