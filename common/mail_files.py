"""Mail as files: one .eml per message, for machines without an SMTP server, and a reader for the demo's mailbox."""

import hashlib
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from email import message_from_bytes, policy
from email.message import EmailMessage as ParsedMessage
from email.utils import parsedate_to_datetime
from pathlib import Path

from django.conf import settings
from django.core.mail import EmailMessage
from django.core.mail.backends.base import BaseEmailBackend


def _mark(address: str) -> str:
    return hashlib.sha256(address.strip().lower().encode()).hexdigest()[:16]


class EmailBackend(BaseEmailBackend):
    """Write each message to `EMAIL_FILE_PATH` as `<nanoseconds>-<hash of the recipient>.eml`, whole or not at all."""

    def send_messages(self, email_messages: Sequence[EmailMessage]) -> int:
        folder = Path(settings.EMAIL_FILE_PATH)
        folder.mkdir(parents=True, exist_ok=True)
        for message in email_messages:
            recipient = message.recipients()[0] if message.recipients() else ""
            target = folder / f"{time.time_ns()}-{_mark(recipient)}.eml"
            partial = target.with_suffix(".part")
            partial.write_bytes(message.message().as_bytes())
            partial.rename(target)
        return len(email_messages)


def _sent(date: str) -> datetime:
    # Django writes "-0000", which means UTC without a claim to a place; Python reads that as no zone at all.
    moment = parsedate_to_datetime(date)
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


@dataclass(frozen=True)
class FiledMessage:
    """One message as its reader sees it."""

    name: str
    subject: str
    sender: str
    sent: datetime
    text: str
    html: str
    attachments: tuple[str, ...]


def messages_to(address: str, limit: int = 50) -> Iterator[FiledMessage]:
    """Yield the newest `limit` filed messages to `address`, newest first."""
    folder = Path(settings.EMAIL_FILE_PATH)
    files = sorted(folder.glob(f"*-{_mark(address)}.eml"), reverse=True)[:limit]
    for file in files:
        parsed = message_from_bytes(file.read_bytes(), policy=policy.default)
        assert isinstance(parsed, ParsedMessage)
        text, html = parsed.get_body(("plain",)), parsed.get_body(("html",))
        yield FiledMessage(
            name=file.stem,
            subject=str(parsed["Subject"]),
            sender=str(parsed["From"]),
            sent=_sent(str(parsed["Date"])),
            text=text.get_content() if text else "",
            html=html.get_content() if html else "",
            attachments=tuple(part.get_filename() or "" for part in parsed.iter_attachments()),
        )
