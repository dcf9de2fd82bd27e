"""Text that lies in a table for a while and must not be readable there, nor in a copy of the database."""

import base64
import hashlib

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from django.conf import settings

_PURPOSE = "common.sealing"


class Unreadable(Exception):
    """The text was sealed with a key that the portal does not have any more."""


def _box() -> MultiFernet:
    # Old keys open what was sealed before the key was changed.
    keys = [settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS]
    digests = (hashlib.sha256(f"{_PURPOSE}:{key}".encode()).digest() for key in keys)
    return MultiFernet([Fernet(base64.urlsafe_b64encode(digest)) for digest in digests])


def seal(text: str) -> str:
    """Encrypt with a key derived from the portal's secret key; each time it comes out otherwise."""
    return _box().encrypt(text.encode()).decode()


def unseal(sealed: str) -> str:
    """Return what `seal` was given.

    Raises:
        Unreadable: it was changed, or sealed with another key.
    """
    try:
        return _box().decrypt(sealed.encode()).decode()
    except InvalidToken:
        raise Unreadable("sealed with a key that is not known any more")
