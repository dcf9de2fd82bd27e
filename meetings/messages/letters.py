"""Messages about invitation letters."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from directory.enums import Role
from directory.models import Membership
from meetings.messages.registration import _context, _recipient_may_see, _registrant
from meetings.models import InvitationLetter
from notifications.kinds import Kind, link, register
from notifications.selectors.reach import serves_as_staff
from notifications.services import notify

ISSUED = register(
    Kind(
        "meetings.letter_issued",
        subject=_("Your invitation letter is ready: %(meeting)s"),
        label=_("Your invitation letter is ready"),
        required=True,
        action=_("Get the letter"),
    )
)
REFUSED = register(
    Kind(
        "meetings.letter_refused",
        subject=_("Your invitation letter was not issued: %(meeting)s"),
        label=_("Your invitation letter was not issued"),
        required=True,
        action=_("Open your registration"),
    )
)
REVOKED = register(
    Kind(
        "meetings.letter_revoked",
        subject=_("Your invitation letter is no longer valid: %(meeting)s"),
        label=_("Your invitation letter is no longer valid"),
        required=True,
        action=_("Open your registration"),
    )
)
TO_SIGN = register(
    Kind(
        "meetings.letter_to_sign",
        subject=_("An invitation letter waits for a signature: %(meeting)s"),
        label=_("An invitation letter waits for a signature"),
        digest_line=_("%(name)s asks for an invitation letter: %(meeting)s"),
        may_reach=serves_as_staff,
        action=_("Open the letters"),
        is_visible=_recipient_may_see,
    )
)


def _tell(kind: Kind, letter: InvitationLetter, **more: Any) -> None:
    registration = letter.registration
    cause = f"letter {letter.pk} {letter.state}"
    notify(kind=kind, to=[_registrant(registration)], cause=cause, context=_context(registration, code=letter.code, **more))


def letter_issued(letter: InvitationLetter) -> None:
    """To the registrant: it can be fetched."""
    _tell(ISSUED, letter)


def letter_refused(letter: InvitationLetter, *, reason: str) -> None:
    """To the registrant: the secretariat does not issue it, and why."""
    _tell(REFUSED, letter, reason=reason)


def letter_revoked(letter: InvitationLetter, *, reason: str) -> None:
    """To the registrant: it was taken back while the registration stands."""
    _tell(REVOKED, letter, reason=reason)


def letter_to_sign(letter: InvitationLetter) -> None:
    """To the staff of this meeting: somebody waits for a signature."""
    registration = letter.registration
    staff = Membership.objects.of_secretariat(Role.STAFF, registration).people()
    context = _context(registration, body=registration.body) | {"link": link("meetings:letters", registration.meeting.slug)}
    notify(kind=TO_SIGN, to=staff, cause=f"letter {letter.pk} to sign", context=context)
