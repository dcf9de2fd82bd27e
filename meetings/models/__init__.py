"""Tables of meetings, by subject."""

from meetings.models.changes import RegistrationEdit, RegistrationEditStateChange
from meetings.models.checkin import Scan
from meetings.models.co_sponsors import CoSponsorship, CoSponsorshipStateChange
from meetings.models.delegations import DelegationCeiling, DelegationSubstitution, OrganizationContact
from meetings.models.event_calls import EventCall
from meetings.models.events import AlternativeDates, EventNote, ThematicEvent, ThematicEventStateChange
from meetings.models.floor import FloorList, FloorRequest, FloorRequestStateChange
from meetings.models.following import CalendarToken, ProgrammeFollow, SessionStar
from meetings.models.group_meetings import (
    AgendaItem,
    Attendance,
    Confirmation,
    ConfirmationStateChange,
    Minutes,
    MinutesStateChange,
    MinutesVersion,
)
from meetings.models.groups import ActionItem, ActionItemStateChange, Decision, GroupMember, TermsVersion, WorkingGroup
from meetings.models.letters import InvitationLetter, InvitationLetterStateChange, VisaDetails
from meetings.models.meetings import Meeting, MeetingDocument, MeetingEdit, MeetingStateChange
from meetings.models.programme import Room, Session, Speaker
from meetings.models.questions import Question
from meetings.models.registration import CategoryQuota, Registration, RegistrationFile, RegistrationStateChange, RequiredDocument
from meetings.models.reports import CallSection, ReportCall, VoluntaryReport, VoluntaryReportStateChange
from meetings.models.seats import BulkAct, Promotion, RegistrationImport, SeatMove
from meetings.models.versions import ProgrammeFile, ProgrammeVersion

__all__ = [
    "ActionItem",
    "ActionItemStateChange",
    "AgendaItem",
    "AlternativeDates",
    "Attendance",
    "BulkAct",
    "CalendarToken",
    "CallSection",
    "CategoryQuota",
    "CoSponsorship",
    "CoSponsorshipStateChange",
    "Confirmation",
    "ConfirmationStateChange",
    "Decision",
    "DelegationCeiling",
    "DelegationSubstitution",
    "EventCall",
    "EventNote",
    "FloorList",
    "FloorRequest",
    "FloorRequestStateChange",
    "GroupMember",
    "InvitationLetter",
    "InvitationLetterStateChange",
    "Meeting",
    "MeetingDocument",
    "MeetingEdit",
    "MeetingStateChange",
    "Minutes",
    "MinutesStateChange",
    "MinutesVersion",
    "OrganizationContact",
    "ProgrammeFile",
    "ProgrammeFollow",
    "ProgrammeVersion",
    "Promotion",
    "Question",
    "Registration",
    "RegistrationEdit",
    "RegistrationEditStateChange",
    "RegistrationFile",
    "RegistrationImport",
    "RegistrationStateChange",
    "ReportCall",
    "RequiredDocument",
    "Room",
    "Scan",
    "SeatMove",
    "Session",
    "SessionStar",
    "Speaker",
    "TermsVersion",
    "ThematicEvent",
    "ThematicEventStateChange",
    "VisaDetails",
    "VoluntaryReport",
    "VoluntaryReportStateChange",
    "WorkingGroup",
]
