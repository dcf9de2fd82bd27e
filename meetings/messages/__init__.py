"""Messages of meetings, by subject; each module registers its kinds."""

from meetings.messages import by_address, registration

__all__ = ["by_address", "registration"]
