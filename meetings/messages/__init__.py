"""Messages of meetings, by subject; each module registers its kinds."""

from meetings.messages import events, registration

__all__ = ["events", "registration"]
