"""The tables of the strategy app."""

from strategy.models.comments import Comment, CommentReply, CommentStateChange, Disposition
from strategy.models.rounds import ConsultationRound, Position, PositionStateChange
from strategy.models.texts import Draft, DraftStateChange, Paragraph, ParagraphLink, Strategy

__all__ = [
    "Comment",
    "CommentReply",
    "CommentStateChange",
    "ConsultationRound",
    "Disposition",
    "Draft",
    "DraftStateChange",
    "Paragraph",
    "ParagraphLink",
    "Position",
    "PositionStateChange",
    "Strategy",
]
