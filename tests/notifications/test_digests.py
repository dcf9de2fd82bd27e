"""Digests: what was collected, in one mail at the hour of the reader's own clock."""

import smtplib
import threading
from datetime import UTC, datetime, time
from pathlib import Path
from typing import Any
from unittest import mock

import pytest
import time_machine
from django.db import connection, transaction

from common.mail_files import messages_to
from directory.models import User
from notifications.enums import DeliveryState, Frequency, TrailAct
from notifications.kinds import Kind, kind_of, link, register
from notifications.models import Notification
from notifications.services import deliver_due, digests, notify, send_digests
from notifications.services.digests import make_digest
from notifications.services.outbox import resend_message
from notifications.services.preferences import DIGEST, set_hours, set_preferences
from tests.factories.directory import UserFactory
from tests.notifications.kinds import CONFIDENTIAL, HIDING, PLAIN, UNMAKEABLE, use_templates

LINED = register(Kind("tests.lined", subject="For you: %(name)s", digest_line="News of %(name)s", group="Tests", label="News"))
MONDAY_NOON, TUESDAY_MORNING = datetime(2026, 11, 23, 12, tzinfo=UTC), datetime(2026, 11, 24, 7, 1, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _templates(tmp_path: Path, settings: Any) -> None:
    use_templates(settings, tmp_path)
    (tmp_path / "emails" / "tests" / "lined.txt").write_text("All about {{ name }}.")


def collector(frequency: str = Frequency.DAILY, **fields: Any) -> User:
    user = UserFactory(**fields)
    kinds = (PLAIN, CONFIDENTIAL, HIDING, UNMAKEABLE, LINED)
    set_preferences(user=user, frequencies={kind.name: frequency for kind in kinds})
    return user


def queue(user: User, kind: Kind = PLAIN, name: str = "wells", at: datetime = MONDAY_NOON) -> Notification:
    with time_machine.travel(at, tick=False), transaction.atomic():
        notify(kind=kind, to=[user], cause=f"{name} {at}", context={"name": name, "link": link("home")})
    return Notification.objects.filter(kind=kind.name).latest("pk")


def digest_and_deliver(at: datetime = TUESDAY_MORNING) -> int:
    with time_machine.travel(at, tick=False):
        made = send_digests()
        deliver_due()
    return made


@pytest.mark.django_db
def test_digest_has_the_text_of_what_happened_grouped_by_kind_with_links() -> None:
    user = collector()
    rows = [queue(user, name="wells"), queue(user, LINED, name="seeds"), queue(user, name="roads")]
    assert digest_and_deliver() == 1
    (mail,) = messages_to(user.email)
    assert mail.subject == "3 messages from the portal"
    for words in ("Something plain", "About wells", "about wells.", "About roads", "News of seeds", "All about seeds."):
        assert words in mail.text, words
        assert words in mail.html, words
    assert mail.text.count("Something plain") == 1
    assert mail.text.count("Open: http://127.0.0.1:8000/") == 2
    digest = Notification.objects.get(kind=DIGEST)
    assert (digest.state, digest.in_inbox, digest.text, digest.context) == (DeliveryState.SENT, False, "", {})
    for row in rows:
        row.refresh_from_db()
        assert (row.state, row.digest, row.sent_to) == (DeliveryState.SENT, digest, user.email)
        assert row.subject
        assert row.trail.get().act == TrailAct.COLLECTED


@pytest.mark.django_db
def test_nothing_collected_means_no_mail() -> None:
    collector()
    assert digest_and_deliver() == 0
    assert not Notification.objects.exists()


@pytest.mark.django_db
def test_digest_comes_at_the_hour_of_the_readers_own_clock() -> None:
    user = collector(time_zone="Pacific/Apia")
    set_hours(user=user, digest_at=time(9))
    queue(user, at=datetime(2026, 11, 24, 12, tzinfo=UTC))
    assert digest_and_deliver(datetime(2026, 11, 24, 19, 59, tzinfo=UTC)) == 0
    assert digest_and_deliver(datetime(2026, 11, 24, 20, 0, tzinfo=UTC)) == 1  # 9:00 in Apia
    assert digest_and_deliver(datetime(2026, 11, 24, 20, 5, tzinfo=UTC)) == 0


@pytest.mark.django_db
def test_weekly_digest_waits_for_its_weekday_and_daily_kinds_do_not() -> None:
    user = collector(Frequency.WEEKLY)
    set_hours(user=user, digest_weekday=4)
    set_preferences(user=user, frequencies={LINED.name: Frequency.DAILY})
    weekly, daily = queue(user), queue(user, LINED)
    assert digest_and_deliver() == 1
    weekly.refresh_from_db(), daily.refresh_from_db()
    assert (weekly.state, daily.state) == (DeliveryState.COLLECTED, DeliveryState.SENT)
    assert digest_and_deliver(datetime(2026, 11, 27, 6, 59, tzinfo=UTC)) == 0
    assert digest_and_deliver(datetime(2026, 11, 27, 7, 0, tzinfo=UTC)) == 1


@pytest.mark.django_db
def test_digest_is_in_its_readers_language() -> None:
    user = collector(language="fr")
    queue(user)
    digest_and_deliver()
    (mail,) = messages_to(user.email)
    assert 'lang="fr"' in mail.html
    assert "http://127.0.0.1:8000/fr/" in mail.text


@pytest.mark.django_db
def test_what_the_reader_may_no_longer_see_is_withdrawn_and_not_told() -> None:
    user = collector()
    hidden, plain = queue(user, HIDING, name="gone already"), queue(user)
    assert digest_and_deliver() == 1
    (mail,) = messages_to(user.email)
    assert "gone already" not in mail.text + mail.html + mail.subject
    hidden.refresh_from_db(), plain.refresh_from_db()
    assert (hidden.state, plain.state) == (DeliveryState.WITHDRAWN, DeliveryState.SENT)


@pytest.mark.django_db
def test_what_is_hidden_between_the_digest_and_its_sending_is_not_told_either() -> None:
    user = collector()
    hidden = queue(user, HIDING)
    with time_machine.travel(TUESDAY_MORNING, tick=False):
        assert send_digests() == 1
        Notification.objects.filter(pk=hidden.pk).update(context={"name": "gone"})
        deliver_due()
    assert Notification.objects.get(kind=DIGEST).state == DeliveryState.WITHDRAWN
    assert not list(messages_to(user.email))


@pytest.mark.django_db
def test_confidential_words_are_in_the_mail_and_nowhere_else() -> None:
    user = collector()
    secret = queue(user, CONFIDENTIAL, name="the hidden words")
    digest_and_deliver()
    assert "the hidden words" in next(messages_to(user.email)).text
    for row in Notification.objects.all():
        assert "hidden" not in f"{row.subject}{row.text}{row.html}{row.context}"
    secret.refresh_from_db()
    assert secret.state == DeliveryState.SENT


@pytest.mark.django_db
def test_message_that_cannot_be_made_does_not_keep_the_others_back() -> None:
    user = collector()
    broken, plain = queue(user, UNMAKEABLE), queue(user)
    digest_and_deliver()
    broken.refresh_from_db(), plain.refresh_from_db()
    assert (broken.state, plain.state) == (DeliveryState.FAILED, DeliveryState.SENT)
    assert next(messages_to(user.email)).subject == "1 message from the portal"


@pytest.mark.django_db
@pytest.mark.parametrize("broken", [{"kind": "tests.no_more"}, {"kind": HIDING.name, "context": {"other": 1}}])
def test_message_of_one_person_that_cannot_be_read_does_not_keep_the_digests_of_others_back(broken: dict[str, Any]) -> None:
    one, other = collector(), collector()
    row = queue(one)
    Notification.objects.filter(pk=row.pk).update(**broken)
    queue(other)
    assert digest_and_deliver() == 1
    assert len(list(messages_to(other.email))) == 1
    row.refresh_from_db()
    assert (row.state, row.error) == (DeliveryState.FAILED, "This message cannot be made.")


@pytest.mark.django_db(transaction=True)
def test_choice_made_while_a_digest_is_written_sends_nothing_twice() -> None:
    user = collector()
    queue(user)

    def choose() -> None:
        set_preferences(user=user, frequencies={PLAIN.name: Frequency.AT_ONCE})
        connection.close()

    with transaction.atomic():
        make_digest(user_id=user.pk, now=TUESDAY_MORNING)
        thread = threading.Thread(target=choose)
        thread.start()
        thread.join(0.5)
    thread.join()
    assert Notification.objects.get(kind=PLAIN.name).state == DeliveryState.COLLECTED
    with time_machine.travel(TUESDAY_MORNING, tick=False):
        deliver_due()
    assert len(list(messages_to(user.email))) == 1


@pytest.mark.django_db
def test_digest_that_was_not_taken_keeps_its_messages() -> None:
    user = collector()
    row = queue(user)
    with time_machine.travel(TUESDAY_MORNING, tick=False):
        send_digests()
    row.refresh_from_db()
    assert (row.state, row.digest.state) == (DeliveryState.COLLECTED, DeliveryState.QUEUED)
    assert digest_and_deliver(datetime(2026, 11, 25, 8, tzinfo=UTC)) == 0  # it is in a digest already
    row.refresh_from_db()
    assert row.state == DeliveryState.SENT


@pytest.mark.django_db
def test_messages_of_a_digest_that_is_refused_have_failed_with_it_and_come_with_it_when_it_is_sent_again(cast: Any) -> None:
    user = collector()
    row = queue(user)
    with mock.patch("django.core.mail.EmailMessage.send", side_effect=smtplib.SMTPDataError(554, b"refused")):
        digest_and_deliver()
    row.refresh_from_db()
    assert (row.state, row.digest.state, row.error) == (DeliveryState.FAILED, DeliveryState.FAILED, row.digest.error)
    assert "554 refused" in row.error
    assert [line.act for line in row.trail.all()] == ["collected", "failed"]
    assert list(Notification.objects.inbox_of(user)) == [row]
    assert digest_and_deliver(datetime(2026, 11, 25, 8, tzinfo=UTC)) == 0
    resend_message(notification=row.digest, by=cast.secretariat)
    assert deliver_due() == 1
    row.refresh_from_db()
    assert (row.state, row.digest.state, row.error) == (DeliveryState.SENT, DeliveryState.SENT, "")
    (mail,) = messages_to(user.email)
    assert "about wells." in mail.text


@pytest.mark.django_db
@pytest.mark.parametrize("in_digest", [False, True])
def test_closed_account_gets_no_digest_and_what_was_collected_for_it_is_withdrawn(in_digest: bool) -> None:
    user = collector()
    row = queue(user)
    if in_digest:
        make_digest(user_id=user.pk, now=TUESDAY_MORNING)
    User.objects.filter(pk=user.pk).update(is_active=False)
    assert digest_and_deliver() == 0
    row.refresh_from_db()
    assert (row.state, row.error) == (DeliveryState.WITHDRAWN, "The recipient's account is closed.")
    assert not list(messages_to(user.email))


@pytest.mark.django_db(transaction=True)
def test_two_beats_at_once_make_one_digest() -> None:
    user = collector()
    for number in range(5):
        queue(user, name=f"well {number}")
    barrier, made = threading.Barrier(4), []

    def beat() -> None:
        barrier.wait()
        made.append(make_digest(user_id=user.pk, now=TUESDAY_MORNING))
        connection.close()

    threads = [threading.Thread(target=beat) for _ in range(4)]
    [thread.start() for thread in threads]
    [thread.join() for thread in threads]
    assert sorted(made) == [False, False, False, True]
    assert Notification.objects.get(kind=DIGEST).collected.count() == 5


@pytest.mark.django_db
def test_many_people_who_are_not_due_cost_few_queries(django_assert_max_num_queries: Any) -> None:
    for _person in range(12):
        queue(collector(), at=TUESDAY_MORNING)
    with time_machine.travel(TUESDAY_MORNING, tick=False), django_assert_max_num_queries(6):
        assert send_digests() == 0


@pytest.mark.django_db
def test_weekly_messages_cost_nobody_a_look_until_their_day_comes(django_assert_max_num_queries: Any) -> None:
    for _person in range(12):
        queue(collector(Frequency.WEEKLY))
    with time_machine.travel(TUESDAY_MORNING, tick=False), django_assert_max_num_queries(6):
        assert send_digests() == 0
    assert digest_and_deliver(datetime(2026, 11, 30, 7, 1, tzinfo=UTC)) == 12


@pytest.mark.django_db
def test_daily_message_is_due_beside_an_older_weekly_one_and_the_other_way_round() -> None:
    one, other = collector(Frequency.WEEKLY), collector(Frequency.DAILY)
    set_preferences(user=one, frequencies={LINED.name: Frequency.DAILY})
    set_preferences(user=other, frequencies={LINED.name: Frequency.WEEKLY})
    queue(one), queue(one, LINED, at=MONDAY_NOON.replace(hour=13))
    queue(other, LINED, at=MONDAY_NOON.replace(day=22)), queue(other, at=MONDAY_NOON)
    assert digest_and_deliver(MONDAY_NOON.replace(hour=14)) == 1  # the other's weekly one
    assert digest_and_deliver() == 2
    assert Notification.objects.get(state=DeliveryState.COLLECTED).recipient == one


@pytest.mark.django_db
def test_more_than_one_mail_holds_stays_in_the_inbox(monkeypatch: Any) -> None:
    monkeypatch.setattr(digests, "MOST_IN_ONE", 3)
    user = collector()
    for number in range(8):
        queue(user, name=f"well {number}")
    queue(user, name="too young", at=TUESDAY_MORNING)
    made = [digest_and_deliver(TUESDAY_MORNING.replace(minute=minute)) for minute in (1, 3, 5, 7)]
    assert made == [1, 0, 0, 0]
    (mail,) = messages_to(user.email)
    assert mail.subject == "3 messages from the portal"
    assert "About well 2" in mail.text
    assert "About well 3" not in mail.text
    for part in (mail.text, mail.html):
        assert "5 more messages are in your inbox on the portal." in part
    states = [row.state for row in Notification.objects.inbox_of(user).order_by("pk")]
    assert states == [DeliveryState.SENT] * 3 + [DeliveryState.KEPT] * 5 + [DeliveryState.COLLECTED]


@pytest.mark.django_db
def test_making_a_digest_looks_no_further_than_one_mail_has_room(monkeypatch: Any) -> None:
    monkeypatch.setattr(digests, "MOST_IN_ONE", 2)
    user, looked = collector(), []
    for number in range(6):
        queue(user, name=f"well {number}")
    monkeypatch.setattr(digests, "_is_visible", lambda row: bool(looked.append(row.pk)) or True)
    assert make_digest(user_id=user.pk, now=TUESDAY_MORNING)
    assert len(looked) == 2


def test_digest_is_a_kind_that_nobody_chooses() -> None:
    assert kind_of(DIGEST).confidential
    assert not kind_of(DIGEST).in_inbox
