"""Meetings in the admin, by subject. States and histories are read-only; nothing public is deleted."""

from meetings.admin import checkin, delegations, events, groups, meetings, programme, questions, registration, reports, versions

__all__ = [
    "checkin",
    "delegations",
    "events",
    "groups",
    "meetings",
    "programme",
    "questions",
    "registration",
    "reports",
    "versions",
]
