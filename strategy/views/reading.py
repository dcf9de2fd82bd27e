"""Pages to read: the strategies, one strategy, a draft, a comparison."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from common.access import Refused, may, require
from directory.public_pages import page_holds_until, public_page
from strategy.forms.positions import ConfirmForm
from strategy.models import ConsultationRound, Draft, Paragraph, Strategy
from strategy.selectors.lineage import compare_drafts
from strategy.selectors.rounds import boundaries_of, current_round, round_figures, sides_of
from strategy.selectors.threads import comment_counts
from strategy.services import publish_draft


def find_strategy(request: HttpRequest, slug: str) -> Strategy:
    return get_object_or_404(Strategy.objects.visible_to(request.user), slug=slug)


def find_draft(request: HttpRequest, slug: str, number: int) -> Draft:
    rows = Draft.objects.visible_to(request.user).select_related("strategy")
    return get_object_or_404(rows, strategy__slug=slug, number=number)


def _drafts_of(request: HttpRequest, strategy: Strategy) -> list[Draft]:
    drafts = list(Draft.objects.visible_to(request.user).filter(strategy=strategy).order_by("-number"))
    for draft in drafts:
        draft.strategy = strategy
    return drafts


def keep_until_a_round_turns(request: HttpRequest, strategy: Strategy | None = None) -> None:
    """Let the kept page expire when a round that it may show opens or closes."""
    rounds = ConsultationRound.objects.visible_to(request.user)
    if strategy:
        rounds = rounds.filter(draft__strategy=strategy)
    page_holds_until(request, *boundaries_of(rounds.filter(closes_at__gt=timezone.now())))


def posted(request: HttpRequest) -> Any:
    """The data of a form that was sent, also when nothing was ticked or typed; None for a form that is only shown."""
    return request.POST if request.method == "POST" else None


def readers_clock(request: HttpRequest) -> dict[str, Any]:
    """`now` for signed-in people, whose pages nobody keeps: "3 days left" goes stale on a kept page."""
    return {"now": timezone.now()} if request.user.is_authenticated else {"now": None}


@require_safe
@public_page("strategy", "directory")
def strategy_list(request: HttpRequest) -> HttpResponse:
    """Every strategy that the reader may see, with its round and newest draft."""
    strategies = list(Strategy.objects.visible_to(request.user))
    drafts: dict[int, Draft] = {}
    for draft in Draft.objects.visible_to(request.user).filter(strategy__in=strategies).order_by("number"):
        if draft.is_published or draft.strategy_id not in drafts:
            drafts[draft.strategy_id] = draft
    rounds: dict[int, list[ConsultationRound]] = {}
    for row in ConsultationRound.objects.visible_to(request.user).select_related("draft"):
        rounds.setdefault(row.draft.strategy_id, []).append(row)
    rows = [
        {
            "strategy": strategy,
            "draft": drafts.get(strategy.pk),
            "open": [row for row in rounds.get(strategy.pk, []) if row.is_open],
        }
        for strategy in strategies
    ]
    keep_until_a_round_turns(request)
    may_set_up = may(request.user, "strategy.add_strategy")
    return render(request, "strategy/list.html", {"rows": rows, "may_set_up": may_set_up, **readers_clock(request)})


@require_safe
@public_page("strategy", "directory")
def overview(request: HttpRequest, slug: str) -> HttpResponse:
    """One strategy: the round that counts now with its deadline and progress, and the drafts."""
    strategy = find_strategy(request, slug)
    consultation = current_round(request.user, strategy=strategy)
    keep_until_a_round_turns(request, strategy)
    return render(
        request,
        "strategy/overview.html",
        {
            "strategy": strategy,
            "drafts": _drafts_of(request, strategy),
            "round": consultation,
            "figures": round_figures(consultation) if consultation else None,
            "sides": sides_of(request.user, consultation),
            "may_set_up": may(request.user, "strategy.add_draft", strategy),
            "may_answer": consultation is not None and may(request.user, "strategy.answer_round", consultation),
            **readers_clock(request),
        },
    )


def line(paragraph: Paragraph, count: int, *, with_thread: bool, url: str = "") -> dict[str, Any]:
    """A paragraph as the template of the draft shows it."""
    return {"paragraph": paragraph, "count": count, "url": url if with_thread else "", "id": f"p{paragraph.anchor}"}


@require_safe
@public_page("strategy", "directory")
def draft_page(request: HttpRequest, slug: str, number: int) -> HttpResponse:
    """The text of a draft with comment counts in the margin; threads open beside their paragraph."""
    draft = find_draft(request, slug, number)
    user = request.user
    consultation = current_round(user, draft=draft)
    if consultation:
        consultation.draft = draft
    sides = sides_of(user, consultation)
    answers = consultation is not None and may(user, "strategy.answer_round", consultation)
    counts = comment_counts(user, draft) if user.is_authenticated else {}
    with_threads = bool(sides or counts or answers)
    base = draft.get_absolute_url()
    lines = [
        line(row, counts.get(row.pk, 0), with_thread=with_threads, url=f"{base}paragraphs/{row.anchor}/")
        for row in draft.paragraphs.order_by("position")
    ]
    drafts = _drafts_of(request, draft.strategy)
    earlier = [one for one in drafts if one.number < draft.number]
    keep_until_a_round_turns(request, draft.strategy)
    return render(
        request,
        "strategy/draft.html",
        {
            "draft": draft,
            "strategy": draft.strategy,
            "lines": lines,
            "contents": [one for one in lines if one["paragraph"].is_heading],
            "paragraphs": sum(1 for one in lines if not one["paragraph"].is_heading),
            "round": consultation,
            "figures": round_figures(consultation) if consultation else None,
            "sides": sides,
            "with_threads": with_threads,
            "whole_count": counts.get(None, 0),
            "may_answer": answers,
            "may_publish": not draft.is_published and may(user, "strategy.publish_draft", draft),
            "earlier": earlier[0] if earlier else None,
            "drafts": drafts,
            **readers_clock(request),
        },
    )


@require_safe
@public_page("strategy", "directory")
def compare(request: HttpRequest, slug: str, number: int, other: int) -> HttpResponse:
    """Two drafts, paragraphs aligned first, then words."""
    older, newer = find_draft(request, slug, number), find_draft(request, slug, other)
    rows = compare_drafts(request.user, older, newer)
    changed = [row for row in rows if row.is_changed]
    only_changes = request.GET.get("show") == "changes"
    return render(
        request,
        "strategy/compare.html",
        {
            "strategy": older.strategy,
            "older": older,
            "newer": newer,
            "rows": changed if only_changes else rows,
            "changed": len(changed),
            "unchanged": len(rows) - len(changed),
            "only_changes": only_changes,
            "whole": not only_changes,
        },
    )


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def publish(request: HttpRequest, slug: str, number: int) -> HttpResponse:
    """Ask for a deliberate yes, then publish the draft."""
    draft = find_draft(request, slug, number)
    require(request.user, "strategy.publish_draft", draft)
    sentence = _("I publish this text. It will never change again.")
    form = ConfirmForm(posted(request), sentence=sentence)
    if request.method == "POST" and form.is_valid():
        try:
            publish_draft(draft=draft, by=request.user)
        except Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, _("The draft is published."))
            return redirect(draft)
    status = 400 if form.is_bound else 200
    return render(request, "strategy/publish.html", {"draft": draft, "strategy": draft.strategy, "form": form}, status=status)
