"""An agency's position in a round: its beginning, submission and withdrawal.

Locks are always taken in this order: the round, the position, its comments by primary key. Whoever submits, withdraws,
clears or closes at the same moment therefore waits for the other, and the clock is read after the wait. Whoever writes begins
with the position.
"""

from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from common.access import Refused, require
from directory.models import Organization
from directory.page_versions import bump
from directory.services.state import change_state, locked, record_start, refuse_if_changed
from strategy.enums import CommentState, PositionState, RoundKind, RoundState, Visibility, no_further_than
from strategy.messages import consultation as messages
from strategy.models import Comment, ConsultationRound, Disposition, LateAdmission, Position
from strategy.selectors.clock import on_the_clock


def locked_position(*, consultation: ConsultationRound, organization: Organization, by: Any) -> Position:
    """Return the agency's position in the round, begun if need be, its row locked. Asks nobody's right: callers do."""
    position, begun = Position.objects.get_or_create(round=consultation, organization=organization)
    position = locked(position)
    if begun:
        record_start(position, by=by, on_behalf_of=organization)
    position.round, position.organization = consultation, organization
    return position


def require_for(user: Any, permission: str, consultation: ConsultationRound, organization: Organization) -> None:
    """Ask a right on the agency's position in the round before any row is made for it."""
    require(user, permission, Position(round=consultation, organization=organization))


def refuse_unless_open(consultation: ConsultationRound, organization: Organization | None = None) -> None:
    """Refuse, saying when, what comes before the round opens or at or after its close, or is no round for comments.

    Args:
        organization: who asks; after the close one that the secretariat has admitted late goes on until its moment.
    """
    if consultation.kind != RoundKind.COMMENTS:
        raise Refused(
            _("This round is not for comments (%(kind)s). Write to the secretariat if you need to comment.")
            % {"kind": consultation.get_kind_display()}
        )
    if consultation.state == RoundState.CANCELLED:
        raise Refused(_("This round is cancelled: it takes no comments. Write to the secretariat if you have a question."))
    if consultation.state == RoundState.PAUSED:
        raise Refused(
            _(
                "This round is paused: for now nothing is added, changed, submitted or withdrawn. "
                "You can go on where you stopped as soon as the secretariat resumes it."
            )
        )
    if consultation.state == RoundState.UPCOMING:
        raise Refused(
            _("This round opens on %(moment)s. Come back then: comments can be written from that hour on.")
            % {"moment": on_the_clock(consultation, consultation.opens_at)}
        )
    refuse_if_stopped(consultation)
    if consultation.state == RoundState.CLOSED:
        late = LateAdmission.objects.filter(round=consultation, organization=organization).first() if organization else None
        if late and timezone.now() < late.until:
            return
        if late:
            raise Refused(
                _(
                    "The time that the secretariat gave %(agency)s after the close ended on %(moment)s. "
                    "If something is missing, write to the secretariat."
                )
                % {"agency": organization, "moment": on_the_clock(consultation, late.until)}
            )
        raise Refused(
            _(
                "This round closed on %(moment)s. After the close nothing is added, changed, submitted or withdrawn. "
                "If something is missing, write to the secretariat: the next draft opens a new round."
            )
            % {"moment": on_the_clock(consultation, consultation.closes_at)}
        )


def refuse_if_stopped(consultation: ConsultationRound) -> None:
    """Refuse an answer to a round, of whatever kind, that the secretariat has paused or cancelled."""
    if consultation.state == RoundState.PAUSED:
        raise Refused(_("This round is paused. Your agency is told when it goes on; the time that was left is kept."))
    if consultation.state == RoundState.CANCELLED:
        raise Refused(_("This round was cancelled, so it takes no answers. Its page says why."))


def refuse_if_submitted(position: Position) -> None:
    """Refuse what would change a position that has been submitted."""
    if position.is_submitted:
        raise Refused(
            _(
                "The position of %(agency)s is submitted, so its comments no longer change. "
                "To change it, its focal point withdraws it before the round closes."
            )
            % {"agency": position.organization}
        )


@transaction.atomic
def submit_position(*, consultation: ConsultationRound, by: Any, on_behalf_of: Organization, seen: str | None = None) -> Position:
    """Submit the agency's position: every cleared comment goes with it; none is a position too.

    What is not cleared stays inside the agency. Each comment travels as far as its agency wishes, and no further than the
    round lets it. Notifies the agency's focal points and the drafters.
    """
    consultation = locked(consultation, no_key=True)  # a colleague who writes refers to it
    require_for(by, "strategy.submit_position", consultation, on_behalf_of)
    position = locked_position(consultation=consultation, organization=on_behalf_of, by=by)
    if position.is_submitted:
        raise Refused(
            _("The position of %(agency)s was submitted already, by %(person)s. There is nothing more to do.")
            % {"agency": on_behalf_of, "person": position.cleared_by}
        )
    refuse_unless_open(consultation, on_behalf_of)
    own = Comment.objects.select_for_update(of=("self",)).filter(round=consultation, organization=on_behalf_of)
    cleared = list(own.filter(state=CommentState.CLEARED).order_by("pk"))
    refusal = _("The comments of your agency changed after you opened this page. Look at them again, then submit.")
    refuse_if_changed(seen=seen, present=Position.hash_of(cleared), refusal=refusal)
    for comment in cleared:
        comment.visibility = no_further_than(consultation.sharing, comment.share_with)
        change_state(comment, to=CommentState.SUBMITTED, by=by, on_behalf_of=on_behalf_of, also=["visibility"])
    position.cleared_by = by
    position.submitted_at = timezone.now()
    position.is_late = position.submitted_at >= consultation.closes_at
    position.sha256 = Position.hash_of(cleared)
    change_state(
        position,
        to=PositionState.SUBMITTED,
        by=by,
        on_behalf_of=on_behalf_of,
        also=["cleared_by", "submitted_at", "sha256", "is_late"],
    )
    bump("strategy")
    messages.position_submitted(position, comments=len(cleared))
    return position


@transaction.atomic
def withdraw_position(*, consultation: ConsultationRound, by: Any, on_behalf_of: Organization, reason: str = "") -> Position:
    """Take a submitted position back before the close: its comments return into the agency, cleared.

    Raises:
        Refused: after the close, if nothing was submitted, or once an answer to it has been released.
    """
    consultation = locked(consultation, no_key=True)  # a colleague who writes refers to it
    require_for(by, "strategy.withdraw_position", consultation, on_behalf_of)
    position = locked_position(consultation=consultation, organization=on_behalf_of, by=by)
    if not position.is_submitted:
        raise Refused(
            _("%(agency)s has no submitted position in this round, so there is nothing to withdraw.") % {"agency": on_behalf_of}
        )
    refuse_unless_open(consultation, on_behalf_of)
    own = Comment.objects.select_for_update(of=("self",)).filter(round=consultation, organization=on_behalf_of)
    submitted = list(own.filter(state=CommentState.SUBMITTED).order_by("pk"))
    if Disposition.objects.filter(comment__in=submitted, released_at__isnull=False).exists():
        raise Refused(
            _(
                "The secretariat has answered comments of %(agency)s, so the position stands. "
                "Write to the secretariat if it must be corrected."
            )
            % {"agency": on_behalf_of}
        )
    for comment in submitted:
        comment.visibility = Visibility.INTERNAL
        change_state(comment, to=CommentState.CLEARED, by=by, on_behalf_of=on_behalf_of, also=["visibility"])
    change_state(position, to=PositionState.WITHDRAWN, by=by, on_behalf_of=on_behalf_of, reason=reason)
    bump("strategy")
    messages.position_withdrawn(position)
    return position
