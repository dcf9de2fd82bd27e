"""Messages about registrations: who gets which, and what is frozen in them."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from common.calendar_files import MIME, MIME_OF_CANCELLED
from directory.enums import Role
from directory.models import Membership, User
from meetings.models import Registration
from notifications.kinds import Attachment, Kind, in_all_languages, link, moment, register
from notifications.models import Notification
from notifications.selectors.reach import serves_as_staff
from notifications.services import Recipient, notify


def _calendar_file(context: dict[str, Any]) -> list[Attachment]:
    return [("meeting.ics", context["calendar"].encode(), MIME)]


def _cancelled_file(context: dict[str, Any]) -> list[Attachment]:
    """Takes the meeting out of the calendar again, if a message had brought it there."""
    if not context.get("calendar"):
        return []
    return [("meeting.ics", context["calendar"].encode(), MIME_OF_CANCELLED)]


def _recipient_may_see(notification: Notification) -> bool:
    """Who has left the secretariat since must not get the registrant's data any more."""
    person = notification.recipient
    rows = Registration.objects.visible_to(person) if person else Registration.objects.none()
    return rows.filter(reference=notification.context["reference"]).exists()


RECEIVED = register(
    Kind(
        "meetings.registration_received",
        subject=_("We have your registration: %(meeting)s"),
        label=_("Your registration has arrived"),
        action=_("Open your registration"),
    )
)
APPROVED = register(
    Kind(
        "meetings.registration_approved",
        subject=_("You are registered: %(meeting)s"),
        label=_("You have a seat at a meeting"),
        required=True,
        action=_("Open your registration"),
        attachments=_calendar_file,
    )
)
WAITLISTED = register(
    Kind(
        "meetings.registration_waitlisted",
        subject=_("You are on the waiting list: %(meeting)s"),
        label=_("You are on a waiting list"),
        required=True,
        action=_("Open your registration"),
    )
)
DECLINED = register(
    Kind(
        "meetings.registration_declined",
        subject=_("Your registration was declined: %(meeting)s"),
        label=_("Your registration was declined"),
        required=True,
        action=_("Open your registration"),
    )
)
CANCELLED = register(
    Kind(
        "meetings.registration_cancelled",
        subject=_("Your registration is cancelled: %(meeting)s"),
        label=_("Your registration is cancelled"),
        required=True,
        action=_("Open your registration"),
        attachments=_cancelled_file,
    )
)
TO_REVIEW = register(
    Kind(
        "meetings.registration_to_review",
        subject=_("A registration waits for you: %(meeting)s"),
        label=_("A registration waits for the secretariat"),
        digest_line=_("%(name)s asks to take part: %(meeting)s"),
        may_reach=serves_as_staff,
        action=_("Decide on it"),
        is_visible=_recipient_may_see,
    )
)


def _registrant(registration: Registration) -> User | Recipient:
    return registration.user or Recipient(registration.email, registration.language)


def _cause(registration: Registration) -> str:
    """The newest change of state: the same event never writes twice, a later one of the same kind does."""
    newest = registration.state_changes.order_by("-pk").values_list("pk", flat=True).first()
    return f"registration {registration.pk} change {newest}"


def _context(registration: Registration, **more: Any) -> dict[str, Any]:
    meeting = registration.meeting
    # Who has no account cannot open the registration's page.
    own_page, public_page = link("meetings:registration", registration.reference), link("meetings:meeting", meeting.slug)
    return {
        "meeting": in_all_languages(meeting, "title"),
        "place": in_all_languages(meeting, "place"),
        "city": meeting.city,
        "country": in_all_languages(meeting.country, "name"),
        "starts": moment(meeting.starts_at, meeting.time_zone),
        "ends": moment(meeting.ends_at, meeting.time_zone),
        "zone": meeting.time_zone,
        "name": registration.full_name,
        "category": in_all_languages(registration.category, "name"),
        "reference": registration.reference,
        "contact": meeting.contact_email,
        "link": own_page if registration.user_id else public_page,
        **more,
    }


def _tell_registrant(kind: Kind, registration: Registration, **more: Any) -> None:
    notify(kind=kind, to=[_registrant(registration)], cause=_cause(registration), context=_context(registration, **more))


def registration_received(registration: Registration) -> None:
    """To the registrant: it is here and waits for the secretariat."""
    _tell_registrant(RECEIVED, registration)


def registration_approved(registration: Registration, *, calendar: str) -> None:
    """To the registrant: a seat, with the calendar file."""
    _tell_registrant(APPROVED, registration, calendar=calendar)


def registration_waitlisted(registration: Registration) -> None:
    """To the registrant: no seat is free, you wait."""
    _tell_registrant(WAITLISTED, registration)


def registration_declined(registration: Registration, *, reason: str) -> None:
    """To the registrant: declined, and why."""
    _tell_registrant(DECLINED, registration, reason=reason)


def registration_cancelled(registration: Registration, *, reason: str = "", calendar: str = "") -> None:
    """To the registrant: cancelled, and why if somebody said so; with the calendar file if they were given one before."""
    _tell_registrant(CANCELLED, registration, reason=reason, calendar=calendar)


def registration_to_review(registration: Registration) -> None:
    """To the secretariat staff of this meeting: somebody waits for a decision."""
    staff = Membership.objects.of_secretariat(Role.STAFF, registration).people()
    page = link("meetings:registration", registration.reference)
    notify(
        kind=TO_REVIEW, to=staff, cause=_cause(registration), context=_context(registration, body=registration.body, link=page)
    )
