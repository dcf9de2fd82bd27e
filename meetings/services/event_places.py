"""How an accepted event comes to be held: as a meeting with its own registration, or as a session of one. Never twice."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Q
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from common.access import Refused, require
from common.bidi import isolated
from directory.page_versions import bump
from directory.services.state import locked, record_start
from meetings.enums import EventState, MeetingState, SessionKind
from meetings.messages import events as messages
from meetings.models import CategoryQuota, Meeting, Room, Session, ThematicEvent
from meetings.rules import secretariat_of

MEETING_FIELDS = frozenset(
    {"place", "city", "country", "contact_email", "registration_opens_at", "registration_closes_at"}
)  # what a proposal does not say
_LANGUAGES = [code.replace("-", "_") for code, _name in settings.LANGUAGES]
COPIED = ("category", "approval", "needs_endorsement", "badge_colour", "is_open")


def _to_place(event: ThematicEvent, by: Any) -> ThematicEvent:
    event = locked(event)
    require(by, "meetings.decide_thematicevent", event)
    if event.state != EventState.ACCEPTED:
        raise Refused(_("Only an accepted event becomes a meeting or a session. Accept the proposal first."))
    if event.meeting:
        raise Refused(_("This event has become the meeting “%(title)s” already.") % {"title": isolated(event.meeting)})
    if event.session:
        raise Refused(_("This event is a session of “%(title)s” already.") % {"title": isolated(event.session.meeting)})
    if event.ends_at <= timezone.now():
        raise Refused(_("This event is over. Move it to dates that lie ahead first."))
    return event


def _texts(event: ThematicEvent, **longest: int) -> dict[str, Any]:
    """Title and summary in every language that the event has them in."""
    return {
        f"{name}_{code}": (getattr(event, f"{name}_{code}") or "")[:most] or None
        for name, most in longest.items()
        for code in _LANGUAGES
    }


def _valid(row: Any) -> None:
    try:
        row.full_clean(validate_unique=False)
    except ValidationError as error:
        raise Refused(" ".join(error.messages)) from None


@transaction.atomic
def make_meeting_of_event(
    *, event: ThematicEvent, by: Any, values: Mapping[str, Any], seats_like: Meeting | None = None
) -> ThematicEvent:
    """Make a meeting of an accepted event: a draft that the secretariat completes and announces; then people register on it.

    Args:
        values: by the names in `MEETING_FIELDS`; place, city and country are needed.
        seats_like: a meeting whose categories are taken over. If the event expects a number of people, seats are shared
            out in the same proportions.
    """
    assert set(values) <= MEETING_FIELDS
    event = _to_place(event, by)
    if not (values.get("place") and values.get("city") and values.get("country")):
        raise Refused(_("A meeting needs a place, a city and a country. For one online, name those of the host."))
    meeting = Meeting(
        slug=_free_slug(event.slug),
        **_texts(event, title=250, summary=1000),
        starts_at=event.starts_at,
        ends_at=event.ends_at,
        time_zone=event.time_zone,
        host=event.proposed_by,
        parent_process=event.call.process if event.call else "",
        is_illustrative=event.is_illustrative,
    )
    for name, value in values.items():
        setattr(meeting, "place_en" if name == "place" else name, value)
    _valid(meeting)
    meeting.save()
    record_start(meeting, by=by, on_behalf_of=secretariat_of(by))
    if seats_like:
        _copy_seats(seats_like, meeting, event.expected)
    event.meeting = meeting
    event.place, event.city, event.country = values["place"], meeting.city, meeting.country
    event.sequence += 1
    event.save(update_fields=["meeting", "place", "city", "country", "sequence", "changed_at"])
    messages.event_placed(event)
    bump("meetings")
    return event


def _copy_seats(model: Meeting, meeting: Meeting, expected: int | None) -> None:
    rows = list(model.quotas.filter(withdrawn_at=None))
    total = sum(row.seats for row in rows)
    CategoryQuota.objects.bulk_create(
        CategoryQuota(
            meeting=meeting,
            # No category is left without a seat where the model gave it some.
            seats=max(row.seats * expected // total, min(row.seats, 1)) if expected and total else row.seats,
            **{name: getattr(row, name) for name in COPIED},
        )
        for row in rows
    )


def _free_slug(slug: str) -> str:
    number, free = 2, slug
    while Meeting.objects.filter(slug=free).exists():
        free = f"{slug[:45]}-{number}"
        number += 1
    return free


@transaction.atomic
def make_session_of_event(
    *, event: ThematicEvent, by: Any, meeting: Meeting, starts_at: datetime, ends_at: datetime, room: Room | None = None
) -> ThematicEvent:
    """Put an accepted event into the programme of a meeting, as a side event; who comes registers for that meeting.

    Raises:
        Refused: the meeting is cancelled or over, the hours lie outside of it, or the room is another meeting's or taken.
    """
    event = _to_place(event, by)
    meeting = locked(meeting)
    require(by, "meetings.change_meeting", meeting)
    if meeting.state == MeetingState.CANCELLED or meeting.ends_at <= timezone.now():
        raise Refused(_("This meeting is cancelled or over. Choose one that lies ahead."))
    if starts_at < meeting.starts_at or ends_at > meeting.ends_at:
        raise Refused(_("These hours lie outside the meeting. Choose hours between its beginning and its end."))
    if ends_at <= starts_at:
        raise Refused(_("The end must be after the beginning."))
    if room and room.meeting_id != meeting.pk:
        raise Refused(_("This room belongs to another meeting. Choose one of this meeting's, or none yet."))
    taken = room and meeting.sessions.filter(room=room, starts_at__lt=ends_at, ends_at__gt=starts_at).first()
    if taken:
        words = _("The room is taken by “%(title)s” at that time. Choose another room or hour.")
        raise Refused(words % {"title": isolated(taken)})
    codes = set(meeting.sessions.values_list("code", flat=True))
    code = next(
        code for number in range(1, 1000) if (code := event.slug if number == 1 else f"{event.slug[:45]}-{number}") not in codes
    )
    session = Session(
        meeting=meeting,
        room=room,
        code=code,
        kind=SessionKind.SIDE_EVENT,
        **_texts(event, title=250, summary=1500),
        starts_at=starts_at,
        ends_at=ends_at,
        is_illustrative=event.is_illustrative,
    )
    _valid(session)
    session.save()
    # The event takes the hours and the place of its session, so that calendars say the same everywhere.
    event.session = session
    event.starts_at, event.ends_at, event.time_zone = starts_at, ends_at, meeting.time_zone
    event.place, event.city, event.country = _place_of(meeting), meeting.city, meeting.country
    event.sequence += 1
    also = ["starts_at", "ends_at", "time_zone", "place", "city", "country"]
    event.save(update_fields=["session", "sequence", "changed_at", *also])
    Meeting.objects.filter(pk=meeting.pk).update(sequence=meeting.sequence + 1, changed_at=timezone.now())
    messages.event_placed(event)
    bump("meetings")
    return event


def _place_of(meeting: Meeting) -> str:
    """An event names its place once, whatever language the staff work in."""
    with translation.override(settings.LANGUAGE_CODE):
        return meeting.place


def events_held_in(meeting: Meeting) -> list[ThematicEvent]:
    """The events that this meeting, or a session of it, is; locked before the meeting, as who places an event takes them."""
    rows = ThematicEvent.objects.select_for_update(of=("self",)).filter(Q(session__meeting=meeting) | Q(meeting=meeting))
    return list(rows.order_by("pk"))


def follow_meeting(*, events: Iterable[ThematicEvent], meeting: Meeting, reason: str = "") -> None:
    """Bring events to where and when they are held now: pages and calendars say it, agency and co-sponsors are told.

    An event that is a session follows when the programme is released; until then the public reads the hours as released.
    """
    for event in events:
        held = meeting.sessions.filter(pk=event.session_id).first() if event.session_id else meeting
        if event.state != EventState.ACCEPTED or held is None:
            continue
        now: dict[str, Any] = {"starts_at": held.starts_at, "ends_at": held.ends_at}
        now |= {"time_zone": meeting.time_zone, "place": _place_of(meeting), "city": meeting.city, "country": meeting.country}
        changed = [name for name, value in now.items() if getattr(event, name) != value]
        if not changed:
            continue
        for name in changed:
            setattr(event, name, now[name])
        event.sequence += 1
        event.save(update_fields=[*changed, "sequence", "changed_at"])
        messages.event_changed(event, reason=reason)
