"""The checklist before publication."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from briefs.models import Brief
from briefs.services import acknowledge_warnings, checklist_of, try_pdf
from common.access import Refused, may, require


def _brief(request: HttpRequest, slug: str) -> Brief:
    briefs = Brief.objects.of_insider(request.user).select_related("series").prefetch_related("agencies__organization")
    return get_object_or_404(briefs, slug=slug)


@require_safe
@login_required
def checklist(request: HttpRequest, slug: str) -> HttpResponse:
    """What is wrong with the text as it stands, what to do and where."""
    brief = _brief(request, slug)
    may_acknowledge = may(request.user, "briefs.acknowledge_warning", brief)
    context = {"brief": brief, "checklist": checklist_of(brief, request.user), "may_acknowledge": may_acknowledge}
    return render(request, "briefs/checklist.html", context)


@require_POST
@login_required
def try_files(request: HttpRequest, slug: str) -> HttpResponse:
    """Have the trial PDF made; follow the job where there is one to follow."""
    brief = _brief(request, slug)
    job = try_pdf(brief=brief, by=request.user)
    if job and job.asked_by_id == request.user.pk:
        return redirect("directory:job", job_id=job.pk)
    messages.info(request, _("The trial PDF of this text is made already, or being made.") if not job else _("It is being made."))
    return redirect("briefs:checklist", slug)


@require_POST
@login_required
def acknowledge(request: HttpRequest, slug: str) -> HttpResponse:
    """Let the chosen warnings stand."""
    brief = _brief(request, slug)
    require(request.user, "briefs.acknowledge_warning", brief)
    try:
        count = acknowledge_warnings(
            brief=brief, by=request.user, seen=request.POST.get("seen", ""), keys=request.POST.getlist("key")
        )
        done = ngettext("%(n)d warning is let stand.", "%(n)d warnings are let stand.", count) % {"n": count}
        messages.success(request, done)
    except Refused as refusal:
        messages.error(request, str(refusal))
    return redirect("briefs:checklist", slug)
