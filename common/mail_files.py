"""Mail as files: one .eml per message, for machines without an SMTP server, and a reader for the demo's mailbox."""

import hashlib
import time
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
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


def forget_messages(addresses: Collection[str], mentions: Callable[[str], bool]) -> int:
    """Delete filed messages to any of `addresses` and those whose words `mentions` recognizes; return how many.

    Mail in files is for machines without a mail server: nobody else has a copy, so nothing is lost to others.
    """
    marks = {_mark(address) for address in addresses}
    gone = 0
    for file in Path(settings.EMAIL_FILE_PATH).glob("*.eml"):
        if file.stem.rpartition("-")[2] in marks or mentions(_words_of(file)):
            file.unlink(missing_ok=True)
            gone += 1
    return gone


def _words_of(file: Path) -> str:
    try:
        parsed = message_from_bytes(file.read_bytes(), policy=policy.default)
    except FileNotFoundError:
        return ""
    texts = [f"{name}: {value}" for name, value in parsed.items()]
    texts += [str(part.get_content()) for part in parsed.walk() if part.get_content_maintype() == "text"]
    return "\n".join(texts)


def forget_older_than(age: timedelta) -> int:
    """Delete filed messages that were written longer ago than `age`; return how many."""
    oldest = time.time_ns() - int(age.total_seconds() * 1e9)
    gone = 0
    for file in Path(settings.EMAIL_FILE_PATH).glob("*.eml"):
        written = file.stem.partition("-")[0]
        if written.isdecimal() and int(written) < oldest:
            file.unlink(missing_ok=True)
            gone += 1
    return gone
