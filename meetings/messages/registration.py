"""Messages about registrations: who gets which, and what is frozen in them."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from common.calendar_files import MIME, MIME_OF_CANCELLED
from directory.enums import Role
from directory.models import Membership, SingleUseLink, User
from directory.services.links import is_usable
from meetings.messages.by_address import manage_link
from meetings.models import Meeting, Registration, RegistrationEdit
from notifications.kinds import Attachment, Kind, in_all_languages, link, moment, once_link, private_link, register
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


def _offer_still_stands(notification: Notification) -> bool:
    """A message that was held up must not bring a link that is void by now."""
    frozen = notification.context.get("link", {})
    return "_once" in frozen and is_usable(link_id=frozen["_once"])


OFFERED = register(
    Kind(
        "meetings.seat_offered",
        subject=_("A seat is offered to you: %(meeting)s"),
        label=_("A seat at a meeting is offered to you"),
        required=True,
        action=_("Take the seat or turn it down"),
        confidential=True,
        is_visible=_offer_still_stands,
    )
)
LAPSED = register(
    Kind(
        "meetings.offer_lapsed",
        subject=_("The offer of a seat has run out: %(meeting)s"),
        label=_("An offer of a seat has run out"),
        required=True,
        action=_("Open your registration"),
    )
)
DOCUMENTS_MISSING = register(
    Kind(
        "meetings.documents_missing",
        subject=_("Documents are missing: %(meeting)s"),
        label=_("A meeting waits for your documents"),
        required=True,
        action=_("Hand in the documents"),
    )
)
CHANGE_TO_REVIEW = register(
    Kind(
        "meetings.change_to_review",
        subject=_("A changed registration waits for you: %(meeting)s"),
        label=_("A change of a registration waits for the secretariat"),
        digest_line=_("%(name)s asks to change the registration: %(meeting)s"),
        may_reach=serves_as_staff,
        action=_("Look at the change"),
        is_visible=_recipient_may_see,
    )
)
CHANGE_ACCEPTED = register(
    Kind(
        "meetings.change_accepted",
        subject=_("Your registration is changed: %(meeting)s"),
        label=_("The change of your registration was accepted"),
        action=_("Open your registration"),
    )
)
CHANGE_DECLINED = register(
    Kind(
        "meetings.change_declined",
        subject=_("Your registration stays as it was: %(meeting)s"),
        label=_("The change of your registration was declined"),
        required=True,
        action=_("Open your registration"),
    )
)


def _registrant(registration: Registration) -> User | Recipient:
    return registration.user or Recipient(registration.email, registration.language)


def address_of(registration: Registration) -> str:
    """Where messages about a registration go."""
    return registration.user.email if registration.user else registration.email


def _cause(registration: Registration) -> str:
    """The newest change of state: the same event never writes twice, a later one of the same kind does."""
    newest = registration.state_changes.order_by("-pk").values_list("pk", flat=True).first()
    return f"registration {registration.pk} change {newest}"


def public_page(meeting: Meeting) -> dict[str, Any] | str:
    """The meeting's page; nothing where visitors would not find it."""
    return link("meetings:meeting", meeting.slug) if Meeting.objects.public().filter(pk=meeting.pk).exists() else ""


def _own_page(registration: Registration, name: str = "registration") -> dict[str, Any]:
    """The registrant's own page, or another of the same name in `Pages`; who has no account opens it by a signed link.

    The link is in the mail only: staff read the rest of these messages in the outbox.
    """
    if registration.user_id:
        return link(f"meetings:{name}", registration.reference)
    by_link = manage_link(registration, "meetings:by_link" if name == "registration" else f"meetings:by_link_{name}")
    return private_link(by_link, instead=link("meetings:meeting", registration.meeting.slug))


def _context(registration: Registration, **more: Any) -> dict[str, Any]:
    meeting = registration.meeting
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
        "link": _own_page(registration),
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


def registration_to_review(registration: Registration, *, approver: User | None = None) -> None:
    """To who decides in this category, else to the secretariat staff of this meeting: somebody waits for a decision."""
    page = link("meetings:registration", registration.reference)
    context = _context(registration, body=registration.body, link=page)
    notify(kind=TO_REVIEW, to=_deciders(registration, approver), cause=_cause(registration), context=context)


def _deciders(registration: Registration, approver: User | None) -> list[User]:
    staff = list(Membership.objects.of_secretariat(Role.STAFF, registration).people())
    # Who has left the secretariat since decides nothing any more.
    return [approver] if approver in staff and approver else staff


def seat_offered(registration: Registration, *, link: SingleUseLink) -> None:
    """To the registrant: a seat until a time, with a link that takes it or turns it down."""
    until = moment(registration.offered_until, registration.meeting.time_zone)  # type: ignore[arg-type]
    _tell_registrant(OFFERED, registration, until=until, link=once_link("meetings:answer_offer", link))


def offer_lapsed(registration: Registration) -> None:
    """To the registrant: nobody answered, you wait again, at the end."""
    _tell_registrant(LAPSED, registration)


def documents_missing(registration: Registration, *, titles: list[dict[str, Any]], due: Any, cause: str) -> None:
    """To the registrant: which documents are missing, and until when."""
    page = _own_page(registration, "documents")
    context = _context(registration, documents=titles, due=moment(due, registration.meeting.time_zone), link=page)
    notify(
        kind=DOCUMENTS_MISSING, to=[_registrant(registration)], cause=f"registration {registration.pk} {cause}", context=context
    )


def change_to_review(edit: RegistrationEdit, *, approver: User | None) -> None:
    """To who decides: a registrant asks to change what was decided on."""
    registration = edit.registration
    context = _context(registration, body=registration.body, link=link("meetings:decide_change", registration.reference))
    notify(kind=CHANGE_TO_REVIEW, to=_deciders(registration, approver), cause=f"edit {edit.pk}", context=context)


def change_decided(edit: RegistrationEdit, *, accepted: bool, reason: str = "") -> None:
    """To the registrant: what became of the change, and why."""
    registration = edit.registration
    kind = CHANGE_ACCEPTED if accepted else CHANGE_DECLINED
    context = _context(registration, reason=reason)
    notify(kind=kind, to=[_registrant(registration)], cause=f"edit {edit.pk} decided", context=context)
