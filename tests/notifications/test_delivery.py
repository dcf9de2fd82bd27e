"""Pattern 4: a notification is a row before it is a mail."""

import functools
import smtplib
import threading
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from unittest import mock
from zoneinfo import ZoneInfo

import pytest
from django.conf import settings
from django.db import connection, transaction
from django.template import Context, Template
from django.utils import timezone

from common.mail_files import messages_to
from notifications.enums import DeliveryState
from notifications.kinds import Kind, in_all_languages, link, moment, register, thaw
from notifications.models import Notification
from notifications.services import Recipient, deliver_due, delivery, notify, sweep
from tests.factories.directory import OrganizationFactory, UserFactory

OPEN = register(Kind("tests.open", subject="About %(name)s", action="Open"))
SECRET = register(Kind("tests.secret", subject="Secret", confidential=True))
HIDDEN = register(Kind("tests.hidden", subject="Hidden", is_visible=lambda row: False))
BROKEN = register(Kind("tests.broken", subject="%(nothing)s"))
CLAIM = delivery.claim_batch
SEND = "django.core.mail.EmailMessage.send"


@pytest.fixture(autouse=True)
def _templates(tmp_path: Path, settings: Any) -> None:
    folder = tmp_path / "emails" / "tests"
    folder.mkdir(parents=True)
    for name in ("open", "secret", "hidden", "broken"):
        (folder / f"{name}.txt").write_text(
            "{% autoescape off %}Dear {{ recipient.given_name }},\n\nabout {{ name }}.{% endautoescape %}"
        )
    settings.TEMPLATES = [{**settings.TEMPLATES[0], "DIRS": [*settings.TEMPLATES[0]["DIRS"], tmp_path]}]


def queue(kind: Kind = OPEN, *, to: list[Any] | None = None, cause: str = "one", **context: Any) -> Notification:
    with transaction.atomic():
        notify(kind=kind, to=to or [UserFactory()], cause=cause, context={"name": "A & B", **context})
    return Notification.objects.latest("pk")


@pytest.mark.django_db
def test_message_is_rendered_sent_and_kept() -> None:
    row = queue(link=link("home"))
    assert deliver_due() == 1
    row.refresh_from_db()
    assert (row.state, row.subject, row.sent_to) == (DeliveryState.SENT, "About A & B", row.recipient.email)
    assert "A & B" in row.text
    assert "A &amp; B" in row.html
    (mail,) = messages_to(row.recipient.email)
    assert (mail.subject, settings.PUBLIC_URL in mail.text) == ("About A & B", True)


@pytest.mark.django_db
def test_same_cause_is_written_once() -> None:
    user = UserFactory()
    queue(to=[user])
    queue(to=[user, user])
    assert Notification.objects.count() == 1


@pytest.mark.django_db
def test_person_without_an_account_is_written_to_by_address() -> None:
    row = queue(to=[Recipient("nominee@test.example", "fr")])
    deliver_due()
    row.refresh_from_db()
    assert row.sent_to == "nominee@test.example"


@pytest.mark.django_db
def test_confidential_message_is_erased_once_sent() -> None:
    row = queue(SECRET)
    deliver_due()
    row.refresh_from_db()
    assert (row.state, row.subject, row.text, row.html, row.context) == (DeliveryState.SENT, "", "", "", {})


@pytest.mark.django_db
def test_message_that_its_reader_may_no_longer_see_is_withdrawn() -> None:
    row = queue(HIDDEN)
    deliver_due()
    row.refresh_from_db()
    assert row.state == DeliveryState.WITHDRAWN
    assert not list(messages_to(row.recipient.email))


@pytest.mark.django_db
def test_message_that_cannot_be_made_fails_and_the_others_are_sent() -> None:
    broken, good = queue(BROKEN), queue(cause="two")
    deliver_due()
    broken.refresh_from_db(), good.refresh_from_db()
    assert (broken.state, good.state) == (DeliveryState.FAILED, DeliveryState.SENT)


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("error", "state"),
    [
        (smtplib.SMTPRecipientsRefused({"a@b": (550, b"no such person")}), DeliveryState.FAILED),
        (smtplib.SMTPRecipientsRefused({"a@b": (451, b"later")}), DeliveryState.QUEUED),
        (smtplib.SMTPDataError(554, b"refused"), DeliveryState.FAILED),
        (smtplib.SMTPServerDisconnected("gone"), DeliveryState.QUEUED),
        (TimeoutError("slow"), DeliveryState.QUEUED),
    ],
)
def test_temporary_errors_are_tried_again_and_permanent_ones_are_not(error: Exception, state: str) -> None:
    row = queue()
    with mock.patch(SEND, side_effect=error):
        deliver_due()
    row.refresh_from_db()
    assert row.state == state
    assert row.error
    if state == DeliveryState.QUEUED:
        assert row.due_at > timezone.now() + timedelta(seconds=20)
        assert deliver_due() == 0


@pytest.mark.django_db
def test_after_many_attempts_the_message_is_given_up() -> None:
    row = queue()
    Notification.objects.update(attempts=delivery.MOST_ATTEMPTS - 1)
    with mock.patch(SEND, side_effect=TimeoutError("slow")):
        deliver_due()
    row.refresh_from_db()
    assert row.state == DeliveryState.FAILED


@pytest.mark.django_db
def test_claimed_message_of_a_dead_worker_is_sent_after_its_lease() -> None:
    row = queue()
    assert len(delivery.claim_batch()) == 1
    assert deliver_due() == 0
    Notification.objects.update(claimed_until=timezone.now() - timedelta(seconds=1))
    assert sweep() is True
    assert deliver_due() == 1
    row.refresh_from_db()
    assert (row.state, row.attempts) == (DeliveryState.SENT, 2)


@pytest.mark.django_db
def test_worker_that_lost_its_lease_sends_nothing() -> None:
    row = queue()
    (slow,) = delivery.claim_batch()
    lease = delivery.Lease([slow])
    assert lease.holds(slow)
    Notification.objects.update(claimed_until=timezone.now() - timedelta(seconds=1))
    sweep()
    deliver_due()
    lease._renewed -= settings.NOTIFICATION_LEASE_SECONDS
    assert not lease.holds(slow)
    row.refresh_from_db()
    assert row.state == DeliveryState.SENT
    delivery._give_up(slow, lease, "550 no such person")
    delivery._try_later(slow, lease, "451 later")
    row.refresh_from_db()
    assert (row.state, row.trail.count()) == (DeliveryState.SENT, 0)


@pytest.mark.django_db
def test_lease_of_a_slow_batch_is_renewed_as_a_whole() -> None:
    queue(to=[UserFactory(), UserFactory()])
    batch = delivery.claim_batch()
    Notification.objects.update(claimed_until=timezone.now() + timedelta(seconds=1))
    lease = delivery.Lease(batch)
    lease._renewed -= settings.NOTIFICATION_LEASE_SECONDS / 5
    assert lease.holds(batch[0])
    soon = timezone.now() + timedelta(seconds=settings.NOTIFICATION_LEASE_SECONDS / 2)
    assert Notification.objects.filter(claimed_until__gt=soon).count() == 2


def lose_worker(batch: list[Notification]) -> None:
    """The worker that has `batch` in hand dies; its lease ends."""
    Notification.objects.filter(pk__in=[row.pk for row in batch]).update(claimed_until=timezone.now() - timedelta(seconds=1))
    sweep()


@pytest.mark.django_db
def test_message_that_kills_its_workers_is_given_up_alone_and_the_others_are_sent() -> None:
    deadly = queue()
    queue(to=[UserFactory() for _ in range(3)], cause="two")
    while (batch := delivery.claim_batch()) and deadly in batch:
        lose_worker(batch)  # it kills them before any other is sent
    assert len(batch) == 1  # the others are taken alone by now, too
    lose_worker(batch)
    while deliver_due(seconds=5):
        pass
    deadly.refresh_from_db()
    assert (deadly.state, deadly.lost, deadly.error) == (DeliveryState.FAILED, delivery.MOST_LOST, delivery.LOST_WORDS)
    assert list(deadly.trail.values_list("act", "detail")) == [("failed", delivery.LOST_WORDS)]
    others = Notification.objects.exclude(pk=deadly.pk)
    assert set(others.values_list("state", "lost")) == {(DeliveryState.SENT, 0)}


@pytest.mark.django_db
def test_message_that_was_in_hand_when_a_worker_died_once_stays_with_the_others() -> None:
    queue(to=[UserFactory() for _ in range(3)])
    lose_worker(delivery.claim_batch())
    assert len(delivery.claim_batch()) == 3


@pytest.mark.django_db(transaction=True)
def test_many_workers_send_each_message_once() -> None:
    people = [UserFactory() for _ in range(30)]
    queue(to=people)

    def work() -> None:
        while deliver_due():
            pass
        connection.close()

    with mock.patch.object(delivery, "claim_batch", side_effect=functools.partial(CLAIM, limit=4)):
        threads = [threading.Thread(target=work) for _ in range(5)]
        [thread.start() for thread in threads]
        [thread.join() for thread in threads]
    assert [len(list(messages_to(person.email))) for person in people] == [1] * 30


@pytest.mark.django_db
def test_mail_is_in_the_language_of_its_reader() -> None:
    body = OrganizationFactory(name_en="World Health Organization", name_fr="Organisation mondiale de la Santé")
    row = queue(to=[UserFactory(language="fr")], name=in_all_languages(body, "name"), link=link("home"))
    deliver_due()
    row.refresh_from_db()
    assert row.subject == "About Organisation mondiale de la Santé"
    assert f"{settings.PUBLIC_URL}/fr/" in row.text


def test_frozen_moment_thaws_in_the_zone_of_its_place_whoever_looks() -> None:
    at = datetime(2017, 11, 29, 15, 30, tzinfo=UTC)
    thawed = thaw({"when": moment(at, "Europe/Istanbul")}, "en")
    assert thawed["when"].strftime("%H:%M") == "18:30"
    for zone in ("UTC", "Asia/Bangkok"):
        with timezone.override(ZoneInfo(zone)):
            assert Template('{{ when|date:"H:i" }}').render(Context(thawed)) == "18:30"


@pytest.mark.django_db
def test_line_break_in_a_subject_is_folded_into_a_space() -> None:
    row = queue(name="A\r\nBcc: everyone@test.example")
    deliver_due()
    row.refresh_from_db()
    assert row.subject == "About A Bcc: everyone@test.example"


def test_two_kinds_of_one_name_are_an_error() -> None:
    with pytest.raises(ValueError, match=r"tests\.open"):
        register(Kind("tests.open"))


@pytest.mark.django_db
def test_outbox_shows_messages_to_secretariat_staff_only(cast: Any, sign_in: Any) -> None:
    to_person, to_address = queue(), queue(to=[Recipient("nominee@test.example")], cause="two")
    staff = sign_in(cast.secretariat)
    page = staff.get("/outbox/").content.decode()
    assert to_person.recipient.email in page
    assert "nominee@test.example" in page
    assert "nominee@test.example" not in staff.get("/outbox/?q=no-such-word").content.decode()
    assert staff.get(f"/outbox/{to_address.pk}/").status_code == 200
    assert staff.get("/outbox/999999/").status_code == 404
    for name in ("administrator", "focal_undp", "outsider"):
        client = sign_in(getattr(cast, name))
        assert client.get("/outbox/").status_code == 403
        assert client.get(f"/outbox/{to_address.pk}/").status_code == 403
    assert sign_in().get("/outbox/").status_code == 302


@pytest.mark.django_db
def test_outbox_shows_of_a_confidential_message_the_envelope_only(cast: Any, sign_in: Any) -> None:
    row = queue(SECRET, name="the hidden words")
    for _ in range(2):  # before and after it is sent
        page = sign_in(cast.secretariat).get(f"/outbox/{row.pk}/").content.decode()
        assert row.recipient.email in page
        assert "the hidden words" not in page
        deliver_due()
