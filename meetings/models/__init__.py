"""Tables of meetings, by subject."""

from meetings.models.changes import RegistrationEdit, RegistrationEditStateChange
from meetings.models.events import ThematicEvent, ThematicEventStateChange
from meetings.models.groups import ActionItem, Decision, GroupMember, WorkingGroup
from meetings.models.meetings import Meeting, MeetingDocument, MeetingStateChange
from meetings.models.programme import Room, Session, Speaker
from meetings.models.questions import Question
from meetings.models.registration import (
    CategoryQuota,
    Registration,
    RegistrationFile,
    RegistrationStateChange,
    RequiredDocument,
)
from meetings.models.reports import VoluntaryReport, VoluntaryReportStateChange
from meetings.models.seats import BulkAct, Promotion, RegistrationImport, SeatMove

__all__ = [
    "ActionItem",
    "BulkAct",
    "CategoryQuota",
    "Decision",
    "GroupMember",
    "Meeting",
    "MeetingDocument",
    "MeetingStateChange",
    "Promotion",
    "Question",
    "Registration",
    "RegistrationEdit",
    "RegistrationEditStateChange",
    "RegistrationFile",
    "RegistrationImport",
    "RegistrationStateChange",
    "RequiredDocument",
    "Room",
    "SeatMove",
    "Session",
    "Speaker",
    "ThematicEvent",
    "ThematicEventStateChange",
    "VoluntaryReport",
    "VoluntaryReportStateChange",
    "WorkingGroup",
]
