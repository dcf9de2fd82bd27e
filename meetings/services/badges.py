"""The code on a badge: the reference, signed for its meeting."""

import base64
import hmac

from django.utils.crypto import salted_hmac
from django.utils.translation import gettext as _

from common.access import Refused
from meetings.models import Meeting, Registration

_SIGNATURE = 10  # characters of five bits each


def _signature(slug: str, reference: str) -> str:
    digest = salted_hmac("meetings.badge", f"{slug}:{reference}", algorithm="sha256").digest()
    return base64.b32encode(digest).decode()[:_SIGNATURE]


def badge_code(registration: Registration) -> str:
    """What the QR code of the badge says: capital letters, digits and a hyphen, which make the smallest code."""
    return f"{registration.reference}-{_signature(registration.meeting.slug, registration.reference)}"


def registration_of_code(*, meeting: Meeting, text: str) -> Registration:
    """The registration whose badge says `text`.

    Raises:
        Refused: a code that we did not make, or a badge of another meeting.
    """
    reference, _hyphen, signature = text.strip().upper().rpartition("-")
    found = Registration.objects.filter(reference=reference).select_related("meeting", "category", "organization", "user").first()
    if found is None or not hmac.compare_digest(signature.encode(), _signature(found.meeting.slug, reference).encode()):
        raise Refused(_("This code was not made by the portal. Ask for an identity document and look the name up."))
    if found.meeting_id != meeting.pk:
        raise Refused(_("This badge is for another meeting. Look the name up: the person may be registered for this one, too."))
    return found
