"""The secretariat's outbox: finding messages, looking at one, holding, releasing, sending again."""

import logging
from collections.abc import Iterator
from functools import partial
from typing import Any

from csp.constants import NONE, SELF, UNSAFE_INLINE
from csp.decorators import csp_replace
from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.clickjacking import xframe_options_sameorigin
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from common.access import Refused, require
from common.numbers import whole_number
from common.spreadsheets import stream_csv
from notifications.enums import DeliveryState
from notifications.forms import CountForm, OutboxFilter
from notifications.kinds import known_kind
from notifications.models import Notification, NotificationQuerySet
from notifications.selectors.outbox import COUNT_UP_TO, count_up_to, messages_found, newest_first
from notifications.services import outbox as verbs
from notifications.services.outbox import MOST_AT_ONCE, RESENDABLE, is_erased
from notifications.services.rendering import language_of

log = logging.getLogger(__name__)

PAGE = 50
WAITS = frozenset({DeliveryState.QUEUED, DeliveryState.HELD, DeliveryState.COLLECTED})
# What is shown is a mail of somebody: it may style itself and nothing else, not even follow a link.
PREVIEW_POLICY = {
    "default-src": [NONE],
    "style-src": [UNSAFE_INLINE],
    "img-src": ["data:"],
    "base-uri": [NONE],
    "form-action": [NONE],
    "frame-ancestors": [SELF],
    "sandbox": True,
}


def _found(request: HttpRequest) -> tuple[OutboxFilter, NotificationQuerySet]:
    require(request.user, "notifications.view_outbox")
    form = OutboxFilter(request.GET)
    chosen = {name: form.value(name) for name in form.fields}
    return form, messages_found(by=request.user, chosen=chosen)


def label_of(message: Notification) -> str:
    """What a message is about, where its subject is not made yet or not shown."""
    kind = known_kind(message.kind)
    return str(getattr(kind, "label", "") or kind.name)


def _query(request: HttpRequest, *without: str) -> str:
    query = request.GET.copy()
    for name in ("after", *without):
        query.pop(name, None)
    return query.urlencode()


def _count_words(count: int) -> str:
    if count > COUNT_UP_TO:
        return _("More than %(n)d messages") % {"n": COUNT_UP_TO}
    return ngettext("%(n)d message", "%(n)d messages", count) % {"n": count}


@login_required
@require_safe
def outbox(request: HttpRequest) -> HttpResponse:
    """Messages that match the filter, newest first."""
    form, rows = _found(request)
    count = count_up_to(rows)
    if (after := whole_number(request.GET.get("after", ""))) is not None:
        rows = rows.filter(pk__lt=after)
    envelopes = rows.select_related("recipient").defer("context", "text", "html")
    page: list[Any] = list(newest_first(envelopes, count)[: PAGE + 1])
    for row in page:
        row.label = label_of(row)
    context = {
        "form": form,
        "rows": page[:PAGE],
        "after": str(page[PAGE - 1].pk) if len(page) > PAGE else "",
        "count_text": _count_words(count),
        "query": _query(request),
        "rest": _query(request, "state"),
        "may_hold": bool(page) and form.value("state") in {"", None, DeliveryState.QUEUED},
        "may_release": bool(page) and form.value("state") in {"", None, DeliveryState.HELD},
    }
    return render(request, "notifications/outbox.html", context)


def _envelopes(rows: NotificationQuerySet, labels: dict[str, str]) -> Iterator[list[Any]]:
    columns = ("pk", "kind", "sent_to", "address", "recipient__email", "language", "state", "created_at", "sent_at", "attempts")
    for row in rows.order_by("-pk").values_list(*columns, "subject", "error").iterator(chunk_size=2000):
        key, kind, sent_to, address, account, language, state, created, sent, attempts, subject, error = row
        moments = [moment.isoformat(timespec="seconds") if moment else "" for moment in (created, sent)]
        yield [key, kind, sent_to or address or account, language, labels.get(state, state), *moments, attempts, subject, error]


@login_required
@require_safe
def export_csv(request: HttpRequest) -> HttpResponseBase:
    """The envelopes that match the filter as CSV: no message's text is in it."""
    _form, rows = _found(request)
    # In the reader's language now: the lines are written after this view has returned.
    labels = {code: str(label) for code, label in DeliveryState.choices}
    header = [_("Number"), _("Kind"), _("To"), _("Language"), _("State"), _("Queued (UTC)"), _("Sent (UTC)"), _("Attempts")]
    header += [_("Subject"), _("Error")]
    response = StreamingHttpResponse(stream_csv(header, _envelopes(rows, labels)), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = 'attachment; filename="outbox.csv"'
    return response


def _one(request: HttpRequest, pk: int) -> Notification:
    require(request.user, "notifications.view_outbox")
    rows = Notification.objects.visible_to(request.user).select_related("recipient", "digest", "bulk")
    return get_object_or_404(rows, pk=pk)


def _was_sent(message: Notification) -> bool:
    """Whether what is kept of the message is how it went out last."""
    return message.state in RESENDABLE and bool(message.html)


def _as_it_arrives(message: Notification) -> tuple[str, str, str]:
    """Subject, text and HTML: as they were sent, or as they would be made now in the recipient's language."""
    if _was_sent(message):
        return message.subject, message.text, message.html
    return verbs.preview(message)


def _way(message: Notification) -> list[dict[str, Any]]:
    """What happened to a message, in order: its own dates and the lines of its trail."""
    trail = message.trail.select_related("by")  # type: ignore[attr-defined]
    lines: list[dict[str, Any]] = [
        {"label": line.get_act_display(), "at": line.at, "by": line.by, "detail": line.detail} for line in trail
    ]
    lines.append({"label": DeliveryState.QUEUED.label, "at": message.created_at})
    if message.sent_at:
        lines.append({"label": DeliveryState.SENT.label, "at": message.sent_at, "detail": message.sent_to})
    return sorted(lines, key=lambda line: line["at"])


@login_required
@require_safe
def message(request: HttpRequest, pk: int) -> HttpResponse:
    """One message with its trail, as it was or will be sent; of a confidential kind, the envelope."""
    found = _one(request, pk)
    confidential = known_kind(found.kind).confidential
    context: dict[str, Any] = {
        "message": found,
        "label": label_of(found),
        "language": dict(settings.LANGUAGES).get(language_of(found), ""),
        "confidential": confidential,
        "erased": is_erased(found),
        "was_sent": _was_sent(found),
        "trail": _way(found),
        "collected": list(found.collected.order_by("pk")),  # type: ignore[attr-defined]
        "may_resend": found.state in RESENDABLE,
        "resent": verbs.times_resent(found),
        "may_hold": found.state == DeliveryState.QUEUED,
        "may_release": found.state == DeliveryState.HELD,
    }
    if not confidential:
        try:
            context["withdrawn_now"] = found.state in WAITS and not known_kind(found.kind).is_visible(found)
            context["subject"], context["text"], _html = _as_it_arrives(found)
        except Exception as error:  # what delivery would run into as well: here it is said instead of a broken page
            log.warning("message cannot be made", exc_info=True, extra={"data": {"notification": pk}})
            context["broken"] = str(error)
    return render(request, "notifications/message.html", context)


@login_required
@require_safe
@xframe_options_sameorigin
@csp_replace(PREVIEW_POLICY)  # type: ignore[arg-type]
def preview(request: HttpRequest, pk: int) -> HttpResponse:
    """The HTML of one message, for the frame in its page; not of confidential kinds."""
    found = _one(request, pk)
    if known_kind(found.kind).confidential:
        raise Http404
    return HttpResponse(_as_it_arrives(found)[2])


def _act(request: HttpRequest, pk: int, verb: Any, done: str) -> HttpResponse:
    found = _one(request, pk)
    try:
        verb(notification=found, by=request.user)
    except Refused as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, done)
    return redirect("notifications:message", pk)


@login_required
@require_POST
def resend(request: HttpRequest, pk: int) -> HttpResponse:
    """Send a message again."""
    form = CountForm(request.POST)
    seen = form.cleaned_data["count"] if form.is_valid() else None
    return _act(request, pk, partial(verbs.resend_message, seen=seen), _("The message is queued again and goes out in a moment."))


@login_required
@require_POST
def hold(request: HttpRequest, pk: int) -> HttpResponse:
    """Keep a message back."""
    return _act(request, pk, verbs.hold_message, _("The message is held: it goes out when somebody releases it."))


@login_required
@require_POST
def release(request: HttpRequest, pk: int) -> HttpResponse:
    """Let a held message go."""
    return _act(request, pk, verbs.release_message, _("The message is released."))


def _move_found(request: HttpRequest, state: str, template: str, verb: Any) -> HttpResponse:
    """Show how many of the messages found are in `state`, then do `verb` with all of them, if they are still as many."""
    require(request.user, "notifications.manage_outbox")
    form, rows = _found(request)
    rows = rows.filter(state=state)
    count = count_up_to(rows, MOST_AT_ONCE)
    confirmed = CountForm(request.POST if request.method == "POST" else None)
    changed = False
    if request.method == "POST" and confirmed.is_valid():
        changed = confirmed.cleaned_data["count"] != count
        if count and not changed:
            done = verb(rows=rows, by=request.user)
            messages.success(request, ngettext("%(n)d message moved.", "%(n)d messages moved.", done) % {"n": done})
            query = _query(request, "state")
            return redirect(f"{reverse('notifications:outbox')}{'?' if query else ''}{query}")
    context = {
        "form": form,
        "count": count,
        "most": MOST_AT_ONCE,
        "too_many": count > MOST_AT_ONCE,
        "changed": changed,
        "query": _query(request),
        "sample": newest_first(rows.select_related("recipient").defer("context", "text", "html"), count)[:10],
    }
    return render(request, template, context, status=409 if changed else 200)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def hold_found(request: HttpRequest) -> HttpResponse:
    """Hold every queued message that matches the filter, after showing how many they are."""
    return _move_found(request, DeliveryState.QUEUED, "notifications/outbox_hold.html", verbs.hold_messages)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def release_found(request: HttpRequest) -> HttpResponse:
    """Release every held message that matches the filter, after showing how many they are."""
    return _move_found(request, DeliveryState.HELD, "notifications/outbox_release.html", verbs.release_messages)
