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
from strategy.models import ConsultationRound, Draft, Strategy
from strategy.selectors.earlier import counts_of
from strategy.selectors.pages import blocks_of, contents_of
from strategy.selectors.participants import may_comment_publicly
from strategy.selectors.publishing import publication_gaps
from strategy.selectors.rounds import boundaries_of, current_round, round_figures, sides_of
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
    page_holds_until(request, *boundaries_of(rounds.alive()))


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


def _rounds_of(request: HttpRequest, strategy: Strategy, current: ConsultationRound | None) -> list[ConsultationRound]:
    """The rounds of a strategy besides the one that counts now, the latest first."""
    rows = ConsultationRound.objects.visible_to(request.user).filter(draft__strategy=strategy).select_related("draft__strategy")
    return [row for row in rows.order_by("-opens_at", "-pk") if row != current]


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
            "rounds": _rounds_of(request, strategy, consultation),
            "may_manage": may(request.user, "strategy.manage_round", strategy),
            "may_set_up": may(request.user, "strategy.add_draft", strategy),
            "may_answer": consultation is not None and may(request.user, "strategy.answer_round", consultation),
            **readers_clock(request),
        },
    )


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
    counts = counts_of(user, draft)
    takes_public_comments = consultation is not None and consultation.takes_public_comments and consultation.is_open
    with_threads = bool(sides or counts or answers or takes_public_comments)
    paragraphs = list(draft.paragraphs.order_by("position"))
    blocks = blocks_of(draft, paragraphs, counts, with_threads=with_threads)
    drafts = _drafts_of(request, draft.strategy)
    earlier = [one for one in drafts if one.number < draft.number]
    keep_until_a_round_turns(request, draft.strategy)
    return render(
        request,
        "strategy/draft.html",
        {
            "draft": draft,
            "strategy": draft.strategy,
            "blocks": blocks,
            "contents": contents_of(blocks),
            "paragraphs": sum(1 for one in paragraphs if not one.is_heading),
            "round": consultation,
            # Who serves an agency sees how far that one is instead.
            "figures": round_figures(consultation) if consultation and not sides else None,
            "sides": sides,
            "with_threads": with_threads,
            "has_compilation": with_threads and draft.is_published,
            "whole_count": counts.of(None),
            "detached_count": counts.detached,
            "may_write": any(side.takes_comments for side in sides) or may_comment_publicly(user, consultation),
            "may_moderate": takes_public_comments and may(user, "strategy.moderate_round", consultation),
            "may_answer": answers,
            "may_publish": not draft.is_published and may(user, "strategy.publish_draft", draft),
            "may_import": not draft.is_published and may(user, "strategy.import_text", draft),
            "earlier": earlier[0] if earlier else None,
            "drafts": drafts,
            **readers_clock(request),
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
    gaps = [] if draft.is_published else publication_gaps(request.user, draft)
    context = {"draft": draft, "strategy": draft.strategy, "form": form, "gaps": gaps, "hash": draft.sha256 or draft.text_hash()}
    return render(request, "strategy/publish.html", context, status=status)
