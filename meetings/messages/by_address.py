"""Messages to people without an account: the link to their registration, and the link to the form."""

from typing import Any

from django.core import signing
from django.utils.translation import gettext_lazy as _

from common.addresses import address_key
from directory.models import SingleUseLink
from directory.services.links import is_usable
from meetings.enums import ENDED_REGISTRATIONS
from meetings.models import Meeting, Registration
from notifications.kinds import Kind, in_all_languages, moment, once_link, register, signed_link
from notifications.models import Notification
from notifications.selectors.reach import by_address_only
from notifications.services import Recipient, notify

MANAGE_SALT = "meetings.manage registration"


def manage_value(registration: Registration) -> str:
    """What the link signs: the registration and its address, so that a person substituted later has a link of their own."""
    return f"{registration.reference}.{signing.b64_encode(address_key(registration.email).encode()).decode()}"


def manage_link(registration: Registration, route: str = "meetings:by_link") -> dict[str, Any]:
    """Freeze the link by which a registrant without an account opens their own page, or another of `Pages`."""
    return signed_link(route, manage_value(registration), MANAGE_SALT)


def _is_theirs_by_link(notification: Notification) -> bool:
    """Still without an account and at the same address; else the link would open nothing."""
    rows = Registration.objects.filter(reference=notification.context["reference"], user=None)
    return rows.filter(email__iexact=notification.address).exclude(state__in=ENDED_REGISTRATIONS).exists()


def _link_works(notification: Notification) -> bool:
    return is_usable(link_id=notification.context["link"]["_once"])


MANAGE = register(
    Kind(
        "meetings.registration_link",
        subject=_("Your link to your registration: %(meeting)s"),
        label=_("The link to a registration without an account"),
        required=True,
        may_reach=by_address_only,
        action=_("Open your registration"),
        confidential=True,
        is_visible=_is_theirs_by_link,
    )
)
FORM = register(
    Kind(
        "meetings.registration_form",
        subject=_("Register for %(meeting)s"),
        label=_("The link to the registration form, without an account"),
        required=True,
        may_reach=by_address_only,
        action=_("Fill in the form"),
        confidential=True,
        is_visible=_link_works,
    )
)


def _context(meeting: Meeting, **more: Any) -> dict[str, Any]:
    return {
        "meeting": in_all_languages(meeting, "title"),
        "place": in_all_languages(meeting, "place"),
        "city": meeting.city,
        "country": in_all_languages(meeting.country, "name"),
        "starts": moment(meeting.starts_at, meeting.time_zone),
        "ends": moment(meeting.ends_at, meeting.time_zone),
        "zone": meeting.time_zone,
        "contact": meeting.contact_email,
        **more,
    }


def registration_link(registration: Registration, *, cause: str) -> None:
    """To a registrant without an account: the link by which they see, change and cancel, until the meeting is over."""
    to = Recipient(registration.email, registration.language)
    context = _context(
        registration.meeting,
        name=registration.full_name,
        category=in_all_languages(registration.category, "name"),
        reference=registration.reference,
        link=manage_link(registration),
    )
    notify(kind=MANAGE, to=[to], cause=f"registration {registration.pk} link {cause}", context=context)


def registration_form(meeting: Meeting, *, address: str, language: str, link: SingleUseLink) -> None:
    """To an address that somebody typed: the form, if it is their own wish."""
    context = _context(meeting, link=once_link("meetings:register_by_link", link))
    notify(kind=FORM, to=[Recipient(address, language)], cause=f"form {link.pk}", context=context)
