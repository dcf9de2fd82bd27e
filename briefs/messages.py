"""Messages of briefs: clearance, publication, writing together.

The words of a comment, suggestion or reply are in none of these messages.
"""

from typing import Any

from django.utils.translation import gettext_lazy as _

from briefs.enums import Clearance
from briefs.models import (
    Brief,
    BriefStateChange,
    Edition,
    SectionComment,
    SectionCommentChange,
    SectionLeaseBreak,
    SectionReply,
)
from common.access import may
from directory.enums import Role
from directory.models import Membership, Organization, User
from directory.rules import secretariat_scopes
from notifications.kinds import Kind, in_all_languages, link, register
from notifications.models import Notification
from notifications.selectors.reach import serves_an_organization, serves_as_staff
from notifications.services import notify


def _still_visible(notification: Notification) -> bool:
    """A person who left the agency, or a brief that is gone, withdraws the message."""
    brief = Brief.objects.filter(slug=notification.context.get("slug")).first()
    return bool(brief and may(notification.recipient, "briefs.view_brief", brief))


def _helps_to_make(notification: Notification) -> bool:
    """Whoever no longer writes the brief, or whose comment is gone, is told nothing more about it."""
    comments = SectionComment.objects.visible_to(notification.recipient)
    return bool(comments.filter(pk=notification.context["comment_id"]).exists())


def _makes_briefs(user: Any) -> bool:
    return serves_an_organization(user) or bool(secretariat_scopes(user))


CLEARANCE_REQUESTED = register(
    Kind(
        "briefs.clearance_requested",
        subject=_("Please clear: %(brief)s"),
        label=_("A brief waits for the clearance of your agency"),
        required=True,
        may_reach=serves_an_organization,
        action=_("Read and clear the brief"),
        is_visible=_still_visible,
    )
)
BRIEF_CLEARED = register(
    Kind(
        "briefs.brief_cleared",
        subject=_("Cleared by every agency: %(brief)s"),
        label=_("A brief is cleared by every agency"),
        may_reach=serves_as_staff,
        action=_("Open the brief and publish it"),
        is_visible=_still_visible,
    )
)
BRIEF_PUBLISHED = register(
    Kind(
        "briefs.brief_published",
        subject=_("Published: %(brief)s"),
        label=_("A brief of your agency is published"),
        may_reach=serves_an_organization,
        action=_("Read the brief"),
        is_visible=_still_visible,
    )
)

LEASE_TAKEN_OVER = register(
    Kind(
        "briefs.lease_taken_over",
        subject=_("%(by)s now writes in the section “%(section)s”"),
        label=_("Somebody takes over a section in which you were writing"),
        may_reach=serves_an_organization,
        action=_("Open the section"),
        is_visible=_still_visible,
    )
)
SECTION_COMMENT = register(
    Kind(
        "briefs.section_comment",
        subject=_("%(speaker)s has commented on the section “%(section)s”"),
        label=_("A comment or suggestion on a section of your agency"),
        may_reach=serves_an_organization,
        action=_("Read the comment"),
        is_visible=_helps_to_make,
    )
)
SECTION_REPLY = register(
    Kind(
        "briefs.section_reply",
        subject=_("%(speaker)s has replied to a comment on the section “%(section)s”"),
        label=_("A reply to a comment on a section that you wrote or replied to"),
        may_reach=_makes_briefs,
        action=_("Read the reply"),
        is_visible=_helps_to_make,
    )
)
COMMENT_SETTLED = register(
    Kind(
        "briefs.comment_settled",
        subject=_("Your comment on the section “%(section)s” is settled or open again"),
        label=_("What became of a comment of yours on a section"),
        may_reach=_makes_briefs,
        action=_("Open the comment"),
        is_visible=_helps_to_make,
    )
)


def _context(brief: Brief, **more: Any) -> dict[str, Any]:
    return {
        "slug": brief.slug,
        "brief": brief.title,
        "series": in_all_languages(brief.series, "title"),
        "number": brief.number,
        "link": link("briefs:detail", brief.slug),
        **more,
    }


def _names(agencies: Any) -> str:
    return ", ".join(agency.organization.short_name for agency in agencies)


def clearance_requested(brief: Brief, change: BriefStateChange) -> None:
    """Ask the focal points of every co-authoring agency that has not cleared this text."""
    waiting = [agency for agency in brief.agencies.all() if agency.clearance == Clearance.PENDING]
    lead = next((agency for agency in brief.agencies.all() if agency.is_lead), None)
    for agency in waiting:
        notify(
            kind=CLEARANCE_REQUESTED,
            to=Membership.objects.focal_points().filter(organization=agency.organization_id).people(),
            cause=f"brief {brief.pk} clearance {change.pk} agency {agency.organization_id}",
            context=_context(
                brief,
                agency=agency.organization.short_name,
                lead=lead.organization.short_name if lead else "",
                link=link("briefs:clear", brief.slug),
            ),
        )


def brief_cleared(brief: Brief, change: BriefStateChange) -> None:
    """Tell secretariat staff that the brief can be published."""
    agencies = brief.agencies.all()
    reserved = [agency for agency in agencies if agency.reservation]
    notify(
        kind=BRIEF_CLEARED,
        to=Membership.objects.of_secretariat(Role.STAFF, brief).people(),
        cause=f"brief {brief.pk} cleared {change.pk}",
        context=_context(brief, agencies=_names(agencies), reservations=_names(reserved)),
    )


def brief_published(edition: Edition) -> None:
    """Tell everybody in the co-authoring agencies that their brief is out."""
    brief = edition.brief
    organizations = Organization.objects.filter(co_authored_briefs__brief=brief)
    notify(
        kind=BRIEF_PUBLISHED,
        to=Membership.objects.in_force().filter(organization__in=organizations).people(),
        cause=f"brief {brief.pk} edition {edition.number}",
        context=_context(brief, edition=edition.number, agencies=_names(brief.agencies.all())),
    )


def lease_taken_over(taken: SectionLeaseBreak) -> None:
    """Tell whoever was writing."""
    section = taken.section
    notify(
        kind=LEASE_TAKEN_OVER,
        to=[taken.holder],
        cause=f"section lease {taken.pk} taken over",
        context=_context(
            section.brief,
            by=str(taken.by),
            section=section.heading,
            reason=taken.reason,
            link=link("briefs:section", section.brief.slug, section.pk),
        ),
    )


def _talk(comment: SectionComment, **more: Any) -> dict[str, Any]:
    section = comment.section
    return _context(
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
