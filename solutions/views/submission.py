"""Writing an entry down, submitting it, and one's own entries."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from common.access import Refused, may, require
from common.numbers import whole_number
from solutions.enums import SolutionState
from solutions.forms import SolutionForm
from solutions.models import Solution
from solutions.services import save_draft, submit_solution

PAGE_SIZE = 50


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def submit(request: HttpRequest) -> HttpResponse:
    """A new entry: kept as a draft, or submitted at once."""
    require(request.user, "solutions.add_solution")
    return _write(request, None)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def edit(request: HttpRequest, slug: str) -> HttpResponse:
    """Go on with a draft, or revise a returned entry. Others are shown with the reason why they cannot be edited."""
    solution = get_object_or_404(Solution.objects.visible_to(request.user), slug=slug)
    require(request.user, "solutions.change_solution", solution)
    if request.method != "POST" and not solution.is_editable:
        return redirect(solution)
    return _write(request, solution)


def _write(request: HttpRequest, solution: Solution | None) -> HttpResponse:
    form = SolutionForm(request.POST or None, user=request.user, solution=solution)
    if request.method == "POST" and form.is_valid():
        try:
            kept = save_draft(solution=solution, by=request.user, content=form.cleaned_data)
        except Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            return _submit_or_keep(request, kept, wants_to_submit=form.is_submission)
    returned = solution and solution.state == SolutionState.RETURNED
    return render(
        request,
        "solutions/form.html",
        {
            "form": form,
            "solution": solution,
            "returned": solution.state_changes.filter(new=SolutionState.RETURNED).last() if returned else None,  # type: ignore[union-attr]
        },
        status=400 if form.errors else 200,
    )


def _submit_or_keep(request: HttpRequest, solution: Solution, *, wants_to_submit: bool) -> HttpResponse:
    if not wants_to_submit:
        messages.success(request, _("The draft is saved. Only you and your organization see it."))
        return redirect("solutions:edit", slug=solution.slug)
    try:
        submit_solution(solution=solution, by=request.user)
    except Refused as refusal:
        # The text is kept as a draft, so nothing is lost.
        messages.error(request, str(refusal))
        return redirect("solutions:edit", slug=solution.slug)
    messages.success(request, _("The entry is submitted. You get a message when the secretariat has decided."))
    return redirect("solutions:mine")


@login_required
@require_safe
def mine(request: HttpRequest) -> HttpResponse:
    """The person's own entries and those of their organizations, newest first, with their states."""
    own = Solution.objects.visible_to(request.user).of(request.user)
    rows = own.select_related("provider", "submitted_by").order_by("-pk")
    state = request.GET.get("state", "")
    if state in SolutionState.values:
        rows = rows.filter(state=state)
    after = whole_number(request.GET.get("after", ""))
    if after is not None:
        rows = rows.filter(pk__lt=after)
    shown = list(rows[: PAGE_SIZE + 1])
    following = str(shown[PAGE_SIZE - 1].pk) if len(shown) > PAGE_SIZE else ""
    counts = _counts(own.order_by().values_list("state", flat=True))
    return render(
        request,
        "solutions/mine.html",
        {
            "rows": [
                {
                    "entry": entry,
                    "may_edit": entry.is_editable,
                    "may_submit": may(request.user, "solutions.submit_solution", entry),
                }
                for entry in shown[:PAGE_SIZE]
            ],
            "next_cursor": following,
            "tabs": [(value, label, counts.get(value, 0)) for value, label in SolutionState.choices if counts.get(value)],
            "count": sum(counts.values()),
            "state": state,
        },
    )


def _counts(states: object) -> dict[str, int]:
    counts: dict[str, int] = {}
    for state in states:  # type: ignore[attr-defined]
        counts[state] = counts.get(state, 0) + 1
    return counts
