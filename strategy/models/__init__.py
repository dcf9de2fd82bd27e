"""The tables of the strategy app."""

from strategy.models.answers import Assignment, CarryForward, Disposition
from strategy.models.comments import Comment, CommentReply, CommentStateChange
from strategy.models.lineage import CommentPin, ParagraphLink, ParagraphOmission
from strategy.models.rounds import ConsultationRound, LateAdmission, Position, PositionStateChange, RoundChange
from strategy.models.texts import Draft, DraftStateChange, Paragraph, Strategy
from strategy.models.writing import LeaseBreak, ParagraphLease, ParagraphRevision, WritingAct

__all__ = [
    "Assignment",
    "CarryForward",
    "Comment",
    "CommentPin",
    "CommentReply",
    "CommentStateChange",
    "ConsultationRound",
    "Disposition",
    "Draft",
    "DraftStateChange",
    "LateAdmission",
    "LeaseBreak",
    "Paragraph",
    "ParagraphLease",
    "ParagraphLink",
    "ParagraphOmission",
    "ParagraphRevision",
    "Position",
    "PositionStateChange",
    "RoundChange",
    "Strategy",
    "WritingAct",
]
