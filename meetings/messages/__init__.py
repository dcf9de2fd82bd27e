"""Messages of meetings, by subject; each module registers its kinds."""

from meetings.messages import meetings, registration

__all__ = ["meetings", "registration"]
