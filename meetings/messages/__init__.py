"""Messages of meetings, by subject; each module registers its kinds."""

from meetings.messages import programme, registration, reports

__all__ = ["programme", "registration", "reports"]
