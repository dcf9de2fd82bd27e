"""Reviews as each may see them: editors everything, authors what a closed round opens to them, reviewers their own."""

from dataclasses import dataclass, field
from typing import Any

from django.db.models import Count, Exists, OuterRef, Q
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from briefs.enums import BriefState, ReviewerState, ReviewRoundState
from briefs.models import Brief, Reviewer, ReviewPoint, ReviewRound
from briefs.models.reviews import ReviewRoundQuerySet
from common.access import may
from directory.desk import DeskItem
from directory.rules import organizations_of


@dataclass(frozen=True)
class ShownReview:
    """A review as one reader may see it.

    Args:
        label: the reviewer's name, or "Reviewer 2" for who may not know it.
        row: the reviewer, for who runs the round and nobody else.
    """

    number: int
    label: str
    detail: str
    state: str
    state_label: str
    recommendation: str = ""
    points: list[ReviewPoint] = field(default_factory=list)
    to_editors: str = ""
    decline_reason: str = ""
    row: Reviewer | None = None


@dataclass(frozen=True)
class ShownRound:
    """A round with its reviews, as one reader may see it."""

    round: ReviewRound
    is_editor: bool
    runs: bool
    reads: bool
    may_reply: bool
    reviews: list[ShownReview]

    @property
    def handed_in(self) -> int:
        return sum(review.state == ReviewerState.SUBMITTED for review in self.reviews)

    @property
    def unanswered(self) -> int:
        return sum(not point.reply for review in self.reviews for point in review.points)


def rounds_of(brief: Brief, user: Any) -> ReviewRoundQuerySet:
    """The rounds of a brief, newest first, with how many were invited and have answered."""
    asked = Count("reviewers", filter=~Q(reviewers__state=ReviewerState.REVOKED))
    return (
        ReviewRound.objects.visible_to(user)
        .filter(brief=brief)
        .defer("content")
        .annotate(asked=asked, handed_in=Count("reviewers", filter=Q(reviewers__state=ReviewerState.SUBMITTED)))
    )


def knows_names(user: Any, found: ReviewRound) -> bool:
    """Whether `user` may know who reviews in a round."""
    return not found.is_anonymous or may(user, "briefs.edit_reviews", found.brief)


def runs_round(user: Any, found: ReviewRound) -> bool:
    """Whether `user` invites, sends again and closes: whoever opens rounds, but of anonymous ones only the editors."""
    return may(user, "briefs.edit_reviews" if found.is_anonymous else "briefs.open_review", found.brief)


def shown_round(found: ReviewRound, user: Any) -> ShownRound:
    """A round of a brief that `user` helps to make, as they may see it."""
    is_editor = may(user, "briefs.edit_reviews", found.brief)
    runs, names = runs_round(user, found), knows_names(user, found)
    reads = runs or not found.is_open
    rows = found.reviewers.select_related("user").prefetch_related("points__replied_for", "points__replied_by").order_by("pk")
    reviews = []
    for number, row in enumerate(rows, 1):
        row.round = found
        is_in = row.state == ReviewerState.SUBMITTED
        if not names and not is_in and not found.is_open:
            continue  # who declined or was not heard concerns the editors
        reviews.append(
            ShownReview(
                number=number,
                label=row.full_name if names else _("Reviewer %(number)d") % {"number": number},
                detail=row.affiliation if names else "",
                state=row.state,
                state_label=row.get_state_display(),
                recommendation=row.get_decision_display() if is_in and reads else "",
                points=list(row.points.all()) if is_in and reads else [],
                to_editors=row.to_editors if is_editor else "",
                decline_reason=row.decline_reason if runs else "",
                row=row if runs else None,
            )
        )
    may_reply = not found.is_open and may(user, "briefs.reply_to_review", found.brief) and not _has_next(found)
    return ShownRound(found, is_editor, runs, reads, may_reply, reviews)


def _has_next(found: ReviewRound) -> bool:
    return ReviewRound.objects.filter(brief=found.brief_id, number__gt=found.number).exists()


def earlier_reviews(reviewer: Reviewer) -> list[Reviewer]:
    """The same person's reviews of earlier rounds, with the authors' answers, newest first."""
    same = Q(user=reviewer.user_id) if reviewer.user_id else Q(user=None, address__iexact=reviewer.address)
    rows = Reviewer.objects.filter(
        same, round__brief=reviewer.round.brief_id, round__number__lt=reviewer.round.number, state=ReviewerState.SUBMITTED
    )
    rows = rows.filter(round__state=ReviewRoundState.CLOSED).select_related("round").defer("round__content")
    return list(rows.prefetch_related("points__replied_for").order_by("-round__number"))


def reviewers_to_ask_again(brief: Brief, user: Any) -> list[Reviewer]:
    """Everybody of the last round who neither declined nor was withdrawn, as far as `user` may know them."""
    last = ReviewRound.objects.filter(brief=brief).order_by("-number").first()
    if last is None:
        return []
    rows = Reviewer.objects.visible_to(user).filter(round=last)
    if not runs_round(user, last):
        return []
    return list(rows.exclude(state__in=[ReviewerState.DECLINED, ReviewerState.REVOKED]).select_related("user").order_by("pk"))


def desk_of_reviewer(user: Any) -> list[DeskItem]:
    """The reviews that a person was asked for."""
    rows = Reviewer.objects.visible_to(user).waiting().filter(user=user).select_related("round__brief")
    rows = rows.defer("round__content")
    return [
        DeskItem(row.round.brief.title, gettext_lazy("Review"), row.get_absolute_url(), due=row.round.due_at, stays_due=True)
        for row in rows.order_by("pk")
    ]


def desk_of_rounds(user: Any) -> list[DeskItem]:
    """Rounds in which the editors can decide, and closed ones whose reviews the authors have not answered."""
    items = []
    rows = ReviewRound.objects.visible_to(user).select_related("brief").prefetch_related("brief__agencies").defer("content")
    waiting = Count("reviewers", filter=Q(reviewers__state=ReviewerState.INVITED))
    for found in rows.filter(state=ReviewRoundState.OPEN).annotate(waiting=waiting, asked=Count("reviewers")):
        if runs_round(user, found) and found.asked and (not found.waiting or found.is_overdue):
            note = ngettext("%(n)d review is missing", "%(n)d reviews are missing", found.waiting) % {"n": found.waiting}
            act = gettext_lazy("Close the round of review")
            items.append(DeskItem(found.brief.title, act, found.get_absolute_url(), note=note if found.waiting else ""))
    own = organizations_of(user)
    if own:
        open_points = ReviewPoint.objects.filter(
            reply="", reviewer__round__state=ReviewRoundState.CLOSED, reviewer__round__brief__agencies__organization__in=own
        ).values("reviewer__round")
        later = ReviewRound.objects.filter(brief=OuterRef("brief"), number__gt=OuterRef("number"))
        for closed in rows.filter(~Exists(later), pk__in=open_points, brief__state=BriefState.DRAFTING):
            items.append(DeskItem(closed.brief.title, gettext_lazy("Answer the reviewers"), closed.get_absolute_url()))
    return items
