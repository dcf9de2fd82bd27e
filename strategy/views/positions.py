"""The agency's own page in a round: its comments by state, submission and withdrawal of its position."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from common.access import Refused, require
from common.numbers import whole_number
from strategy.enums import CommentState, PositionState
from strategy.forms.positions import ConfirmForm, WithdrawForm
from strategy.models import Comment, ConsultationRound, Position, Strategy
from strategy.selectors.rounds import Side, current_round, sides_of
from strategy.selectors.threads import Entry, entries_of
from strategy.services import submit_position, withdraw_position
from strategy.views.reading import find_strategy, posted, readers_clock


def find_round(request: HttpRequest, strategy: Strategy) -> ConsultationRound:
    """The round named in the address (`?round=`), else the one that counts now."""
    named = request.POST.get("round") or request.GET.get("round", "")
    if named:
        rows = ConsultationRound.objects.visible_to(request.user).select_related("draft__strategy")
        return get_object_or_404(rows, pk=whole_number(named), draft__strategy=strategy)
    consultation = current_round(request.user, strategy=strategy)
    if consultation is None:
        raise Http404
    return consultation


def find_side(request: HttpRequest, slug: str) -> Side:
    """The side of the agency named in the address (`?agency=`), else of one's first; 404 for whoever has none."""
    sides = sides_of(request.user, find_round(request, find_strategy(request, slug)))
    code = request.POST.get("agency") or request.GET.get("agency", "")
    chosen = [side for side in sides if side.organization.code == code] if code else sides
    if not chosen:
        raise Http404
    # Who serves several agencies sees first the one whose position is theirs to submit.
    return min(chosen, key=lambda side: not side.is_focal_point)


def _cleared_now(side: Side) -> str:
    """The hash of what would be submitted now: a form carries it, so that nobody submits words that they did not see."""
    rows = Comment.objects.filter(round=side.consultation, organization=side.organization, state=CommentState.CLEARED)
    return Position.hash_of(rows.order_by("pk"))


def _history(side: Side) -> list[dict[str, Any]]:
    """The changes of the position's state, newest first, as the timeline shows them."""
    if side.position is None:
        return []
    labels = dict(PositionState.choices)
    rows = side.position.state_changes.select_related("by", "on_behalf_of").order_by("-pk")
    return [
        {
            "label": labels.get(row.new, row.new),
            "at": row.at,
            "by": row.by,
            "on_behalf_of": row.on_behalf_of,
            "reason": row.reason,
        }
        for row in rows
    ]


def _context(side: Side, request: HttpRequest, **more: Any) -> dict[str, Any]:
    draft = side.consultation.draft
    return {
        "side": side,
        "round": side.consultation,
        "draft": draft,
        "strategy": draft.strategy,
        "here": side.url,
        **readers_clock(request),
        **more,
    }


@login_required
@require_safe
def position(request: HttpRequest, slug: str) -> HttpResponse:
    """All comments of my agency by state, with what I may do to each."""
    side = find_side(request, slug)
    rows = Comment.objects.filter(round=side.consultation, organization=side.organization).order_by("paragraph__position", "pk")
    groups: dict[str, list[Entry]] = {state: [] for state in CommentState.values}
    for entry in entries_of(request.user, rows, [side]):
        groups[entry.comment.state].append(entry)
    return render(
        request,
        "strategy/position.html",
        _context(
            side,
            request,
            waiting=groups[CommentState.DRAFT],
            cleared=groups[CommentState.CLEARED],
            submitted=groups[CommentState.SUBMITTED],
            dropped=groups[CommentState.DROPPED],
            may_merge=side.takes_comments
            and side.is_focal_point
            and len(groups[CommentState.DRAFT]) + len(groups[CommentState.CLEARED]) > 1,
            seen=Position.hash_of(sorted((entry.comment for entry in groups[CommentState.CLEARED]), key=lambda row: row.pk)),
            history=_history(side),
        ),
    )


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def submit(request: HttpRequest, slug: str) -> HttpResponse:
    """Say what goes and what stays, ask for a deliberate yes, then submit the position."""
    side = find_side(request, slug)
    require(request.user, "strategy.submit_position", Position(round=side.consultation, organization=side.organization))
    if side.cleared:
        sentence = _("I submit these comments as the position of %(agency)s.") % {"agency": side.organization}
    else:
        sentence = _("I state that %(agency)s has no comments on this draft.") % {"agency": side.organization}
    form = ConfirmForm(posted(request), sentence=sentence)
    # What the person saw on the page of the position, which leads here; else what stands there now.
    seen = request.POST.get("seen") or request.GET.get("seen") or None
    if request.method == "POST" and form.is_valid():
        try:
            submit_position(consultation=side.consultation, by=request.user, on_behalf_of=side.organization, seen=seen)
        except Refused as refusal:
            form.add_error(None, str(refusal))
            seen = None
        else:
            messages.success(request, _said_submitted(side))
            return redirect(side.url)
    context = _context(side, request, form=form, hidden=[("seen", seen or _cleared_now(side))])
    return render(request, "strategy/submit.html", context, status=400 if form.is_bound else 200)


def _said_submitted(side: Side) -> str:
    said = _("The position of %(agency)s is submitted. A receipt is on its way to its focal points.") % {
        "agency": side.organization
    }
    if side.waiting:
        said += " " + _("Comments that were not cleared stayed inside the agency.")
    return said


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def withdraw(request: HttpRequest, slug: str) -> HttpResponse:
    """Ask for a deliberate yes, then take the position back."""
    side = find_side(request, slug)
    require(request.user, "strategy.withdraw_position", Position(round=side.consultation, organization=side.organization))
    sentence = _("I withdraw the position of %(agency)s. Its comments return into the agency.") % {"agency": side.organization}
    form = WithdrawForm(posted(request), sentence=sentence)
    if request.method == "POST" and form.is_valid():
        reason = form.cleaned_data["reason"]
        try:
            withdraw_position(consultation=side.consultation, by=request.user, on_behalf_of=side.organization, reason=reason)
        except Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, _("The position is withdrawn. Submit it again before the round closes."))
            return redirect(side.url)
    return render(request, "strategy/withdraw.html", _context(side, request, form=form), status=400 if form.is_bound else 200)
