"""A person's own data: taking it along, and erasing the account, one's own or another's on request."""

from collections.abc import Callable
from functools import wraps
from typing import Any
from uuid import UUID

from allauth.account.decorators import reauthentication_required
from django import forms
from django.contrib import messages
from django.contrib.auth import logout
from django.contrib.auth.decorators import login_required
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from common.access import Refused, require
from directory.enums import JobState
from directory.models import Job, StoredFile, User
from directory.services.jobs import start_job
from ssc_portal.person import erase
from ssc_portal.tasks import PERSONAL_DATA, archive_expires


class EraseForm(forms.Form):
    """A deliberate yes."""

    sure = forms.BooleanField(
        label=gettext_lazy("I have read what goes and what stays. Erase the account for good."),
        error_messages={"required": gettext_lazy("Tick the box if you want this; otherwise leave the page.")},
    )


class EraseOnRequestForm(EraseForm):
    """A deliberate yes about somebody else, with the request that it answers."""

    reason = forms.CharField(
        label=gettext_lazy("Who asked for it, and when"),
        max_length=300,
        help_text=gettext_lazy("Kept in the log of the administration. Do not repeat the person's name or address."),
    )
    field_order = ["reason", "sure"]


def _own_page(view: Callable[..., HttpResponseBase]) -> Callable[..., HttpResponseBase]:
    return wraps(view)(login_required(never_cache(view)))


def _archives(user: Any) -> list[dict[str, Any]]:
    """The person's archives that can still be fetched, and those being made."""
    jobs = Job.objects.visible_to(user).filter(kind=PERSONAL_DATA).exclude(state=JobState.FAILED).order_by("-created_at")[:20]
    rows: list[dict[str, Any]] = []
    for job in jobs:
        if job.state != JobState.DONE:
            rows.append({"job": job, "expires_at": None})
        elif job.result.get("archive") and job.finished_at and archive_expires(job.finished_at) > timezone.now():
            rows.append({"job": job, "expires_at": archive_expires(job.finished_at), "size": job.result.get("size")})
    return rows


@_own_page
@require_http_methods(["GET", "HEAD", "POST"])
def personal_data(request: HttpRequest) -> HttpResponse:
    """What the portal holds about the person, and what they may do with it. A POST asks for an archive."""
    if request.method == "POST":
        job = start_job(kind=PERSONAL_DATA, arguments={}, asked_by=request.user, key=str(request.user.pk))
        return redirect("directory:job", job.pk)
    return render(request, "personal/data.html", {"archives": _archives(request.user)})


@_own_page
@require_safe
def archive(request: HttpRequest, job_id: UUID) -> FileResponse:
    """The archive, for the person who asked for it and as long as it is kept."""
    found = next((row["job"] for row in _archives(request.user) if row["job"].pk == job_id and row["expires_at"]), None)
    if found is None:
        raise Http404
    kept = get_object_or_404(StoredFile, pk=found.result["archive"])
    return FileResponse(kept.file.open("rb"), as_attachment=True, filename="my-data.zip", content_type=kept.mime)


@_own_page
@reauthentication_required
@require_http_methods(["GET", "HEAD", "POST"])
def erase_own(request: HttpRequest) -> HttpResponse:
    """Say what goes and what stays, ask for a deliberate yes, then erase one's own account."""
    form = EraseForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            erase(user=request.user, by=request.user)  # type: ignore[arg-type]
        except Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            logout(request)
            return render(request, "personal/erased.html")
    return render(request, "personal/erase.html", {"form": form, "person": None}, status=400 if form.errors else 200)


@_own_page
@reauthentication_required
@require_http_methods(["GET", "HEAD", "POST"])
def erase_person(request: HttpRequest, pk: int) -> HttpResponse:
    """Erase somebody else's account on request, with a reason: for administrators and secretariat staff."""
    person = get_object_or_404(User, pk=pk)
    require(request.user, "directory.erase_person", person)
    if person.pk == request.user.pk:
        return redirect("erase_account")
    form = EraseOnRequestForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            erase(user=person, by=request.user, reason=form.cleaned_data["reason"])  # type: ignore[arg-type]
        except Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, _("The account is erased."))
            return redirect("desk")
    return render(request, "personal/erase.html", {"form": form, "person": person}, status=400 if form.errors else 200)
