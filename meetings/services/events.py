"""What an agency does with its events: write down, propose, withdraw; and notes to and from the secretariat."""

import secrets
from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone, translation
from django.utils.text import slugify
from django.utils.translation import gettext as _

from common.access import Refused, may, require
from common.bidi import isolated
from directory.models import Organization
from directory.page_versions import bump
from directory.rules import organizations_of
from directory.services.state import change_state, locked, record_start, refuse_if_changed
from meetings.enums import COUNTED_EVENTS, EventFormat, EventState, MeetingState
from meetings.messages import events as messages
from meetings.models import AlternativeDates, EventCall, EventNote, Meeting, Session, ThematicEvent
from meetings.rules import secretariat_of
from meetings.services.co_sponsors import ask_co_sponsors, name_co_sponsors
from meetings.services.editing import end_meeting, locked_to_cancel
from meetings.services.programme import release_without
from meetings.services.sessions import take_out

RESERVED_SLUGS = frozenset({"new", "ours", "review", "calls"})
TRANSLATED = ("title", "summary")
FIELDS = frozenset(
    {"call", "language", "title", "summary", "proposed_by", "theme", "format", "starts_at", "ends_at", "time_zone"}
    | {"place", "city", "country", "expected", "needs"}
)
Span = tuple[datetime, datetime]


def refuse_unless_valid(event: ThematicEvent) -> None:
    """Say in a sentence what the row may not be, before the database does. A draft may still lack its summary."""
    try:
        event.full_clean(exclude={"summary"}, validate_unique=False)
    except ValidationError as error:
        raise Refused(" ".join(error.messages)) from None


@transaction.atomic
def save_event(
    *,
    event: ThematicEvent | None,
    by: Any,
    content: Mapping[str, Any],
    co_sponsors: Collection[Organization] = (),
    alternatives: Collection[Span] = (),
    seen: str | None = None,
) -> ThematicEvent:
    """Keep a proposal that its agency still writes; `event` is None for a new one.

    Args:
        content: values by the names in `FIELDS`. `title` and `summary` are kept under `language`.
        alternatives: other dates, in the order of preference.
        seen: the `version` that the person had before them.

    Raises:
        Refused: it is proposed already; somebody else has changed it meanwhile; it is to be in the name of an organization
            of which `by` is no member; or it names its own agency as co-sponsor.
    """
    assert set(content) <= FIELDS
    if event is None:
        require(by, "meetings.propose_thematicevent")
        event = ThematicEvent()
    else:
        event = locked(event)
        _refuse_unless_editable(event, by)
        words = _("Somebody else has changed this proposal meanwhile. Open it again to see how it stands, then make your change.")
        refuse_if_changed(seen=seen, present=event.version, refusal=words)
    body = content.get("proposed_by", event.proposed_by if event.pk else None)
    if body is None or body.pk not in organizations_of(by):
        raise Refused(_("You can propose an event only in the name of an organization of which you are a member."))
    if event.pk and event.state == EventState.RETURNED and content.get("call", event.call) != event.call:
        raise Refused(_("A returned proposal stays under its call. Withdraw it and propose anew to use another one."))
    if body in co_sponsors:
        raise Refused(_("Your own organization proposes the event, so it cannot be a co-sponsor as well."))
    _fill(event, content)
    for starts, ends in alternatives:
        if ends <= starts:
            raise Refused(_("The end must be after the beginning."))
    is_new = event.pk is None
    if is_new:
        event.slug = _free_slug(str(content.get("title", "")))
    refuse_unless_valid(event)
    event.save()
    if is_new:
        record_start(event, by=by, on_behalf_of=event.proposed_by)
    event.alternatives.all().delete()
    AlternativeDates.objects.bulk_create(
        AlternativeDates(event=event, starts_at=starts, ends_at=ends, position=place)
        for place, (starts, ends) in enumerate(alternatives)
    )
    name_co_sponsors(event=event, organizations=co_sponsors, by=by)
    return event


def _refuse_unless_editable(event: ThematicEvent, by: Any) -> None:
    if may(by, "meetings.edit_thematicevent", event):
        return
    require(by, "meetings.propose_thematicevent")
    if event.proposed_by_id not in organizations_of(by):
        require(by, "meetings.edit_thematicevent", event)
    if event.state == EventState.ACCEPTED:
        raise Refused(_("This event is accepted, so its agency cannot edit it. Write to the secretariat if it must change."))
    if event.state in {EventState.DECLINED, EventState.WITHDRAWN}:
        raise Refused(_("This proposal is closed, so it cannot be edited. Propose a new event instead."))
    raise Refused(_("The secretariat has this proposal now. Ask it in a note to return the proposal if it must change."))


def _fill(event: ThematicEvent, content: Mapping[str, Any]) -> None:
    event.language = str(content.get("language", event.language))
    own = event.language.replace("-", "_")
    for name, value in content.items():
        if name in TRANSLATED:
            before = getattr(event, f"{name}_{own}")
            setattr(event, f"{name}_{own}", value)
            # A proposal in another language is read in it, in English too, until the secretariat adds the English.
            if own != "en" and getattr(event, f"{name}_en") in {None, "", before}:
                setattr(event, f"{name}_en", value)
        elif name != "language":
            setattr(event, name, value)


def _free_slug(title: str) -> str:
    """An address from the title; letters other than Latin ones give none, so a chance one is made."""
    base = slugify(title)[:40].strip("-") or f"event-{secrets.token_hex(3)}"
    slug = base
    while slug in RESERVED_SLUGS or ThematicEvent.objects.filter(slug=slug).exists():
        slug = f"{base}-{secrets.token_hex(3)}"
    return slug


def missing_in(event: ThematicEvent) -> list[str]:
    """The names of the fields that a proposal needs and that are still empty."""
    needed = ["call", "summary", "expected"]
    if event.format != EventFormat.ONLINE:
        needed += ["city", "country"]
    return [
        str(ThematicEvent._meta.get_field(name).verbose_name)  # type: ignore[union-attr]
        for name in needed
        if not getattr(event, name)
    ]


@transaction.atomic
def submit_event(*, event: ThematicEvent, by: Any, seen: str | None = None) -> ThematicEvent:
    """Propose a draft, or a returned proposal anew, in the agency's name. Named co-sponsors and the secretariat get a message.

    Raises:
        Refused: the call is not open, the agency has reached its limit, something is missing, or the dates lie in the past.
    """
    event = locked(event)
    require(
        by,
        "meetings.submit_thematicevent",
        event,
        _("Only a focal point can propose in the name of an organization. The draft is kept; your focal point finds it."),
    )
    words = _("Somebody else has changed this proposal meanwhile. Read it again before you propose it.")
    refuse_if_changed(seen=seen, present=event.version, refusal=words)
    if event.is_editable:
        if missing := missing_in(event):
            raise Refused(_("Before you propose, please add: %(fields)s.") % {"fields": ", ".join(missing)})
        if event.starts_at <= timezone.now():
            raise Refused(_("The first dates lie in the past. Choose dates that lie ahead."))
        _refuse_by_call(event)
    event.proposed_at = timezone.now()
    change_state(event, to=EventState.PROPOSED, by=by, on_behalf_of=event.proposed_by, also=["proposed_at"])
    ask_co_sponsors(event=event)
    messages.event_proposed(event)
    return event


def _refuse_by_call(event: ThematicEvent) -> None:
    # The call's row is locked after the event's, by nothing else: proposals of one call are counted one after the other.
    assert event.call_id is not None, "what is missing was asked before"
    call = EventCall.objects.select_for_update().get(pk=event.call_id)
    themes = set(call.themes.values_list("pk", flat=True))
    if themes and event.theme_id not in themes:
        raise Refused(
            _("This call does not include the theme “%(theme)s”. Choose another theme.") % {"theme": isolated(event.theme)}
        )
    if event.state == EventState.RETURNED:
        return  # it holds its place, also past the deadline
    now = timezone.now()
    if call.opens_at > now:
        raise Refused(_("This call is not open yet. The draft is kept until then."))
    if call.closes_at <= now:
        raise Refused(_("The deadline of this call has passed. Choose a call that is open."))
    if places_left(call, event.proposed_by) <= 0:
        words = _(
            "%(agency)s has reached the limit of this call: %(limit)d proposed or accepted. "
            "Withdraw one before you propose another."
        )
        raise Refused(words % {"agency": isolated(event.proposed_by), "limit": call.limit_per_agency})


def places_left(call: EventCall, organization: Organization) -> int:
    """How many events the organization may still propose under the call."""
    return call.limit_per_agency - call.events.filter(proposed_by=organization, state__in=COUNTED_EVENTS).count()


@transaction.atomic
def withdraw_event(*, event: ThematicEvent, by: Any, reason: str) -> ThematicEvent:
    """Take back a proposal or an accepted event, in the agency's name. Co-sponsors and the secretariat read the reason.

    A meeting that was made of it is cancelled with it: everybody who registered is told. A session of it leaves the
    programme; the public reads that at once, unless the secretariat has other changes in the working copy.

    Raises:
        Refused: no reason is given; it is over; or it got or lost its meeting or session just now.
    """
    # What it is held as is locked first, as the secretariat's own acts on a programme take the two.
    meeting = None
    if event.meeting:
        meeting = locked_to_cancel(event.meeting)
    elif event.session:
        meeting = locked(event.session.meeting)
    seen = (event.meeting_id, event.session_id)
    event = locked(event)
    require(by, "meetings.withdraw_thematicevent", event)
    if seen != (event.meeting_id, event.session_id):
        raise Refused(_("The secretariat has just changed where this event is held. Read it again before you withdraw it."))
    reason = reason.strip()
    was_draft = event.state == EventState.DRAFT
    if not reason and not was_draft:
        raise Refused(_("Say why: co-sponsors and the secretariat read the reason."))
    own_dates = event.meeting or event.session or event
    if event.state == EventState.ACCEPTED and own_dates.ends_at <= timezone.now():
        raise Refused(_("This event is over; it cannot be withdrawn any more."))
    session = event.session
    if session:  # it keeps the dates that people know
        event.starts_at, event.ends_at = session.starts_at, session.ends_at
    event.sequence += 1
    also = ["starts_at", "ends_at", "sequence", "changed_at"]
    change_state(event, to=EventState.WITHDRAWN, by=by, on_behalf_of=event.proposed_by, reason=reason, also=also)
    ended: dict[str, Any] = {}
    if meeting and meeting.state != MeetingState.CANCELLED:
        ended = _end_with(event, session, meeting, by=by, reason=reason)
    if not was_draft:
        messages.event_withdrawn(event, reason=reason, **ended)
    bump("meetings")
    return event


def _end_with(event: ThematicEvent, session: Session | None, meeting: Meeting, *, by: Any, reason: str) -> dict[str, Any]:
    """End what the event is held as; what became of it, as the message says it."""
    if session is None:
        end_meeting(meeting=meeting, by=by, on_behalf_of=event.proposed_by, reason=reason)
        return {"cancelled": meeting}
    session.meeting, code = meeting, session.code
    take_out(meeting, session, by=by, on_behalf_of=event.proposed_by)
    event.session = None
    # The public list of changes is one for all languages: its notes are kept as they are written.
    with translation.override("en"):
        note = f"{event.proposed_by.short_name} has withdrawn its event “{event.title}”."
    version = release_without(meeting=meeting, removed=code, by=by, note=note)
    return {"left": meeting, "is_released": version is not None}


@transaction.atomic
def write_event_note(*, event: ThematicEvent, by: Any, text: str) -> EventNote:
    """A note to the other side: from the secretariat to the agency, or from the agency to the secretariat."""
    event = locked(event)
    require(by, "meetings.write_eventnote", event)
    if not text.strip():
        raise Refused(_("Write what the other side should read."))
    secretariat = secretariat_of(by) if may(by, "meetings.review_thematicevents") else None
    for_whom = secretariat or event.proposed_by
    note = EventNote.objects.create(event=event, text=text.strip(), by=by, on_behalf_of=for_whom)
    messages.note_written(note, from_secretariat=secretariat is not None)
    return note
