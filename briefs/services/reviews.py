"""Rounds of review, from the editors' side and the authors': open, invite, send again, withdraw, close, answer."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from briefs import messages
from briefs.enums import ReviewDecision, ReviewerState, ReviewRoundState
from briefs.models import Brief, Reviewer, ReviewPoint, ReviewRound
from briefs.rules import reviews_as_author
from briefs.selectors import brief_content, text_hash
from common.access import Refused, require
from directory.models import Organization, SingleUseLink, User
from directory.services.links import make_link, withdraw_links
from directory.services.state import change_state, locked, record_start, refuse_if_changed

PURPOSE = "briefs.review"
AFTER_DUE = timedelta(days=60)  # a link works a while longer than the review is due: late ones are taken until the round closes
BETWEEN_MESSAGES = timedelta(minutes=5)
USUAL_TIME = timedelta(days=21)
LONGEST_ROUND = timedelta(days=365)


@dataclass(frozen=True)
class Invited:
    """Somebody to invite: a user, or a name and address from outside."""

    user: User | None = None
    name: str = ""
    address: str = ""
    language: str = "en"
    affiliation: str = ""


def _require_editor(by: Any, found: ReviewRound) -> None:
    """Whoever opened a round with open names runs it; one with anonymous reviewers is run by secretariat staff alone."""
    require(by, "briefs.edit_reviews" if found.is_anonymous else "briefs.open_review", found.brief)


@transaction.atomic
def open_review(
    *,
    brief: Brief,
    by: Any,
    due_at: datetime,
    is_anonymous: bool,
    questions: Sequence[str] = (),
    invitation: str = "",
    again: Sequence[Reviewer] = (),
) -> ReviewRound:
    """Open a round of review on the text as it stands, frozen for its reviewers.

    Args:
        again: reviewers of earlier rounds of this brief who are invited once more.
    """
    brief = locked(brief)
    require(by, "briefs.edit_reviews" if is_anonymous else "briefs.open_review", brief)
    if not brief.is_open:
        raise Refused(_("A published brief is not reviewed. Open it for a new edition first."))
    last = brief.review_rounds.first()
    if last and last.is_open:
        raise Refused(_("This brief has an open round of review. Close it first."))
    if not any(section.body for section in brief.sections.all()):
        raise Refused(_("There is no text to review yet: its sections are empty."))
    now = timezone.now()
    if due_at <= now:
        raise Refused(_("The day by which reviews are due is over: choose a later one."))
    if due_at > now + LONGEST_ROUND:
        raise Refused(_("Reviews would be due in more than a year: choose an earlier day."))
    found = ReviewRound.objects.create(
        brief=brief,
        number=last.number + 1 if last else 1,
        is_anonymous=is_anonymous,
        invitation=invitation.strip(),
        questions=[question.strip() for question in questions if question.strip()],
        due_at=due_at,
        content=brief_content(brief),
        sha256=text_hash(brief),
        opened_by=by,
        opened_at=now,
    )
    record_start(found, by=by)
    for earlier in again:
        _invite(found, by, _as_before(earlier))
    return found


def _as_before(reviewer: Reviewer) -> Invited:
    return Invited(reviewer.user, reviewer.name, reviewer.address, reviewer.language, reviewer.affiliation)


@transaction.atomic
def invite_reviewer(*, review_round: ReviewRound, by: Any, invited: Invited) -> Reviewer:
    """Invite a user, or somebody from outside by a link that works once."""
    found = _locked_round(review_round)
    _require_editor(by, found)
    _refuse_closed(found)
    return _invite(found, by, invited)


def _locked_round(review_round: ReviewRound) -> ReviewRound:
    brief = locked(review_round.brief)  # the brief first, always
    found = locked(review_round)
    found.brief = brief
    return found


def _refuse_closed(found: ReviewRound) -> None:
    if not found.is_open:
        raise Refused(_("This round of review is closed. Open the next one."))


def _invite(found: ReviewRound, by: Any, invited: Invited) -> Reviewer:
    address = invited.address.strip().lower()
    user = invited.user or User.objects.filter(email__iexact=address, is_active=True).first()
    if user and reviews_as_author(user, found.brief):
        raise Refused(
            _("%(name)s serves in an agency that writes this brief, and nobody reviews their own text.")
            % {"name": user.full_name}
        )
    doubled = found.reviewers.filter(user=user) if user else found.reviewers.filter(address=address)
    if doubled.exists():
        raise Refused(_("%(name)s is invited to this round already.") % {"name": user.full_name if user else invited.name})
    reviewer = Reviewer.objects.create(
        round=found,
        user=user,
        name="" if user else invited.name.strip(),
        address="" if user else address,
        language=user.language if user else invited.language,
        affiliation=invited.affiliation.strip(),
    )
    record_start(reviewer, by=by)
    _send_invitation(reviewer)
    return reviewer


def _send_invitation(reviewer: Reviewer) -> SingleUseLink | None:
    if reviewer.user:
        messages.review_invited(reviewer)
        return None
    link = link_for(reviewer)
    messages.review_invited_by_link(reviewer, link)
    return link


def link_for(reviewer: Reviewer) -> SingleUseLink:
    """Write a link that opens one browser session for this review and nothing else."""
    lifetime = max(reviewer.round.due_at - timezone.now(), timedelta()) + AFTER_DUE
    return make_link(purpose=PURPOSE, subject=reviewer.pk, address=reviewer.address, lifetime=lifetime)


@transaction.atomic
def send_again(*, reviewer: Reviewer, by: Any) -> Reviewer:
    """Invite again: a new link, or a new message. Earlier links and the session that they opened are void."""
    found = _locked_round(reviewer.round)
    _require_editor(by, found)
    _refuse_closed(found)
    reviewer = _locked_reviewer(reviewer, found)
    if reviewer.state == ReviewerState.SUBMITTED:
        raise Refused(_("This review was handed in already."))
    _refuse_haste(reviewer)
    if reviewer.state != ReviewerState.INVITED:
        reviewer.decline_reason = ""
        change_state(reviewer, to=ReviewerState.INVITED, by=by, also=["decline_reason"])
    _renew_link(reviewer)
    return reviewer


def _locked_reviewer(reviewer: Reviewer, found: ReviewRound) -> Reviewer:
    reviewer = locked(reviewer)
    reviewer.round = found
    return reviewer


def _refuse_haste(reviewer: Reviewer) -> None:
    if timezone.now() < reviewer.invited_at + BETWEEN_MESSAGES:
        raise Refused(_("The last message left less than five minutes ago. Give it time to arrive, then try again."))


def _renew_link(reviewer: Reviewer) -> None:
    withdraw_links(purpose=PURPOSE, subject=reviewer.pk)
    reviewer.session_link, reviewer.invited_at = None, timezone.now()
    reviewer.save(update_fields=["session_link", "invited_at"])
    _send_invitation(reviewer)


@transaction.atomic
def ask_for_new_link(*, reviewer: Reviewer) -> None:
    """Send a new link to the address on record, for whoever holds an earlier one that was used."""
    found = _locked_round(reviewer.round)
    reviewer = _locked_reviewer(reviewer, found)
    if not reviewer.is_outsider or reviewer.state == ReviewerState.REVOKED:
        raise Refused(_("This invitation was withdrawn. Ask who wrote to you."))
    _refuse_closed(found)
    _refuse_haste(reviewer)
    _renew_link(reviewer)


@transaction.atomic
def revoke_reviewer(*, reviewer: Reviewer, by: Any) -> Reviewer:
    """Withdraw an invitation: links and sessions are void at once. A review that was handed in stays."""
    found = _locked_round(reviewer.round)
    _require_editor(by, found)
    _refuse_closed(found)
    reviewer = _locked_reviewer(reviewer, found)
    if reviewer.state != ReviewerState.INVITED:
        raise Refused(_("There is no open invitation to withdraw. Load the page again."))
    withdraw_links(purpose=PURPOSE, subject=reviewer.pk)
    reviewer.session_link = None
    change_state(reviewer, to=ReviewerState.REVOKED, by=by, also=["session_link"])
    return reviewer


@transaction.atomic
def close_review(*, review_round: ReviewRound, by: Any, decision: str, letter: str = "") -> ReviewRound:
    """Close a round with a decision: from now on the authors read the reviews and answer them point by point."""
    found = _locked_round(review_round)
    _require_editor(by, found)
    if not found.is_open:
        raise Refused(_("This round of review is closed already. Load the page again."))
    if decision not in ReviewDecision:
        raise Refused(_("Say what you decide."))
    found.decision, found.letter, found.closed_at = decision, letter.strip(), timezone.now()
    change_state(found, to=ReviewRoundState.CLOSED, by=by, also=["decision", "letter", "closed_at"])
    for reviewer in found.reviewers.filter(user=None):
        withdraw_links(purpose=PURPOSE, subject=reviewer.pk)
    messages.review_closed(found)
    return found


@transaction.atomic
def answer_point(*, point: ReviewPoint, by: Any, on_behalf_of: Organization, seen: str, reply: str) -> ReviewPoint:
    """Answer one point of a review for the authors; `seen` is the answer that stood there when the page was opened."""
    found = _locked_round(point.reviewer.round)
    require(by, "briefs.reply_to_review", found.brief)
    if found.is_open:
        raise Refused(_("The reviews are still coming in. The authors answer when the round is closed."))
    if found.brief.review_rounds.filter(number__gt=found.number).exists():
        raise Refused(_("The next round has begun: the answers to this one stand as its reviewers read them."))
    if not found.brief.agencies.filter(organization=on_behalf_of).exists():
        raise Refused(_("%(agency)s is not a co-author of this brief.") % {"agency": on_behalf_of})
    point = ReviewPoint.objects.select_for_update(of=("self",)).get(pk=point.pk)
    refusal = _("Somebody else has answered this point meanwhile. Read their answer, then change it if you must.")
    refuse_if_changed(seen=seen.replace("\r\n", "\n").strip(), present=point.reply, refusal=refusal)
    reply = reply.replace("\r\n", "\n").strip()
    if not reply:
        raise Refused(_("Write what you changed, or why you did not."))
    point.reply, point.replied_by, point.replied_for, point.replied_at = reply, by, on_behalf_of, timezone.now()
    point.save(update_fields=["reply", "replied_by", "replied_for", "replied_at"])
    return point
