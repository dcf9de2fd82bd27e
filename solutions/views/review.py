"""The secretariat's decision on an entry, and withdrawal."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from common.access import Refused, require
from common.forms import ReasonForm
from solutions.enums import SolutionState
from solutions.forms import VerifyForm
from solutions.models import Solution
from solutions.services import return_solution, verify_solution, version_of, withdraw_solution
from solutions.views.reading import language_of, sections_of


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def review(request: HttpRequest, slug: str) -> HttpResponse:
    """Read a submitted entry and publish it at a level, or return it with a reason."""
    solution = get_object_or_404(
        Solution.objects.visible_to(request.user)
        .select_related("provider", "submitted_by")
        .prefetch_related("sdgs", "countries_of_origin", "countries_of_use"),
        slug=slug,
    )
    require(request.user, "solutions.verify_solution", solution)
    returns = request.POST.get("action") == "return"
    verify_form = VerifyForm(request.POST if request.method == "POST" and not returns else None, prefix="verify")
    return_form = ReasonForm(request.POST if returns else None, prefix="return")
    form = return_form if returns else verify_form
    if request.method == "POST" and form.is_valid():
        return _decide(request, solution, form)
    return render(
        request,
        "solutions/review.html",
        {
            "solution": solution,
            "sections": sections_of(solution),
            "original": language_of(solution),
            "is_waiting": solution.state == SolutionState.SUBMITTED,
            "verify_form": verify_form,
            "return_form": return_form,
            # After an error in the form still what was read first: a change in between must not pass unnoticed.
            "seen": request.POST.get("seen") or version_of(solution),
            "history": [
                {
                    "label": SolutionState(change.new).label,
                    "at": change.at,
                    "by": change.by,
                    "on_behalf_of": change.on_behalf_of,
                    "reason": change.reason,
                }
                for change in solution.state_changes.select_related("by", "on_behalf_of").order_by("-pk")
            ],
        },
        status=400 if form.errors else 200,
    )


def _decide(request: HttpRequest, solution: Solution, form: VerifyForm | ReasonForm) -> HttpResponse:
    values = form.cleaned_data
    try:
        if isinstance(form, ReasonForm):
            return_solution(solution=solution, by=request.user, reason=values["reason"])
            messages.success(request, _("The entry is returned. Its provider has your reason."))
        else:
            verify_solution(
                solution=solution,
                by=request.user,
                level=values["level"],
                evidence=values["evidence"],
                seen=request.POST.get("seen"),
            )
            messages.success(request, _("The entry is verified and public now."))
    except Refused as refusal:
        messages.error(request, str(refusal))
        return redirect("solutions:review", slug=solution.slug)
    return redirect("solutions:detail", slug=solution.slug)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def withdraw(request: HttpRequest, slug: str) -> HttpResponse:
    """Take an entry out of the catalogue, with a reason."""
    solution = get_object_or_404(Solution.objects.visible_to(request.user), slug=slug)
    require(request.user, "solutions.withdraw_solution", solution)
    form = ReasonForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            withdraw_solution(solution=solution, by=request.user, reason=form.cleaned_data["reason"])
        except Refused as refusal:
            messages.error(request, str(refusal))
        else:
            messages.success(request, _("The entry is withdrawn. Its history is kept."))
        return redirect("solutions:detail", slug=solution.slug)
    return render(request, "solutions/withdraw.html", {"solution": solution, "form": form}, status=400 if form.errors else 200)
