"""How often one may try to sign in, sign up and ask for messages; what is said then; what holds with Redis away."""

import os
import subprocess
import sys
from datetime import timedelta
from typing import Any

import pytest
from allauth.account.models import EmailAddress
from allauth.mfa.totp.internal.auth import TOTP
from django.conf import settings as portal
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from common.cache import ForgivingRedisCache
from directory.models import User
from notifications.models import Notification
from tests.factories.directory import UserFactory
from tests.faults.test_outages import SIGN_UP

pytestmark = pytest.mark.django_db
KNOWN = "amina@test.example"
PASSWORD = "a-long-test-password"
LOGIN, CODE, RESET = "/accounts/login/", "/accounts/login/code/", "/accounts/password/reset/"


@pytest.fixture
def amina() -> User:
    user = UserFactory(email=KNOWN)
    EmailAddress.objects.create(user=user, email=KNOWN, verified=True, primary=True)
    return user


def sign_in(password: str, address: str = KNOWN, **environment: str) -> Any:
    return Client().post(LOGIN, {"login": address, "password": password}, **environment)


def assert_said(response: Any) -> None:
    assert response.status_code == 429
    page = response.content.decode()
    assert "Too many tries in a short time" in page
    assert "Wait five minutes, then try again. After" in page
    assert 'class="site-head"' in page


def test_after_five_wrong_passwords_the_right_one_has_to_wait(amina: User) -> None:
    for _ in range(5):
        assert "not correct" in sign_in("wrong").content.decode()
    refused = sign_in(PASSWORD)
    assert "Too many failed login attempts" in refused.content.decode()
    assert refused.wsgi_request.user.is_anonymous


def test_wait_ends(amina: User, time_machine: Any) -> None:
    for _ in range(6):
        sign_in("wrong")
    time_machine.move_to(timezone.now() + timedelta(minutes=6))
    assert sign_in(PASSWORD).status_code == 302


def test_wrong_passwords_for_one_account_do_not_shut_out_another(amina: User) -> None:
    other = UserFactory(email="fatou@test.example")
    EmailAddress.objects.create(user=other, email=other.email, verified=True, primary=True)
    for _ in range(6):
        sign_in("wrong")
    assert sign_in(PASSWORD, other.email).status_code == 302


def test_an_unknown_address_is_limited_in_the_same_words() -> None:
    for _ in range(5):
        sign_in("wrong", "nobody@test.example")
    assert "Too many failed login attempts" in sign_in("wrong", "nobody@test.example").content.decode()


def test_many_tries_from_one_place_are_refused_whatever_the_account(amina: User) -> None:
    answers = [sign_in("wrong", f"person{number}@test.example") for number in range(31)]
    assert_said(answers[-1])
    assert sign_in(PASSWORD, REMOTE_ADDR="192.0.2.7").status_code == 302


def test_sign_up_is_limited_by_place() -> None:
    for number in range(20):
        assert Client().post("/accounts/signup/", {**SIGN_UP, "email": f"p{number}@test.example"}).status_code == 302
    assert_said(Client().post("/accounts/signup/", {**SIGN_UP, "email": "one-more@test.example"}))
    assert User.objects.count() == 20
    assert Client().get("/accounts/signup/").status_code == 200  # looking is free


@pytest.mark.parametrize("address", [KNOWN, "nobody@test.example"])
def test_a_mailbox_gets_five_reset_messages_an_hour(amina: User, address: str) -> None:
    answers = [Client().post(RESET, {"email": address}) for _ in range(6)]
    assert [one.status_code for one in answers[:5]] == [302] * 5
    assert_said(answers[5])
    assert Notification.objects.count() == 5


def test_a_mailbox_gets_three_codes_a_minute(amina: User) -> None:
    answers = [Client().post(CODE, {"email": KNOWN}) for _ in range(4)]
    assert [one.status_code for one in answers] == [302, 302, 302, 200]
    assert "Too many failed login attempts" in answers[3].content.decode()
    assert Notification.objects.count() == 3


def test_a_code_can_be_guessed_three_times(amina: User) -> None:
    client = Client()
    client.post(CODE, {"email": KNOWN})
    for _ in range(3):
        client.post(reverse("account_confirm_login_code"), {"code": "ZZZZ-ZZZZ"})
    assert client.get(reverse("account_confirm_login_code")).status_code == 302  # the code is gone: ask for another


def test_wrong_authenticator_codes_are_limited(amina: User) -> None:
    TOTP.activate(amina, "JBSWY3DPEHPK3PXP")
    client = Client()
    assert client.post(LOGIN, {"login": KNOWN, "password": PASSWORD}).url.startswith("/accounts/2fa/authenticate/")
    for _ in range(6):
        page = client.post("/accounts/2fa/authenticate/", {"code": "000000"}).content.decode()
    assert "Too many failed login attempts" in page


def test_page_is_said_in_the_readers_language() -> None:
    for number in range(31):
        response = Client().post("/fr/accounts/login/", {"login": f"p{number}@test.example", "password": "x"})
    assert response.status_code == 429
    assert '<html lang="fr"' in response.content.decode()


# --- Counting ------------------------------------------------------------------------------------------------------------

IN_ANOTHER_PROCESS = """
import django
django.setup()
from django.test import RequestFactory
from allauth.core import context, ratelimit
request = RequestFactory().post("/")
for _ in range(19):
    assert ratelimit.consume(request, action="signup")
"""


@pytest.mark.slow
def test_limits_are_counted_together_by_all_processes() -> None:
    env = {
        **os.environ,
        "DJANGO_SETTINGS_MODULE": "ssc_portal.settings.dev",
        "DATABASE_URL": portal.DATABASE_URL,
        "REDIS_URL": portal.REDIS_URL,
        "PORTAL_DATA": str(portal.PORTAL_DATA),
    }
    subprocess.run([sys.executable, "-c", IN_ANOTHER_PROCESS], cwd=portal.BASE_DIR, env=env, check=True, timeout=60)
    assert Client().post("/accounts/signup/", SIGN_UP).status_code == 302
    assert_said(Client().post("/accounts/signup/", {**SIGN_UP, "email": "one-more@test.example"}))


def test_with_redis_away_people_still_sign_in_and_nothing_is_counted(settings: Any, amina: User) -> None:
    """Decided: open. Shutting everybody out for the time of an outage would be the worse failure."""
    settings.CACHES = {"default": {**settings.CACHES["default"], "LOCATION": "redis://127.0.0.1:1/0"}}
    try:
        for _ in range(8):
            assert "not correct" in sign_in("wrong").content.decode()
        assert sign_in(PASSWORD).status_code == 302
    finally:
        ForgivingRedisCache.breaker.reset()
