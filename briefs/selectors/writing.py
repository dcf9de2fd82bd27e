"""What is read around a section: its revisions, what colleagues said about it, who may speak for whom."""

from typing import Any

from django.db.models import Count, Prefetch, Q
from django.utils import timezone

from briefs.enums import CommentState
from briefs.models import (
    Brief,
    Section,
    SectionComment,
    SectionCommentChange,
    SectionLease,
    SectionLeaseBreak,
    SectionReply,
    SectionRevision,
)
from directory.models import Organization
from directory.rules import memberships_of, organizations_of


def revisions_of(section: Section, user: Any) -> list[SectionRevision]:
    """The revisions of a section, newest first; a text that was set up without a save stands there, too."""
    rows = list(SectionRevision.objects.visible_to(user).filter(section=section).select_related("by"))
    if not rows or rows[0].version != section.version:
        rows.insert(0, present_revision(section))
    return rows


def present_revision(section: Section) -> SectionRevision:
    """The text as it stands, as a revision that is not kept."""
    return SectionRevision(
        section=section,
        version=section.version,
        heading=section.heading,
        body=section.body,
        by=section.edited_by,
        at=section.edited_at or timezone.now(),
    )


def take_overs_of(section: Section, user: Any) -> list[SectionLeaseBreak]:
    """Who took the writing over from whom, newest first."""
    return list(SectionLeaseBreak.objects.visible_to(user).filter(section=section).select_related("holder", "by"))


def comments_of(section: Section, user: Any) -> list[SectionComment]:
    """What was said about a section, open ones first, each with its replies and what became of it."""
    rows = SectionComment.objects.visible_to(user).filter(section=section).select_related("organization", "author")
    replies = SectionReply.objects.visible_to(user).select_related("organization", "author")
    changes = SectionCommentChange.objects.select_related("by", "on_behalf_of").order_by("pk")
    found = list(rows.prefetch_related(Prefetch("replies", replies), Prefetch("state_changes", changes)))
    for comment in found:
        comment.section = section
    return sorted(found, key=lambda comment: (comment.state != CommentState.OPEN, comment.pk))


def open_comments(brief: Brief, user: Any) -> dict[int, int]:
    """How many open comments each section of a brief has, by the section's key."""
    rows = SectionComment.objects.visible_to(user).filter(section__brief=brief, state=CommentState.OPEN)
    return dict(rows.order_by().values("section").annotate(n=Count("pk")).values_list("section", "n"))


def writers_of(brief: Brief, user: Any) -> dict[int, SectionLease]:
    """Who writes in which section of a brief now, by the section's key."""
    rows = SectionLease.objects.live().visible_to(user).filter(section__brief=brief).select_related("holder")
    return {lease.section_id: lease for lease in rows}


def speaker_for(user: Any, section: Section) -> Organization | None:
    """The organization in whose name `user` speaks about a section: its own agency, another co-author, the secretariat."""
    own = organizations_of(user)
    codes = [agency.organization_id for agency in section.brief.agencies.all() if agency.organization_id in own]
    if codes:
        chosen = section.organization_id if section.organization_id in codes else codes[0]
        return Organization.objects.get(pk=chosen)
    served = [row.organization_id for row in memberships_of(user) if row.organization.is_secretariat]
    return Organization.objects.filter(Q(pk__in=served)).order_by("pk").first()
