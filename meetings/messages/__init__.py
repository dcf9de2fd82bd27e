"""Messages of meetings, by subject; each module registers its kinds."""

from meetings.messages import programme, registration

__all__ = ["programme", "registration"]
