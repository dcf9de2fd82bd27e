"""The tables of policy briefs."""

from briefs.models.body import ALLOWED_TAGS, clean_body
from briefs.models.briefs import (
    Brief,
    BriefAgency,
    BriefQuerySet,
    BriefStateChange,
    CitedSolution,
    ClearanceChange,
    Section,
    Series,
)
from briefs.models.editions import Edition
from briefs.models.reviews import (
    AcknowledgedWarning,
    Reviewer,
    ReviewerChange,
    ReviewPoint,
    ReviewRound,
    ReviewRoundChange,
    TrialRender,
)

__all__ = [
    "ALLOWED_TAGS",
    "AcknowledgedWarning",
    "Brief",
    "BriefAgency",
    "BriefQuerySet",
    "BriefStateChange",
    "CitedSolution",
    "ClearanceChange",
    "Edition",
    "ReviewPoint",
    "ReviewRound",
    "ReviewRoundChange",
    "Reviewer",
    "ReviewerChange",
    "Section",
    "Series",
    "TrialRender",
    "clean_body",
]
