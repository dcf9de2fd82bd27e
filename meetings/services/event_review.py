"""What the secretariat does with proposed events: review, return, accept, decline, move, translate."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from common.access import Refused, require
from directory.page_versions import bump
from directory.services.state import change_state, locked, refuse_if_changed
from meetings.enums import EventState
from meetings.messages import events as messages
from meetings.models import ThematicEvent
from meetings.rules import secretariat_of
from meetings.services.events import refuse_unless_valid

PLACE_FIELDS = frozenset({"starts_at", "ends_at", "time_zone", "place", "city", "country"})
TEXT_FIELDS = frozenset(
    f"{name}_{code.replace('-', '_')}" for name in ("title", "summary") for code, _language in settings.LANGUAGES
)


@transaction.atomic
def start_review(*, event: ThematicEvent, by: Any) -> ThematicEvent:
    """Take up a proposal: its agency sees that somebody looks at it."""
    event = locked(event)
    require(by, "meetings.decide_thematicevent", event)
    change_state(event, to=EventState.UNDER_REVIEW, by=by, on_behalf_of=secretariat_of(by))
    return event


@transaction.atomic
def return_event(*, event: ThematicEvent, by: Any, reason: str) -> ThematicEvent:
    """Give a proposal back to its agency with what must change. It keeps its place under the limit."""
    event = locked(event)
    require(by, "meetings.decide_thematicevent", event)
    if not reason.strip():
        raise Refused(_("Say what must change: the proposing agency reads it."))
    change_state(event, to=EventState.RETURNED, by=by, on_behalf_of=secretariat_of(by), reason=reason.strip())
    messages.event_returned(event, reason=reason.strip())
    return event


@transaction.atomic
def decide_event(
    *,
    event: ThematicEvent,
    by: Any,
    accept: bool,
    reason: str = "",
    dates: tuple[datetime, datetime] | None = None,
    seen: str | None = None,
) -> ThematicEvent:
    """Accept a proposed event, which puts it into the public calendar, or decline it with a reason.

    Args:
        dates: when it is to be held, if not on the first dates of the proposal.
        seen: the `version` of the proposal that the person has read.
    """
    event = locked(event)
    require(by, "meetings.decide_thematicevent", event)
    reason = reason.strip()
    words = _("The proposal has changed since you opened it. Read it again, then decide.")
    refuse_if_changed(seen=seen, present=event.version, refusal=words)
    if not accept:
        if not reason:
            raise Refused(_("Say why: the proposing agency reads the reason."))
        change_state(event, to=EventState.DECLINED, by=by, on_behalf_of=secretariat_of(by), reason=reason)
        messages.event_declined(event, reason=reason)
        bump("meetings")
        return event
    if dates:
        event.starts_at, event.ends_at = dates
    refuse_unless_valid(event)
    if event.starts_at <= timezone.now() and EventState.ACCEPTED in event.TRANSITIONS[event.state]:
        raise Refused(_("These dates lie in the past. Choose others, or return the proposal for new ones."))
    event.accepted_at = timezone.now()
    also = ["starts_at", "ends_at", "accepted_at", "changed_at"]
    change_state(event, to=EventState.ACCEPTED, by=by, on_behalf_of=secretariat_of(by), reason=reason, also=also)
    messages.event_accepted(event, reason=reason)
    bump("meetings")
    return event


@transaction.atomic
def change_event(
    *, event: ThematicEvent, by: Any, values: Mapping[str, Any], reason: str = "", seen: str | None = None
) -> ThematicEvent:
    """Move an accepted event to other dates or another place; calendars take the entry anew, agency and co-sponsors are told.

    Raises:
        Refused: it is not accepted; it has become a meeting or a session, which has its own dates; or nothing changes.
    """
    assert set(values) <= PLACE_FIELDS
    event = locked(event)
    require(by, "meetings.decide_thematicevent", event)
    words = _("Somebody else has changed this event meanwhile. Open it again, then make your change.")
    refuse_if_changed(seen=seen, present=event.version, refusal=words)
    if event.state != EventState.ACCEPTED:
        raise Refused(_("Only an accepted event can be moved. Accept it first; you choose its dates there."))
    if event.is_placed:
        raise Refused(_("This event is held as a meeting or a session. Change the date and place there."))
    changed = [name for name, value in values.items() if getattr(event, name) != value]
    if not changed:
        raise Refused(_("Nothing is different from before. Change a date or the place."))
    for name in changed:
        setattr(event, name, values[name])
    refuse_unless_valid(event)
    if event.ends_at <= timezone.now():
        raise Refused(_("These dates lie in the past. Choose dates that lie ahead."))
    event.sequence += 1
    event.save(update_fields=[*changed, "sequence", "changed_at"])
    messages.event_changed(event, reason=reason.strip())
    bump("meetings")
    return event


@transaction.atomic
def translate_event(*, event: ThematicEvent, by: Any, texts: Mapping[str, str]) -> ThematicEvent:
    """Write title and summary in the other languages; the words in the proposal's own language stay the agency's."""
    assert set(texts) <= TEXT_FIELDS
    event = locked(event)
    require(by, "meetings.decide_thematicevent", event)
    own = event.language.replace("-", "_")
    changed = [name for name, text in texts.items() if not name.endswith(f"_{own}") and (getattr(event, name) or "") != text]
    for name in changed:
        setattr(event, name, texts[name])
    if changed:
        event.sequence += 1
        event.save(update_fields=[*changed, "sequence", "changed_at"])
        bump("meetings")
    return event
