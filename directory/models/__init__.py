"""The kernel's tables."""

from directory.models.files import StoredFile
from directory.models.organizations import Membership, Organization, StakeholderCategory
from directory.models.people import User
from directory.models.state import StateChange
from directory.models.vocabularies import Agenda, Country, Language, Pillar, Region, SDGGoal, SDGTarget, Theme
from directory.models.work import DemoLoad, Job, PageVersion

__all__ = [
    "Agenda",
    "Country",
    "DemoLoad",
    "Job",
    "Language",
    "Membership",
    "Organization",
    "PageVersion",
    "Pillar",
    "Region",
    "SDGGoal",
    "SDGTarget",
    "StakeholderCategory",
    "StateChange",
    "StoredFile",
    "Theme",
    "User",
]
