"""Verbs of the secretariat on a meeting itself: make, change, cancel. The act is recorded."""

import hashlib
from collections.abc import Collection, Mapping
from copy import copy
from datetime import timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import F, Model
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from common.access import Refused, require
from common.place_time import hour_at, moment_at
from directory.page_versions import bump
from directory.services.state import change_state, locked, record_start, refuse_if_changed
from meetings.documents.calendar import meeting_calendar
from meetings.enums import EditAct, MeetingState
from meetings.messages import meetings as messages
from meetings.models import CategoryQuota, Meeting, MeetingEdit
from meetings.rules import secretariat_of
from meetings.selectors.editing import days_later
from meetings.services.event_places import events_held_in, follow_meeting
from meetings.services.seats import lock_quotas

RESERVED_SLUGS = frozenset({"new"})
LANGUAGE_CODES = [code for code, _name in settings.LANGUAGES]
_TRANSLATED = ("title", "summary", "place", "purpose", "proceedings", "outcome")
EDITABLE = (
    *(f"{name}_{code.replace('-', '_')}" for name in _TRANSLATED for code in LANGUAGE_CODES),
    *("city", "country", "time_zone", "starts_at", "ends_at", "host", "conjunction", "parent_process", "contact_email"),
    *("registration_opens_at", "registration_closes_at", "hours_from", "hours_to", "delegation_ceiling", "offer_hours"),
    *("reminder_days", "letters_need_signature"),
    *("lists_participants", "retain_days"),
)


def version_of(meeting: Meeting) -> str:
    """Names the details as they stand, so that nobody saves over what somebody else has just written."""
    values = [str(getattr(meeting, Meeting._meta.get_field(name).attname)) for name in EDITABLE]  # type: ignore[union-attr]
    return hashlib.sha256("\x00".join(values).encode()).hexdigest()[:16]


def record_edit(meeting: Meeting, act: EditAct, *, by: Any, thing: Any = "", detail: str = "", on_behalf_of: Any = None) -> None:
    """Write down who did what, for the secretariat if for nobody else; calendars get a new number, public pages are made anew."""
    on_behalf_of = on_behalf_of or secretariat_of(by)
    MeetingEdit.objects.create(
        meeting=meeting, act=act, thing=str(thing)[:300], detail=detail[:300], by=by, on_behalf_of=on_behalf_of
    )
    Meeting.objects.filter(pk=meeting.pk).update(sequence=F("sequence") + 1, changed_at=timezone.now())
    bump("meetings")


def refuse_unless_valid(row: Model, *, but: Collection[str] = ()) -> None:
    """Say in one sentence or more what a row may not be; the fields in `but` are not looked at."""
    try:
        row.full_clean(exclude=set(but))
    except ValidationError as error:
        raise Refused(" ".join(error.messages))


@transaction.atomic
def create_meeting(*, by: Any, slug: str, values: Mapping[str, Any]) -> Meeting:
    """Make a meeting that only the secretariat sees, until it is announced."""
    require(by, "meetings.add_meeting")
    if slug in RESERVED_SLUGS:
        raise Refused(_("This word is kept for the portal's own addresses. Choose another short name."))
    assert set(values) <= set(EDITABLE)
    meeting = Meeting(slug=slug, **values)
    refuse_unless_valid(meeting)
    meeting.save()
    record_start(meeting, by=by, on_behalf_of=secretariat_of(by))
    bump("meetings")
    return meeting


@transaction.atomic
def change_meeting(
    *, meeting: Meeting, by: Any, values: Mapping[str, Any], seen: str | None = None, moves_sessions: bool = False
) -> Meeting:
    """Change details of a meeting. In another time zone its sessions keep their hours on the place's clock.

    Args:
        values: by the name of the field, of those in `EDITABLE`.
        seen: `version_of` the meeting that the person had before them.
        moves_sessions: whether the sessions of the working copy go to as many days earlier or later as the meeting.
    """
    events = [event for event in events_held_in(meeting) if event.meeting_id]
    meeting = locked(meeting)
    require(by, "meetings.change_meeting", meeting)
    words = _("Somebody else has changed this meeting meanwhile. Open it again to see how it stands, then make your change.")
    refuse_if_changed(seen=seen, present=version_of(meeting), refusal=words)
    assert set(values) <= set(EDITABLE)
    changed = [name for name, value in values.items() if (getattr(meeting, name) or None) != (value or None)]
    if not changed:
        return meeting
    old = copy(meeting)
    for name in changed:
        setattr(meeting, name, values[name])
    refuse_unless_valid(meeting)
    meeting.save()
    days = days_later(old, starts_at=meeting.starts_at, zone=meeting.zone) if moves_sessions else 0
    if days or meeting.zone.key != old.zone.key:
        _keep_hours(meeting, old.zone, days)
    follow_meeting(events=events, meeting=meeting)
    names = dict.fromkeys(str(Meeting._meta.get_field(name).verbose_name) for name in changed)  # type: ignore[union-attr]
    if days:
        names[_("sessions moved with it")] = None
    record_edit(meeting, EditAct.CHANGED, by=by, detail=", ".join(names))
    meeting.refresh_from_db(fields=["sequence", "changed_at"])
    return meeting


def _keep_hours(meeting: Meeting, old: ZoneInfo, days: int) -> None:
    """Sessions keep their hours on the clock of the place, `days` later, whichever zone it turned out to be in."""
    later = timedelta(days=days)
    for session in meeting.sessions.select_for_update(of=("self",)):
        session.starts_at = moment_at(hour_at(session.starts_at, old) + later, meeting.zone)
        session.ends_at = moment_at(hour_at(session.ends_at, old) + later, meeting.zone)
        session.version += 1
        session.save(update_fields=["starts_at", "ends_at", "version"])


@transaction.atomic
def cancel_meeting(*, meeting: Meeting, by: Any, reason: str) -> Meeting:
    """Cancel a meeting: everybody with a live registration gets a message that cancels the entry of their calendar."""
    meeting = locked_to_cancel(meeting)
    require(by, "meetings.cancel_meeting", meeting)
    reason = reason.strip()
    if not reason:
        raise Refused(_("Say why: everybody who registered reads the reason."))
    return end_meeting(meeting=meeting, by=by, on_behalf_of=secretariat_of(by), reason=reason)


def locked_to_cancel(meeting: Meeting) -> Meeting:
    """The meeting, locked after its quotas, as registrations take them: whoever registers meanwhile is told or refused."""
    categories = list(CategoryQuota.objects.filter(meeting=meeting).values_list("category_id", flat=True))
    lock_quotas(meeting_id=meeting.pk, categories=categories)
    return locked(meeting)


def end_meeting(*, meeting: Meeting, by: Any, on_behalf_of: Any, reason: str) -> Meeting:
    """Cancel a meeting that is locked, by somebody whose right to it was asked already."""
    if meeting.ends_at <= timezone.now():
        raise Refused(_("This meeting is over; it cannot be cancelled any more."))
    was_public = meeting.state == MeetingState.PUBLISHED
    meeting.sequence += 1
    also = ["sequence", "changed_at"]
    change_state(meeting, to=MeetingState.CANCELLED, by=by, on_behalf_of=on_behalf_of, reason=reason, also=also)
    if was_public:
        messages.meeting_cancelled(meeting, reason=reason, calendars=_calendars(meeting))
    bump("meetings")
    return meeting


def _calendars(meeting: Meeting) -> dict[str, str]:
    """The calendar file of the whole meeting, by language."""
    files = {}
    for code in LANGUAGE_CODES:
        with translation.override(code):
            files[code] = meeting_calendar(meeting, None).decode()
    return files
