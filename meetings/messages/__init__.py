"""Messages of meetings, by subject; each module registers its kinds."""

from meetings.messages import delegations, letters, registration, reminders

__all__ = ["delegations", "letters", "registration", "reminders"]
