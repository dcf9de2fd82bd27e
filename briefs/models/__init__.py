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
from briefs.models.editions import Edition
from briefs.models.matter import CitedParagraph, CitedSolution, EditionFile, Figure, MatterChange, Reference
from briefs.models.series import Series, validate_issn

__all__ = [
    "ALLOWED_TAGS",
    "Brief",
    "BriefAgency",
    "BriefQuerySet",
    "BriefStateChange",
    "CitedParagraph",
    "CitedSolution",
    "ClearanceChange",
    "Edition",
    "EditionFile",
    "Figure",
    "MatterChange",
    "Reference",
    "Section",
    "Series",
    "clean_body",
    "validate_issn",
]
