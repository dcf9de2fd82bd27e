"""Tables of meetings, by subject."""

from meetings.models.co_sponsors import CoSponsorship, CoSponsorshipStateChange
from meetings.models.event_calls import EventCall
from meetings.models.events import AlternativeDates, EventNote, ThematicEvent, ThematicEventStateChange
from meetings.models.groups import ActionItem, Decision, GroupMember, WorkingGroup
from meetings.models.meetings import Meeting, MeetingDocument, MeetingStateChange
from meetings.models.programme import Room, Session, Speaker
from meetings.models.registration import CategoryQuota, Registration, RegistrationStateChange
from meetings.models.reports import VoluntaryReport, VoluntaryReportStateChange

__all__ = [
    "ActionItem",
    "AlternativeDates",
    "CategoryQuota",
    "CoSponsorship",
    "CoSponsorshipStateChange",
    "Decision",
    "EventCall",
    "EventNote",
    "GroupMember",
    "Meeting",
    "MeetingDocument",
    "MeetingStateChange",
    "Registration",
    "RegistrationStateChange",
    "Room",
    "Session",
    "Speaker",
    "ThematicEvent",
    "ThematicEventStateChange",
    "VoluntaryReport",
    "VoluntaryReportStateChange",
    "WorkingGroup",
]
