"""Demo data: a working group."""

from datetime import timedelta
from typing import Any

from common.translated import in_languages
from meetings.demo.base import Clock, Directory
from meetings.enums import (
    ActionState,
    GroupRole,
)
from meetings.models import (
    ActionItem,
    Decision,
    GroupMember,
    WorkingGroup,
)
from strategy.models import Strategy

# "Now" lies about four weeks before the meeting. What the meeting's own clock has later, and has happened here, is moved back.
DECISIONS_BACK = timedelta(weeks=3)


def load(row: dict[str, Any], known: Directory, clock: Clock) -> None:
    group = WorkingGroup.objects.create(
        slug=row["slug"],
        **in_languages("name", row["title"]),
        **in_languages("summary", row["summary"]),
        terms_of_reference="\n\n".join(row["terms_of_reference"]),
        is_illustrative=row["illustrative"],
    )
    group.strategies.set(Strategy.objects.filter(slug=row["strategy"]))
    members = []
    for place, who in enumerate(row["members"]):
        for email, role in ((who["member"], who["role"]), (who["alternate"], GroupRole.ALTERNATE)):
            if email:
                body = known.organizations[who["agency"]]
                members.append(GroupMember(group=group, organization=body, name=known.name_of(email), role=role, position=place))
    GroupMember.objects.bulk_create(members)
    Decision.objects.bulk_create(
        Decision(
            group=group,
            number=part["number"],
            title=part["title"],
            text=part["text"],
            taken_on=clock.day(part["date"]) - DECISIONS_BACK,
            is_public=part["public"],
        )
        for part in row["decisions"]
    )
    ActionItem.objects.bulk_create(
        ActionItem(
            group=group,
            number=part["number"],
            text=part["title"],
            owner=known.organizations[part["owner"]],
            due_on=clock.day(part["due"]),
            state=ActionState(part["state"]),
        )
        for part in row["action_items"]
    )
