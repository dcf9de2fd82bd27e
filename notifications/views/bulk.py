"""Messages of the secretariat to many: write, look, test, count, confirm, watch, stop."""

from typing import Any

from csp.decorators import csp_replace
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.clickjacking import xframe_options_sameorigin
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from common.access import Refused, require
from directory.enums import JobState
from notifications.audiences import all_audiences, audience_of
from notifications.enums import BulkState
from notifications.forms import BulkConfirmForm, BulkForm
from notifications.models import BulkMessage
from notifications.services import bulk as verbs
from notifications.views.outbox import PREVIEW_POLICY

PAGE = 30


def _one(request: HttpRequest, pk: int) -> BulkMessage:
    require(request.user, "notifications.write_bulk")
    rows = BulkMessage.objects.visible_to(request.user).select_related("by", "job")
    return get_object_or_404(rows, pk=pk)


def _list_words(message: BulkMessage, by: Any) -> list[tuple[str, str]]:
    """The list of a message and what narrows it down, in the reader's words."""
    found = audience_of(str(message.audience.get("list", "")))
    if found is None:
        return [(_("List"), _("This list is not known any more"))]
    words = [(_("List"), str(found.label))]
    for choice in found.choices:
        kept = message.audience.get(choice.name) or []
        chosen: list[str] = kept if isinstance(kept, list) else [kept]
        labels = {value: str(label) for value, label in choice.options(by)}
        names = [labels.get(value, value) for value in chosen]
        words.append((str(choice.label), " · ".join(names) or _("All")))
    return words


@login_required
@require_safe
def bulk_list(request: HttpRequest) -> HttpResponse:
    """Messages to many, the newest first."""
    require(request.user, "notifications.write_bulk")
    rows = BulkMessage.objects.visible_to(request.user).select_related("by")
    return render(request, "notifications/bulk_list.html", {"page": Paginator(rows, PAGE).get_page(request.GET.get("page"))})


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def bulk_new(request: HttpRequest) -> HttpResponse:
    """Choose a list, then write to it."""
    require(request.user, "notifications.write_bulk")
    chosen = audience_of(request.GET.get("list", ""))
    if chosen is None:
        return render(request, "notifications/bulk_lists.html", {"lists": all_audiences()})
    # A link may choose beforehand: ?list=meetings.registrants&meeting=antalya-2017
    initial: dict[str, Any] = {"language": request.user.language}  # type: ignore[union-attr]
    for choice in chosen.choices:
        initial[choice.name] = request.GET.getlist(choice.name) if choice.many else request.GET.get(choice.name, "")
    form = BulkForm(request.POST if request.method == "POST" else None, audience=chosen, by=request.user, initial=initial)
    if request.method == "POST" and form.is_valid():
        message = verbs.write_bulk(by=request.user, **form.values())
        messages.success(request, _("The draft is kept. Nothing is sent before you confirm."))
        return redirect("notifications:bulk", message.pk)
    context = {"form": form, "list": chosen, "message": None}
    return render(request, "notifications/bulk_form.html", context, status=400 if form.errors else 200)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def bulk_edit(request: HttpRequest, pk: int) -> HttpResponse:
    """Change a draft."""
    message = _one(request, pk)
    chosen = audience_of(str(message.audience.get("list", "")))
    if chosen is None or message.state != BulkState.DRAFT:
        messages.error(request, _("This message cannot be changed any more. Write a new one."))
        return redirect("notifications:bulk", pk)
    initial = {"subject": message.subject, "body": message.body, "language": message.language, **message.audience}
    form = BulkForm(request.POST if request.method == "POST" else None, audience=chosen, by=request.user, initial=initial)
    if request.method == "POST" and form.is_valid():
        try:
            verbs.edit_bulk(message=message, by=request.user, **form.values())
        except Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            return redirect("notifications:bulk", pk)
    context = {"form": form, "list": chosen, "message": message}
    return render(request, "notifications/bulk_form.html", context, status=400 if form.errors else 200)


def _history(message: BulkMessage) -> list[Any]:
    """Changes of its state, the newest first, each with its words."""
    changes: list[Any] = list(message.state_changes.select_related("by").order_by("-pk"))  # type: ignore[attr-defined]
    for change in changes:
        change.label = BulkState(change.new).label
    return changes


@login_required
@require_safe
def bulk(request: HttpRequest, pk: int) -> HttpResponse:
    """One message to many: the draft with its count, or how far it is."""
    message = _one(request, pk)
    context: dict[str, Any] = {
        "message": message,
        "facts": _list_words(message, request.user),
        "changes": _history(message),
        "is_draft": message.state == BulkState.DRAFT,
        "job_failed": message.state == BulkState.SENDING and message.job and message.job.state == JobState.FAILED,
    }
    if context["is_draft"]:
        try:
            context["reach"] = verbs.reach_of(message=message, by=request.user)
        except Refused as refusal:
            context["refusal"] = str(refusal)
    else:
        context["progress"] = verbs.progress_of(message)
    return render(request, "notifications/bulk.html", context)


@login_required
@require_safe
@xframe_options_sameorigin
@csp_replace(PREVIEW_POLICY)  # type: ignore[arg-type]
def bulk_preview(request: HttpRequest, pk: int) -> HttpResponse:
    """The HTML of the message as the person who looks would get it, for the frame in its page."""
    return HttpResponse(verbs.preview_bulk(message=_one(request, pk), by=request.user)[2])


@login_required
@require_safe
def bulk_progress(request: HttpRequest, pk: int) -> JsonResponse:
    """How far a message is, for the page's script."""
    message = _one(request, pk)
    now = verbs.progress_of(message)
    under_way = message.state == BulkState.SENDING or now.waiting
    words = ngettext("%(done)d of %(n)d sent, %(failed)d failed", "%(done)d of %(n)d sent, %(failed)d failed", now.total)
    said = words % {"done": now.sent, "n": now.total, "failed": now.failed}
    return JsonResponse({"progress": now.share, "state": "running" if under_way else "done", "message": said, "result_url": ""})


@login_required
@require_POST
def bulk_test(request: HttpRequest, pk: int) -> HttpResponse:
    """Send the message to oneself."""
    verbs.send_test(message=_one(request, pk), by=request.user)
    address = request.user.email  # type: ignore[union-attr]
    messages.success(request, _("A test is on its way to %(address)s.") % {"address": address})
    return redirect("notifications:bulk", pk)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def bulk_confirm(request: HttpRequest, pk: int) -> HttpResponse:
    """Show the exact count and, if it still holds when it is confirmed, have the message queued."""
    message = _one(request, pk)
    form = BulkConfirmForm(request.POST if request.method == "POST" else None)
    refusal = ""
    if request.method == "POST" and form.is_valid():
        try:
            verbs.confirm_bulk(message=message, by=request.user, **form.cleaned_data)
        except Refused as refused:
            refusal = str(refused)
        else:
            return redirect("notifications:bulk", pk)
    elif message.state != BulkState.DRAFT:
        return redirect("notifications:bulk", pk)
    try:
        reach = verbs.reach_of(message=message, by=request.user)
    except Refused as refused:
        messages.error(request, str(refused))
        return redirect("notifications:bulk", pk)
    context = {"message": message, "facts": _list_words(message, request.user), "reach": reach, "refusal": refusal}
    context["version"] = verbs.version_of(message)
    return render(request, "notifications/bulk_confirm.html", context, status=409 if refusal else 200)


@login_required
@require_POST
def bulk_again(request: HttpRequest, pk: int) -> HttpResponse:
    """Queue a confirmed message whose job was given up."""
    try:
        verbs.start_again(message=_one(request, pk), by=request.user)
    except Refused as refusal:
        messages.error(request, str(refusal))
    return redirect("notifications:bulk", pk)


@login_required
@require_POST
def bulk_stop(request: HttpRequest, pk: int) -> HttpResponse:
    """Discard a draft, or hold what is not yet sent."""
    try:
        held = verbs.stop_bulk(message=_one(request, pk), by=request.user)
    except Refused as refusal:
        messages.error(request, str(refusal))
    else:
        words = ngettext("Stopped: %(n)d message is held.", "Stopped: %(n)d messages are held.", held)
        messages.success(request, words % {"n": held})
    return redirect("notifications:bulk", pk)
