"""What is internal to an agency, opened by an administrator for a reason and for hours; the agency sees every use."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.db.models import Count
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from briefs.selectors.internal import internal_of_briefs
from common.access import Refused, may
from directory.desk import InternalText
from directory.forms import InternalAccessForm
from directory.models import InternalAccessGrant, Organization
from directory.rules import organizations_of
from directory.services.grants import end_internal_access, open_internal_access
from meetings.selectors.internal import internal_of_meetings
from solutions.selectors.internal import internal_of_solutions
from strategy.selectors.internal import internal_of_strategy

SOURCES: tuple[Callable[[Any, Organization], list[InternalText]], ...] = (
    internal_of_strategy,
    internal_of_briefs,
    internal_of_solutions,
    internal_of_meetings,
)
MOST_SHOWN = 200


def _grants(request: HttpRequest) -> Any:
    rows = InternalAccessGrant.objects.visible_to(request.user)
    return rows.select_related("organization", "administrator", "ended_by")


@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def internal_access_list(request: HttpRequest) -> HttpResponse:
    """Grants: for a member of an agency those that open it; for an administrator all, and the form that opens one."""
    opens = may(request.user, "directory.open_internal_matters")
    if not opens and not organizations_of(request.user):
        raise PermissionDenied(_("This page is for members of an organization and for administrators."))
    form = InternalAccessForm(request.POST if request.method == "POST" else None) if opens else None
    if request.method == "POST":
        if form is None:
            raise PermissionDenied(_("Only an administrator opens internal matters, and only for a reason."))
        if form.is_valid():
            try:
                grant = open_internal_access(by=request.user, **form.cleaned_data)
            except Refused as refusal:
                form.add_error(None, str(refusal))
            else:
                messages.success(request, _("Opened. The organization's focal points are being told."))
                return redirect(grant)
    rows = _grants(request).annotate(times_used=Count("uses")).order_by("-starts_at", "-pk")[:MOST_SHOWN]
    context = {"grants": rows, "form": form}
    return render(request, "internal_access/list.html", context, status=400 if form and form.errors else 200)


@login_required
@never_cache
@require_safe
def internal_access(request: HttpRequest, pk: int) -> HttpResponse:
    """One grant with its uses; to the administrator who holds it, while it is in force, also what it opens."""
    grant = get_object_or_404(_grants(request), pk=pk)
    reads = grant.administrator_id == request.user.pk and grant.is_in_force
    texts = [text for source in SOURCES for text in source(request.user, grant.organization)] if reads else []
    context = {
        "grant": grant,
        "uses": grant.uses.all()[:MOST_SHOWN],
        "reads": reads,
        "texts": texts,
        "may_end": grant.is_in_force and may(request.user, "directory.end_internalaccessgrant", grant),
    }
    return render(request, "internal_access/grant.html", context)


@login_required
@require_POST
def end(request: HttpRequest, pk: int) -> HttpResponse:
    """End a grant before its time."""
    grant = get_object_or_404(_grants(request), pk=pk)
    try:
        end_internal_access(grant=grant, by=request.user)
    except Refused as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, _("The grant is ended. It opens nothing any more."))
    return redirect(grant)
