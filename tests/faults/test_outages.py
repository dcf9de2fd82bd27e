"""What must hold when a part fails: nothing lost, no page hangs."""

import threading
from typing import Any

import pytest
from celery import current_app
from django.db import transaction
from django.test import Client

from common import dispatch
from directory import page_versions
from directory.models import User
from notifications.enums import DeliveryState
from notifications.messages import account_mail
from notifications.models import Notification
from notifications.services import Recipient, sweep
from tests.faults.servers import Inbox, eventually, kill, mute_server, smtp_server, worker

SIGN_UP = {
    "given_name": "Leilani",
    "family_name": "Tau",
    "email": "leilani@test.example",
    "password1": "a-long-test-password",
    "password2": "a-long-test-password",
}


@pytest.fixture
def mute_redis(settings: Any) -> Any:
    """Broker, cache and page versions all on a server that accepts and never answers."""
    with mute_server() as port:
        url = f"redis://127.0.0.1:{port}/0"
        before = current_app.conf.broker_url
        settings.REDIS_URL = url
        settings.CACHES = {"default": {**settings.CACHES["default"], "LOCATION": url}}
        current_app.conf.broker_url = url
        dispatch.publishing_connection.cache_clear()
        yield
        current_app.conf.broker_url = before
        dispatch.publishing_connection.cache_clear()
        dispatch.breaker.reset()
        page_versions.breaker.reset()


def answer_within(seconds: float, ask: Any) -> Any:
    """The answer, or a failure if it does not come: a page that hangs would hang the test too."""
    answers: list[Any] = []

    def run() -> None:
        from django.db import connection

        answers.append(ask())
        connection.close()

    thread = threading.Thread(target=run, daemon=True)
    thread.start()
    thread.join(seconds)
    assert answers, "the page hangs"
    return answers[0]


@pytest.mark.django_db(transaction=True)
def test_broker_that_never_answers_hangs_no_page_and_loses_nothing(mute_redis: Any) -> None:
    assert answer_within(20, lambda: Client().get("/accounts/login/")).status_code == 200
    assert answer_within(20, lambda: Client().get("/solutions/")).status_code == 200
    response = answer_within(20, lambda: Client().post("/accounts/signup/", SIGN_UP))
    assert response.status_code == 302
    assert User.objects.filter(email=SIGN_UP["email"]).exists()
    assert Notification.objects.get().state == DeliveryState.QUEUED


@pytest.mark.django_db(transaction=True)
def test_probe_names_the_part_that_fails(mute_redis: Any) -> None:
    response = answer_within(20, lambda: Client().get("/readyz"))
    assert response.status_code == 503
    assert response.json()["database"] == "ok"
    assert response.json()["broker"] != "ok"
    assert Client().get("/healthz").status_code == 200


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_probe_names_the_queues_that_nobody_takes() -> None:
    with worker("celery,mail"):
        wanted = "nobody takes work from: documents, index, render"
        assert eventually(lambda: Client().get("/readyz").json()["worker"] == wanted), Client().get("/readyz").json()
        assert Client().get("/readyz").status_code == 503


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_worker_killed_between_claim_and_send_loses_nothing(settings: Any) -> None:
    """A real worker claims, is killed while SMTP holds the message; another sends it once the lease has ended."""
    page_versions._redis().flushdb()  # what earlier tests published
    hanging, good = Inbox(slow=120), Inbox()
    with smtp_server(hanging) as hanging_url, worker(EMAIL_URL=hanging_url, NOTIFICATION_LEASE_SECONDS="3") as first:
        with transaction.atomic():
            for number in range(3):
                to = Recipient(f"person{number}@test.example")
                account_mail(to=to, template="account/email/password_changed", context={"values": {}}, cause="killed")
        assert eventually(hanging.arriving.is_set), "the worker never came to send"
        assert Notification.objects.filter(state=DeliveryState.CLAIMED).count() == 3
        kill(first)
    assert hanging.messages == []
    with smtp_server(good) as good_url, worker(EMAIL_URL=good_url, NOTIFICATION_LEASE_SECONDS="3"):

        def swept() -> bool:
            sweep()
            return Notification.objects.filter(state=DeliveryState.SENT).count() == 3

        assert eventually(swept), list(Notification.objects.values_list("state", "error"))
    assert len(good.messages) == 3
