"""A review, from the reviewer's side: come in by a link, write, keep for later, hand in, decline; and the clock's reminders."""

import re
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from briefs import messages
from briefs.enums import ReviewDecision, ReviewerState, ReviewRoundState
from briefs.models import Reviewer, ReviewPoint, ReviewRound
from briefs.services.reviews import PURPOSE, link_for
from common.access import Refused, require
from directory.enums import LinkProblem
from directory.models import SingleUseLink
from directory.services.links import LinkRefused, link_behind, use_link
from directory.services.state import change_state, locked

REMIND_BEFORE = timedelta(days=3)


def reviewer_behind(*, token: str) -> tuple[Reviewer, SingleUseLink]:
    """The review behind a usable link, to show before anything is done; raises LinkRefused."""
    try:
        link = link_behind(token=token, purpose=PURPOSE)
    except LinkRefused as refusal:
        raise _closed(refusal) from refusal
    return _of_link(link), link


def _closed(refusal: LinkRefused) -> LinkRefused:
    """The same refusal; of a link to a round that is closed by now it says so instead of what became of the link."""
    link = refusal.link
    rounds = ReviewRound.objects.filter(state=ReviewRoundState.CLOSED, reviewers__pk=link.subject) if link else None
    if rounds is None or not rounds.exists():
        return refusal
    words = _("This round of review is closed; its links do not work any more. Thank you for your time.")
    return LinkRefused(refusal.problem, link, words)


def _of_link(link: SingleUseLink) -> Reviewer:
    reviewer = Reviewer.objects.select_related("round__brief").filter(pk=link.subject, address__iexact=link.address).first()
    if reviewer is None:
        raise LinkRefused(LinkProblem.WITHDRAWN, link)
    return reviewer


def reviewer_of_used_link(link: SingleUseLink) -> Reviewer | None:
    """The outsider whose link was used before and who may ask for another."""
    return (
        Reviewer.objects.select_related("round__brief")
        .filter(pk=link.subject, address__iexact=link.address, round__state=ReviewRoundState.OPEN)
        .exclude(state=ReviewerState.REVOKED)
        .first()
    )


@transaction.atomic
def come_in_by_link(*, token: str) -> Reviewer:
    """Use a link up: the browser session that is opened now is let into this review, and an earlier one is not any more.

    Raises:
        LinkRefused: the link does not work (any more). Of two uses at once the second finds it used.
    """
    # The review first, then its link, as whoever sends or withdraws a link locks them: no two wait in a circle.
    reviewer = locked(reviewer_behind(token=token)[0])
    try:
        reviewer.session_link = use_link(token=token, purpose=PURPOSE).pk
    except LinkRefused as refusal:
        raise _closed(refusal) from refusal
    reviewer.save(update_fields=["session_link"])
    return reviewer


def reviewer_in_session(*, pk: int, link: UUID | str | None) -> Reviewer | None:
    """The outsider whom a session lets in; None once the invitation was withdrawn or a newer link sent or used."""
    if not link:
        return None
    rows = Reviewer.objects.select_related("round__brief").filter(user=None, session_link=link)
    return rows.exclude(state=ReviewerState.REVOKED).filter(pk=pk).first()


def _open_review(reviewer: Reviewer, by: Any) -> Reviewer:
    """The locked row of a review that can still be written. `by` is None for an outsider, whose session the view has checked."""
    found = locked(reviewer.round)
    reviewer = locked(reviewer)
    reviewer.round = found
    if by is not None:
        require(by, "briefs.write_review", reviewer)
    elif not reviewer.is_outsider:
        raise Refused(_("Sign in to write this review."))
    if not found.is_open:
        raise Refused(_("This round of review is closed. Thank you; the editors have gone on without your review."))
    if reviewer.state != ReviewerState.INVITED:
        raise Refused(_("This review is “%(state)s” already. Load the page again.") % {"state": reviewer.get_state_display()})
    return reviewer


@transaction.atomic
def keep_review(*, reviewer: Reviewer, by: Any, written: dict[str, Any]) -> Reviewer:
    """Keep what was written so far; nobody but the reviewer reads it."""
    reviewer = _open_review(reviewer, by)
    reviewer.draft = written
    reviewer.save(update_fields=["draft"])
    return reviewer


@transaction.atomic
def submit_review(
    *, reviewer: Reviewer, by: Any, answers: list[str], decision: str, to_authors: str, to_editors: str = ""
) -> Reviewer:
    """Hand a review in. Its answers and each paragraph for the authors become points that the authors answer.

    Args:
        answers: one for each question of the round, in their order; empty for a question that was left open.
        to_editors: what no author ever reads.
    """
    reviewer = _open_review(reviewer, by)
    if decision not in ReviewDecision:
        raise Refused(_("Say what you recommend."))
    questions = reviewer.round.questions
    answers = [answer.strip() for answer in answers]
    answered = [(question, answer) for question, answer in zip(questions, answers, strict=False) if answer]
    points = [*answered, *(("", words) for words in paragraphs(to_authors))]
    if not points:
        raise Refused(
            _("Answer a question or write something to the authors: they learn from what you say, not from the verdict.")
        )
    ReviewPoint.objects.bulk_create(
        ReviewPoint(reviewer=reviewer, position=place, question=question, text=text)
        for place, (question, text) in enumerate(points, 1)
    )
    reviewer.decision, reviewer.to_editors, reviewer.answered_at = decision, to_editors.strip(), timezone.now()
    reviewer.draft = {}
    also = ["decision", "to_editors", "answered_at", "draft"]
    change_state(reviewer, to=ReviewerState.SUBMITTED, by=by, also=also)
    messages.review_submitted(reviewer)
    return reviewer


def paragraphs(text: str) -> list[str]:
    """The paragraphs of a text: what a blank line parts."""
    return [part.strip() for part in re.split(r"\n\s*\n", text.replace("\r\n", "\n")) if part.strip()]


@transaction.atomic
def decline_review(*, reviewer: Reviewer, by: Any, reason: str) -> Reviewer:
    """Decline an invitation, with a reason that the editors read."""
    reviewer = _open_review(reviewer, by)
    reason = reason.strip()
    if not reason:
        raise Refused(_("Say why, in a word or two: the editors then know whom to ask instead."))
    reviewer.decline_reason = reason
    change_state(reviewer, to=ReviewerState.DECLINED, by=by, reason=reason, also=["decline_reason"])
    messages.review_declined(reviewer)
    return reviewer


def remind_reviewers() -> int:
    """Remind reviewers three days before their review is due, and once when it is overdue. Returns how many were written to."""
    now = timezone.now()
    waiting = Reviewer.objects.waiting()
    soon = waiting.filter(reminded_at=None, round__due_at__gt=now, round__due_at__lte=now + REMIND_BEFORE)
    late = waiting.filter(overdue_told_at=None, round__due_at__lte=now)
    told = sum(_remind(pk, "reminded_at") for pk in soon.values_list("pk", flat=True))
    return told + sum(_remind(pk, "overdue_told_at") for pk in late.values_list("pk", flat=True))


@transaction.atomic
def _remind(pk: int, field: str) -> bool:
    """Write to one reviewer; the conditional update is the claim, so that of two workers one does it."""
    claimed = Reviewer.objects.filter(pk=pk, state=ReviewerState.INVITED, **{f"{field}__isnull": True}).update(
        **{field: timezone.now()}
    )
    if not claimed:
        return False
    reviewer = Reviewer.objects.select_related("round__brief__series", "user").get(pk=pk)
    if reviewer.invited_at > reviewer.round.due_at - REMIND_BEFORE and field == "reminded_at":
        return False  # the invitation itself has just said so
    is_late = field == "overdue_told_at"
    if reviewer.user:
        messages.review_reminder(reviewer, is_late=is_late)
    else:
        messages.review_reminder_by_link(reviewer, link_for(reviewer), is_late=is_late)
    return True
