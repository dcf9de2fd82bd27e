"""Demo data: the call for thematic events, and proposals in every state."""

from datetime import timedelta
from typing import Any

from common.translated import in_languages
from directory.demo import content
from meetings.demo.base import Clock, Directory, dated
from meetings.enums import CoSponsorState, EventState
from meetings.models import (
    AlternativeDates,
    CoSponsorship,
    CoSponsorshipStateChange,
    EventCall,
    EventNote,
    ThematicEvent,
    ThematicEventStateChange,
)

BY_SECRETARIAT = {EventState.UNDER_REVIEW, EventState.RETURNED, EventState.ACCEPTED, EventState.DECLINED}


def load(rows: list[dict[str, Any]], known: Directory, clock: Clock, process: str) -> None:
    data = content("meetings", "events")
    call = _call(data["call"], clock, process)
    for row in rows:
        zone = row["time_zone"]
        event = ThematicEvent.objects.create(
            slug=row["slug"],
            call=call,
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
        _co_sponsors(event, dict.fromkeys(row["co_sponsors"], "confirmed"), known)
        steps = [["draft", "2017-09-25T10:00", ""], ["proposed", "2017-10-02T10:00", ""]]
        steps.append([row["state"], "2017-10-16T10:00", ""])
        _history(event, steps, known, clock)
    for row in data["events"]:
        _proposal(row, call, known, clock)


def _call(row: dict[str, Any], clock: Clock, process: str) -> EventCall:
    return EventCall.objects.create(
        slug=row["slug"],
        **in_languages("title", row["title"]),
        **in_languages("introduction", row["introduction"]),
        process=process,
        opens_at=clock.at(row["opens"], "UTC"),
        closes_at=clock.at(row["closes"], "UTC"),
        limit_per_agency=row["limit"],
    )


def _proposal(row: dict[str, Any], call: EventCall, known: Directory, clock: Clock) -> None:
    zone, language = row["time_zone"], row["language"]
    spans = [(clock.at(start, zone), clock.at(end, zone)) for start, end in row["dates"]]
    event = ThematicEvent.objects.create(
        slug=row["slug"],
        call=call,
        language=language,
        **in_languages("title", {language: row["title"], "en": row["title"]}),
        **in_languages("summary", {language: row["summary"], "en": row["summary"]}),
        proposed_by=known.organizations[row["proposer"]],
        theme=known.themes[row["theme"]],
        format=row["format"],
        starts_at=spans[0][0],
        ends_at=spans[0][1],
        time_zone=zone,
        place=row["place"],
        city=row["city"],
        country=known.countries.get(row["country"]),
        expected=row["expected"],
        needs=row["needs"],
        is_illustrative=True,
        state=row["steps"][-1][0],
    )
    AlternativeDates.objects.bulk_create(
        AlternativeDates(event=event, starts_at=start, ends_at=end, position=place)
        for place, (start, end) in enumerate(spans[1:])
    )
    _co_sponsors(event, row["co_sponsors"], known)
    _history(event, row["steps"], known, clock)
    for side, at, text in row["notes"]:
        body = known.unossc if side == "secretariat" else event.proposed_by
        by = known.secretariat if side == "secretariat" else known.users[f"focal.{event.proposed_by.code}@demo.example"]
        note = EventNote.objects.create(event=event, text=text, by=by, on_behalf_of=body)
        EventNote.objects.filter(pk=note.pk).update(at=clock.at(at, "UTC"))


def _co_sponsors(event: ThematicEvent, answers: dict[str, str], known: Directory) -> None:
    for code, state in answers.items():
        body = known.organizations[code]
        row = CoSponsorship.objects.create(event=event, organization=body, state=state)
        row.state_changes.create(old="", new=CoSponsorState.ASKED, on_behalf_of=event.proposed_by)
        if state != CoSponsorState.ASKED:
            row.state_changes.create(old=CoSponsorState.ASKED, new=state, on_behalf_of=body)


def _history(event: ThematicEvent, steps: list[list[str]], known: Directory, clock: Clock) -> None:
    changes, old = [], ""
    for new, at, reason in steps:
        change = ThematicEventStateChange(subject=event, old=old, new=new, reason=reason, on_behalf_of=event.proposed_by)
        if new in BY_SECRETARIAT:
            change.by, change.on_behalf_of = known.secretariat, known.unossc
        moment = clock.at(at, "UTC")
        changes.append((change, moment))
        old = new
        if new == EventState.PROPOSED:
            event.proposed_at = moment
        elif new == EventState.ACCEPTED:
            event.accepted_at = moment
    event.save(update_fields=["proposed_at", "accepted_at"])
    dated(changes, ThematicEventStateChange)
    first = changes[0][1]
    CoSponsorshipStateChange.objects.filter(subject__event=event).update(at=first + timedelta(days=8))
