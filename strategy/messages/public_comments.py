"""What the author of a comment in a public consultation is told. The comment itself is on the page that it leads to."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from notifications.kinds import Kind, in_all_languages, link, register
from notifications.models import Notification
from notifications.services import notify
from strategy.models import Comment
from strategy.rules import is_outside_the_system


def _is_still_theirs(notification: Notification) -> bool:
    return Comment.objects.filter(pk=notification.context["comment_id"], author=notification.recipient).exists()


ADMITTED = register(
    Kind(
        "strategy.public_comment_admitted",
        subject=_("Your comment on %(strategy)s is published"),
        label=_("Your comment in a public consultation is published"),
        may_reach=is_outside_the_system,
        action=_("Read it"),
        is_visible=_is_still_theirs,
    )
)
TURNED_DOWN = register(
    Kind(
        "strategy.public_comment_turned_down",
        subject=_("Your comment on %(strategy)s is not published"),
        label=_("Your comment in a public consultation is not published"),
        may_reach=is_outside_the_system,
        action=_("Read it"),
        confidential=True,
        is_visible=_is_still_theirs,
    )
)


def _context(comment: Comment) -> dict[str, Any]:
    draft = comment.round.draft
    args: list[Any] = [draft.strategy.slug, draft.number]
    name = "strategy:whole"
    if comment.paragraph:
        name, args = "strategy:paragraph", [*args, comment.paragraph.anchor]
    return {
        "strategy": in_all_languages(draft.strategy, "title"),
        "draft": in_all_languages(draft, "label"),
        "comment_id": comment.pk,
        "link": link(name, *args, fragment=f"#c{comment.pk}"),
    }


def comment_admitted(comment: Comment) -> None:
    """Tell the author that everybody reads the comment now, under the category."""
    change = comment.state_changes.latest("pk")
    notify(kind=ADMITTED, to=[comment.author], cause=f"comment {comment.pk} change {change.pk}", context=_context(comment))


def comment_turned_down(comment: Comment, *, reason: str) -> None:
    """Tell the author why the comment is not shown."""
    change = comment.state_changes.latest("pk")
    context = {**_context(comment), "reason": reason}
    notify(kind=TURNED_DOWN, to=[comment.author], cause=f"comment {comment.pk} change {change.pk}", context=context)
