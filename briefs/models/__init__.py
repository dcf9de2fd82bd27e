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
from briefs.models.writing import (
    BriefImport,
    SectionComment,
    SectionCommentChange,
    SectionLease,
    SectionLeaseBreak,
    SectionReply,
    SectionRevision,
)

__all__ = [
    "ALLOWED_TAGS",
    "Brief",
    "BriefAgency",
    "BriefImport",
    "BriefQuerySet",
    "BriefStateChange",
    "CitedSolution",
    "ClearanceChange",
    "Edition",
    "Section",
    "SectionComment",
    "SectionCommentChange",
    "SectionLease",
    "SectionLeaseBreak",
    "SectionReply",
    "SectionRevision",
    "Series",
    "clean_body",
]
