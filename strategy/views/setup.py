"""Setting up strategies and drafts."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from common.access import Refused, may, require
from strategy import services
from strategy.enums import DraftState
from strategy.forms.positions import ConfirmForm
from strategy.forms.writing import DraftForm, StrategyForm
from strategy.models import Draft
from strategy.views.reading import find_draft, find_strategy, posted


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def new_strategy(request: HttpRequest) -> HttpResponse:
    """Create a strategy."""
    require(request.user, "strategy.add_strategy")
    form = StrategyForm(posted(request))
    if request.method == "POST" and form.is_valid():
        try:
            return redirect(services.create_strategy(by=request.user, values=form.values()))
        except Refused as refusal:
            form.add_error("slug", str(refusal))
    return _form(request, {"form": form, "title": _("New strategy"), "submit": _("Create the strategy")})


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def edit_strategy(request: HttpRequest, slug: str) -> HttpResponse:
    """Change the title and summary of a strategy."""
    strategy = find_strategy(request, slug)
    require(request.user, "strategy.change_strategy", strategy)
    form = StrategyForm(posted(request), instance=strategy)
    if request.method == "POST" and form.is_valid():
        strategy = services.change_strategy(strategy=strategy, by=request.user, values=form.values())
        messages.success(request, _("Title and summary are saved."))
        return redirect(strategy)
    return _form(request, {"form": form, "strategy": strategy, "title": _("Title and summary"), "submit": _("Save")})


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def new_draft(request: HttpRequest, slug: str) -> HttpResponse:
    """Begin the next draft."""
    strategy = find_strategy(request, slug)
    require(request.user, "strategy.add_draft", strategy)
    form = DraftForm(posted(request))
    if not strategy.drafts.filter(state=DraftState.PUBLISHED).exists():
        form.initial["begins"] = "empty"
    if request.method == "POST" and form.is_valid():
        try:
            draft = services.start_draft(
                strategy=strategy, by=request.user, values=form.values(), copies_latest=form.cleaned_data["begins"] == "copy"
            )
        except Refused as refusal:
            form.add_error("begins", str(refusal))
        else:
            to_write = may(request.user, "strategy.write_draft", draft)
            return redirect("strategy:write", slug, draft.number) if to_write else redirect(draft)
    return _form(request, {"form": form, "strategy": strategy, "title": _("New draft"), "submit": _("Begin the draft")})


def _form(request: HttpRequest, context: dict[str, object]) -> HttpResponse:
    form = context["form"]
    return render(request, "strategy/setup_form.html", context, status=400 if form.is_bound else 200)  # type: ignore[attr-defined]


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def discard(request: HttpRequest, slug: str, number: int) -> HttpResponse:
    """Ask for a deliberate yes, then discard a draft that was never published."""
    draft: Draft = find_draft(request, slug, number)
    require(request.user, "strategy.discard_draft", draft)
    form = ConfirmForm(posted(request), sentence=_("I discard this draft. Its text and its history are gone for good."))
    if request.method == "POST" and form.is_valid():
        try:
            services.discard_draft(draft=draft, by=request.user)
        except Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, _("The draft is discarded."))
            return redirect(draft.strategy)
    context = {"draft": draft, "strategy": draft.strategy, "form": form, "paragraphs": draft.paragraphs.count()}
    return render(request, "strategy/discard.html", context, status=400 if form.is_bound else 200)
