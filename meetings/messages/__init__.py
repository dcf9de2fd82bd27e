"""Messages of meetings, by subject; each module registers its kinds."""

from meetings.messages import (
    actions,
    by_address,
    delegations,
    events,
    groups,
    letters,
    meetings,
    minutes,
    privacy,
    programme,
    registration,
    reminders,
    reports,
)

__all__ = [
    "actions",
    "by_address",
    "delegations",
    "events",
    "groups",
    "letters",
    "meetings",
    "minutes",
    "privacy",
    "programme",
    "registration",
    "reminders",
    "reports",
]
