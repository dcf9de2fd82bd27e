"""Tables of meetings, by subject."""

from meetings.models.checkin import Scan
from meetings.models.events import ThematicEvent, ThematicEventStateChange
from meetings.models.groups import ActionItem, Decision, GroupMember, WorkingGroup
from meetings.models.meetings import Meeting, MeetingDocument, MeetingStateChange
from meetings.models.programme import Room, Session, Speaker
from meetings.models.registration import CategoryQuota, Registration, RegistrationStateChange
from meetings.models.reports import VoluntaryReport, VoluntaryReportStateChange

__all__ = [
    "ActionItem",
    "CategoryQuota",
    "Decision",
    "GroupMember",
    "Meeting",
    "MeetingDocument",
    "MeetingStateChange",
    "Registration",
    "RegistrationStateChange",
    "Room",
    "Scan",
    "Session",
    "Speaker",
    "ThematicEvent",
    "ThematicEventStateChange",
    "VoluntaryReport",
    "VoluntaryReportStateChange",
    "WorkingGroup",
]
