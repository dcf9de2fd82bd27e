"""A person's inbox."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from common.numbers import whole_number
from notifications.forms import InboxFilter
from notifications.models import Notification
from notifications.selectors.inbox import MOST_COUNTED, unread_count
from notifications.services.inbox import Glance, glance, mark_all_read, mark_read, paragraphs

PAGE = 20


def _count_words(count: int) -> str:
    if count > MOST_COUNTED:
        return _("More than %(n)d unread messages") % {"n": MOST_COUNTED}
    return ngettext("%(n)d unread message", "%(n)d unread messages", count) % {"n": count}


@login_required
@require_safe
def inbox(request: HttpRequest) -> HttpResponse:
    """The reader's own messages, newest first."""
    form = InboxFilter(request.GET)
    rows = Notification.objects.inbox_of(request.user)
    if form.value("unread"):
        rows = rows.filter(read_at__isnull=True)
    if about := form.value("about"):
        rows = rows.filter(kind__startswith=f"{about}.")
    if (after := whole_number(request.GET.get("after", ""))) is not None:
        rows = rows.filter(pk__lt=after)
    found = list(rows.defer("text", "html").order_by("-pk")[: PAGE + 1])
    count = unread_count(request.user)
    context: dict[str, Any] = {
        "form": form,
        "entries": [_glance(request, row) for row in found[:PAGE]],
        "after": str(found[PAGE - 1].pk) if len(found) > PAGE else "",
        "is_filtered": bool(form.value("unread") or form.value("about")),
        "unread": count,
        "count_text": _count_words(count),
    }
    return render(request, "notifications/inbox.html", context)


def _glance(request: HttpRequest, row: Notification) -> Glance:
    reader: Any = request.user  # one object for all rows: what it remembers about its memberships is read once
    row.recipient = reader
    return glance(row)


def _own(request: HttpRequest, pk: int) -> Glance:
    return _glance(request, get_object_or_404(Notification.objects.inbox_of(request.user), pk=pk))


@login_required
@require_safe
def inbox_message(request: HttpRequest, pk: int) -> HttpResponse:
    """One message; opening it is reading it."""
    entry = _own(request, pk)
    mark_read(row=entry.row)
    return render(request, "notifications/inbox_message.html", {"entry": entry, "paragraphs": paragraphs(entry)})


@login_required
@require_safe
def inbox_open(request: HttpRequest, pk: int) -> HttpResponse:
    """On to what the message is about; where that may not be seen any more, the message itself, which says so."""
    entry = _own(request, pk)
    mark_read(row=entry.row)
    return redirect(entry.link) if entry.link else redirect("notifications:inbox_message", pk)


@login_required
@require_POST
def inbox_read(request: HttpRequest) -> HttpResponse:
    """Mark all as read that the page showed or that is older."""
    newest = whole_number(request.POST.get("newest", ""))
    done = mark_all_read(user=request.user, newest=newest) if newest is not None else 0
    words = ngettext("%(n)d message is marked as read.", "%(n)d messages are marked as read.", done)
    messages.success(request, words % {"n": done})
    return redirect("notifications:inbox")
