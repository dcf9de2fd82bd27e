"""A programme as JSON: what a version freezes, and what any page of the programme is read from.

The working copy is written down in the same way before it is shown, so there is one way of reading. Texts are kept in
every language that they have: {"en": …, "ar": …}.
"""

import hashlib
import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from functools import cached_property
from itertools import groupby
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import models
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from common.bidi import marked
from meetings.enums import SessionKind, SpeakerPart
from meetings.models import Meeting, MeetingDocument, ProgrammeVersion, Session, Speaker
from meetings.selectors.programme import LINKED, QUIET_KINDS, sessions_of
from notifications.kinds import in_all_languages

Texts = dict[str, str]

# --- Writing down ----------------------------------------------------------------------------------------------------


def texts_of(instance: models.Model | None, name: str) -> Texts:
    """A field in every language that it has; a field that is not translated stands under no language."""
    if instance is None:
        return {}
    texts = in_all_languages(instance, name)["_texts"]
    plain = getattr(instance, name)
    return texts or ({"": plain} if plain else {})  # type: ignore[return-value]


def snapshot(meeting: Meeting) -> dict[str, Any]:
    """The working copy of the meeting's programme, in its order."""
    return {
        "time_zone": meeting.time_zone,
        "rooms": [
            {"code": room.code, "name": texts_of(room, "name"), "seats": room.capacity, "note": room.note}
            for room in meeting.rooms.all()
        ],
        "sessions": [_session(session) for session in sessions_of(meeting)],
    }


def _session(session: Session) -> dict[str, Any]:
    return {
        "code": session.code,
        "number": session.number,
        "item": session.item,
        "kind": session.kind,
        "title": texts_of(session, "title"),
        "summary": texts_of(session, "summary"),
        "starts_at": session.starts_at.astimezone(UTC).isoformat(),
        "ends_at": session.ends_at.astimezone(UTC).isoformat(),
        "room": session.room.code if session.room else "",
        "interpretation": list(session.interpretation),
        "is_illustrative": session.is_illustrative,
        "speakers": [_speaker(speaker) for speaker in session.speakers.all()],
        "documents": [_document(document) for document in session.documents.all()],
        # Keys only: what each is called, and who may see it, is asked when it is read.
        "links": {name: sorted(row.pk for row in getattr(session, name).all()) for name in LINKED},
    }


def _speaker(speaker: Speaker) -> dict[str, Any]:
    body: Texts = {"": speaker.affiliation} if speaker.affiliation else {}
    if speaker.organization:
        acronym = speaker.organization.acronym
        body = {"": acronym} if acronym else texts_of(speaker.organization, "name")
    return {
        "name": speaker.name,
        "role": speaker.role,
        "part": speaker.part,
        "organization": speaker.organization.code if speaker.organization else "",
        "body": body,
    }


def _document(document: MeetingDocument) -> dict[str, Any]:
    return {
        "code": document.code,
        "symbol": document.symbol,
        "title": texts_of(document, "title"),
        "language": document.language,
        "url": document.url,
        "file": document.pk if document.file_id else None,
    }


def digest(content: dict[str, Any]) -> str:
    """SHA-256 of a snapshot: two that are the same in every text and number have the same."""
    canonical = json.dumps(content, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(canonical.encode()).hexdigest()


def search_text(content: dict[str, Any]) -> str:
    """Everything in a snapshot that somebody may look for, one session to a line."""
    return "\n".join(" ".join(_words(session)) for session in content["sessions"])


def _words(session: dict[str, Any]) -> Iterator[str]:
    yield from session["title"].values()
    yield from (" ".join(text.split()) for text in session["summary"].values())
    yield from (speaker["name"] for speaker in session["speakers"])


# --- Reading ---------------------------------------------------------------------------------------------------------


def said(texts: Texts) -> str:
    """A text in the reader's language, else in English, else in whichever there is."""
    return texts.get(get_language() or "en") or texts.get("en") or next(iter(texts.values()), "")


@dataclass(frozen=True)
class ProgrammeRoom:
    """A room of the meeting."""

    code: str
    name: str
    seats: int
    note: str

    def __str__(self) -> str:
        return self.name


@dataclass(frozen=True)
class ProgrammeSpeaker:
    """Somebody who moderates or speaks. The name is empty where the person was erased."""

    name: str
    role: str
    body: str
    part: str
    organization: str

    @property
    def get_part_display(self) -> str:
        return str(SpeakerPart(self.part).label)

    @property
    def said_name(self) -> str:
        return self.name or _("A former participant")

    @property
    def in_short(self) -> str:
        """Name, function and organization in one line."""
        return ", ".join(part for part in (self.said_name, self.role, self.body) if part)

    @property
    def in_full(self) -> str:
        """The same with the part, where it is not simply to speak."""
        return self.in_short if self.part == SpeakerPart.SPEAKER else f"{self.in_short} ({self.get_part_display})"


@dataclass(frozen=True)
class ProgrammeDocument:
    """A document of a session."""

    label: str
    address: str

    def __str__(self) -> str:
        return self.label


@dataclass(frozen=True)
class ProgrammeSession:
    """One entry of a programme in the reader's language; hours on the place's clock."""

    meeting_slug: str
    raw: dict[str, Any] = field(repr=False)
    code: str
    number: str
    item: str
    kind: str
    title: str
    summary: str
    local_start: datetime
    local_end: datetime
    room: ProgrammeRoom | None
    interpretation: list[str]
    is_illustrative: bool
    speakers: list[ProgrammeSpeaker]
    documents: list[ProgrammeDocument]
    links: list[ProgrammeDocument] = field(default_factory=list)

    def __str__(self) -> str:
        return marked(f"({self.item})", self.title) if self.item else self.title

    def get_absolute_url(self) -> str:
        return reverse("meetings:programme", args=[self.meeting_slug]) + f"#{self.code}"

    @property
    def get_kind_display(self) -> str:
        return str(SessionKind(self.kind).label)

    @property
    def starts_at(self) -> datetime:
        return self.local_start.astimezone(UTC)

    @property
    def ends_at(self) -> datetime:
        return self.local_end.astimezone(UTC)

    @property
    def is_quiet(self) -> bool:
        """A break or a service: nobody speaks there."""
        return self.kind in QUIET_KINDS

    @property
    def languages(self) -> str:
        """The languages of interpretation by name."""
        names = {code: str(name) for code, name in settings.LANGUAGES}
        return ", ".join(names.get(code, code) for code in self.interpretation)


@dataclass(frozen=True)
class Day:
    """One day on the place's calendar; `at` is a moment of it in the place's zone."""

    at: datetime
    sessions: list[ProgrammeSession]

    @property
    def anchor(self) -> str:
        return f"day-{self.at:%Y-%m-%d}"


@dataclass(frozen=True)
class Programme:
    """A programme as it is read. `number` is None for the working copy, else the version's."""

    meeting: Meeting
    number: int | None
    released_at: datetime | None
    note: str
    rooms: list[ProgrammeRoom]
    sessions: list[ProgrammeSession]
    removed: list[ProgrammeSession] = field(default_factory=list)

    @cached_property
    def by_code(self) -> dict[str, ProgrammeSession]:
        return {session.code: session for session in self.sessions}

    @property
    def days(self) -> list[Day]:
        def day(session: ProgrammeSession) -> date:
            return session.local_start.date()

        return [Day(group[0].local_start, group) for _day, rows in groupby(self.sessions, key=day) if (group := list(rows))]


def read_programme(
    meeting: Meeting, content: dict[str, Any], *, version: ProgrammeVersion | None = None, removed: Iterable[dict[str, Any]] = ()
) -> Programme:
    """A snapshot in the reader's language. No query."""
    zone = ZoneInfo(content["time_zone"])
    rooms = [ProgrammeRoom(row["code"], said(row["name"]), row["seats"], row["note"]) for row in content["rooms"]]
    by_code = {room.code: room for room in rooms}
    return Programme(
        meeting=meeting,
        number=version.number if version else None,
        released_at=version.released_at if version else None,
        note=version.note if version else "",
        rooms=rooms,
        sessions=[_read_session(meeting, row, zone, by_code) for row in content["sessions"]],
        removed=[_read_session(meeting, row, zone, by_code) for row in removed],
    )


def _read_session(meeting: Meeting, row: dict[str, Any], zone: ZoneInfo, rooms: dict[str, ProgrammeRoom]) -> ProgrammeSession:
    return ProgrammeSession(
        meeting_slug=meeting.slug,
        raw=row,
        code=row["code"],
        number=row["number"],
        item=row["item"],
        kind=row["kind"],
        title=said(row["title"]),
        summary=said(row["summary"]),
        local_start=datetime.fromisoformat(row["starts_at"]).astimezone(zone),
        local_end=datetime.fromisoformat(row["ends_at"]).astimezone(zone),
        room=rooms.get(row["room"]),
        interpretation=row["interpretation"],
        is_illustrative=row["is_illustrative"],
        speakers=[
            ProgrammeSpeaker(who["name"], who["role"], said(who["body"]), who["part"], who["organization"])
            for who in row["speakers"]
        ],
        documents=[ProgrammeDocument(doc["symbol"] or said(doc["title"]), address_of(meeting, doc)) for doc in row["documents"]],
    )


def show_links(programme: Programme, reader: Any) -> Programme:
    """Give each session the drafts, briefs and solutions that it leads to and that `reader` may see. At most three queries."""
    for name, model in LINKED.items():
        wanted = {key for session in programme.sessions for key in session.raw.get("links", {}).get(name, [])}
        if not wanted:
            continue
        rows = model._default_manager.all().visible_to(reader).filter(pk__in=wanted)  # type: ignore[attr-defined]
        pages = {row.pk: row for row in (rows.select_related("strategy") if name == "drafts" else rows)}
        for session in programme.sessions:
            found = (pages.get(key) for key in session.raw.get("links", {}).get(name, []))
            session.links.extend(ProgrammeDocument(str(row), row.get_absolute_url()) for row in found if row)
    return programme


def address_of(meeting: Meeting, document: dict[str, Any]) -> str:
    """Where a document of a snapshot is read; empty where it is only announced."""
    if document["file"]:
        return reverse("meetings_files:document", args=[meeting.slug, document["file"]])
    return str(document["url"])
