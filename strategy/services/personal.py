"""What a person wrote in strategies: for taking along, for erasure."""

from typing import Any

from django.db import transaction
from django.db.models import Q

from directory.models import User
from directory.page_versions import bump
from directory.services.traces import Traces, take_out
from strategy.models import (
    Comment,
    CommentReply,
    Disposition,
    DraftImport,
    Endorsement,
    LeaseBreak,
    LineageAct,
    Objection,
    ParagraphLease,
    Position,
    WritingAct,
)


def data_of_person(user: Any) -> dict[str, Any]:
    """Comments, replies, positions cleared and answers given.

    Words that are internal to an agency come along only while the person serves there; else when and where they were written.
    """
    comments = Comment.objects.filter(author=user).select_related(
        "round__draft__strategy", "organization", "category", "paragraph"
    )
    replies = CommentReply.objects.filter(author=user).select_related("comment__organization", "organization")
    seen = set(Comment.objects.visible_to(user).filter(author=user).values_list("pk", flat=True))
    seen_replies = set(CommentReply.objects.visible_to(user).filter(author=user).values_list("pk", flat=True))
    return {
        "comments": [
            {
                "number": row.pk,
                "draft": str(row.round.draft),
                "paragraph": row.paragraph.number if row.paragraph else "",
                "agency": row.organization.code if row.organization else "",
                "category": row.category.code if row.category else "",
                "written": row.created_at.isoformat(),
                "state": row.state,
                **({"text": row.text, "passage": row.quote, "proposed_text": row.proposed_text} if row.pk in seen else {}),
            }
            for row in comments.order_by("pk")
        ],
        "replies": [
            {
                "comment": row.comment_id,
                "agency": row.comment.organization.code if row.comment.organization else "",
                "in_the_name_of": row.organization.code if row.organization else "",
                "written": row.created_at.isoformat(),
                **({"text": row.text} if row.pk in seen_replies else {}),
            }
            for row in replies.order_by("pk")
        ],
        "positions_cleared": [
            {
                "draft": str(row.round.draft),
                "agency": row.organization.code,
                "submitted": row.submitted_at.isoformat() if row.submitted_at else None,
            }
            for row in Position.objects.filter(cleared_by=user).select_related("round__draft__strategy", "organization")
        ],
        "objections": [
            {"draft": str(row.round.draft), "agency": row.organization.code, "lodged": row.at.isoformat()}
            | ({"reason": row.reason} if Objection.objects.visible_to(user).filter(pk=row.pk).exists() else {})
            for row in Objection.objects.filter(by=user).select_related("round__draft__strategy", "organization")
        ],
        "endorsements": [
            {
                "draft": str(row.round.draft),
                "agency": row.organization.code,
                "answer": row.answer,
                "signatory": row.signatory,
                "capacity": row.capacity,
                "signed": row.signed_on.isoformat(),
                "recorded_by_you": row.by_id == user.pk,
            }
            for row in Endorsement.objects.filter(Q(by=user) | Q(signatory__iexact=user.full_name)).select_related(
                "round__draft__strategy", "organization"
            )
        ],
        "answers": [
            {"comment": row.comment_id, "decided": row.decided_at.isoformat(), "decision": row.decision, "reason": row.reason}
            for row in Disposition.objects.filter(by=user).order_by("pk")
        ],
        "texts_brought_in": [
            {
                "draft": str(row.draft),
                "file": row.file_name,
                "brought_in": row.created_at.isoformat(),
                "taken_over": row.applied_at.isoformat() if row.applied_at else None,
            }
            for row in DraftImport.objects.filter(by=user).select_related("draft__strategy").order_by("pk")
        ],
        "writing": [
            {"draft": str(row.draft), "act": row.kind, "paragraph": row.number, "at": row.at.isoformat()}
            for row in WritingAct.objects.filter(by=user).select_related("draft__strategy").order_by("pk")
        ],
        "lineage": [
            {
                "draft": str(row.draft),
                "act": row.kind,
                "paragraph": row.origin.number if row.origin else "",
                "at": row.at.isoformat(),
            }
            for row in LineageAct.objects.filter(by=user).select_related("draft__strategy", "origin").order_by("pk")
        ],
        "locks_broken": [
            {"draft": str(row.draft), "paragraph": row.number, "at": row.at.isoformat(), "reason": row.reason}
            for row in LeaseBreak.objects.filter(by=user).select_related("draft__strategy").order_by("pk")
        ],
    }


@transaction.atomic
def erase_person(*, user: User, traces: Traces) -> None:
    """Take the name out of the talk about comments, out of what participants wrote and out of what was signed.

    Comments and answers of agencies are their record, bound by hashes: they stay. An endorsement keeps its capacity, its date and
    the hash of the text: the act is the agency's.
    """
    if take_out(Endorsement.objects.all(), traces, "signatory", "statement"):
        bump("strategy")
    take_out(Objection.objects.all(), traces, "reason")
    take_out(CommentReply.objects.all(), traces, "text")
    take_out(Comment.objects.filter(category__isnull=False), traces, "text", "proposed_text")
    take_out(LeaseBreak.objects.all(), traces, "reason")
    ParagraphLease.objects.filter(holder=user).delete()
