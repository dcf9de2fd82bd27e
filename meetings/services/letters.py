"""Invitation letters for visas: asked for with the passport, signed where the meeting wants it, checked by their code."""

from datetime import date
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from common.access import Refused, require
from directory.models import Country
from directory.services.state import change_state, locked, record_start
from meetings.enums import LetterState, MeetingState, RegistrationState
from meetings.messages import letters as messages
from meetings.models import InvitationLetter, Registration, VisaDetails
from meetings.rules import account_of, secretariat_of
from meetings.services.seats import locked_with_quota


def initials_of(name: str) -> str:
    """The first letters of a name's parts: all that the public page of a letter says of its owner."""
    return "".join(f"{part[0]}." for part in name.split()[:4])[:12]


@transaction.atomic
def ask_letter(
    *,
    registration: Registration,
    by: Any,
    passport_name: str,
    nationality: Country,
    born_on: date,
    passport_number: str,
    language: str,
) -> InvitationLetter:
    """Keep the passport's details and ask for a letter; an earlier letter is void. Issued at once unless it needs a signature.

    Raises:
        Refused: no seat, the meeting is over, a date of birth in the future, an unknown language, a name without letters.
    """
    registration, _quota = locked_with_quota(registration)
    require(by, "meetings.ask_letter", registration)
    meeting = registration.meeting
    if registration.state != RegistrationState.APPROVED:
        raise Refused(_("A letter is written once the registration is approved. You get a message when it is."))
    if meeting.state == MeetingState.CANCELLED:
        raise Refused(_("This meeting is cancelled, so no letter invites to it any more."))
    if meeting.ends_at <= timezone.now():
        raise Refused(_("This meeting is over, so no letter invites to it any more."))
    if language not in dict(settings.LANGUAGES):
        raise Refused(_("Letters are written in Arabic, Chinese, English, French, Russian or Spanish. Choose one of them."))
    if born_on >= timezone.now().date():
        raise Refused(_("The date of birth lies in the future. Check the year."))
    passport_name, passport_number = " ".join(passport_name.split()), "".join(passport_number.split()).upper()
    if not passport_name or not passport_number:
        raise Refused(_("Give the name and the number as they stand in the passport."))
    revoke_letters(registration=registration, by=account_of(by))
    VisaDetails.objects.update_or_create(
        registration=registration,
        defaults={
            "passport_name": passport_name,
            "nationality": nationality,
            "born_on": born_on,
            "passport_number": passport_number,
        },
    )
    letter = InvitationLetter.objects.create(
        registration=registration,
        reference=registration.reference,
        initials=initials_of(passport_name),
        language=language,
        asked_by=account_of(by),
    )
    record_start(letter, by=account_of(by), on_behalf_of=_for_whom(letter, by))
    if meeting.letters_need_signature:
        messages.letter_to_sign(letter)
    else:
        _issue(letter, by=None)
    return letter


def _for_whom(letter: InvitationLetter, by: Any) -> Any:
    registration = letter.registration
    return registration.organization if by and registration.user_id == by.pk else secretariat_of(by)


def _issue(letter: InvitationLetter, by: Any) -> None:
    letter.issued_at = timezone.now()
    letter.signed_by = by
    change_state(
        letter, to=LetterState.ISSUED, by=by, on_behalf_of=secretariat_of(by) if by else None, also=["issued_at", "signed_by"]
    )
    messages.letter_issued(letter)


def _locked_with_registration(letter: InvitationLetter) -> InvitationLetter:
    """The registration first, as everywhere: a letter is not signed while its owner cancels."""
    registration, _quota = locked_with_quota(Registration.objects.get(pk=letter.registration_id))
    letter = locked(letter)
    letter.registration = registration
    return letter


@transaction.atomic
def sign_letter(*, letter: InvitationLetter, by: Any) -> InvitationLetter:
    """Sign: the letter is issued in the name of who signs."""
    letter = _locked_with_registration(letter)
    require(by, "meetings.sign_letter", letter)
    registration = letter.registration
    if registration.state != RegistrationState.APPROVED or registration.reference != letter.reference:
        raise Refused(_("This person has no seat any more, so the letter cannot be signed."))
    if not VisaDetails.objects.filter(registration=registration).exists():
        raise Refused(_("The passport details are gone. Ask the person for them again."))
    _issue(letter, by=by)
    return letter


@transaction.atomic
def refuse_letter(*, letter: InvitationLetter, by: Any, reason: str) -> InvitationLetter:
    """Do not issue a letter, with a reason that the person reads."""
    letter = _locked_with_registration(letter)
    require(by, "meetings.sign_letter", letter)
    if not reason.strip():
        raise Refused(_("Say why: the person reads the reason."))
    change_state(letter, to=LetterState.REFUSED, by=by, on_behalf_of=secretariat_of(by), reason=reason.strip())
    messages.letter_refused(letter, reason=reason.strip())
    return letter


@transaction.atomic
def revoke_letter(*, letter: InvitationLetter, by: Any, reason: str) -> InvitationLetter:
    """Take an issued letter back, with a reason: its page says from now on that it is not valid."""
    letter = _locked_with_registration(letter)
    require(by, "meetings.sign_letter", letter)
    if not reason.strip():
        raise Refused(_("Say why: the person reads the reason."))
    change_state(letter, to=LetterState.REVOKED, by=by, on_behalf_of=secretariat_of(by), reason=reason.strip())
    messages.letter_revoked(letter, reason=reason.strip())
    return letter


def revoke_letters(*, registration: Registration, by: Any, reason: str = "") -> None:
    """Revoke what stands when its cause goes: a cancelled registration, another person, another passport.

    The registration is locked by the caller, who has asked the rule for the act that this follows from and tells of it.
    """
    for letter in InvitationLetter.objects.standing().select_for_update(of=("self",)).filter(registration=registration):
        letter.registration = registration
        change_state(letter, to=LetterState.REVOKED, by=by, on_behalf_of=_for_whom(letter, by), reason=reason)
