"""Messages of meetings, by subject; each module registers its kinds."""

from meetings.messages import actions, groups, meetings, minutes, programme, registration, reports

__all__ = ["actions", "groups", "meetings", "minutes", "programme", "registration", "reports"]
