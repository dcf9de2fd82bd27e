"""The line to the mail server: one connection for many messages, and what the server's answers mean."""

import contextlib
import logging
import re
import smtplib
from dataclasses import dataclass
from types import TracebackType
from typing import Any

from django.core.cache import cache
from django.core.mail import EmailMessage, get_connection
from django.core.mail.backends.base import BaseEmailBackend
from django.utils import timezone

from notifications.services.reports import Report

log = logging.getLogger(__name__)

_NOTE = "notifications:mail-server"
_NOTE_SECONDS = 600
_STATUS = re.compile(r"\b([245]\.\d{1,3}\.\d{1,3})\b")
_CLOSING = 421
# Of the message, not of the server: too large.
_TOO_LARGE = 552
# Answers to RCPT that are about the mailbox, where the server gives no finer code.
_NO_MAILBOX = frozenset({550, 551, 553})


class Outage(Exception):
    """The mail server is away, hangs or wants none of our mail: nothing is the matter with the message."""


@dataclass(frozen=True)
class Refusal:
    """What a server said to one message.

    Args:
        is_permanent: it will say the same next time.
        of_recipient: it was said of the recipient.
        of_address: and because there is no such mailbox, not because it is full or because of what the message is.
    """

    words: str
    is_permanent: bool
    of_recipient: bool = False
    of_address: bool = False


class MailLine:
    """A connection that is opened for the first message, serves all that follow and is closed at the end."""

    def __init__(self) -> None:
        self._connection: BaseEmailBackend | None = None

    def __enter__(self) -> "MailLine":
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.close()

    def open(self) -> None:
        """Connect, unless connected.

        Raises:
            Outage: the server cannot be reached or lets us not in.
        """
        if self._connection is not None:
            return
        line = get_connection()
        try:
            line.open()
        except (smtplib.SMTPException, OSError) as error:
            raise self._lost(error) from error
        self._connection = line
        cache.delete(_NOTE)

    def send(self, message: EmailMessage) -> None:
        """Send one message.

        Raises:
            Outage: the server hangs or breaks off; the line is closed.
            smtplib.SMTPException: the server's answer to this message.
        """
        self.open()
        message.connection = self._connection
        try:
            message.send()
        except (smtplib.SMTPException, OSError) as error:
            if is_outage(error):
                raise self._lost(error) from error
            raise

    def _lost(self, error: Exception) -> Outage:
        log.warning("mail server takes no mail", extra={"data": {"error": words_of(error)}})
        note_outage(error)
        self.close()
        return Outage(words_of(error))

    def close(self) -> None:
        """Hang up, however broken the line is."""
        line, self._connection = self._connection, None
        if line is not None:
            with contextlib.suppress(smtplib.SMTPException, OSError):  # it was broken already
                line.close()


def is_outage(error: Exception) -> bool:
    """Whether an error is the server's, so that every other message would meet it too."""
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        return any(code == _CLOSING for code, _words in error.recipients.values())
    if isinstance(error, smtplib.SMTPDataError):
        return error.smtp_code == _CLOSING
    if isinstance(error, smtplib.SMTPSenderRefused):
        return error.smtp_code != _TOO_LARGE
    return True


def words_of(error: Exception) -> str:
    """What happened, in one line."""
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        return "; ".join(f"{code} {_text(words)}" for code, words in error.recipients.values())
    if isinstance(error, smtplib.SMTPResponseException):
        return f"{error.smtp_code} {_text(error.smtp_error)}"
    return f"{type(error).__name__}: {error}"


def _text(words: Any) -> str:
    text = words.decode(errors="replace") if isinstance(words, bytes) else str(words)
    return " ".join(text.replace("\x00", "").split())[:500]


def read_error(error: Exception) -> Refusal:
    """What an answer to one message means for it and for the address."""
    words = words_of(error)
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        code = max(code for code, _words in error.recipients.values())
        found = _STATUS.search(words)
        of_address = Report("", "failed", found[1]).is_permanent if found else code in _NO_MAILBOX
        return Refusal(words, is_permanent=code >= 500, of_recipient=True, of_address=of_address)
    return Refusal(words, is_permanent=getattr(error, "smtp_code", 0) >= 500)


# --- What the probe says --------------------------------------------------------------------------------------------------


def note_outage(error: Exception) -> None:
    """Remember for the probe that the mail server takes no mail. Forgotten when it does, or after ten minutes.

    No more than the kind of error: everybody may ask the probe. The server's own words are in the log.
    """
    what = " ".join(str(part) for part in (type(error).__name__, getattr(error, "smtp_code", "")) if part)
    cache.set(_NOTE, f"{what} at {timezone.now():%Y-%m-%d %H:%M} UTC", _NOTE_SECONDS)


def noted_outage() -> str:
    """What the worker met last at the mail server; empty if it takes mail, or if nothing was sent lately."""
    return cache.get(_NOTE) or ""
