"""Meetings in the admin, by subject. States and histories are read-only; nothing public is deleted."""

from meetings.admin import delegations, events, groups, meetings, programme, questions, registration, reports, versions

__all__ = [
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
