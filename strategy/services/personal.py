"""What a person wrote in strategies: for taking along, for erasure."""

from typing import Any

from django.db import transaction

from directory.models import User
from directory.services.traces import Traces, take_out
from strategy.models import Comment, CommentReply, Disposition, LeaseBreak, ParagraphLease, Position, WritingAct


def data_of_person(user: Any) -> dict[str, Any]:
    """Comments, replies, positions cleared and answers given.

    Words that are internal to an agency come along only while the person serves there; else when and where they were written.
    """
    comments = Comment.objects.filter(author=user).select_related("round__draft__strategy", "organization", "paragraph")
    replies = CommentReply.objects.filter(author=user).select_related("comment__organization")
    seen = set(Comment.objects.visible_to(user).filter(author=user).values_list("pk", flat=True))
    seen_replies = set(CommentReply.objects.visible_to(user).filter(author=user).values_list("pk", flat=True))
    return {
        "comments": [
            {
                "number": row.pk,
                "draft": str(row.round.draft),
                "paragraph": row.paragraph.number if row.paragraph else "",
                "agency": row.organization.code if row.organization else "",
                "written": row.created_at.isoformat(),
                "state": row.state,
                **({"text": row.text, "proposed_text": row.proposed_text} if row.pk in seen else {}),
            }
            for row in comments.order_by("pk")
        ],
        "replies": [
            {
                "comment": row.comment_id,
                "agency": row.comment.organization.code if row.comment.organization else "",
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
        "answers": [
            {"comment": row.comment_id, "decided": row.decided_at.isoformat(), "decision": row.decision, "reason": row.reason}
            for row in Disposition.objects.filter(by=user).order_by("pk")
        ],
        "writing": [
            {"draft": str(row.draft), "act": row.kind, "paragraph": row.number, "at": row.at.isoformat()}
            for row in WritingAct.objects.filter(by=user).select_related("draft__strategy").order_by("pk")
        ],
        "locks_broken": [
            {"draft": str(row.draft), "paragraph": row.number, "at": row.at.isoformat(), "reason": row.reason}
            for row in LeaseBreak.objects.filter(by=user).select_related("draft__strategy").order_by("pk")
        ],
    }


@transaction.atomic
def erase_person(*, user: User, traces: Traces) -> None:
    """Take the name out of the talk inside agencies and of reasons for broken locks; end the locks that the person holds.

    Comments and answers are the agency's record, bound by hashes, and revisions are the draft's: they stay.
    """
    take_out(CommentReply.objects.all(), traces, "text")
    take_out(LeaseBreak.objects.all(), traces, "reason")
    ParagraphLease.objects.filter(holder=user).delete()
