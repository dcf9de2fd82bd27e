"""Invitation letters as PDF, in the language that the consulate reads."""

from django.conf import settings
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone, translation

from common.pdf import render_pdf
from common.pdf_parts import direction_of, document_direction, qr_code, style
from meetings.models import InvitationLetter


def verification_address(letter: InvitationLetter) -> str:
    """The public page that says whether the letter is valid, without a language: who reads it chooses."""
    with translation.override("en"):
        return settings.PUBLIC_URL + reverse("meetings:letter", args=[letter.code])


def letter_html(letter: InvitationLetter) -> str:
    """The letter in its language; registration, meeting, host and passport must be there."""
    registration = letter.registration
    meeting = registration.meeting
    assert letter.issued_at is not None, "only what is issued is written"
    with translation.override(letter.language), timezone.override(meeting.zone):
        return render_to_string(
            "pdf/meetings/letter.html",
            {
                "letter": letter,
                "registration": registration,
                "meeting": meeting,
                "visa": registration.visa,
                "body": registration.organization.name if registration.organization else registration.affiliation,
                "name_direction": direction_of(registration.visa.passport_name),
                "starts": meeting.starts_at,
                "ends": meeting.ends_at,
                "issued": letter.issued_at,
                "address": verification_address(letter),
                "language": letter.language,
                "direction": document_direction(),
            },
        )


def letter_pdf(letter: InvitationLetter) -> bytes:
    """The bytes of an issued letter."""
    assets = {"letter.css": style("letter.css"), "qr.svg": qr_code(verification_address(letter))}
    return render_pdf(letter_html(letter), assets=assets, stylesheets=("letter.css",))
