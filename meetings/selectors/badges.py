"""What the QR code of a badge says: meeting, reference, and a mark that only the portal can make."""

import base64
import re
from dataclasses import dataclass

from django.conf import settings
from django.utils.crypto import constant_time_compare, salted_hmac

PREFIX = "SSC"
_SALT = "meetings.badge"
_MARK_BYTES = 10  # 80 bits: a forger who tries a thousand a second needs longer than anybody will remember the meeting
_CODE = re.compile(rf"{PREFIX}-(\d{{1,18}})-([0-9A-Z]{{4,20}})-([A-Z2-7]{{16}})")


@dataclass(frozen=True)
class ReadCode:
    """A badge's code, taken apart; `is_genuine` tells whether the portal made it."""

    meeting_id: int
    reference: str
    is_genuine: bool


def _mark(payload: str, secret: str) -> str:
    digest = salted_hmac(_SALT, payload, secret=secret, algorithm="sha256").digest()
    return base64.b32encode(digest[:_MARK_BYTES]).decode()


def code_of(*, meeting_id: int, reference: str) -> str:
    """The code: capital letters, digits and hyphens only, which make the smallest QR code and can be typed."""
    payload = f"{meeting_id}-{reference}"
    return f"{PREFIX}-{payload}-{_mark(payload, settings.SECRET_KEY)}"


def read_code(text: str) -> ReadCode | None:
    """Take a scanned or typed code apart; None where it does not even look like one."""
    found = _CODE.fullmatch("".join(text.split()).upper()[:80])
    if found is None:
        return None
    meeting, reference, mark = found.groups()
    payload = f"{meeting}-{reference}"
    genuine = any(
        constant_time_compare(_mark(payload, secret), mark) for secret in [settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS]
    )
    return ReadCode(int(meeting), reference, genuine)
