"""Messages of meetings, by subject; each module registers its kinds."""

from meetings.messages import privacy, registration

__all__ = ["privacy", "registration"]
