"""What a person wrote in strategies: for taking along, for erasure."""

from typing import Any

from django.db import transaction
from django.db.models import Q

from directory.models import User
from directory.page_versions import bump
from directory.services.traces import Traces, mentioning, take_out
from strategy.models import (
    Assignment,
    CarryForward,
    Comment,
    CommentPin,
    CommentReply,
    CommentStateChange,
    ConsultationRound,
    Disposition,
    DraftImport,
    DraftStateChange,
    Endorsement,
    LateAdmission,
    LeaseBreak,
    LineageAct,
    MatrixImport,
    Objection,
    ObjectionStateChange,
    ParagraphLease,
    ParagraphLink,
    ParagraphOmission,
    Position,
    PositionStateChange,
    RoundChange,
    WritingAct,
)
from strategy.services.imports import forget_file


def data_of_person(user: Any) -> dict[str, Any]:
    """Comments, replies, positions cleared, answers given, and what the person did with texts, rounds and lineage.

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
        "locks_held": [
            {"draft": str(row.paragraph.draft), "paragraph": row.paragraph.number, "since": row.since.isoformat()}
            for row in ParagraphLease.objects.filter(holder=user).select_related("paragraph__draft__strategy")
        ],
        "locks_lost": [
            {"draft": str(row.draft), "paragraph": row.number, "at": row.at.isoformat(), "reason": row.reason}
            for row in LeaseBreak.objects.filter(holder=user).select_related("draft__strategy").order_by("pk")
        ],
        "comments_edited": [
            {"comment": row.pk, "at": row.edited_at.isoformat() if row.edited_at else None}
            for row in Comment.objects.filter(edited_by=user).order_by("pk")
        ],
        # Without the reasons: those of an agency's comments are internal to it.
        "states_changed": [
            {"of": str(history._meta.verbose_name), "number": row.subject_id, "to": row.new, "at": row.at.isoformat()}
            for history in (DraftStateChange, PositionStateChange, CommentStateChange, ObjectionStateChange)
            for row in history._default_manager.filter(by=user).order_by("pk")
        ],
        **_of_the_answers(user),
        **_of_the_rounds(user),
        **_of_the_lineage(user),
    }


def _of_the_answers(user: Any) -> dict[str, Any]:
    """Work on answers. The rows of a file that an agency brought in are its own; comments made of them stand above."""
    files = MatrixImport.objects.filter(by=user).select_related("round__draft__strategy", "organization")
    return {
        "comments_assigned": [
            {
                "comment": row.comment_id,
                "at": row.at.isoformat(),
                "to_you": row.drafter_id == user.pk,
                "by_you": row.by_id == user.pk,
            }
            for row in Assignment.objects.filter(Q(drafter=user) | Q(by=user)).order_by("pk")
        ],
        "comments_carried_forward": [
            {"comment": row.comment_id, "into": str(row.draft), "at": row.at.isoformat(), "reason": row.reason}
            for row in CarryForward.objects.filter(by=user).select_related("draft__strategy").order_by("pk")
        ],
        "answers_released": [
            {"comment": row.comment_id, "at": row.released_at.isoformat() if row.released_at else None}
            for row in Disposition.objects.filter(released_by=user).order_by("pk")
        ],
        "files_brought_back": [
            {
                "draft": str(row.round.draft),
                "agency": row.organization.code if row.organization else "",
                "file": row.file_name,
                "brought_back": row.created_at.isoformat(),
                "applied": row.applied_at.isoformat() if row.applied_at else None,
                "rows_applied": row.applied,
            }
            for row in files.order_by("pk")
        ],
    }


def _of_the_rounds(user: Any) -> dict[str, Any]:
    changes = RoundChange.objects.filter(by=user).select_related("subject__draft__strategy")
    late = LateAdmission.objects.filter(by=user).select_related("round__draft__strategy", "organization")
    return {
        "rounds_changed": [
            {"draft": str(row.subject.draft), "act": row.act, "at": row.at.isoformat(), "reason": row.reason}
            for row in changes.order_by("pk")
        ],
        "agencies_admitted_late": [
            {"draft": str(row.round.draft), "agency": row.organization.code, "at": row.at.isoformat(), "reason": row.reason}
            for row in late.order_by("pk")
        ],
    }


def _of_the_lineage(user: Any) -> dict[str, Any]:
    links = ParagraphLink.objects.filter(confirmed_by=user).select_related("origin", "target__draft__strategy")
    pins = CommentPin.objects.filter(by=user).select_related("paragraph__draft__strategy")
    omissions = ParagraphOmission.objects.filter(by=user).select_related("paragraph", "draft__strategy")
    return {
        "lineage_confirmed": [
            {"draft": str(row.target.draft), "from": row.origin.number, "to": row.target.number, "relation": row.relation}
            for row in links.order_by("pk")
        ],
        "paragraphs_left_out": [
            {"draft": str(row.draft), "paragraph": row.paragraph.number, "at": row.at.isoformat()}
            for row in omissions.order_by("pk")
        ],
        "comments_pinned": [
            {"comment": row.comment_id, "draft": str(row.paragraph.draft), "at": row.at.isoformat()}
            for row in pins.order_by("pk")
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
    take_out(CarryForward.objects.all(), traces, "reason")
    take_out(LateAdmission.objects.all(), traces, "reason")
    if take_out(RoundChange.objects.all(), traces, "reason") + take_out(ConsultationRound.objects.all(), traces, "short_reason"):
        bump("strategy")
    # Of files that came in: what they are called, and who is named in them as having changed or noted something. A file whose
    # import still waits cannot be rewritten: it goes, and who wants to choose about its changes uploads it again.
    take_out(MatrixImport.objects.all(), traces, "file_name", "rows")
    named = mentioning(DraftImport.objects.exclude(file=None), traces, ["file_name", "reading"]).values("pk")
    waiting = DraftImport.objects.filter(Q(pk__in=named) | Q(by=user), file__isnull=False)
    for record in waiting.select_related("file"):
        forget_file(record)
    take_out(DraftImport.objects.all(), traces, "file_name", "reading")
    ParagraphLease.objects.filter(holder=user).delete()
