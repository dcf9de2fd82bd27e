"""Somebody else's address in one's own account: its owner must not end up in an account that two can enter."""

from typing import Any

import pytest
from allauth.account.models import EmailAddress
from django.test import Client

from directory.models import User
from notifications.models import Notification
from tests.factories.directory import UserFactory

pytestmark = pytest.mark.django_db

STRANGER, PASSWORD = "stranger@undp.example", "chosen-by-another-1"


def account(address: str, *, asked_for: str = "", verified: bool = True) -> User:
    user = UserFactory(email=address)
    user.set_password(PASSWORD)
    user.save()
    EmailAddress.objects.create(user=user, email=address, verified=verified, primary=True)
    if asked_for:
        EmailAddress.objects.create(user=user, email=asked_for, verified=False, primary=False)
    return user


def sign_in_by_code(address: str) -> Client:
    client = Client()
    client.post("/accounts/login/code/", {"email": address})
    state = client.session["account_login"]["state"]["stages"]["login_by_code"]["data"]
    client.post("/accounts/login/code/confirm/", {"code": state.get("code", "ABCD-EFGH")})
    return client


def signed_in_as(client: Client) -> Any:
    return client.session.get("_auth_user_id")


def test_password_chosen_before_the_address_was_proven_opens_nothing_after_a_code() -> None:
    user = account(STRANGER, verified=False)
    assert signed_in_as(sign_in_by_code(STRANGER)) == str(user.pk)
    other = Client()
    assert other.post("/accounts/login/", {"login": STRANGER, "password": PASSWORD}).status_code == 200
    assert signed_in_as(other) is None


def test_code_for_a_proven_address_leaves_the_password() -> None:
    user = account(STRANGER)
    assert signed_in_as(sign_in_by_code(STRANGER)) == str(user.pk)
    user.refresh_from_db()
    assert user.check_password(PASSWORD)


def test_address_that_is_only_asked_for_gets_no_code() -> None:
    account("attacker@test.example", asked_for=STRANGER)
    assert signed_in_as(sign_in_by_code(STRANGER)) is None
    assert not EmailAddress.objects.filter(email=STRANGER, verified=True).exists()


def test_address_that_is_only_asked_for_gets_no_new_password() -> None:
    account("attacker@test.example", asked_for=STRANGER)
    Client().post("/accounts/password/reset/", {"email": STRANGER})
    (message,) = Notification.objects.filter(address=STRANGER)
    assert "reset" not in message.context


@pytest.mark.parametrize("typed", [STRANGER, STRANGER.upper()])
def test_second_proven_address_still_gets_both(typed: str) -> None:
    user = account("first@test.example", asked_for=STRANGER)
    EmailAddress.objects.filter(email=STRANGER).update(verified=True)
    assert signed_in_as(sign_in_by_code(typed)) == str(user.pk)
    Client().post("/accounts/password/reset/", {"email": typed})
    assert any(message.context.get("reset") for message in Notification.objects.all())
