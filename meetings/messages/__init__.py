"""Messages of meetings, by subject; each module registers its kinds."""

from meetings.messages import actions, by_address, groups, meetings, minutes, programme, registration, reports

__all__ = ["actions", "by_address", "groups", "meetings", "minutes", "programme", "registration", "reports"]
