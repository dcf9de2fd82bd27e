"""Rounds of review for editors and authors: list, open, run, close, answer."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from briefs.forms import CloseReviewForm, InviteForm, ReplyForm, ReviewRoundForm
from briefs.models import Brief, ReviewPoint, ReviewRound
from briefs.selectors.reviews import reviewers_to_ask_again, rounds_of, runs_round, shown_round
from briefs.services import (
    Invited,
    answer_point,
    close_review,
    invite_reviewer,
    open_review,
    revoke_reviewer,
    send_again,
)
from briefs.services.reviews import USUAL_TIME
from common.access import Refused, may, require
from common.acts import told
from common.numbers import whole_number
from directory.rules import organizations_of

get_and_post = require_http_methods(["GET", "HEAD", "POST"])


def _brief(request: HttpRequest, slug: str) -> Brief:
    """A brief that the reader helps to make: for anybody else its reviews do not exist."""
    briefs = Brief.objects.of_insider(request.user).select_related("series").prefetch_related("agencies__organization")
    return get_object_or_404(briefs, slug=slug)


def _round(request: HttpRequest, slug: str, number: int) -> ReviewRound:
    brief = _brief(request, slug)
    found = get_object_or_404(
        ReviewRound.objects.visible_to(request.user).defer("content"), brief=brief, number=min(number, 32_000)
    )
    found.brief = brief
    return found


@require_safe
@login_required
def review_list(request: HttpRequest, slug: str) -> HttpResponse:
    """The rounds of review of a brief."""
    brief = _brief(request, slug)
    rounds = list(rounds_of(brief, request.user))
    may_open = brief.is_open and may(request.user, "briefs.open_review", brief) and not any(row.is_open for row in rounds)
    return render(request, "briefs/reviews.html", {"brief": brief, "rounds": rounds, "may_open": may_open})


@get_and_post
@login_required
def review_open(request: HttpRequest, slug: str) -> HttpResponse:
    """Open a round of review on the text as it stands."""
    brief = _brief(request, slug)
    require(request.user, "briefs.open_review", brief)
    may_hide = may(request.user, "briefs.edit_reviews", brief)
    form = ReviewRoundForm(
        request.POST or None,
        zone=request.user.time_zone,  # type: ignore[union-attr]
        usual=USUAL_TIME,
        earlier=reviewers_to_ask_again(brief, request.user),
        may_hide=may_hide,
    )
    if request.method == "POST" and form.is_valid():
        values = form.cleaned_data
        try:
            found = open_review(
                brief=brief,
                by=request.user,
                due_at=values["deadline"],
                is_anonymous=values.get("is_anonymous", False),
                questions=values["questions"],
                invitation=values["invitation"],
                again=list(values.get("again", [])),
            )
        except Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, _("The round of review is open. Invite the reviewers now."))
            return redirect(found)
    context = {
        "brief": brief,
        "form": form,
        "title": _("Open a round of review"),
        "lead": _("The reviewers read the text as it stands now, whatever is edited later."),
        "button": _("Open the round"),
    }
    return render(request, "briefs/reason.html", context, status=400 if form.errors else 200)


@require_safe
@login_required
def review_round(request: HttpRequest, slug: str, number: int) -> HttpResponse:
    """A round: for who runs it the reviewers and what they said; for the authors what a closed round opens to them."""
    found = _round(request, slug, number)
    return _show(request, found)


def _show(request: HttpRequest, found: ReviewRound, status: int = 200, **forms: Any) -> HttpResponse:
    shown = shown_round(found, request.user)
    reply = forms.get("reply")
    answers = {}
    if shown.may_reply:
        for review in shown.reviews:
            for point in review.points:
                initial = {"reply": point.reply, "seen": point.reply}
                is_sent = reply is not None and forms.get("point") == point.pk
                answers[point.pk] = reply if is_sent else ReplyForm(initial=initial, auto_id=f"id_point_{point.pk}_%s")
    reviews = [
        (review, [(point, answers.get(point.pk), point.pk == forms.get("point")) for point in review.points])
        for review in shown.reviews
    ]
    context = {
        "brief": found.brief,
        "round": found,
        "shown": shown,
        "reviews": reviews,
        "invite_form": forms.get("invite") or InviteForm(initial={"language": found.brief.language}),
        "close_form": forms.get("close") or CloseReviewForm(),
        "failed": [form for form in (forms.get("invite"), forms.get("close"), reply) if form is not None],
    }
    return render(request, "briefs/review_round.html", context, status=status)


@require_POST
@login_required
def review_invite(request: HttpRequest, slug: str, number: int) -> HttpResponse:
    """Invite somebody to a round."""
    found = _run(request, slug, number)
    form = InviteForm(request.POST)
    if form.is_valid():
        try:
            reviewer = invite_reviewer(review_round=found, by=request.user, invited=Invited(**form.cleaned_data))
        except Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, _("%(name)s is invited. The message is on its way.") % {"name": reviewer.full_name})
            return redirect(found)
    return _show(request, found, status=400, invite=form)


def _run(request: HttpRequest, slug: str, number: int) -> ReviewRound:
    """A round that the person runs."""
    found = _round(request, slug, number)
    if not runs_round(request.user, found):
        raise PermissionDenied(_("Only who runs this round invites, reminds and decides."))
    return found


@require_POST
@login_required
def review_close(request: HttpRequest, slug: str, number: int) -> HttpResponse:
    """Close a round with a decision."""
    found = _run(request, slug, number)
    form = CloseReviewForm(request.POST)
    if form.is_valid():
        try:
            close_review(review_round=found, by=request.user, **form.cleaned_data)
        except Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, _("The round is closed. The authors are being told."))
            return redirect(found)
    return _show(request, found, status=400, close=form)


@require_POST
@login_required
def reviewer_act(request: HttpRequest, slug: str, number: int, pk: int, act: str) -> HttpResponse:
    """Send an invitation again, or withdraw it."""
    found = _run(request, slug, number)
    reviewer = get_object_or_404(found.reviewers, pk=whole_number(str(pk)))
    reviewer.round = found
    verbs: dict[str, tuple[Callable[..., Any], str]] = {
        "again": (send_again, _("A new invitation is on its way to %(name)s; earlier links do not work any more.")),
        "revoke": (revoke_reviewer, _("The invitation of %(name)s is withdrawn; the link does not work any more.")),
    }
    verb, done = verbs[act]
    told(request, lambda: verb(reviewer=reviewer, by=request.user), done % {"name": reviewer.full_name})
    return redirect(found)


@require_POST
@login_required
def review_reply(request: HttpRequest, slug: str, number: int, pk: int) -> HttpResponse:
    """The authors' answer to one point."""
    found = _round(request, slug, number)
    require(request.user, "briefs.reply_to_review", found.brief)
    point = get_object_or_404(ReviewPoint.objects.filter(reviewer__round=found), pk=whole_number(str(pk)))
    point.reviewer.round = found
    own = organizations_of(request.user)
    agency = next(row for row in found.brief.agencies.all() if row.organization_id in own)
    form = ReplyForm(request.POST, auto_id=f"id_point_{point.pk}_%s")
    if form.is_valid():
        try:
            answer_point(point=point, by=request.user, on_behalf_of=agency.organization, **form.cleaned_data)
        except Refused as refusal:
            form.add_error(None, str(refusal))
            present = ReviewPoint.objects.get(pk=point.pk).reply
            # Both answers are on the page then: a second save is a decision made with both before one's eyes.
            form.data = {**form.data.dict(), "seen": present}  # type: ignore[attr-defined]
        else:
            messages.success(request, _("The answer is saved."))
            return redirect(f"{found.get_absolute_url()}#point-{point.pk}")
    return _show(request, found, status=400, reply=form, point=point.pk)
