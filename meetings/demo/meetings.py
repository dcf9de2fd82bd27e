"""Demo data: meetings with their programmes."""

from datetime import timedelta
from typing import Any

from common.translated import in_languages
from meetings.demo.base import Clock, Directory, dated
from meetings.enums import (
    MeetingState,
    SessionKind,
)
from meetings.models import (
    Meeting,
    MeetingDocument,
    MeetingStateChange,
    Room,
    Session,
    Speaker,
)

OFFICIAL = "https://undocs.org/"


def meeting(row: dict[str, Any], known: Directory, clock: Clock, opens: str = "", closes: str = "") -> Meeting:
    zone = row["time_zone"]
    purpose = row.get("purpose") or {"en": [row.get("description", "")]}
    made = Meeting.objects.create(
        slug=row["slug"],
        **in_languages("title", row["title"]),
        **in_languages("summary", row["summary"]),
        **in_languages("place", row["venue"]),
        **in_languages("purpose", {code: "\n\n".join(parts) for code, parts in purpose.items()}),
        city=row["city"],
        country=known.countries[row["country"]],
        time_zone=zone,
        starts_at=clock.at(row["starts"], zone),
        ends_at=clock.at(row["ends"], zone),
        host=known.organizations[row["organizer"]],
        conjunction=row.get("conjunction", {}).get("name", ""),
        parent_process=row.get("parent_process", {}).get("name", ""),
        contact_email=row.get("contact_email", ""),
        registration_opens_at=clock.at(opens, zone) if opens else None,
        registration_closes_at=clock.at(closes, zone) if closes else None,
        is_illustrative=row.get("illustrative", False),
        state=MeetingState.PUBLISHED,
    )
    announced = clock.at("2017-09-04T11:00", "America/New_York")
    drafted = MeetingStateChange(subject=made, old="", new=MeetingState.DRAFT)
    published = MeetingStateChange(subject=made, old=MeetingState.DRAFT, new=MeetingState.PUBLISHED)
    for change in (drafted, published):
        change.by, change.on_behalf_of = known.secretariat, known.unossc
    dated([(drafted, announced - timedelta(days=12)), (published, announced)], MeetingStateChange)
    return made


def programme(meeting: Meeting, data: dict[str, Any], known: Directory, clock: Clock) -> None:
    documents = {
        row["code"]: MeetingDocument.objects.create(
            meeting=meeting,
            code=row["code"],
            title=row["title"],
            symbol=row["symbol"],
            language=row["language"],
            url=OFFICIAL + row["symbol"] if row["symbol"] else "",
            note=row["description"],
            position=place,
        )
        for place, row in enumerate(data["documents"])
    }
    rooms = {
        row["code"]: Room.objects.create(
            meeting=meeting,
            code=row["code"],
            name=row["name"],
            capacity=row["capacity"],
            note=row.get("note", ""),
            position=place,
        )
        for place, row in enumerate(data["rooms"])
    }
    summaries = {row["code"]: row["summary"] for row in data["agenda_items"]}
    number = 0
    for row in data["sessions"]:
        item = row["agenda_item"] or ""
        if row["kind"] not in {SessionKind.BREAK, SessionKind.SERVICE}:
            number += 1
        session = Session.objects.create(
            meeting=meeting,
            room=rooms.get(row["room"]),
            code=row["code"],
            number=str(number) if row["kind"] not in {SessionKind.BREAK, SessionKind.SERVICE} else "",
            item=item,
            kind=row["kind"],
            **in_languages("title", row["title"]),
            **in_languages("summary", summaries.get(item) or row["description"]),
            starts_at=clock.at(row["starts"], meeting.time_zone),
            ends_at=clock.at(row["ends"], meeting.time_zone),
            interpretation=[code.replace("_", "-") for code in row.get("interpretation", [])],
            is_illustrative=row["illustrative"],
            interpretation_team=row.get("interpretation_team", ""),
            expected=row.get("expected"),
        )
        session.documents.set([documents[code] for code in row["documents"]])
        Speaker.objects.bulk_create(
            Speaker(
                session=session,
                name=who["name"],
                role=who["role"],
                organization=known.organizations.get(who["organization"] or ""),
                part=who["part"],
                position=place,
            )
            for place, who in enumerate(row["speakers"])
        )


def other_sessions(meeting: Meeting, row: dict[str, Any], clock: Clock) -> None:
    for place, part in enumerate(row["sessions"], start=1):
        Session.objects.create(
            meeting=meeting,
            code=part["code"],
            number=str(place),
            **in_languages("title", part["title"]),
            starts_at=clock.at(part["starts"], meeting.time_zone),
            ends_at=clock.at(part["ends"], meeting.time_zone),
            is_illustrative=True,
        )
