"""Who is told of a reply, and of comments to answer. The words of a comment or reply are in none of these messages."""

from collections.abc import Collection
from datetime import datetime
from typing import Any

from django.utils.translation import gettext_lazy as _

from directory.models import Organization, User
from notifications.kinds import Kind, in_all_languages, link, register
from notifications.models import Notification
from notifications.selectors.reach import serves_an_organization, serves_as_drafter, takes_part_in_consultations
from notifications.services import notify
from strategy.enums import ReplyAudience
from strategy.messages.parts import focal_points
from strategy.models import Assignment, Comment, CommentReply, ConsultationRound
from strategy.rules import is_outside_the_system
from strategy.selectors.addresses import query_of


def _may_still_read(notification: Notification) -> bool:
    """Asked again before sending: a position may be withdrawn, and somebody may leave the agency, in the meantime."""
    return CommentReply.objects.visible_to(notification.recipient).filter(pk=notification.context["reply_id"]).exists()


def _is_still_theirs(notification: Notification) -> bool:
    """Some of the comments are still assigned to the drafter, who still serves the strategy."""
    mine = Assignment.objects.visible_to(notification.recipient).filter(drafter=notification.recipient)
    return mine.filter(comment__in=notification.context["comment_ids"]).exists()


def _takes_part(user: Any) -> bool:
    return takes_part_in_consultations(user) or is_outside_the_system(user)


INSIDE = register(
    Kind(
        "strategy.reply_inside_agency",
        subject=_("A colleague in %(agency)s has replied to comment no. %(number)s"),
        label=_("A reply to a comment inside your agency"),
        may_reach=serves_an_organization,
        action=_("Read the reply"),
        confidential=True,
        is_visible=_may_still_read,
    )
)
TO_READERS = register(
    Kind(
        "strategy.reply_to_readers",
        subject=_("%(speaker)s has replied to comment no. %(number)s on %(strategy)s"),
        label=_("A reply to a comment of yours or of your agency, or to one that you replied to"),
        may_reach=_takes_part,
        action=_("Read the reply"),
        is_visible=_may_still_read,
    )
)
ASSIGNED = register(
    Kind(
        "strategy.comments_assigned",
        subject=_("Comments on %(strategy)s are assigned to you"),
        label=_("Comments are assigned to you to answer"),
        may_reach=serves_as_drafter,
        action=_("Answer the comments"),
        is_visible=_is_still_theirs,
    )
)


def _participants(reply: CommentReply) -> list[User]:
    """Who wrote the comment or replied to it, and its agency's focal points, as far as they may read this reply."""
    comment = reply.comment
    keys = {comment.author_id, *CommentReply.objects.filter(comment=comment).values_list("author", flat=True)}
    if comment.organization is not None:
        keys |= set(focal_points(comment.organization).values_list("pk", flat=True))
    people = User.objects.filter(pk__in=keys - {reply.author_id}, is_active=True).order_by("pk")
    return [person for person in people if CommentReply.objects.visible_to(person).filter(pk=reply.pk).exists()]


def _context(comment: Comment) -> dict[str, Any]:
    draft, speaker = comment.round.draft, comment.speaker
    route, args = "strategy:whole", [draft.strategy.slug, draft.number]
    if comment.paragraph is not None:
        route, args = "strategy:paragraph", [*args, comment.paragraph.anchor]
    return {
        "agency": str(speaker) if isinstance(speaker, Organization) else in_all_languages(speaker, "name"),
        "number": comment.pk,
        "paragraph": comment.paragraph.number if comment.paragraph else "",
        "strategy": in_all_languages(draft.strategy, "title"),
        "draft": in_all_languages(draft, "label"),
        "link": link(route, *args, fragment=f"#c{comment.pk}"),
    }


def reply_written(reply: CommentReply) -> None:
    """Tell those who take part in the talk about a comment, each once; whoever wrote the reply knows."""
    inside = reply.audience == ReplyAudience.AGENCY
    context = {**_context(reply.comment), "reply_id": reply.pk}
    if not inside:
        context["speaker"] = str(reply.organization)
    notify(kind=INSIDE if inside else TO_READERS, to=_participants(reply), cause=f"reply {reply.pk}", context=context)


def comments_assigned(
    consultation: ConsultationRound, comments: Collection[Comment], *, drafter: User, by: User, at: datetime
) -> None:
    """Tell a drafter which comments are theirs to answer, in one message; whoever takes some themselves knows."""
    if not comments or drafter == by:
        return
    draft = consultation.draft
    notify(
        kind=ASSIGNED,
        to=[drafter],
        cause=f"round {consultation.pk} assigned {at.isoformat()}",
        context={
            "comment_ids": [comment.pk for comment in comments],
            "comments": len(comments),
            "by": str(by),
            "strategy": in_all_languages(draft.strategy, "title"),
            "draft": in_all_languages(draft, "label"),
            "link": link("strategy:answers", draft.strategy.slug, fragment=f"{query_of(consultation)}&assigned=me"),
        },
    )
