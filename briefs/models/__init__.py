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
from briefs.models.downloads import DownloadBatch, DownloadCount, PressKit
from briefs.models.editions import Edition

__all__ = [
    "ALLOWED_TAGS",
    "Brief",
    "BriefAgency",
    "BriefQuerySet",
    "BriefStateChange",
    "CitedSolution",
    "ClearanceChange",
    "DownloadBatch",
    "DownloadCount",
    "Edition",
    "PressKit",
    "Section",
    "Series",
    "clean_body",
]
