"""What is done around a thread beyond one agency: replies for the readers, comments from earlier drafts, moderation."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from common.access import Refused, require
from common.numbers import whole_number
from directory.public_pages import public_page
from strategy.enums import CommentState
from strategy.forms.comments import ReplyForm, TurnDownForm
from strategy.models import Comment, ConsultationRound, Paragraph
from strategy.selectors.rounds import current_round
from strategy.selectors.threads import detached_thread, entries_of, voices
from strategy.services import admit_comment, pin_comment, reply_to_readers, turn_down_comment, unpin_comment
from strategy.views.positions import find_round
from strategy.views.reading import find_draft, find_strategy, keep_until_a_round_turns
from strategy.views.threads import answer_act, find_comment, show_thread

PAGE = 20


def _page(request: HttpRequest) -> str:
    """The number of the page, in the names that the tag `pager` gives it."""
    return request.GET.get("after") or request.GET.get("before", "1")


def _pages(page: Any) -> dict[str, str]:
    after = str(page.next_page_number()) if page.has_next() else ""
    return {"after": after, "before": str(page.previous_page_number()) if page.has_previous() else ""}


@login_required
@require_POST
def reply_readers(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    """Reply to a submitted comment for whoever reads it, in the name of an agency or of the secretariat."""
    comment = find_comment(request, slug, pk)
    known = voices(request.user, comment)
    code = request.POST.get("organization") or (known[0].code if known else "")
    chosen = [one for one in known if one.code == code]
    if not chosen:
        return answer_act(
            request, comment, refused=_("You cannot reply here now: the round is closed, or it is not your agency's turn.")
        )
    form = ReplyForm(request.POST)
    if not form.is_valid():
        return answer_act(request, comment, refused=_("Write a reply before you send it."))
    try:
        reply_to_readers(comment=comment, by=request.user, on_behalf_of=chosen[0], text=form.cleaned_data["text"])
    except Refused as refusal:
        return answer_act(request, comment, refused=str(refusal))
    said = _("Your reply is published to the readers of this comment, in the name of %(agency)s.") % {"agency": chosen[0]}
    return answer_act(request, comment, said=said)


@require_safe
@public_page("strategy", "directory")
def detached(request: HttpRequest, slug: str, number: int) -> HttpResponse:
    """Comments on earlier drafts whose paragraph this draft no longer has, with the old number and text."""
    draft = find_draft(request, slug, number)
    page = Paginator(detached_thread(request.user, draft), PAGE).get_page(_page(request))
    keep_until_a_round_turns(request, draft.strategy)
    context = {"draft": draft, "strategy": draft.strategy, "groups": page.object_list, **_pages(page)}
    context["here"] = request.get_full_path()
    template = "strategy/_detached.html" if request.htmx else "strategy/detached.html"  # type: ignore[attr-defined]
    return render(request, template, {**context, "live": bool(request.htmx)})  # type: ignore[attr-defined]


@login_required
@require_POST
def pin(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    """Show an earlier comment at one part of a split only, or at all of them again."""
    comment = find_comment(request, slug, pk)
    require(request.user, "strategy.pin_comment", comment)
    rows = Paragraph.objects.visible_to(request.user).filter(draft__strategy__slug=slug).select_related("draft__strategy")
    paragraph = get_object_or_404(rows, pk=whole_number(request.POST.get("paragraph", "")))
    said, refused = _("The comment is shown at this paragraph only."), ""
    try:
        if request.POST.get("unpin"):
            unpin_comment(comment=comment, paragraph=paragraph, by=request.user)
            said = _("The comment is shown at every part again.")
        else:
            pin_comment(comment=comment, paragraph=paragraph, by=request.user)
    except Refused as refusal:
        said, refused = "", str(refusal)
    if request.htmx:  # type: ignore[attr-defined]
        return show_thread(request, paragraph.draft, paragraph, said=said, refused=refused, status=400 if refused else 200)
    if refused:
        messages.error(request, refused)
    else:
        messages.success(request, said)
    return redirect(f"{paragraph.get_absolute_url()}#c{comment.pk}")


# --- Moderation ------------------------------------------------------------------------------------------------------


def _waiting(request: HttpRequest, consultation: ConsultationRound, show: str) -> Any:
    rows = Comment.objects.visible_to(request.user).filter(round=consultation, category__isnull=False)
    return rows.filter(state=show).order_by("pk")


@login_required
@require_safe
def moderation(request: HttpRequest, slug: str) -> HttpResponse:
    """The comments of participants that wait to be admitted, and what was turned down."""
    strategy = find_strategy(request, slug)
    consultation = find_round(request, strategy) if request.GET.get("round") else current_round(request.user, strategy=strategy)
    if consultation is None:
        raise Http404
    require(request.user, "strategy.moderate_round", consultation)
    shown = request.GET.get("show", CommentState.MODERATION)
    if shown not in {CommentState.MODERATION, CommentState.TURNED_DOWN}:
        raise Http404
    page = Paginator(_waiting(request, consultation, shown), PAGE).get_page(_page(request))
    keys = [row.pk for row in page.object_list]
    entries = entries_of(request.user, Comment.objects.filter(pk__in=keys).order_by("pk"), []) if keys else []
    base = reverse("strategy:moderation", args=[slug])
    context = {
        "strategy": strategy,
        "draft": consultation.draft,
        "round": consultation,
        "entries": entries,
        "shows_waiting": shown == CommentState.MODERATION,
        "shows_turned_down": shown == CommentState.TURNED_DOWN,
        "base": f"{base}?round={consultation.pk}",
        "here": request.get_full_path(),
        "form": TurnDownForm(),
        **_pages(page),
    }
    return render(request, "strategy/moderation.html", context)


@login_required
@require_POST
def admit(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    """Publish a participant's comment under its category."""
    comment = find_comment(request, slug, pk)
    require(request.user, "strategy.moderate_comment", comment)
    try:
        admit_comment(comment=comment, by=request.user)
    except Refused as refusal:
        return _back_to_queue(request, comment, refused=str(refusal))
    return _back_to_queue(request, comment, said=_("The comment is published, and its author is told."))


@login_required
@require_POST
def turn_down(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    """Do not publish a participant's comment; the author is told why."""
    comment = find_comment(request, slug, pk)
    require(request.user, "strategy.moderate_comment", comment)
    form = TurnDownForm(request.POST)
    if not form.is_valid():
        return _back_to_queue(request, comment, refused=" ".join(map(str, form.errors.get("reason", []))))
    try:
        turn_down_comment(comment=comment, by=request.user, reason=form.cleaned_data["reason"])
    except Refused as refusal:
        return _back_to_queue(request, comment, refused=str(refusal))
    return _back_to_queue(request, comment, said=_("The comment is not published, and its author is told why."))


def _back_to_queue(request: HttpRequest, comment: Comment, *, said: str = "", refused: str = "") -> HttpResponse:
    if refused:
        messages.error(request, refused)
    else:
        messages.success(request, said)
    return redirect(f"{reverse('strategy:moderation', args=[comment.round.draft.strategy.slug])}?round={comment.round_id}")
