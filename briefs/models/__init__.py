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

__all__ = [
    "ALLOWED_TAGS",
    "Brief",
    "BriefAgency",
    "BriefQuerySet",
    "BriefStateChange",
    "CitedSolution",
    "ClearanceChange",
    "Edition",
    "Section",
    "Series",
    "clean_body",
]
