"""What must hold when the mail server refuses, hangs, answers 4xx or 5xx, or breaks off: nothing lost, nothing twice."""

import random
import socket
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db import transaction
from django.test import Client
from django.utils import timezone

from notifications.enums import DeliveryState, TrailAct
from notifications.models import AddressTrouble, Notification
from notifications.services import Recipient, deliver_due, delivery, notify
from notifications.services.mail_line import noted_outage
from tests.faults.servers import Answers, mute_server, smtp_server
from tests.notifications.kinds import PLAIN, use_templates

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _templates(tmp_path: Path, settings: Any) -> None:
    use_templates(settings, tmp_path)
    settings.EMAIL_TIMEOUT = 1


def use(settings: Any, port: int) -> None:
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", port


@contextmanager
def server(settings: Any, handler: Any) -> Iterator[Any]:
    with smtp_server(handler) as url:
        use(settings, int(url.rpartition(":")[2]))
        yield handler


def queue(*names: str) -> dict[str, Notification]:
    with transaction.atomic():
        people = [Recipient(f"{name}@test.example") for name in names]
        notify(kind=PLAIN, to=people, cause=f"at {timezone.now()}", context={"name": "wells"})
    return {row.address.partition("@")[0]: row for row in Notification.objects.filter(address__in=[p.address for p in people])}


def states(rows: dict[str, Notification]) -> dict[str, str]:
    for row in rows.values():
        row.refresh_from_db()
    return {name: row.state for name, row in rows.items()}


def make_due() -> None:
    Notification.objects.filter(state=DeliveryState.QUEUED).update(due_at=timezone.now())


def test_answers_to_one_recipient_do_not_touch_the_others(settings: Any) -> None:
    rcpt = {
        "gone@test.example": "550 5.1.1 no such person",
        "full@test.example": "552 5.2.2 mailbox full",
        "later@test.example": "451 4.7.1 greylisted, try again",
        "bare@test.example": "553 who is that",
        "policy@test.example": "550 5.7.1 we do not like you",
    }
    data = {"spam@test.example": "554 5.6.0 looks like spam", "busy@test.example": "452 4.3.1 disk full"}
    with server(settings, Answers(rcpt=rcpt, data=data)) as mail:
        rows = queue("a", "gone", "b", "full", "c", "later", "bare", "policy", "d", "spam", "e", "busy", "f")
        assert deliver_due() == 13
    assert mail.accepted == [f"{name}@test.example" for name in "abcdef"]
    sent, failed, queued = DeliveryState.SENT, DeliveryState.FAILED, DeliveryState.QUEUED
    assert states(rows) == {
        **dict.fromkeys("abcdef", sent),
        **dict.fromkeys(("gone", "full", "bare", "policy", "spam"), failed),
        **dict.fromkeys(("later", "busy"), queued),
    }
    assert dict(AddressTrouble.objects.values_list("address", "is_permanent")) == {
        "gone@test.example": True,
        "bare@test.example": True,
        "full@test.example": False,
        "policy@test.example": False,
    }
    assert "5.1.1 no such person" in rows["gone"].error
    assert rows["gone"].trail.get().act == TrailAct.FAILED
    assert rows["later"].trail.get().act == TrailAct.RETRIED
    assert "greylisted" in rows["later"].trail.get().detail
    assert noted_outage() == ""


def test_address_that_refused_for_good_gets_nothing_more(settings: Any) -> None:
    with server(settings, Answers(rcpt={"gone@test.example": "550 5.1.1 no such person"})):
        queue("gone")
        deliver_due()
    with server(settings, Answers()) as mail:
        rows = queue("gone", "a")
        deliver_due()
    assert mail.accepted == ["a@test.example"]
    assert "refused mail on" in Notification.objects.filter(address="gone@test.example").latest("pk").error
    assert states(rows)["a"] == DeliveryState.SENT


def test_waits_grow_and_are_spread(settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(random, "uniform", lambda low, high: 1.0)
    with server(settings, Answers(rcpt={"later@test.example": "451 4.7.1 try again"})):
        row = queue("later")["later"]
        waits = []
        for _attempt in range(5):
            make_due()
            before = timezone.now()
            deliver_due()
            row.refresh_from_db()
            waits.append(round((row.due_at - before).total_seconds()))
    assert waits == [30, 60, 120, 240, 480]
    assert (row.state, row.attempts, row.trail.count()) == (DeliveryState.QUEUED, 5, 5)


def test_temporary_trouble_is_given_up_after_days() -> None:
    waits = [min(delivery.FIRST_WAIT * 2**number, delivery.LONGEST_WAIT) for number in range(delivery.MOST_ATTEMPTS - 1)]
    assert timedelta(days=4) < timedelta(seconds=sum(waits)) < timedelta(days=6)


@pytest.mark.parametrize("mail", ["530 5.7.0 authentication required", "451 4.3.2 not now"])
def test_server_that_takes_nothing_from_us_costs_no_message(settings: Any, mail: str) -> None:
    with server(settings, Answers(mail=mail)):
        rows = queue("a", "b", "c")
        assert deliver_due() == 0
    assert set(states(rows).values()) == {DeliveryState.QUEUED}
    assert sorted(row.attempts for row in rows.values()) == [0, 0, 1]  # only the first was tried
    assert not AddressTrouble.objects.exists()
    assert noted_outage().startswith("SMTPSenderRefused")
    make_due()
    with server(settings, Answers()) as good:
        deliver_due()
    assert len(good.accepted) == 3
    assert noted_outage() == ""


def refused_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as free:
        return free.getsockname()[1]


def test_mail_waits_while_the_server_refuses_connections_and_the_probe_says_so(settings: Any) -> None:
    use(settings, refused_port())
    rows = queue("a", "b")
    for _round in range(3):
        assert deliver_due() == 0
    assert [row.attempts for row in Notification.objects.all()] == [0, 0]
    assert set(states(rows).values()) == {DeliveryState.QUEUED}
    probe = Client().get("/readyz").json()
    assert probe["mail"].startswith("degraded: ConnectionRefusedError at ")
    assert Client().get("/accounts/login/").status_code == 200
    with server(settings, Answers()) as mail:
        deliver_due()
    assert len(mail.accepted) == 2
    assert Client().get("/readyz").json()["mail"] == "ok"


def test_trouble_with_mail_does_not_take_the_portal_out_of_service(settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    use(settings, refused_port())
    queue("a")
    deliver_due()
    monkeypatch.setattr("ssc_portal.health._worker", lambda: "ok")
    answer = Client().get("/readyz")
    assert (answer.status_code, answer.json()["ready"]) == (200, True)
    assert "degraded" in answer.json()["mail"]
    assert "127.0.0.1" not in answer.json()["mail"]


def test_server_that_never_answers_holds_a_worker_for_its_time_out_only(settings: Any) -> None:
    with mute_server() as port:
        use(settings, port)
        rows = queue("a", "b")
        began = time.monotonic()
        assert deliver_due() == 0
        assert time.monotonic() - began < 4
    assert set(states(rows).values()) == {DeliveryState.QUEUED}


class BreaksOff(Answers):
    """Closes the line in the middle of the message to `victim`."""

    victim = "b@test.example"

    async def handle_RCPT(self, server: Any, session: object, envelope: object, address: str, options: list) -> str:  # noqa: N802
        if address == self.victim:
            server.transport.abort()
        return await super().handle_RCPT(server, session, envelope, address, options)


def test_server_that_breaks_off_loses_nothing_and_doubles_nothing(settings: Any) -> None:
    with server(settings, BreaksOff()) as mail:
        rows = queue("a", "b", "c")
        assert deliver_due() == 0
    assert mail.accepted == ["a@test.example"]
    assert states(rows) == {"a": DeliveryState.SENT, "b": DeliveryState.QUEUED, "c": DeliveryState.QUEUED}
    assert (rows["b"].attempts, rows["c"].attempts) == (1, 0)
    make_due()
    with server(settings, Answers()) as good:
        deliver_due()
    assert sorted(good.accepted) == ["b@test.example", "c@test.example"]


def test_message_at_which_the_server_breaks_off_does_not_block_the_others(settings: Any) -> None:
    with server(settings, BreaksOff()) as mail:
        queue("b", "a", "c", "d")
        deliver_due()
        Notification.objects.filter(attempts=0).update(due_at=timezone.now())
        assert deliver_due() == 3
    assert sorted(mail.accepted) == ["a@test.example", "c@test.example", "d@test.example"]


def test_one_connection_serves_a_whole_batch(settings: Any) -> None:
    class Counting(Answers):
        connections = 0

        async def handle_EHLO(self, server: Any, session: Any, envelope: Any, hostname: str, responses: list) -> list:  # noqa: N802
            Counting.connections += 1
            session.host_name = hostname
            return responses

    with server(settings, Counting()) as mail:
        queue(*(f"p{number}" for number in range(delivery.BATCH + 20)))
        deliver_due(seconds=60)
    assert (len(mail.accepted), Counting.connections) == (delivery.BATCH + 20, 1)


def test_urgent_mail_does_not_wait_behind_bulk(settings: Any) -> None:
    from notifications.messages import account_mail

    with server(settings, Answers()) as mail:
        queue(*(f"p{number}" for number in range(delivery.BATCH * 2)))
        Notification.objects.update(priority=9, due_at=timezone.now() - timedelta(hours=1))
        with transaction.atomic():
            to = Recipient("urgent@test.example")
            account_mail(to=to, template="account/email/password_changed", context={"values": {}}, cause="now")
        deliver_due()
    assert mail.accepted[0] == "urgent@test.example"
