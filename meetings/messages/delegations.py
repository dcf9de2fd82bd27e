"""Messages about delegations and endorsements: to the people named, to focal points, to an organization's verified address."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from directory.enums import FOCAL_ROLES, Role
from directory.models import Membership, Organization, SingleUseLink
from directory.rules import organizations_of
from directory.services.links import is_usable
from meetings.messages.registration import (
    _calendar_file,
    _cause,
    _context,
    _recipient_may_see,
    _registrant,
    _tell_registrant,
    public_page,
)
from meetings.models import DelegationSubstitution, OrganizationContact, Registration
from notifications.kinds import Kind, in_all_languages, label_in_all_languages, link, moment, once_link, register
from notifications.models import Notification
from notifications.selectors.reach import serves_as_staff
from notifications.services import Recipient, notify


def serves_as_focal_point(user: Any) -> bool:
    return bool(organizations_of(user, FOCAL_ROLES))


def _link_works(notification: Notification) -> bool:
    return is_usable(link_id=notification.context["link"]["_once"])


NOMINATED = register(
    Kind(
        "meetings.delegate_nominated",
        subject=_("%(organization)s names you for its delegation: %(meeting)s"),
        label=_("An organization names you for its delegation"),
        required=True,
        action=_("Open your registration"),
    )
)
WITHDRAWN = register(
    Kind(
        "meetings.delegate_withdrawn",
        subject=_("You are no longer in the delegation: %(meeting)s"),
        label=_("You are no longer in a delegation"),
        required=True,
        action=_("Open your registration"),
    )
)
REPLACED = register(
    Kind(
        "meetings.delegate_replaced",
        subject=_("Somebody else comes in your place: %(meeting)s"),
        label=_("Somebody else comes in your place"),
        required=True,
        action=_("Open the meeting"),
    )
)
STANDS_IN = register(
    Kind(
        "meetings.delegate_stands_in",
        subject=_("You come for %(organization)s: %(meeting)s"),
        label=_("You come in somebody's place"),
        required=True,
        action=_("Open your registration"),
        attachments=lambda context: _calendar_file(context) if context["calendar"] else [],
    )
)
TO_ENDORSE = register(
    Kind(
        "meetings.endorsement_asked",
        subject=_("A registration waits for your endorsement: %(meeting)s"),
        label=_("A registration waits for your organization's endorsement"),
        digest_line=_("%(name)s waits for your endorsement: %(meeting)s"),
        required=True,
        may_reach=serves_as_focal_point,
        action=_("Endorse or refuse"),
        is_visible=_recipient_may_see,
    )
)
TO_ENDORSE_BY_LINK = register(
    Kind(
        "meetings.endorsement_link",
        subject=_("Does %(name)s come for you? %(meeting)s"),
        label=_("An endorsement is asked of your organization"),
        required=True,
        confidential=True,
        in_inbox=False,
        may_reach=lambda user: False,
        action=_("Endorse or refuse"),
        is_visible=_link_works,
    )
)
NOBODY_ENDORSES = register(
    Kind(
        "meetings.endorsement_unreachable",
        subject=_("An endorsement needs an address: %(meeting)s"),
        label=_("An organization without a focal point is to endorse"),
        digest_line=_("%(name)s: %(organization)s has no focal point to endorse"),
        may_reach=serves_as_staff,
        action=_("Send the request"),
        is_visible=_recipient_may_see,
    )
)
ENDORSED = register(
    Kind(
        "meetings.registration_endorsed",
        subject=_("Your organization endorsed your registration: %(meeting)s"),
        label=_("Your organization endorsed your registration"),
        action=_("Open your registration"),
    )
)
NOT_ENDORSED = register(
    Kind(
        "meetings.registration_not_endorsed",
        subject=_("Your organization did not endorse your registration: %(meeting)s"),
        label=_("Your organization did not endorse your registration"),
        required=True,
        action=_("Open your registration"),
    )
)


def _of_organization(registration: Registration) -> dict[str, Any]:
    organization = registration.organization
    assert organization is not None, "a delegation is an organization's"
    return {
        "organization": in_all_languages(organization, "name") if organization.name else organization.short_name,
        "part": label_in_all_languages(registration.get_delegation_role_display()) if registration.delegation_role else "",
    }


def delegate_nominated(registration: Registration) -> None:
    """To the nominee: who named them and as what; a seat, or a decision, is told by its own message."""
    _tell_registrant(NOMINATED, registration, **_of_organization(registration))


def delegate_withdrawn(registration: Registration, *, reason: str) -> None:
    """To the nominee: the organization has taken them out of its delegation."""
    _tell_registrant(WITHDRAWN, registration, reason=reason, **_of_organization(registration))


def delegate_replaced(
    registration: Registration, *, substitution: DelegationSubstitution, to: Any, language: str, has_account: bool
) -> None:
    """To the person who was named before: the seat is another's now, and the old badge opens nothing."""
    context = _context(registration, reason=substitution.reason, **_of_organization(registration))
    context |= {"name": substitution.old_name, "reference": substitution.old_reference}
    context["link"] = public_page(registration.meeting)
    whom = to if has_account else Recipient(str(to), language)
    notify(kind=REPLACED, to=[whom], cause=f"substitution {substitution.pk}", context=context)


def delegate_stands_in(registration: Registration, *, substitution: DelegationSubstitution, calendar: str) -> None:
    """To the person who comes instead: the reference, the state, and with a seat the calendar file."""
    context = _context(
        registration,
        calendar=calendar,
        state=label_in_all_languages(registration.get_state_display()),
        **_of_organization(registration),
    )
    notify(kind=STANDS_IN, to=[_registrant(registration)], cause=f"substitution {substitution.pk}", context=context)


def endorsement_asked(registration: Registration) -> bool:
    """To the focal points of the organization; where it has none, to the staff, who send a link. Tells whether it has one."""
    page = link("meetings:endorsement", registration.reference)
    context = _context(registration, function=registration.function, **_of_organization(registration)) | {"link": page}
    people = Membership.objects.focal_points().filter(organization=registration.organization_id).people()
    if notify(kind=TO_ENDORSE, to=people, cause=_cause(registration), context=context):
        return True
    staff = Membership.objects.of_secretariat(Role.STAFF, registration).people()
    notify(kind=NOBODY_ENDORSES, to=staff, cause=_cause(registration), context=context)
    return False


def endorsement_link(
    registration: Registration, *, contact: OrganizationContact, single_use: SingleUseLink, secretariat: Organization | None
) -> None:
    """To the organization's verified address: who asks to come for it, and a link that works once."""
    context = _context(
        registration,
        function=registration.function,
        email=registration.email,
        asked_by=secretariat.short_name if secretariat else "",
        expires=moment(single_use.expires_at),
        **_of_organization(registration),
    )
    context["link"] = once_link("meetings:endorse_by_link", single_use)
    to = Recipient(contact.address, contact.language)
    notify(kind=TO_ENDORSE_BY_LINK, to=[to], cause=f"endorsement link {single_use.pk}", context=context)


def registration_endorsed(registration: Registration) -> None:
    """To the registrant: the organization has endorsed, the secretariat decides."""
    _tell_registrant(ENDORSED, registration, **_of_organization(registration))


def registration_not_endorsed(registration: Registration, *, reason: str) -> None:
    """To the registrant: the organization has refused, and why."""
    _tell_registrant(NOT_ENDORSED, registration, reason=reason, **_of_organization(registration))
