"""What the portal holds about a person, app by app: for taking along and for erasure."""

from collections.abc import Callable
from typing import Any

from directory.models import User
from meetings.selectors import data_of_person as data_of_meetings

SOURCES: dict[str, Callable[[User], list[dict[str, Any]]]] = {"meetings": data_of_meetings}


def data_of(user: User) -> dict[str, Any]:
    """Everything held about `user` as JSON, by app."""
    person = {
        "email": user.email,
        "given_name": user.given_name,
        "family_name": user.family_name,
        "language": user.language,
        "time_zone": user.time_zone,
        "joined": user.date_joined.isoformat(),
        "memberships": [str(membership) for membership in user.memberships.all()],
    }
    return {"person": person, **{name: source(user) for name, source in SOURCES.items()}}
