"""Demo data: thematic events."""

from datetime import timedelta
from typing import Any

from common.translated import in_languages
from meetings.demo.base import Clock, Directory, dated
from meetings.enums import (
    EventState,
)
from meetings.models import (
    ThematicEvent,
    ThematicEventStateChange,
)


def load(rows: list[dict[str, Any]], known: Directory, clock: Clock) -> None:
    for row in rows:
        zone = row["time_zone"]
        event = ThematicEvent.objects.create(
            slug=row["slug"],
            **in_languages("title", row["title"]),
            **in_languages("summary", row["summary"]),
            proposed_by=known.organizations[row["proposer"]],
            theme=known.themes[row["theme"]],
            format=row["format"],
            starts_at=clock.at(f"{row['starts']}T09:00", zone),
            ends_at=clock.at(f"{row['ends']}T17:00", zone),
            time_zone=zone,
            city=row["city"],
            country=known.countries[row["country"]],
            expected=row["expected_participants"],
            needs=row["needs"],
            is_illustrative=row["illustrative"],
            state=row["state"],
        )
        event.co_sponsors.set([known.organizations[code] for code in row["co_sponsors"]])
        proposed = clock.at("2017-10-02T10:00", "UTC")
        first = ThematicEventStateChange(subject=event, old="", new=EventState.PROPOSED, on_behalf_of=event.proposed_by)
        changes = [(first, proposed)]
        if event.state != EventState.PROPOSED:
            decision = ThematicEventStateChange(subject=event, old=EventState.PROPOSED, new=event.state)
            decision.by, decision.on_behalf_of = known.secretariat, known.unossc
            changes.append((decision, proposed + timedelta(days=14)))
        dated(changes, ThematicEventStateChange)
