"""Messages of meetings, by subject; each module registers its kinds."""

from meetings.messages import actions, groups, minutes, registration

__all__ = ["actions", "groups", "minutes", "registration"]
