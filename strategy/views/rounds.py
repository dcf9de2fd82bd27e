"""Pages of a round: its own, setting one up, and the acts of the secretariat on it."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_safe

from common.access import Refused, require
from common.forms import ReasonForm
from directory.public_pages import page_holds_until, public_page
from strategy.enums import RoundState
from strategy.forms.rounds import AdmitForm, ExtendForm, MaybeReasonForm, RoundForm
from strategy.models import ConsultationRound, Draft
from strategy.selectors.invited import answered_ids, invited_agencies
from strategy.selectors.round_page import round_page
from strategy.selectors.rounds import boundaries_of
from strategy.services import (
    admit_late,
    cancel_round,
    change_round,
    extend_round,
    open_round,
    pause_round,
    restart_silence,
    resume_round,
)
from strategy.services.silence import newer_text
from strategy.views.reading import find_strategy, posted, readers_clock

TOLD = _("All invited agencies read it.")


def find_round(request: HttpRequest, slug: str, pk: int) -> ConsultationRound:
    rows = ConsultationRound.objects.visible_to(request.user).select_related("draft__strategy", "replaces__draft__strategy")
    return get_object_or_404(rows, pk=pk, draft__strategy__slug=slug)


def around(request: HttpRequest, consultation: ConsultationRound, **more: Any) -> dict[str, Any]:
    """What every page of a round has at hand."""
    draft = consultation.draft
    return {"round": consultation, "draft": draft, "strategy": draft.strategy, **readers_clock(request), **more}


@require_safe
@public_page("strategy", "directory")
def page(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    """One round: until when, who has answered, what came of it. Names for the secretariat, numbers for the public."""
    consultation = find_round(request, slug, pk)
    page_holds_until(request, *boundaries_of([consultation]))
    shown = round_page(request.user, consultation)
    later = ConsultationRound.objects.visible_to(request.user).filter(replaces=consultation).select_related("draft__strategy")
    return render(request, "strategy/round.html", around(request, consultation, page=shown, replaced_by=later.first()))


def _saved(request: HttpRequest, form: RoundForm, save: Callable[..., ConsultationRound]) -> ConsultationRound | None:
    """What the verb gave, or None with its refusal on the form."""
    if not (request.method == "POST" and form.is_valid()):
        return None
    values = dict(form.cleaned_data)
    try:
        return save(invited=list(values.pop("invited")), **values)
    except Refused as refusal:
        form.add_error(None, str(refusal))
    return None


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def new(request: HttpRequest, slug: str, number: int) -> HttpResponse:
    """Set up a round on a published draft."""
    find_strategy(request, slug)
    rows = Draft.objects.visible_to(request.user).select_related("strategy")
    draft = get_object_or_404(rows, strategy__slug=slug, number=number)
    require(request.user, "strategy.manage_round", draft)
    form = RoundForm(posted(request), zone=getattr(request.user, "time_zone", "UTC"))
    made = _saved(request, form, lambda **values: open_round(draft=draft, by=request.user, **values))
    if made:
        is_open = made.state == RoundState.OPEN
        messages.success(
            request, _("The round is open. All invited agencies are told.") if is_open else _("The round is set up.")
        )
        return redirect(made)
    context = {"form": form, "draft": draft, "strategy": draft.strategy, "back": draft.get_absolute_url()}
    return render(request, "strategy/round_form.html", context, status=400 if form.is_bound else 200)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def edit(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    """Change a round that has not opened yet."""
    consultation = find_round(request, slug, pk)
    require(request.user, "strategy.manage_round", consultation)
    form = RoundForm(posted(request), consultation=consultation)
    saved = _saved(request, form, lambda **values: change_round(consultation=consultation, by=request.user, **values))
    if saved:
        messages.success(request, _("The round is changed."))
        return redirect(saved)
    context = around(request, consultation, form=form, back=consultation.get_absolute_url())
    return render(request, "strategy/round_form.html", context, status=400 if form.is_bound else 200)


@dataclass(frozen=True)
class Act:
    """One act of the secretariat on a round, as its page asks for it."""

    title: str | Promise
    lead: str | Promise
    done: str | Promise
    form: Callable[[Any, ConsultationRound], Any]
    run: Callable[..., Any]
    style: str = "btn-primary"


def _reason_form(data: Any, consultation: ConsultationRound) -> ReasonForm:
    return ReasonForm(data, readers=TOLD)


def _admit_form(data: Any, consultation: ConsultationRound) -> AdmitForm:
    agencies = invited_agencies(consultation).exclude(pk__in=answered_ids(consultation)).order_by("acronym", "name")
    return AdmitForm(data, consultation=consultation, agencies=agencies)


def _restart(*, consultation: ConsultationRound, by: Any, reason: str) -> ConsultationRound:
    draft = newer_text(consultation)
    if draft is None:
        raise Refused(_("A silence procedure restarts on a newer draft that is published. Publish it first."))
    return restart_silence(consultation=consultation, draft=draft, by=by)


ACTS = {
    "extend": Act(
        _("Extend the round"),
        _("The close moves to a later hour. All invited agencies are told."),
        _("The round is extended. All invited agencies are told."),
        lambda data, consultation: ExtendForm(data, consultation=consultation),
        extend_round,
    ),
    "pause": Act(
        _("Pause the round"),
        _("Nothing can be submitted while the round is paused. The time that is left is kept. All invited agencies are told."),
        _("The round is paused. All invited agencies are told."),
        _reason_form,
        pause_round,
    ),
    "resume": Act(
        _("Resume the round"),
        _("The round goes on with the time that was left when it was paused. All invited agencies are told."),
        _("The round goes on. All invited agencies are told."),
        lambda data, consultation: MaybeReasonForm(data, readers=TOLD),
        resume_round,
    ),
    "cancel": Act(
        _("Cancel the round"),
        _("The round ends without a result, for good. What agencies have written stays theirs. All invited agencies are told."),
        _("The round is cancelled."),
        _reason_form,
        cancel_round,
        "btn-danger",
    ),
    "admit": Act(
        _("Admit a late answer"),
        _("One agency may still answer, until the moment that you set. Its position is marked as late."),
        _("The agency may answer late. Its focal points are told."),
        _admit_form,
        admit_late,
    ),
    "restart": Act(
        _("Restart on the new text"),
        _(
            "This procedure is cancelled with a reference to the new one, "
            "which puts the newest draft before the same agencies and runs its full time."
        ),
        _("The silence procedure runs on the new text."),
        lambda data, consultation: MaybeReasonForm(data, readers=_("For your own notes; it is not sent.")),
        _restart,
    ),
}  # fmt: skip


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def act(request: HttpRequest, slug: str, pk: int, name: str) -> HttpResponse:
    """Ask for what an act needs and a deliberate yes, then do it."""
    if name not in ACTS:
        raise Http404
    consultation, chosen = find_round(request, slug, pk), ACTS[name]
    require(request.user, "strategy.manage_round", consultation)
    form = chosen.form(posted(request), consultation)
    if request.method == "POST" and form.is_valid():
        try:
            done = chosen.run(consultation=consultation, by=request.user, **form.cleaned_data)
        except Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, str(chosen.done))
            return redirect(done if isinstance(done, ConsultationRound) else consultation)
    context = around(request, consultation, form=form, act=chosen, back=consultation.get_absolute_url())
    return render(request, "strategy/round_act.html", context, status=400 if form.is_bound else 200)
