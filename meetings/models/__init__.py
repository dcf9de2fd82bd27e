"""Tables of meetings, by subject."""

from meetings.models.delegations import DelegationCeiling, DelegationSubstitution, OrganizationContact
from meetings.models.events import ThematicEvent, ThematicEventStateChange
from meetings.models.groups import ActionItem, Decision, GroupMember, WorkingGroup
from meetings.models.letters import InvitationLetter, InvitationLetterStateChange, VisaDetails
from meetings.models.meetings import Meeting, MeetingDocument, MeetingStateChange
from meetings.models.programme import Room, Session, Speaker
from meetings.models.registration import CategoryQuota, Registration, RegistrationStateChange
from meetings.models.reports import VoluntaryReport, VoluntaryReportStateChange

__all__ = [
    "ActionItem",
    "CategoryQuota",
    "Decision",
    "DelegationCeiling",
    "DelegationSubstitution",
    "GroupMember",
    "InvitationLetter",
    "InvitationLetterStateChange",
    "Meeting",
    "MeetingDocument",
    "MeetingStateChange",
    "OrganizationContact",
    "Registration",
    "RegistrationStateChange",
    "Room",
    "Session",
    "Speaker",
    "ThematicEvent",
    "ThematicEventStateChange",
    "VisaDetails",
    "VoluntaryReport",
    "VoluntaryReportStateChange",
    "WorkingGroup",
]
