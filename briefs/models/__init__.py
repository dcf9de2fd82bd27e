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

__all__ = [
    "ALLOWED_TAGS",
    "Brief",
    "BriefAgency",
    "BriefQuerySet",
    "BriefStateChange",
    "CitedSolution",
    "ClearanceChange",
    "Edition",
    "EmbargoOpening",
    "EmbargoReader",
    "HeadNotice",
    "LanguageEdition",
    "PlannedPublication",
    "PlannedPublicationChange",
    "RenderedFiles",
    "Section",
    "Series",
    "SourceSection",
    "clean_body",
]
