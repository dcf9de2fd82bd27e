"""A review, for who was asked for it: on the portal, or by a link that works once."""

from datetime import UTC, datetime, timedelta
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from briefs.forms import ReviewForm
from briefs.models import Reviewer
from briefs.selectors.reviews import earlier_reviews
from briefs.services import ask_for_new_link, come_in_by_link, decline_review, keep_review, submit_review
from briefs.services.reviewing import reviewer_behind, reviewer_in_session, reviewer_of_used_link
from briefs.views.reading import reading_of
from common.access import Refused
from common.forms import ReasonForm
from common.numbers import whole_number
from directory.enums import LinkProblem
from directory.services.links import LinkRefused
from directory.views.links import link_refused

get_and_post = require_http_methods(["GET", "HEAD", "POST"])
LASTS = timedelta(days=30)  # how long one browser is let in after a link was used


@never_cache
@get_and_post
def review_by_link(request: HttpRequest, token: str) -> HttpResponse:
    """Behind the link: opening the page does nothing – mail scanners do that –, the button uses the link up."""
    request.shows_messages = True  # type: ignore[attr-defined]
    try:
        if request.method == "POST":
            reviewer = come_in_by_link(token=token)
            request.session.cycle_key()
            request.session[_key(reviewer.pk)] = {"link": str(reviewer.session_link), "since": timezone.now().isoformat()}
            return redirect(reviewer)
        reviewer, link = reviewer_behind(token=token)
    except LinkRefused as refusal:
        return _used(request, refusal)
    return render(request, "briefs/review_link.html", {"reviewer": reviewer, "round": reviewer.round, "link": link})


def _key(pk: int) -> str:
    return f"briefs.review.{pk}"


def _used(request: HttpRequest, refusal: LinkRefused) -> HttpResponse:
    """Who comes again with a used link goes on in the same browser, or has a new link sent to the address on record."""
    reviewer = None
    if refusal.link and refusal.problem in {LinkProblem.USED, LinkProblem.EXPIRED}:
        reviewer = reviewer_of_used_link(refusal.link)
    if reviewer is None:
        return link_refused(request, refusal)
    if _guest(request, reviewer.pk):
        return redirect(reviewer)
    if request.method == "POST" and request.POST.get("act") == "new-link":
        try:
            ask_for_new_link(reviewer=reviewer)
        except Refused as refused:
            messages.error(request, str(refused))
        else:
            messages.success(request, _("A new link is on its way to the address to which this one was sent."))
    return render(request, "briefs/review_link_used.html", {"words": str(refusal)}, status=410)


def _guest(request: HttpRequest, pk: int) -> Reviewer | None:
    """The outsider whom this browser's session lets in."""
    entry = request.session.get(_key(pk))
    if not entry or datetime.fromisoformat(entry["since"]).astimezone(UTC) < timezone.now() - LASTS:
        return None
    return reviewer_in_session(pk=pk, link=entry["link"])


def _reviewer(request: HttpRequest, pk: int) -> tuple[Reviewer, Any]:
    """One's own review, and by whom it is written: the user, or None for an outsider whose session was checked."""
    request.shows_messages = True  # type: ignore[attr-defined] # the page of an outsider, too, is kept by no cache
    key = whole_number(str(pk)) or 0
    own = Reviewer.objects.visible_to(request.user).filter(pk=key, user=request.user.pk or 0)
    found = own.exclude(state="revoked").select_related("round__brief__series", "user").first()
    if found:
        return found, request.user
    guest = _guest(request, pk)
    if guest is None:
        raise Http404
    return guest, None


@never_cache
@get_and_post
def review(request: HttpRequest, pk: int) -> HttpResponse:
    """The text under review as it was frozen, and the review: kept for later, or handed in."""
    reviewer, by = _reviewer(request, pk)
    keeps = request.POST.get("act") == "keep"
    form = ReviewForm(request.POST or None, reviewer=reviewer, keeping=keeps)
    if request.method == "POST" and form.is_valid():
        try:
            if keeps:
                keep_review(reviewer=reviewer, by=by, written=form.written())
                messages.success(request, _("Kept. Nobody else can read it until you hand it in."))
            else:
                submit_review(reviewer=reviewer, by=by, **form.written())
                messages.success(request, _("Thank you. Your review was handed in."))
        except Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            return redirect(reviewer)
    found = reviewer.round
    context = {
        **reading_of(found.content),
        "reviewer": reviewer,
        "round": found,
        "form": form,
        "earlier": earlier_reviews(reviewer),
        "points": list(reviewer.points.all()),
    }
    return render(request, "briefs/review.html", context, status=400 if form.errors else 200)


@never_cache
@get_and_post
def review_decline(request: HttpRequest, pk: int) -> HttpResponse:
    """Decline with a reason."""
    reviewer, by = _reviewer(request, pk)
    form = ReasonForm(request.POST or None, readers=_("The editors read the reason; the authors do not."))
    if request.method == "POST" and form.is_valid():
        try:
            decline_review(reviewer=reviewer, by=by, reason=form.cleaned_data["reason"])
        except Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, _("You have declined. Thank you for saying so."))
            return redirect(reviewer)
    context = {"reviewer": reviewer, "round": reviewer.round, "form": form}
    return render(request, "briefs/review_decline.html", context, status=400 if form.errors else 200)
