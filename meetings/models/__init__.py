"""Tables of meetings, by subject."""

from meetings.models.events import ThematicEvent, ThematicEventStateChange
from meetings.models.group_meetings import (
    AgendaItem,
    Attendance,
    Confirmation,
    ConfirmationStateChange,
    Minutes,
    MinutesStateChange,
    MinutesVersion,
)
from meetings.models.groups import (
    ActionItem,
    ActionItemStateChange,
    Decision,
    GroupMember,
    TermsVersion,
    WorkingGroup,
)
from meetings.models.meetings import Meeting, MeetingDocument, MeetingStateChange
from meetings.models.programme import Room, Session, Speaker
from meetings.models.registration import CategoryQuota, Registration, RegistrationStateChange
from meetings.models.reports import VoluntaryReport, VoluntaryReportStateChange

__all__ = [
    "ActionItem",
    "ActionItemStateChange",
    "AgendaItem",
    "Attendance",
    "CategoryQuota",
    "Confirmation",
    "ConfirmationStateChange",
    "Decision",
    "GroupMember",
    "Meeting",
    "MeetingDocument",
    "MeetingStateChange",
    "Minutes",
    "MinutesStateChange",
    "MinutesVersion",
    "Registration",
    "RegistrationStateChange",
    "Room",
    "Session",
    "Speaker",
    "TermsVersion",
    "ThematicEvent",
    "ThematicEventStateChange",
    "VoluntaryReport",
    "VoluntaryReportStateChange",
    "WorkingGroup",
]
