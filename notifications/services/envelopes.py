"""The mail of a message as bytes. What alike messages share is made once; address, number, date and mark are set in for each."""

import re
import uuid
from collections.abc import Iterator
from email.utils import formatdate
from typing import Any

from django.conf import settings
from django.core.mail import EmailMessage, EmailMultiAlternatives
from django.core.mail.message import sanitize_address

from notifications.kinds import Attachment

# Stand where something of the recipient's belongs. Letters and digits only, so that no encoding of mail changes them.
_TO, _ID, _DATE = (f"place{uuid.uuid4().hex}" for _ in range(3))
_SOFT_BREAK = rb"(?:=\r\n)?"
_QP_LINE = 70


def _pattern(place: str) -> bytes:
    """A place, even where quoted-printable has broken it in two."""
    return _SOFT_BREAK.join(re.escape(sign.encode()) for sign in place)


class Envelope:
    """A mail with places for what differs from one recipient to the next."""

    def __init__(
        self, *, subject: str, text: str, html: str, attachments: list[Attachment], headers: dict[str, str], mark: str
    ) -> None:
        """`mark` stands in text, HTML and headers where each recipient's own mark belongs."""
        places = {"Message-ID": f"<{_ID}>", "Date": _DATE}
        message = EmailMultiAlternatives(subject, text, to=[f"{_TO}@mark.invalid"], headers={**headers, **places})
        message.attach_alternative(html, "text/html")
        for name, content, mime in attachments:
            message.attach(name, content, mime)
        made: Any = message.message()  # Django's own class, whose lines can end as on the wire
        content = made.as_bytes(linesep="\r\n")
        self._pieces = list(_cut(content, mark, [part.get_boundary() for part in made.walk() if part.is_multipart()]))

    def addressed(self, *, to: str, message_id: str, mark: str = "") -> "ReadyMail":
        """The mail to one address."""
        address = sanitize_address(to, "utf-8")
        values = {"to": address.encode(), "id": message_id.encode(), "date": formatdate().encode(), "mark": mark.encode()}
        values["broken mark"] = _broken(values["mark"])
        return ReadyMail(to, b"".join(values[piece] if isinstance(piece, str) else piece for piece in self._pieces))


def _cut(content: bytes, mark: str, boundaries: list[str]) -> Iterator[bytes | str]:
    """The mail in pieces: bytes that stay, and the names of what is set in between them."""
    places = {"to": f"{_TO}@mark.invalid", "id": f"<{_ID}>", "date": _DATE, "mark": mark}
    found = re.compile(b"|".join(b"(?P<%s>%s)" % (name.encode(), _pattern(place)) for name, place in places.items()))
    end = 0
    for match in found.finditer(content):
        yield content[end : match.start()]
        name = str(match.lastgroup)
        yield "broken mark" if name == "mark" and _is_quoted_printable(content, match.start(), boundaries) else name
        end = match.end()
    yield content[end:]


def _is_quoted_printable(content: bytes, position: int, boundaries: list[str]) -> bool:
    """Whether the part of the mail that `position` lies in is written in quoted-printable: its own head says so."""
    start = max(content.rfind(b"\r\n--%s\r\n" % boundary.encode(), 0, position) for boundary in boundaries)
    head = content[start : content.find(b"\r\n\r\n", start)] if start >= 0 else b""
    return b"Content-Transfer-Encoding: quoted-printable" in head


def _broken(mark: bytes) -> bytes:
    """A mark in quoted-printable, on lines of its own: it may be longer than its place."""
    lines = [mark[start : start + _QP_LINE] for start in range(0, len(mark), _QP_LINE)]
    return b"=\r\n".join([b"", *lines, b""])


class ReadyMail(EmailMessage):
    """A mail whose bytes are made already, for Django's ways of sending."""

    def __init__(self, to: str, content: bytes) -> None:
        super().__init__(to=[to], from_email=settings.DEFAULT_FROM_EMAIL)
        self._content = content

    def message(self, *args: Any, **kwargs: Any) -> Any:
        """What Django asks for bytes."""
        return self

    def as_bytes(self, unixfrom: bool = False, linesep: str = "\n") -> bytes:
        """The mail, its lines ending as asked: on the wire it is CRLF."""
        return self._content if linesep == "\r\n" else self._content.replace(b"\r\n", linesep.encode())
