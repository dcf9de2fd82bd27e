"""Meetings in the admin, by subject. States and histories are read-only; nothing public is deleted."""

from meetings.admin import checkin, events, groups, meetings, programme, registration, reports

__all__ = ["checkin", "events", "groups", "meetings", "programme", "registration", "reports"]
