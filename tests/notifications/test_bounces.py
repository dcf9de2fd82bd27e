"""Mail that comes back: reports, the mailbox, the webhook, and what follows for an address."""

import json
import socketserver
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from django.core.exceptions import ImproperlyConfigured, PermissionDenied
from django.db import connection, transaction
from django.test import Client

from common.mail_files import messages_to
from directory.models import User
from notifications.enums import DeliveryState, TrailAct
from notifications.jobs import poll_bounces_task
from notifications.kinds import Kind, register
from notifications.messages import account_mail
from notifications.models import AddressTrouble, MailRefusal, Notification
from notifications.services import Recipient, deliver_due, notify
from notifications.services.bounce_mailbox import poll_bounces
from notifications.services.bounces import (
    clear_trouble,
    copy_of,
    message_id,
    record_report,
    record_trouble,
)
from notifications.services.outbox import resend_message
from notifications.services.reports import Report, parse_event, parse_report
from notifications.views.bounces import signature
from ssc_portal.settings.base import checked_mailbox_url
from tests.conftest import Cast
from tests.factories.directory import UserFactory

PLAIN = register(Kind("tests.bounces", subject="Hello", render=lambda row, context: ("Hello", "Hello.")))
SECRET = "a-shared-secret-of-at-least-32-signs"
pytestmark = pytest.mark.django_db


def sent(person: Any = None, cause: str = "one") -> Notification:
    with transaction.atomic():
        notify(kind=PLAIN, to=[person or UserFactory()], cause=cause, context={})
    deliver_due()
    row = Notification.objects.latest("pk")
    assert row.state == DeliveryState.SENT
    return row


def dsn(identifier: str, *, action: str = "failed", status: str = "5.1.1", headers_only: bool = False) -> bytes:
    """A delivery status notification as mail servers write it."""
    kind = "text/rfc822-headers" if headers_only else "message/rfc822"
    lines = f"""From: MAILER-DAEMON@mx.example
To: portal@demo.example
Subject: Undelivered Mail Returned to Sender
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status; boundary="next"

This is a MIME-encapsulated message.

--next
Content-Type: text/plain; charset=us-ascii

This is the mail system. Your message could not be delivered.

--next
Content-Type: message/delivery-status

Reporting-MTA: dns; mx.example
Arrival-Date: Wed, 29 Nov 2017 18:30:00 +0300

Final-Recipient: rfc822; somebody.else@test.example
Action: {action}
Status: {status}
Diagnostic-Code: smtp; 550 {status} No such user here

--next
Content-Type: {kind}

Subject: Hello
Message-ID: {identifier}
To: somebody.else@test.example

--next--
"""
    return lines.replace("\n", "\r\n").encode()


# --- Reports ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("headers_only", [False, True])
def test_report_names_the_message_its_status_and_the_servers_words(headers_only: bool) -> None:
    row = sent()
    report = parse_report(dsn(message_id(row), headers_only=headers_only))
    assert report == Report(message_id(row), "failed", "5.1.1", "smtp; 550 5.1.1 No such user here")
    assert report.is_permanent
    assert copy_of(report.message_id) == (row, row.destination)


@pytest.mark.parametrize(
    ("action", "status", "has_failed", "is_permanent"),
    [
        ("failed", "5.1.1", True, True),
        ("failed", "5.2.1", True, True),
        ("failed", "5.2.2", True, False),  # a full mailbox is still somebody's
        ("failed", "5.7.1", True, False),  # so is one whose server does not like the text
        ("failed", "4.4.7", True, False),
        ("delayed", "4.4.1", False, False),
        ("failed", "rubbish", True, False),
    ],
)
def test_only_what_is_wrong_with_the_address_is_permanent(action: str, status: str, has_failed: bool, is_permanent: bool) -> None:
    report = parse_report(dsn("<x@test>", action=action, status=status))
    assert report is not None
    assert (report.has_failed, report.is_permanent) == (has_failed, is_permanent)


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"\x00\xff\xfe rubbish",
        b"Subject: I am away\n\nBack on Monday.",
        b"Content-Type: multipart/report; boundary=x\n\n--x\nContent-Type: message/delivery-status\n\n--x--",
        dsn("<x@test>", action="delivered"),
    ],
)
def test_what_is_no_report_of_trouble_is_left_alone(raw: bytes) -> None:
    assert parse_report(raw) is None


# --- What follows ----------------------------------------------------------------------------------------------------


def test_permanent_failure_marks_the_message_and_stops_mail_to_the_address() -> None:
    row = sent()
    person: Any = row.recipient
    report = parse_report(dsn(message_id(row)))
    assert report is not None
    assert record_report(report)
    row.refresh_from_db()
    assert row.state == DeliveryState.BOUNCED
    assert [(line.act, "No such user" in line.detail) for line in row.trail.all()] == [(TrailAct.BOUNCED, True)]
    trouble = AddressTrouble.objects.get()
    assert (trouble.address, trouble.is_permanent, trouble.count) == (person.email, True, 1)

    with transaction.atomic():
        notify(kind=PLAIN, to=[person], cause="two", context={})
    deliver_due()
    second = Notification.objects.latest("pk")
    assert second.state == DeliveryState.FAILED
    assert second.error.startswith("This address refused mail on")
    assert len(list(messages_to(person.email))) == 1


def test_account_mail_still_goes_to_an_address_that_refused() -> None:
    """It is asked for by a person at the screen, and it is how an address shows that it works again."""
    record_trouble(address="back@test.example", is_permanent=True, detail="550")
    with transaction.atomic():
        account_mail(
            to=Recipient("back@test.example"), template="account/email/unknown_account", context={"values": {}}, cause="x"
        )
    deliver_due()
    assert len(list(messages_to("back@test.example"))) == 1


def test_same_report_twice_counts_once() -> None:
    row = sent()
    report = Report(message_id(row), "failed", "5.1.1")
    assert record_report(report)
    assert record_report(report)
    assert (AddressTrouble.objects.get().count, row.trail.count()) == (1, 1)


def test_delay_is_counted_and_the_message_stays_sent() -> None:
    row = sent()
    assert record_report(Report(message_id(row), "delayed", "4.4.1", "try later"))
    row.refresh_from_db()
    assert (row.state, row.trail.get().act) == (DeliveryState.SENT, TrailAct.RETRIED)
    assert not AddressTrouble.objects.get().is_permanent
    sent(row.recipient, cause="two")


def test_forged_report_marks_nobody() -> None:
    row = sent()
    mine = message_id(row)
    other = sent(cause="two")
    for forged in (
        mine.replace(str(row.pk), str(other.pk), 1),
        f"<notification-{other.pk}@127.0.0.1>",
        f"<notification-{other.pk}.{'0' * 20}@127.0.0.1>",
        "<notification-9999999999999999999.00000000000000000000@x>",
    ):
        assert not record_report(Report(forged, "failed", "5.1.1"))
    assert not AddressTrouble.objects.exists()


def test_report_is_not_believed_about_other_addresses() -> None:
    """The report says that somebody else's address failed; only that of our own row is marked."""
    row = sent()
    report = parse_report(dsn(message_id(row)))
    assert report is not None
    record_report(report)
    assert list(AddressTrouble.objects.values_list("address", flat=True)) == [row.sent_to]


def test_late_report_about_an_old_address_says_nothing_about_the_present_one(cast: Cast) -> None:
    person = UserFactory(email="old@example.org")
    row = sent(person)
    report = Report(message_id(row), "failed", "5.1.1", "no such user")
    User.objects.filter(pk=person.pk).update(email="new@example.org")
    resend_message(notification=row, by=cast.secretariat)
    deliver_due()
    assert record_report(report)
    row.refresh_from_db()
    assert (row.state, row.sent_to) == (DeliveryState.SENT, "new@example.org")
    assert AddressTrouble.objects.get().address == "old@example.org"


def test_mail_of_parts_within_parts_without_end_is_no_report() -> None:
    assert parse_report(b"Content-Type: message/rfc822\r\n\r\n" * 3000) is None


def test_address_differs_not_by_case() -> None:
    for address in ("Someone@test.example", "someone@test.example"):
        record_trouble(address=address, is_permanent=False, detail="421")
    assert AddressTrouble.objects.get().count == 2


def test_temporary_trouble_does_not_make_a_permanent_one_good() -> None:
    record_trouble(address="a@test.example", is_permanent=True, detail="550")
    assert record_trouble(address="a@test.example", is_permanent=False, detail="421").is_permanent


# --- Clearing --------------------------------------------------------------------------------------------------------


def test_verifying_the_address_anew_clears_it(client: Client) -> None:
    from allauth.account.models import EmailAddress, EmailConfirmationHMAC

    person = UserFactory()
    record_trouble(address=person.email.upper(), is_permanent=True, detail="550")
    address = EmailAddress.objects.create(user=person, email=person.email, primary=True, verified=False)
    client.post(f"/accounts/confirm-email/{EmailConfirmationHMAC(address).key}/")
    assert not AddressTrouble.objects.exists()


def test_person_sees_on_their_desk_that_mail_comes_back_and_says_when_it_works(sign_in: Any) -> None:
    person, stranger = UserFactory(), UserFactory()
    record_trouble(address=person.email, is_permanent=True, detail="550 no such user")
    client = sign_in(person)
    assert f"Mail to {person.email} comes back" in client.get("/desk/").content.decode()
    assert f"Mail to {person.email} comes back" in client.get("/accounts/profile/").content.decode()
    page = client.get("/accounts/mail/").content.decode()
    assert "550 no such user" in page
    assert "/accounts/email/" in page
    for page_of_a_stranger in ("/desk/", "/accounts/profile/"):
        assert "comes back" not in sign_in(stranger).get(page_of_a_stranger).content.decode()
    sign_in(stranger).post("/accounts/mail/works/")
    assert AddressTrouble.objects.exists()
    assert client.post("/accounts/mail/works/").url == "/accounts/mail/"
    assert not AddressTrouble.objects.exists()
    assert "comes back" not in client.get("/desk/").content.decode()


def test_staff_see_and_clear_addresses(cast: Cast, sign_in: Any) -> None:
    trouble = record_trouble(address="gone@test.example", is_permanent=True, detail="550 gone")
    for person in (cast.outsider, cast.focal_undp, cast.drafter, cast.administrator):
        assert sign_in(person).get("/outbox/addresses/").status_code == 403
        assert sign_in(person).post(f"/outbox/addresses/{trouble.pk}/clear/").status_code == 403
    client = sign_in(cast.secretariat)
    assert "550 gone" in client.get("/outbox/addresses/").content.decode()
    assert "550 gone" not in client.get("/outbox/addresses/?q=other").content.decode()
    assert client.post(f"/outbox/addresses/{trouble.pk}/clear/").status_code == 302
    assert client.post(f"/outbox/addresses/{trouble.pk}/clear/").status_code == 404
    assert not AddressTrouble.objects.exists()


def test_nobody_clears_the_address_of_another(cast: Cast) -> None:
    record_trouble(address="gone@test.example", is_permanent=True, detail="550")
    with pytest.raises(PermissionDenied):
        clear_trouble(address="gone@test.example", by=cast.focal_undp)


# --- The webhook -----------------------------------------------------------------------------------------------------


def post(body: bytes, *, secret: str = SECRET, at: float | None = None, kind: str = "application/json", **more: Any) -> Any:
    timestamp = str(int(time.time() if at is None else at))
    headers = {"X-Timestamp": timestamp, "X-Signature": signature(secret=secret, timestamp=timestamp, body=body), **more}
    return Client(enforce_csrf_checks=True).post("/mail/bounces/", body, content_type=kind, headers=headers)


@pytest.fixture
def secret(settings: Any) -> None:
    settings.BOUNCE_WEBHOOK_SECRET = SECRET


@pytest.mark.usefixtures("secret")
def test_webhook_takes_signed_events_and_raw_reports() -> None:
    one, two = sent(), sent(cause="two")
    event = {"message_id": message_id(one), "action": "failed", "status": "5.1.1", "detail": "no such user"}
    assert post(json.dumps([event, {"action": "opened"}]).encode()).json() == {"recorded": 1, "ignored": 1}
    assert post(dsn(message_id(two)), kind="message/rfc822").json() == {"recorded": 1, "ignored": 0}
    assert set(Notification.objects.values_list("state", flat=True)) == {DeliveryState.BOUNCED}


@pytest.mark.usefixtures("secret")
@pytest.mark.parametrize(
    ("options", "status", "words"),
    [
        ({"secret": "x" * 40}, 403, "shared secret"),
        ({"at": 0}, 403, "clock"),
        ({"X-Timestamp": "soon"}, 403, "clock"),
        ({"X-Signature": "ü"}, 403, "shared secret"),
    ],
)
def test_webhook_refuses_what_is_not_signed_now(options: dict[str, Any], status: int, words: str) -> None:
    row = sent()
    body = json.dumps({"message_id": message_id(row), "action": "failed", "status": "5.1.1"}).encode()
    answer = post(body, **options)
    assert (answer.status_code, words in answer.json()["error"]) == (status, True)
    assert not AddressTrouble.objects.exists()


@pytest.mark.usefixtures("secret")
@pytest.mark.parametrize("body", [b"{", b'"text"', b"[1]", b"[" * 100_000, b'{"message_id": "\xff"}'])
def test_webhook_says_what_is_wrong_with_bad_json(body: bytes) -> None:
    answer = post(body)
    assert (answer.status_code, "JSON" in answer.json()["error"]) == (400, True)


@pytest.mark.usefixtures("secret")
def test_webhook_refuses_too_much_at_once() -> None:
    assert post(b" " * (1024 * 1024 + 1)).status_code == 413
    assert Client().get("/mail/bounces/").status_code == 405


def test_webhook_without_a_secret_is_not_there() -> None:
    assert post(b"{}", secret="").status_code == 404


def test_event_without_message_or_action_is_none() -> None:
    assert parse_event({"message_id": "<x>", "action": "opened"}) is None
    assert parse_event({"action": "failed"}) is None
    assert parse_event({"message_id": ["<x>"], "action": "failed", "status": 5}) == Report("['<x>']", "failed", "", "")


# --- The mailbox -----------------------------------------------------------------------------------------------------


class MailboxServer(socketserver.ThreadingTCPServer):
    """A mailbox of one user, in memory: what IMAP and POP3 clients need to read, flag and delete."""

    allow_reuse_address = True
    daemon_threads = True

    def __init__(self, handler: Any, mails: list[bytes]) -> None:
        super().__init__(("127.0.0.1", 0), handler)
        self.mails = dict(enumerate(mails, start=1))
        self.flags: dict[int, set[str]] = {number: set() for number in self.mails}
        self.retrieved = 0


class Pop3Handler(socketserver.StreamRequestHandler):
    server: MailboxServer

    def say(self, *lines: bytes) -> None:
        self.wfile.write(b"\r\n".join(lines) + b"\r\n")

    def handle(self) -> None:
        self.say(b"+OK ready")
        doomed: set[int] = set()
        user = b""
        for line in self.rfile:
            verb, _, rest = line.strip().partition(b" ")
            if verb == b"USER":
                user = rest
                self.say(b"+OK")
            elif verb == b"PASS":
                if (user, rest) != (b"bounces", b"pass word"):
                    self.say(b"-ERR wrong password")
                else:
                    self.say(b"+OK")
            elif verb == b"LIST":
                sizes = [b"%d %d" % (number, len(mail)) for number, mail in self.server.mails.items()]
                self.say(b"+OK", *sizes, b".")
            elif verb == b"UIDL":
                self.say(b"+OK", *[b"%d uid-%d" % (number, number) for number in self.server.mails], b".")
            elif verb == b"RETR":
                self.server.retrieved += 1
                lines = self.server.mails[int(rest)].replace(b"\r\n", b"\n").split(b"\n")
                self.say(b"+OK", *[b"." + one if one.startswith(b".") else one for one in lines], b".")
            elif verb == b"DELE":
                doomed.add(int(rest))
                self.say(b"+OK")
            elif verb == b"QUIT":
                for number in doomed:
                    del self.server.mails[number]
                self.say(b"+OK")
                return
            else:
                self.say(b"-ERR unknown")


class ImapHandler(socketserver.StreamRequestHandler):
    server: MailboxServer

    def handle(self) -> None:
        self.wfile.write(b"* OK ready\r\n")
        for raw in self.rfile:
            tag, _, line = raw.decode().strip().partition(" ")
            words = line.replace('"', "").split(" ")
            verb = " ".join(words[:2]).upper() if words[0].upper() == "UID" else words[0].upper()
            answer = "OK done"
            if verb == "CAPABILITY":
                self.wfile.write(b"* CAPABILITY IMAP4rev1\r\n")
            elif verb == "LOGIN":
                answer = "OK in" if " ".join(words[1:]) == "bounces pass word" else "NO wrong password"
            elif verb == "SELECT":
                self.wfile.write(b"* %d EXISTS\r\n" % len(self.server.mails))
            elif verb == "UID SEARCH":
                unseen = [number for number in self.server.mails if "\\Seen" not in self.server.flags[number]]
                self.wfile.write(("* SEARCH " + " ".join(map(str, unseen)) + "\r\n").encode())
            elif verb == "UID FETCH":
                number = int(words[2])
                self.server.retrieved += 1
                mail = self.server.mails[number]
                self.wfile.write(b"* %d FETCH (UID %d BODY[]<0> {%d}\r\n%s)\r\n" % (number, number, len(mail), mail))
            elif verb == "UID STORE":
                self.server.flags[int(words[2])] |= set(line[line.index("(") + 1 : line.index(")")].split())
            elif verb == "EXPUNGE":
                for number in [one for one, flags in self.server.flags.items() if "\\Deleted" in flags]:
                    self.server.mails.pop(number, None)
            elif verb == "LOGOUT":
                self.wfile.write(f"* BYE\r\n{tag} OK out\r\n".encode())
                return
            self.wfile.write(f"{tag} {answer}\r\n".encode())


@contextmanager
def mailbox(scheme: str, mails: list[bytes], settings: Any, password: str = "pass%20word") -> Iterator[MailboxServer]:
    with MailboxServer({"imap": ImapHandler, "pop3": Pop3Handler}[scheme], mails) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
        thread.start()
        folder = "/INBOX" if scheme == "imap" else ""
        settings.BOUNCE_MAILBOX_URL = f"{scheme}://bounces:{password}@127.0.0.1:{server.server_address[1]}{folder}"
        yield server
        server.shutdown()
        thread.join()


@pytest.mark.parametrize("scheme", ["imap", "pop3"])
def test_mailbox_is_read_over_the_wire_and_letters_of_people_stay(scheme: str, settings: Any) -> None:
    row = sent()
    letter = b"Subject: I am away\r\n\r\n.Back on Monday."
    foreign = dsn("<not-ours@test.example>")
    with mailbox(scheme, [dsn(message_id(row)), letter, foreign], settings) as server:
        assert poll_bounces() == 1
        assert list(server.mails.values()) == [letter]
        # What was read once is not read again.
        assert (poll_bounces(), server.retrieved) == (0, 3)
    row.refresh_from_db()
    assert row.state == DeliveryState.BOUNCED


@pytest.mark.parametrize("scheme", ["imap", "pop3"])
def test_wrong_password_of_the_mailbox_is_a_line_in_the_log_and_no_failure(scheme: str, settings: Any, caplog: Any) -> None:
    with mailbox(scheme, [b"x"], settings, password="wrong") as server:
        assert poll_bounces_task() == 0
        assert server.retrieved == 0
    assert "mailbox of returned mail cannot be read" in caplog.text


def test_without_a_mailbox_nothing_is_polled() -> None:
    assert poll_bounces() == 0


@pytest.mark.parametrize("url", ["https://a:b@mail.example", "imaps://mail.example", "imaps://a:b@", "nonsense"])
def test_bad_address_of_the_mailbox_says_how_it_is_written(url: str) -> None:
    with pytest.raises(ImproperlyConfigured, match="imaps://user:password@host"):
        checked_mailbox_url(url)


def test_address_of_an_erased_person_is_nobodys_trouble() -> None:
    assert not AddressTrouble.objects.visible_to(UserFactory()).exists()
    assert User.objects.count() == 1


@pytest.mark.parametrize("model", [AddressTrouble, MailRefusal])
def test_rows_about_an_address_are_found_by_the_index_whatever_its_case(model: Any) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
    index = {AddressTrouble: "trouble_once_per_address", MailRefusal: "mail_refusal_once_per_kind"}[model]
    assert index in model.objects.order_by().at_address("Someone@Test.example").explain()
    assert index in model.objects.order_by().at_address("a@test.example", "b@test.example").explain()
    more = {"is_permanent": True} if model is AddressTrouble else {"kind": "x"}
    row = model.objects.create(address="Someone@test.example", **more)
    assert list(model.objects.at_address(" sOMEONE@test.example")) == [row]
