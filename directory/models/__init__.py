"""The kernel's tables."""

from directory.models.access import InternalAccessGrant, InternalAccessUse, SingleUseLink
from directory.models.agencies import Delegation, Invitation, InvitationChange, MembershipEvent, OrganizationImport
from directory.models.files import StoredFile
from directory.models.organizations import Membership, Organization, StakeholderCategory
from directory.models.people import User
from directory.models.state import StateChange
from directory.models.vocabularies import Agenda, Country, Language, Pillar, Region, SDGGoal, SDGTarget, Theme
from directory.models.work import DemoLoad, Job, PageVersion

__all__ = [
    "Agenda",
    "Country",
    "Delegation",
    "DemoLoad",
    "InternalAccessGrant",
    "InternalAccessUse",
    "Invitation",
    "InvitationChange",
    "Job",
    "Language",
    "Membership",
    "MembershipEvent",
    "Organization",
    "OrganizationImport",
    "PageVersion",
    "Pillar",
    "Region",
    "SDGGoal",
    "SDGTarget",
    "SingleUseLink",
    "StakeholderCategory",
    "StateChange",
    "StoredFile",
    "Theme",
    "User",
]
