"""Messages of meetings, by subject; each module registers its kinds."""

from meetings.messages import meetings, programme, registration, reports

__all__ = ["meetings", "programme", "registration", "reports"]
