"""Reading what mail servers write about mail that did not arrive (RFC 3464), and the events of relay services."""

import email
import email.policy
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from email.message import Message
from typing import Any

LARGEST = 1024 * 1024
_STATUS = re.compile(r"^\s*([245]\.\d{1,3}\.\d{1,3})")
# Permanent for this message, but the mailbox is there: full (2.2), too long (2.3, 3.4), unfit content (6.x), policy (7.x).
_NOT_THE_ADDRESS = re.compile(r"^5\.(2\.[23]|3\.4|6\.|7\.)")


@dataclass(frozen=True)
class Report:
    """What a server says about one of our messages.

    Args:
        message_id: the Message-ID, or text that holds it.
        action: failed, delayed; others are no trouble.
        status: an enhanced status code, such as 5.1.1, or empty.
        detail: the server's own words, one line.
    """

    message_id: str
    action: str
    status: str = ""
    detail: str = ""

    @property
    def has_failed(self) -> bool:
        """The message will not arrive."""
        return self.action == "failed"

    @property
    def is_permanent(self) -> bool:
        """It did not arrive because of the address, and will not next time."""
        return self.has_failed and self.status.startswith("5.") and not _NOT_THE_ADDRESS.match(self.status)


def _line(text: Any, longest: int = 500) -> str:
    return " ".join(str(text or "").replace("\x00", "").split())[:longest]


def _status(text: Any) -> str:
    found = _STATUS.match(str(text or ""))
    return found[1] if found else ""


def _parts(message: Message, kind: str) -> Iterator[Message]:
    return (part for part in message.walk() if part.get_content_type() == kind)


def _original_message_id(message: Message) -> str:
    """The Message-ID of the mail that came back: from its copy, its headers, or what the report answers to."""
    for part in _parts(message, "message/rfc822"):
        inner: Any = part.get_payload()
        if isinstance(inner, list) and inner and inner[0].get("Message-ID"):
            return str(inner[0]["Message-ID"])
    for part in _parts(message, "text/rfc822-headers"):
        payload = part.get_payload(decode=True)
        headers = email.message_from_bytes(payload if isinstance(payload, bytes) else b"")
        if headers.get("Message-ID"):
            return str(headers["Message-ID"])
    return f"{message.get('In-Reply-To', '')} {message.get('References', '')}"


def parse_report(raw: bytes) -> Report | None:
    """Read a delivery status notification; None if the mail is none, or one about mail that arrived."""
    # The lenient policy of old: reports are often malformed, and its headers never raise.
    try:
        message = email.message_from_bytes(raw[:LARGEST], policy=email.policy.compat32)
    except RecursionError:  # parts within parts a hundred deep: no mail server writes that
        return None
    if message.get_content_type() != "multipart/report":
        return None
    for part in _parts(message, "message/delivery-status"):
        payload: Any = part.get_payload()
        # The first block is about the message, each further one about a recipient.
        for block in payload[1:] if isinstance(payload, list) else []:
            action = _line(block.get("Action"), 20).lower()
            if action not in {"failed", "delayed"}:
                continue
            diagnostic = _line(block.get("Diagnostic-Code"))
            return Report(_original_message_id(message), action, _status(block.get("Status")), diagnostic)
    return None


def parse_event(event: Mapping[str, Any]) -> Report | None:
    """Read one JSON event: `message_id`, `action` (failed or delayed), `status`, `detail`. None if it is not one."""
    action = _line(event.get("action"), 20).lower()
    identifier = _line(event.get("message_id"))
    if action not in {"failed", "delayed"} or not identifier:
        return None
    return Report(identifier, action, _status(event.get("status")), _line(event.get("detail")))
