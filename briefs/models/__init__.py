"""The tables of policy briefs."""

from briefs.models.body import ALLOWED_TAGS, clean_body
from briefs.models.briefs import (
    Brief,
    BriefAgency,
    BriefQuerySet,
    BriefStateChange,
    ClearanceChange,
    Section,
)
from briefs.models.downloads import DownloadBatch, DownloadCount, PressKit
from briefs.models.editions import Edition
from briefs.models.matter import CitedParagraph, CitedSolution, EditionFile, Figure, MatterChange, Reference
from briefs.models.publishing import (
    EmbargoOpening,
    EmbargoReader,
    HeadNotice,
    LanguageEdition,
    PlannedPublication,
    PlannedPublicationChange,
    RenderedFiles,
    SourceSection,
)
from briefs.models.reviews import (
    AcknowledgedWarning,
    Reviewer,
    ReviewerChange,
    ReviewPoint,
    ReviewRound,
    ReviewRoundChange,
    TrialRender,
)
from briefs.models.series import Series, validate_issn
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
    "AcknowledgedWarning",
    "Brief",
    "BriefAgency",
    "BriefImport",
    "BriefQuerySet",
    "BriefStateChange",
    "CitedParagraph",
    "CitedSolution",
    "ClearanceChange",
    "DownloadBatch",
    "DownloadCount",
    "Edition",
    "EditionFile",
    "EmbargoOpening",
    "EmbargoReader",
    "Figure",
    "HeadNotice",
    "LanguageEdition",
    "MatterChange",
    "PlannedPublication",
    "PlannedPublicationChange",
    "PressKit",
    "Reference",
    "RenderedFiles",
    "ReviewPoint",
    "ReviewRound",
    "ReviewRoundChange",
    "Reviewer",
    "ReviewerChange",
    "Section",
    "SectionComment",
    "SectionCommentChange",
    "SectionLease",
    "SectionLeaseBreak",
    "SectionReply",
    "SectionRevision",
    "Series",
    "SourceSection",
    "TrialRender",
    "clean_body",
    "validate_issn",
]
