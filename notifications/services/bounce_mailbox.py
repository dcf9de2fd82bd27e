"""Fetching reports from the mailbox that returned mail goes to: IMAP or POP3, by BOUNCE_MAILBOX_URL."""

import imaplib
import logging
import poplib
import ssl
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any
from urllib.parse import SplitResult, unquote, urlsplit

from django.conf import settings
from django.core.cache import cache

from notifications.services.bounces import record_report
from notifications.services.reports import LARGEST, parse_report

log = logging.getLogger(__name__)

PORTS = {"imap": 143, "imaps": 993, "pop3": 110, "pop3s": 995}
TIMEOUT = 20
MOST = 200
_DAYS = 7 * 86400


def poll_bounces() -> int:
    """Read what has arrived in the mailbox and record it; return how many of our messages came back. Does nothing without one."""
    if not settings.BOUNCE_MAILBOX_URL:
        return 0
    parts = urlsplit(settings.BOUNCE_MAILBOX_URL)
    return _poll_imap(parts) if parts.scheme.startswith("imap") else _poll_pop3(parts)


def _take(raw: bytes) -> bool | None:
    """Record a report. None: no report, so a person may want to read it; False: a report, but not about mail of ours."""
    report = parse_report(raw)
    return None if report is None else record_report(report)


@contextmanager
def _imap(parts: SplitResult) -> Iterator[imaplib.IMAP4]:
    host, port = str(parts.hostname), parts.port or PORTS[parts.scheme]
    box: imaplib.IMAP4
    if parts.scheme == "imaps":
        box = imaplib.IMAP4_SSL(host, port, ssl_context=ssl.create_default_context(), timeout=TIMEOUT)
    else:
        box = imaplib.IMAP4(host, port, timeout=TIMEOUT)
    try:
        box.login(unquote(parts.username or ""), unquote(parts.password or ""))
        status, _answer = box.select(unquote(parts.path.strip("/")) or "INBOX")
        if status != "OK":
            raise OSError(f"The mailbox {parts.path} cannot be opened")
        yield box
    finally:
        with suppress(OSError, imaplib.IMAP4.error):
            box.logout()


def _poll_imap(parts: SplitResult) -> int:
    """Reports are deleted once recorded; anything else is marked as seen and left for people."""
    ours = 0
    with _imap(parts) as box:
        _status, (numbers,) = box.uid("SEARCH", "UNSEEN")
        for uid in (numbers or b"").decode().split()[:MOST]:
            # No more of a message than we would read; what is longer is hardly a report.
            _status, answer = box.uid("FETCH", uid, f"(BODY.PEEK[]<0.{LARGEST}>)")
            raw = next((part[1] for part in answer if isinstance(part, tuple)), b"")
            found = _take(raw)
            ours += found is True
            box.uid("STORE", uid, "+FLAGS", r"(\Seen)" if found is None else r"(\Seen \Deleted)")
        box.expunge()
    return ours


@contextmanager
def _pop3(parts: SplitResult) -> Iterator[poplib.POP3]:
    host, port = str(parts.hostname), parts.port or PORTS[parts.scheme]
    box: poplib.POP3
    if parts.scheme == "pop3s":
        box = poplib.POP3_SSL(host, port, timeout=TIMEOUT, context=ssl.create_default_context())
    else:
        box = poplib.POP3(host, port, timeout=TIMEOUT)
    try:
        box.user(unquote(parts.username or ""))
        box.pass_(unquote(parts.password or ""))
        yield box
    except BaseException:
        box.close()  # without QUIT the server deletes nothing
        raise
    else:
        with suppress(OSError, poplib.error_proto):
            box.quit()


def _poll_pop3(parts: SplitResult) -> int:
    """Reports are deleted once recorded; anything else stays, and is not read again for a week."""
    ours = read = 0
    with _pop3(parts) as box:
        sizes = dict(line.split()[:2] for line in box.list()[1])
        for number, uid in (line.split()[:2] for line in box.uidl()[1]):
            seen = f"bounce-mailbox:{uid.hex()}"
            if read >= MOST or int(sizes[number]) > LARGEST or cache.get(seen):
                continue
            read += 1
            found = _take(b"\r\n".join(box.retr(number.decode())[1]))
            ours += found is True
            if found is None:
                cache.set(seen, True, _DAYS)
            else:
                box.dele(number.decode())
    return ours


def safe_poll() -> int:
    """Poll, and say in the log what is wrong with the mailbox instead of failing: the next round tries again."""
    try:
        return poll_bounces()
    except (OSError, imaplib.IMAP4.error, poplib.error_proto, ValueError) as error:
        _warn(error)
        return 0


def _warn(error: Any) -> None:
    log.warning("mailbox of returned mail cannot be read", extra={"data": {"error": str(error)[:300]}})
