"""Messages of writing together: a section taken over, comments, suggestions and replies.

The words of a comment, suggestion or reply are in none of these messages.
"""

from typing import Any

from django.utils.translation import gettext_lazy as _

from briefs.messages import context_of, helps_to_make, makes_briefs, still_visible
from briefs.models import SectionComment, SectionCommentChange, SectionLeaseBreak, SectionReply
from directory.models import Membership, User
from notifications.kinds import Kind, link, register
from notifications.selectors.reach import serves_an_organization
from notifications.services import notify

LEASE_TAKEN_OVER = register(
    Kind(
        "briefs.lease_taken_over",
        subject=_("%(by)s now writes in the section “%(section)s”"),
        label=_("Somebody takes over a section in which you were writing"),
        may_reach=serves_an_organization,
        action=_("Open the section"),
        is_visible=still_visible,
    )
)
SECTION_COMMENT = register(
    Kind(
        "briefs.section_comment",
        subject=_("%(speaker)s has commented on the section “%(section)s”"),
        label=_("A comment or suggestion on a section of your agency"),
        may_reach=serves_an_organization,
        action=_("Read the comment"),
        is_visible=helps_to_make,
    )
)
SECTION_REPLY = register(
    Kind(
        "briefs.section_reply",
        subject=_("%(speaker)s has replied to a comment on the section “%(section)s”"),
        label=_("A reply to a comment on a section that you wrote or replied to"),
        may_reach=makes_briefs,
        action=_("Read the reply"),
        is_visible=helps_to_make,
    )
)
COMMENT_SETTLED = register(
    Kind(
        "briefs.comment_settled",
        subject=_("Your comment on the section “%(section)s” is settled or open again"),
        label=_("What became of a comment of yours on a section"),
        may_reach=makes_briefs,
        action=_("Open the comment"),
        is_visible=helps_to_make,
    )
)


def lease_taken_over(taken: SectionLeaseBreak) -> None:
    """Tell whoever was writing."""
    section = taken.section
    notify(
        kind=LEASE_TAKEN_OVER,
        to=[taken.holder],
        cause=f"section lease {taken.pk} taken over",
        context=context_of(
            section.brief,
            by=str(taken.by),
            section=section.heading,
            reason=taken.reason,
            link=link("briefs:section", section.brief.slug, section.pk),
        ),
    )


def _talk(comment: SectionComment, **more: Any) -> dict[str, Any]:
    section = comment.section
    return context_of(
        section.brief,
        section=section.heading,
        comment_id=comment.pk,
        link=link("briefs:section_comments", section.brief.slug, section.pk, fragment=f"#comment-{comment.pk}"),
        **more,
    )


def comment_written(comment: SectionComment) -> None:
    """Tell the focal points of the agency that writes the section, and whoever edited it last."""
    section = comment.section
    people = Membership.objects.focal_points().filter(organization=section.organization_id).people()
    keys = {person.pk for person in people} | {section.edited_by_id}
    notify(
        kind=SECTION_COMMENT,
        to=User.objects.filter(pk__in=keys - {comment.author_id, None}, is_active=True).order_by("pk"),
        cause=f"section comment {comment.pk}",
        context=_talk(comment, speaker=comment.organization.short_name),
    )


def section_reply_written(reply: SectionReply) -> None:
    """Tell whoever wrote the comment or replied to it before, each once."""
    comment = reply.comment
    keys = {comment.author_id, *SectionReply.objects.filter(comment=comment).values_list("author", flat=True)}
    notify(
        kind=SECTION_REPLY,
        to=User.objects.filter(pk__in=keys - {reply.author_id}, is_active=True).order_by("pk"),
        cause=f"section reply {reply.pk}",
        context=_talk(comment, speaker=reply.organization.short_name),
    )


def comment_settled(comment: SectionComment, change: SectionCommentChange) -> None:
    """Tell the author what became of the comment, unless they did it themselves."""
    if change.by_id == comment.author_id:
        return
    notify(
        kind=COMMENT_SETTLED,
        to=[comment.author],
        cause=f"section comment {comment.pk} settled {change.pk}",
        context=_talk(comment, state=change.new),
    )
