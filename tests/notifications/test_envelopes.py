"""Mails made once and addressed many times read the same as mails that Django makes for each."""

from email import message_from_bytes, policy
from typing import Any

import pytest
from django.core.mail import EmailMultiAlternatives

from notifications.services.envelopes import Envelope

MARK, TOKEN = "f" * 32, "17:notifications.bulk." + "A-_b" * 11
ATTACHED = [
    ("meeting.ics", "BEGIN:VCALENDAR\r\nSUMMARY:é\r\n".encode(), "text/calendar; charset=utf-8; method=PUBLISH"),
    ("data.bin", b"\x00\xff" * 100, "application/octet-stream"),
]
TEXTS = {
    "plain": "plain\n.a line that begins with a dot\nFrom here\n",
    "arabic": "السلام عليكم\n" * 30 + "كلمة " * 300,
    "chinese": "你好。" * 500,
    "russian": "Привет\n\n.\n..\n",
    "a long line": "x" * 1200 + "\nend = é\n=20 =\n",
    "odd spaces": "tab\there trailing  \n\u2028sep\x85x",
    "a head of a mail": "Content-Transfer-Encoding: quoted-printable\n\nhello é",
    "a head in a long line": "Content-Transfer-Encoding: 8bit\n\n" + "é" * 700,
}


def read(raw: bytes) -> tuple[list[Any], list[Any]]:
    """Heads and parts as a mail program reads them."""
    mail = message_from_bytes(raw, policy=policy.default)
    heads = sorted((name, str(value).strip()) for name, value in mail.items() if name not in {"Date", "Content-Type"})
    parts = [part for part in mail.walk() if not part.is_multipart()]
    return heads, [(part.get_content_type(), dict(part["Content-Type"].params), part.get_content()) for part in parts]


@pytest.mark.parametrize("name", TEXTS)
@pytest.mark.parametrize("to", ["a@example.org", "jörg@bücher.example", f"{'x' * 60}@{'y' * 60}.example.org"])
def test_addressed_envelope_reads_as_a_mail_that_django_makes(name: str, to: str) -> None:
    subject = f"{TEXTS[name].splitlines()[0][:100]} é"
    text = f"{TEXTS[name]}\nhttps://portal.example/unsubscribe/{MARK}/\n"
    html = f"<p>{TEXTS[name]}</p><a href='https://portal.example/unsubscribe/{MARK}/'>No more</a>"
    headers = {"List-Unsubscribe": f"<https://portal.example/unsubscribe/{MARK}/>"}
    envelope = Envelope(subject=subject, text=text, html=html, attachments=ATTACHED, headers=headers, mark=MARK)
    ready = envelope.addressed(to=to, message_id="<n-1.x@portal.example>", mark=TOKEN)

    own = {name: value.replace(MARK, TOKEN) for name, value in headers.items()} | {"Message-ID": "<n-1.x@portal.example>"}
    mail = EmailMultiAlternatives(subject, text.replace(MARK, TOKEN), to=[to], headers=own)
    mail.attach_alternative(html.replace(MARK, TOKEN), "text/html")
    for one in ATTACHED:
        mail.attach(*one)
    made: Any = mail.message()
    assert read(ready.as_bytes(linesep="\r\n")) == read(made.as_bytes(linesep="\r\n"))


@pytest.mark.parametrize("to", ["a@example.org\nBcc: b@example.org", "a@example.org\r\n\r\nbody", "a\n@example.org"])
def test_line_break_in_an_address_opens_no_head(to: str) -> None:
    envelope = Envelope(subject="s", text="t", html="h", attachments=[], headers={}, mark=MARK)
    try:
        ready = envelope.addressed(to=to, message_id="<n-1.x@portal.example>")
    except ValueError:
        return
    mail = message_from_bytes(ready.as_bytes(linesep="\r\n"), policy=policy.default)
    assert (mail["Bcc"], mail["Subject"], mail.get_body(("plain",)) is None) == (None, "s", False)
