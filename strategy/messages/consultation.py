"""Messages of the strategy app. None carries an agency's text: they say what happened and where to read on."""

from collections.abc import Collection
from datetime import datetime
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from directory.enums import Role
from directory.models import Membership, User
from notifications.kinds import Kind, in_all_languages, link, moment, register
from notifications.models import Notification
from notifications.selectors.reach import serves_an_organization, serves_as_drafter, takes_part_in_consultations
from notifications.services import notify
from strategy.enums import CommentState
from strategy.messages.parts import closing, focal_points, still_serves_the_agency
from strategy.models import Comment, ConsultationRound, Position, Strategy
from strategy.selectors.addresses import query_of


def _still_waits(notification: Notification) -> bool:
    """The recipient still serves the agency and nobody has decided on the comment meanwhile."""
    waiting = Comment.objects.filter(pk=notification.context["comment_id"], state=CommentState.DRAFT)
    return still_serves_the_agency(notification) and waiting.exists()


WAITS = register(
    Kind(
        "strategy.comment_waits_for_clearance",
        subject=_("A comment of %(agency)s waits for your clearance"),
        label=_("A comment waits for your clearance"),
        may_reach=serves_an_organization,
        attachments=closing,
        action=_("Read and clear"),
        confidential=True,
        is_visible=_still_waits,
    )
)
RECEIPT = register(
    Kind(
        "strategy.position_receipt",
        subject=_("Received: the position of %(agency)s on %(strategy)s"),
        label=_("Receipt for a position of your agency"),
        required=True,
        may_reach=serves_an_organization,
        action=_("Read the position"),
        is_visible=still_serves_the_agency,
    )
)
SUBMITTED = register(
    Kind(
        "strategy.position_submitted",
        subject=_("%(agency)s has submitted its position on %(strategy)s"),
        label=_("An agency has submitted its position"),
        may_reach=serves_as_drafter,
        action=_("Answer the comments"),
    )
)
WITHDRAWN = register(
    Kind(
        "strategy.position_withdrawn",
        subject=_("%(agency)s has withdrawn its position on %(strategy)s"),
        label=_("A position was withdrawn"),
        may_reach=takes_part_in_consultations,
        action=_("Open the consultation"),
    )
)
RELEASED = register(
    Kind(
        "strategy.disposition_released",
        subject=_("The comments of %(agency)s on %(strategy)s are answered"),
        label=_("Comments of your agency are answered"),
        may_reach=serves_an_organization,
        action=_("Read the answers"),
        is_visible=still_serves_the_agency,
    )
)


def _drafters(strategy: Strategy) -> QuerySet[User]:
    return Membership.objects.of_secretariat(Role.DRAFTER, strategy).people()


def _context(owned: Comment | Position, consultation: ConsultationRound) -> dict[str, Any]:
    draft = consultation.draft
    return {
        "agency": str(owned.organization),
        "organization_id": owned.organization_id,
        "strategy": in_all_languages(draft.strategy, "title"),
        "draft": in_all_languages(draft, "label"),
        "closes_at": moment(consultation.closes_at, consultation.time_zone),
    }


def comment_waits_for_clearance(comment: Comment) -> None:
    """Tell the agency's focal points, once for each comment; a focal point who wrote it knows."""
    assert comment.organization is not None
    told = focal_points(comment.organization)
    if comment.author in told:
        return
    notify(
        kind=WAITS,
        to=told,
        cause=f"comment {comment.pk} written",
        context={
            **_context(comment, comment.round),
            "comment_id": comment.pk,
            "round_id": comment.round_id,
            "link": link(
                "strategy:position",
                comment.round.draft.strategy.slug,
                fragment=f"{query_of(comment.round, comment.organization)}#c{comment.pk}",
            ),
        },
    )


def position_submitted(position: Position, *, comments: int) -> None:
    """A receipt for the agency's focal points, and word to the drafters."""
    change = position.state_changes.latest("pk")
    strategy = position.round.draft.strategy
    context = {
        **_context(position, position.round),
        "comments": comments,
        "submitted_at": moment(change.at, position.round.time_zone),
    }
    notify(
        kind=RECEIPT,
        to=focal_points(position.organization),
        cause=f"position {position.pk} change {change.pk}",
        context={
            **context,
            "sha256": position.sha256,
            "by": str(position.cleared_by),
            "link": link("strategy:position", strategy.slug, fragment=query_of(position.round, position.organization)),
        },
    )
    notify(
        kind=SUBMITTED,
        to=_drafters(strategy),
        cause=f"position {position.pk} change {change.pk}",
        context={**context, "link": link("strategy:answers", strategy.slug, fragment=query_of(position.round))},
    )


def position_withdrawn(position: Position) -> None:
    """Tell the agency's focal points and the drafters, who lose sight of its comments."""
    change = position.state_changes.latest("pk")
    strategy = position.round.draft.strategy
    notify(
        kind=WITHDRAWN,
        to=[*focal_points(position.organization), *_drafters(strategy)],
        cause=f"position {position.pk} change {change.pk}",
        context={**_context(position, position.round), "link": link("strategy:overview", strategy.slug)},
    )


def disposition_released(position: Position, *, comments: Collection[Comment], at: datetime) -> None:
    """Tell the authors of the answered comments and the agency's focal points: one message for each person."""
    people = {comment.author_id: comment.author for comment in comments}
    people |= {person.pk: person for person in focal_points(position.organization)}
    strategy = position.round.draft.strategy
    notify(
        kind=RELEASED,
        to=[person for person in people.values() if person.is_active],
        cause=f"position {position.pk} answered {at.isoformat()}",
        context={
            **_context(position, position.round),
            "answers": len(comments),
            "link": link("strategy:position", strategy.slug, fragment=query_of(position.round, position.organization)),
        },
    )
