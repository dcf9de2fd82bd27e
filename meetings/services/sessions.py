"""Verbs of the programme: rooms; sessions made, changed, moved, doubled, removed. Warnings never stop them."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.text import slugify
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from briefs.models import Brief
from common.access import Refused, require
from common.bidi import isolated
from common.place_time import hour_at
from directory.services.state import locked, refuse_if_changed
from meetings.enums import EditAct, MeetingState
from meetings.models import Meeting, MeetingDocument, Room, Session, Speaker
from meetings.services.editing import record_edit, refuse_unless_valid
from solutions.models import Solution
from strategy.models import Draft

LINKED: dict[str, Any] = {"drafts": Draft, "briefs": Brief, "solutions": Solution}


@dataclass(frozen=True)
class RoomRow:
    """A room as the form has it; without `pk` it is new."""

    name: str
    capacity: int
    note: str = ""
    position: int = 0
    pk: int | None = None
    is_removed: bool = False


@dataclass(frozen=True)
class SpeakerRow:
    """Somebody who speaks, as the form has it; without `pk` somebody new."""

    name: str
    part: str
    role: str = ""
    organization: Any = None
    affiliation: str = ""
    user: Any = None
    pk: int | None = None


@dataclass(frozen=True)
class SessionParts:
    """What belongs to a session besides its own fields. None leaves a part as it is."""

    speakers: Sequence[SpeakerRow] | None = None
    documents: Iterable[MeetingDocument] | None = None
    links: Mapping[str, Iterable[Any]] = field(default_factory=dict)  # by the names in LINKED


def _opened(meeting: Meeting, by: Any) -> Meeting:
    """The meeting, locked: two acts on one programme wait for each other. Refuses who may not edit it."""
    meeting = locked(meeting)
    require(by, "meetings.edit_programme", meeting)
    if meeting.state == MeetingState.CANCELLED:
        raise Refused(_("This meeting is cancelled; its programme stays as it was."))
    return meeting


def _locked_session(meeting: Meeting, session: Session, seen: int | None) -> Session:
    found = Session.objects.select_for_update(of=("self",)).filter(pk=session.pk, meeting=meeting).first()
    if found is None:
        raise Refused(_("Somebody else has removed this session meanwhile. Load the page again."))
    words = _(
        "Somebody else has changed this session meanwhile. Load the page again to see how it stands, then make your change."
    )
    refuse_if_changed(seen=None if seen is None else str(seen), present=str(found.version), refusal=words)
    found.meeting = meeting
    return found


def _free_code(taken: set[str], words: str, otherwise: str) -> str:
    """A short name for addresses that nothing else of the meeting has."""
    base = slugify(words)[:40].strip("-") or otherwise
    code, number = base, 2
    while code in taken:
        code, number = f"{base}-{number}", number + 1
    return code


# --- Rooms -----------------------------------------------------------------------------------------------------------


@transaction.atomic
def save_rooms(*, meeting: Meeting, by: Any, rows: Iterable[RoomRow]) -> None:
    """Add, change, order and remove the rooms of a meeting."""
    meeting = _opened(meeting, by)
    rooms = {room.pk: room for room in meeting.rooms.all()}
    taken = {room.code for room in rooms.values()}
    done = []
    for row in rows:
        room = rooms.get(row.pk) if row.pk else Room(meeting=meeting)
        if room is None:
            raise Refused(_("Somebody else has removed a room meanwhile. Load the page again."))
        if row.is_removed:
            done += _remove_room(room)
            continue
        values = {"name": row.name, "capacity": row.capacity, "note": row.note, "position": row.position}
        if room.pk and all(getattr(room, name) == value for name, value in values.items()):
            continue
        for name, value in values.items():
            setattr(room, name, value)
        if not room.pk:
            room.code = _free_code(taken, room.name, "room")
            taken.add(room.code)
        refuse_unless_valid(room)
        room.save()
        done.append(room.name)
    if done:
        record_edit(meeting, EditAct.ROOMS, by=by, detail=", ".join(done))


def _remove_room(room: Room) -> list[str]:
    if not room.pk:
        return []
    if number := room.sessions.count():
        words = ngettext(
            "“%(room)s” still has %(n)d session. Move it to another room first.",
            "“%(room)s” still has %(n)d sessions. Move them to another room first.",
            number,
        )
        raise Refused(words % {"room": isolated(room), "n": number})
    room.delete()
    return [f"– {room.name}"]


# --- Sessions --------------------------------------------------------------------------------------------------------


@transaction.atomic
def add_session(*, meeting: Meeting, by: Any, values: Mapping[str, Any], parts: SessionParts | None = None) -> Session:
    """Put a new session into the programme."""
    meeting = _opened(meeting, by)
    session = Session(meeting=meeting, **values)
    taken = set(meeting.sessions.values_list("code", flat=True))
    session.code = _free_code(taken, values.get("title_en") or "", "session")
    _save(session)
    _set_parts(session, parts or SessionParts(), by)
    record_edit(meeting, EditAct.SESSION_ADDED, by=by, thing=session, detail=_place_of(session))
    return session


@transaction.atomic
def change_session(
    *, session: Session, by: Any, values: Mapping[str, Any], parts: SessionParts | None = None, seen: int | None = None
) -> Session:
    """Change a session and what belongs to it."""
    meeting = _opened(session.meeting, by)
    session = _locked_session(meeting, session, seen)
    for name, value in values.items():
        setattr(session, name, value)
    _save(session)
    _set_parts(session, parts or SessionParts(), by)
    record_edit(meeting, EditAct.SESSION_CHANGED, by=by, thing=session, detail=_place_of(session))
    return session


@transaction.atomic
def move_session(
    *, session: Session, by: Any, room: Room | None, starts_at: datetime, ends_at: datetime, seen: int | None = None
) -> Session:
    """Give a session another room or other hours."""
    meeting = _opened(session.meeting, by)
    session = _locked_session(meeting, session, seen)
    if (session.room_id, session.starts_at, session.ends_at) == (room and room.pk, starts_at, ends_at):
        return session
    session.room, session.starts_at, session.ends_at = room, starts_at, ends_at
    _save(session)
    record_edit(meeting, EditAct.SESSION_MOVED, by=by, thing=session, detail=_place_of(session))
    return session


@transaction.atomic
def duplicate_session(*, session: Session, by: Any) -> Session:
    """Copy a session with its speakers, documents and links; the copy begins where the other ends and has no number."""
    meeting = _opened(session.meeting, by)
    session = _locked_session(meeting, session, None)
    speakers, documents = list(session.speakers.all()), list(session.documents.all())
    links = {name: list(getattr(session, name).all()) for name in LINKED}
    copy = Session.objects.get(pk=session.pk)
    copy.pk, copy._state.adding, copy.version = None, True, 0
    copy.code = _free_code(set(meeting.sessions.values_list("code", flat=True)), session.code, "session")
    copy.number = copy.item = ""
    copy.meeting = meeting
    copy.starts_at, copy.ends_at = session.ends_at, session.ends_at + (session.ends_at - session.starts_at)
    _save(copy)
    for speaker in speakers:
        speaker.pk, speaker._state.adding, speaker.session = None, True, copy
    Speaker.objects.bulk_create(speakers)
    copy.documents.set(documents)
    for name, rows in links.items():
        getattr(copy, name).set(rows)
    record_edit(meeting, EditAct.SESSION_ADDED, by=by, thing=copy, detail=_place_of(copy))
    return copy


@transaction.atomic
def remove_session(*, session: Session, by: Any, seen: int | None = None) -> None:
    """Take a session out of the programme; the record keeps its name."""
    meeting = _opened(session.meeting, by)
    take_out(meeting, _locked_session(meeting, session, seen), by=by)


def take_out(meeting: Meeting, session: Session, *, by: Any, on_behalf_of: Any = None) -> None:
    """Remove a session of a meeting that is locked, for somebody whose right to it was asked already."""
    thing, detail = str(session), _place_of(session)
    session.delete()
    record_edit(meeting, EditAct.SESSION_REMOVED, by=by, thing=thing, detail=detail, on_behalf_of=on_behalf_of)


def _save(session: Session) -> None:
    if session.room and session.room.meeting_id != session.meeting_id:
        raise Refused(_("This room belongs to another meeting. Choose one of this meeting's rooms."))
    if session.pk:
        session.version += 1
    refuse_unless_valid(session)
    session.save()


def _place_of(session: Session) -> str:
    """Day, hours and room as the record keeps them, on the place's clock."""
    zone = session.meeting.zone
    hours = f"{hour_at(session.starts_at, zone):%Y-%m-%d %H:%M}–{hour_at(session.ends_at, zone):%H:%M}"
    return f"{hours}, {session.room}" if session.room else hours


def _set_parts(session: Session, parts: SessionParts, by: Any) -> None:
    if parts.speakers is not None:
        _set_speakers(session, parts.speakers)
    if parts.documents is not None:
        chosen = list(parts.documents)
        assert all(row.meeting_id == session.meeting_id for row in chosen)
        session.documents.set(chosen)
    for name, rows in parts.links.items():
        # What the editor may not see was linked by somebody who may: it stays.
        manager = getattr(session, name)
        visible = LINKED[name].objects.visible_to(by)
        unseen = [row.pk for row in manager.exclude(pk__in=visible.values("pk"))]
        manager.set([*unseen, *(row.pk for row in rows)])


def _set_speakers(session: Session, rows: Sequence[SpeakerRow]) -> None:
    """The people of a session in the order of the form; who is not in it goes."""
    kept = {speaker.pk: speaker for speaker in session.speakers.all()}
    stay = {row.pk for row in rows if row.pk in kept}
    session.speakers.exclude(pk__in=stay).delete()
    for position, row in enumerate(rows):
        speaker = kept.get(row.pk) if row.pk else None
        speaker = speaker or Speaker(session=session)
        is_erased = bool(speaker.pk and not speaker.name)  # the name of an erased person stays away
        for name in ("name", "part", "role", "organization", "affiliation", "user"):
            setattr(speaker, name, getattr(row, name))
        speaker.position = position
        refuse_unless_valid(speaker, but=["name"] if is_erased else [])
        speaker.save()
