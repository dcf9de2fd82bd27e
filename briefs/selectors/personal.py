"""What a person did for policy briefs, for taking along.

Accounts are named by their row, which erasure empties; reviewers from outside are erased by `briefs.services.personal`.
"""

from typing import Any

from django.db.models import Q

from briefs.models import (
    BriefAgency,
    BriefImport,
    BriefStateChange,
    EmbargoOpening,
    EmbargoReader,
    MatterChange,
    Reviewer,
    ReviewPoint,
    Section,
    SectionComment,
    SectionCommentChange,
    SectionLease,
    SectionLeaseBreak,
    SectionReply,
    SectionRevision,
    Series,
)


def data_of_person(user: Any) -> dict[str, Any]:
    """Sections written, comments, clearances given, states and parts changed, reviews, documents brought in."""
    mine = Q(user=user) | Q(user=None, address__iexact=user.email)
    reader = Q(user=user) | Q(user=None, email__iexact=user.email)
    reviews = Reviewer.objects.filter(mine).select_related("round__brief").defer("round__content").prefetch_related("points")
    return {
        **_writing_of(user),
        "reviews": [
            {
                "brief": row.round.brief.slug,
                "round": row.round.number,
                "state": row.state,
                "recommendation": row.decision,
                "points": [{"question": point.question, "text": point.text} for point in row.points.all()],
                "to_editors": row.to_editors,
                "draft": row.draft,
                "declined": row.decline_reason,
            }
            for row in reviews.order_by("pk")
        ],
        "answers_to_reviews": [
            {"brief": row.reviewer.round.brief.slug, "point": row.text, "answer": row.reply}
            for row in ReviewPoint.objects.filter(replied_by=user)
            .select_related("reviewer__round__brief")
            .defer("reviewer__round__content")
            .order_by("pk")
        ],
        "sections": [
            {
                "brief": row.brief.slug,
                "heading": row.heading,
                "agency": row.organization.code,
                "edited": row.edited_at.isoformat() if row.edited_at else None,
            }
            for row in Section.objects.filter(edited_by=user).select_related("brief", "organization").order_by("pk")
        ],
        "clearances": [
            {
                "brief": row.brief.slug,
                "agency": row.organization.code,
                "clearance": row.clearance,
                "reservation": row.reservation,
                "given": row.cleared_at.isoformat() if row.cleared_at else None,
            }
            for row in BriefAgency.objects.filter(cleared_by=user).select_related("brief", "organization").order_by("pk")
        ],
        "changes": [
            {"brief": row.brief.slug, "act": row.act, "at": row.at.isoformat()}
            for row in MatterChange.objects.filter(by=user).select_related("brief").order_by("pk")
        ],
        "series_edited": list(Series.objects.filter(editors=user).order_by("pk").values_list("slug", flat=True)),
        "read_under_embargo": [
            {"brief": row.plan.brief.slug, "name": row.name, "named": row.added_at.isoformat()}
            for row in EmbargoReader.objects.filter(reader).select_related("plan__brief").defer("plan__content").order_by("pk")
        ],
        "opened_under_embargo": [
            {"brief": row.plan.brief.slug, "what": row.what, "at": row.at.isoformat()}
            for row in EmbargoOpening.objects.filter(Q(user=user) | Q(reader__user=None, reader__email__iexact=user.email))
            .select_related("plan__brief")
            .defer("plan__content")
            .order_by("pk")
        ],
        "acts": [
            {"brief": row.subject.slug, "from": row.old, "to": row.new, "at": row.at.isoformat(), "reason": row.reason}
            for row in BriefStateChange.objects.filter(by=user).select_related("subject").order_by("pk")
        ],
    }


def _writing_of(user: Any) -> dict[str, Any]:
    revisions = SectionRevision.objects.filter(by=user).select_related("section__brief").order_by("pk")
    comments = SectionComment.objects.filter(author=user).select_related("section__brief", "organization").order_by("pk")
    replies = SectionReply.objects.filter(author=user).select_related("comment__section__brief").order_by("pk")
    settled = SectionCommentChange.objects.filter(by=user).select_related("subject__section__brief").order_by("pk")
    held = SectionLease.objects.filter(holder=user).select_related("section__brief").order_by("pk")
    lost = SectionLeaseBreak.objects.filter(holder=user).select_related("section__brief").order_by("pk")
    taken = SectionLeaseBreak.objects.filter(by=user).select_related("section__brief").order_by("pk")
    imports = BriefImport.objects.filter(by=user).select_related("brief").order_by("pk")
    return {
        "revisions": [
            {
                "brief": row.section.brief.slug,
                "section": row.section_id,
                "version": row.version,
                "heading": row.heading,
                "note": row.note,
                "at": row.at.isoformat(),
            }
            for row in revisions
        ],
        "comments": [
            {
                "brief": row.section.brief.slug,
                "section": row.section_id,
                "kind": row.kind,
                "agency": row.organization.code,
                "text": row.text,
                "quote": row.quote,
                "proposal": row.proposal,
                "at": row.created_at.isoformat(),
            }
            for row in comments
        ],
        "replies": [
            {
                "brief": row.comment.section.brief.slug,
                "comment": row.comment_id,
                "text": row.text,
                "at": row.created_at.isoformat(),
            }
            for row in replies
        ],
        "comments_settled": [
            {"comment": row.subject_id, "from": row.old, "to": row.new, "reason": row.reason, "at": row.at.isoformat()}
            for row in settled
            if row.old
        ],
        "sections_taken_over": [
            {"brief": row.section.brief.slug, "section": row.section_id, "reason": row.reason, "at": row.at.isoformat()}
            for row in taken
        ],
        "sections_held": [
            {"brief": row.section.brief.slug, "section": row.section_id, "since": row.since.isoformat()} for row in held
        ],
        "sections_lost": [
            {"brief": row.section.brief.slug, "section": row.section_id, "reason": row.reason, "at": row.at.isoformat()}
            for row in lost
        ],
        "documents_brought_in": [
            {"brief": row.brief.slug, "file": row.file_name, "at": row.created_at.isoformat()} for row in imports
        ],
    }
