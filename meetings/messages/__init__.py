"""Messages of meetings, by subject; each module registers its kinds."""

from meetings.messages import registration, reports

__all__ = ["registration", "reports"]
