"""Meetings in the admin, by subject. States and histories are read-only; nothing public is deleted."""

from meetings.admin import events, groups, meetings, programme, questions, registration, reports, versions

__all__ = ["events", "groups", "meetings", "programme", "questions", "registration", "reports", "versions"]
