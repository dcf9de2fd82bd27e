"""Messages about thematic events: to the secretariat, to the proposing agency, to those named as co-sponsors."""

from collections.abc import Iterable
from typing import Any

from django.utils.translation import gettext_lazy as _

from directory.enums import Role
from directory.models import Membership, User
from meetings.enums import CoSponsorState
from meetings.models import CoSponsorship, EventNote, Meeting, ThematicEvent
from notifications.kinds import Kind, in_all_languages, link, moment, register
from notifications.models import Notification
from notifications.selectors.reach import serves_an_organization, serves_as_staff
from notifications.services import notify


def _may_still_see(notification: Notification) -> bool:
    """Who has left the agency or the secretariat since must not read its proposals any more."""
    person = notification.recipient
    return person is not None and ThematicEvent.objects.visible_to(person).filter(pk=notification.context["event"]).exists()


def _kind(name: str, *, subject: Any, label: Any, action: Any, may_reach: Any = serves_an_organization, **more: Any) -> Kind:
    return register(
        Kind(
            f"meetings.{name}",
            subject=subject,
            label=label,
            action=action,
            may_reach=may_reach,
            is_visible=_may_still_see,
            **more,
        )
    )


PROPOSED = _kind(
    "event_proposed",
    subject=_("An event is proposed: %(title)s"),
    label=_("A proposed event waits for the secretariat"),
    action=_("Review the proposal"),
    may_reach=serves_as_staff,
)
ASKED = _kind(
    "event_co_sponsor_asked",
    subject=_("%(agency)s names you as co-sponsor: %(title)s"),
    label=_("Your organization is named as co-sponsor of an event"),
    action=_("Confirm or decline"),
    required=True,
)
ANSWERED = _kind(
    "event_co_sponsor_answered",
    subject=_("%(body)s has answered: %(title)s"),
    label=_("A co-sponsor has answered"),
    action=_("Open the proposal"),
)
RETURNED = _kind(
    "event_returned",
    subject=_("Please revise your proposal: %(title)s"),
    label=_("A proposed event is returned for changes"),
    action=_("Revise the proposal"),
    required=True,
)
ACCEPTED = _kind(
    "event_accepted",
    subject=_("Accepted: %(title)s"),
    label=_("A proposed event is accepted"),
    action=_("Open the event"),
    required=True,
)
DECLINED = _kind(
    "event_declined",
    subject=_("Not accepted: %(title)s"),
    label=_("A proposed event is declined"),
    action=_("Open the proposal"),
    required=True,
)
WITHDRAWN = _kind(
    "event_withdrawn",
    subject=_("Withdrawn: %(title)s"),
    label=_("A thematic event is withdrawn"),
    action=_("Open the event"),
    may_reach=lambda user: serves_an_organization(user) or serves_as_staff(user),
)
CHANGED = _kind(
    "event_changed",
    subject=_("New date or place: %(title)s"),
    label=_("An event of yours has another date or place"),
    action=_("Open the event"),
    required=True,
)
PLACED = _kind(
    "event_placed",
    subject=_("Your event takes place as planned: %(title)s"),
    label=_("An event of yours has become a meeting or a session"),
    action=_("Open the event"),
)
NOTE = _kind(
    "event_note",
    subject=_("A note on a proposal: %(title)s"),
    label=_("A note on a proposed event"),
    action=_("Read and answer"),
    may_reach=lambda user: serves_an_organization(user) or serves_as_staff(user),
)


def _focal_points(*organizations: Any) -> list[User]:
    return list(Membership.objects.focal_points().filter(organization__in=organizations).people())


def _staff() -> list[User]:
    return list(Membership.objects.of_secretariat(Role.STAFF).people())


def _co_sponsors(event: ThematicEvent) -> list[int]:
    """Those who have not said no: who waits with an answer needs to know as well."""
    return list(event.co_sponsorships.exclude(state=CoSponsorState.DECLINED).values_list("organization", flat=True))


def _cause(row: Any) -> str:
    """The newest change of state: the same act never writes twice, a later one of the same kind does."""
    newest = row.state_changes.order_by("-pk").values_list("pk", flat=True).first()
    return f"{row._meta.model_name} {row.pk} change {newest}"


def _tell(kind: Kind, event: ThematicEvent, to: Iterable[User], *, cause: str = "", **more: Any) -> None:
    country = event.country
    context = {
        "event": event.pk,
        "title": in_all_languages(event, "title"),
        "agency": event.proposed_by.short_name,
        "starts": moment(event.starts_at, event.time_zone),
        "ends": moment(event.ends_at, event.time_zone),
        "zone": event.time_zone,
        "city": event.city,
        "country": in_all_languages(country, "name") if country else "",
        "link": link("meetings:event", event.slug),
        **more,
    }
    notify(kind=kind, to=to, cause=cause or _cause(event), context=context)


def event_proposed(event: ThematicEvent) -> None:
    """To the secretariat staff: a proposal waits for review."""
    _tell(PROPOSED, event, _staff())


def co_sponsors_asked(event: ThematicEvent, rows: Iterable[CoSponsorship]) -> None:
    """To the focal points of each named organization: will you co-sponsor this?"""
    for row in rows:
        _tell(ASKED, event, _focal_points(row.organization_id), cause=_cause(row), body=row.organization.short_name)


def co_sponsor_answered(row: CoSponsorship, *, reason: str) -> None:
    """To the proposing agency: confirmed or declined, and why if they said so."""
    event = row.event
    confirmed = row.state == CoSponsorState.CONFIRMED
    _tell(
        ANSWERED,
        event,
        _focal_points(event.proposed_by_id),
        cause=_cause(row),
        body=row.organization.short_name,
        confirmed=confirmed,
        reason=reason,
    )


def event_returned(event: ThematicEvent, *, reason: str) -> None:
    """To the proposing agency: what must change."""
    _tell(RETURNED, event, _focal_points(event.proposed_by_id), reason=reason)


def event_accepted(event: ThematicEvent, *, reason: str) -> None:
    """To the agency and its co-sponsors: accepted, with the dates that hold."""
    _tell(ACCEPTED, event, _focal_points(event.proposed_by_id, *_co_sponsors(event)), reason=reason)


def event_declined(event: ThematicEvent, *, reason: str) -> None:
    """To the agency and its co-sponsors: declined, and why."""
    _tell(DECLINED, event, _focal_points(event.proposed_by_id, *_co_sponsors(event)), reason=reason)


def event_withdrawn(
    event: ThematicEvent,
    *,
    reason: str,
    cancelled: Meeting | None = None,
    left: Meeting | None = None,
    is_released: bool = False,
) -> None:
    """To the secretariat and the co-sponsors: withdrawn, why, and what went with it.

    Args:
        cancelled: the meeting that it was held as.
        left: the meeting whose programme its session has left; `is_released`: the public reads that already.
    """
    to = {person.pk: person for person in [*_staff(), *_focal_points(*_co_sponsors(event))]}
    programme = in_all_languages(left, "title") if left else ""
    ended = cancelled is not None
    _tell(WITHDRAWN, event, to.values(), reason=reason, cancelled=ended, programme=programme, is_released=is_released)


def event_changed(event: ThematicEvent, *, reason: str) -> None:
    """To the agency and its co-sponsors: another date or place."""
    to = _focal_points(event.proposed_by_id, *_co_sponsors(event))
    _tell(CHANGED, event, to, cause=f"event {event.pk} version {event.sequence}", reason=reason)


def event_placed(event: ThematicEvent) -> None:
    """To the agency and its co-sponsors: it has become a meeting, or a session of one."""
    session = event.session
    held = session.meeting if session else event.meeting
    assert held is not None
    to = _focal_points(event.proposed_by_id, *_co_sponsors(event))
    cause = f"event {event.pk} placed {'session' if session else 'meeting'} {event.session_id or event.meeting_id}"
    _tell(PLACED, event, to, cause=cause, is_session=session is not None, meeting=in_all_languages(held, "title"))


def note_written(note: EventNote, *, from_secretariat: bool) -> None:
    """To the other side: the agency reads the secretariat's notes, the secretariat the agency's."""
    to = _focal_points(note.event.proposed_by_id) if from_secretariat else _staff()
    body = note.on_behalf_of.short_name if note.on_behalf_of else ""
    _tell(NOTE, note.event, to, cause=f"event note {note.pk}", body=body, note=note.text)
