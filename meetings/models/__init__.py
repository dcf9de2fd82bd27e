"""Tables of meetings, by subject."""

from meetings.models.events import ThematicEvent, ThematicEventStateChange
from meetings.models.floor import FloorList, FloorRequest, FloorRequestStateChange
from meetings.models.following import CalendarToken, ProgrammeFollow, SessionStar
from meetings.models.groups import ActionItem, Decision, GroupMember, WorkingGroup
from meetings.models.meetings import Meeting, MeetingDocument, MeetingEdit, MeetingStateChange
from meetings.models.programme import Room, Session, Speaker
from meetings.models.registration import CategoryQuota, Registration, RegistrationStateChange
from meetings.models.reports import CallSection, ReportCall, VoluntaryReport, VoluntaryReportStateChange
from meetings.models.versions import ProgrammeFile, ProgrammeVersion

__all__ = [
    "ActionItem",
    "CalendarToken",
    "CallSection",
    "CategoryQuota",
    "Decision",
    "FloorList",
    "FloorRequest",
    "FloorRequestStateChange",
    "GroupMember",
    "Meeting",
    "MeetingDocument",
    "MeetingEdit",
    "MeetingStateChange",
    "ProgrammeFile",
    "ProgrammeFollow",
    "ProgrammeVersion",
    "Registration",
    "RegistrationStateChange",
    "ReportCall",
    "Room",
    "Session",
    "SessionStar",
    "Speaker",
    "ThematicEvent",
    "ThematicEventStateChange",
    "VoluntaryReport",
    "VoluntaryReportStateChange",
    "WorkingGroup",
]
