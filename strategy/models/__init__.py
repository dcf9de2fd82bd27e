"""The tables of the strategy app."""

from strategy.models.adoption import Endorsement, Objection, ObjectionStateChange, RoundNotice, RoundOutcome
from strategy.models.answers import Assignment, CarryForward, Disposition
from strategy.models.comments import Comment, CommentReply, CommentStateChange
from strategy.models.imports import DraftImport
from strategy.models.lineage import CommentPin, LineageAct, ParagraphLink, ParagraphOmission
from strategy.models.matrix import MatrixImport
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
    "DraftImport",
    "DraftStateChange",
    "Endorsement",
    "LateAdmission",
    "LeaseBreak",
    "LineageAct",
    "MatrixImport",
    "Objection",
    "ObjectionStateChange",
    "Paragraph",
    "ParagraphLease",
    "ParagraphLink",
    "ParagraphOmission",
    "ParagraphRevision",
    "Position",
    "PositionStateChange",
    "RoundChange",
    "RoundNotice",
    "RoundOutcome",
    "Strategy",
    "WritingAct",
]
