"""Somebody else's address in one's own account: its owner must not end up in an account that two can enter."""

import re
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from allauth.account.models import EmailAddress
from django.test import Client
from django.utils import timezone

from common.mail_files import messages_to
from directory.models import User
from notifications.models import Notification
from notifications.services import deliver_due
from tests.factories.directory import UserFactory
from tests.faults.test_outages import SIGN_UP

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


# --- The link that confirms an address ---------------------------------------------------------------------------------


def sign_up() -> Client:
    client = Client()
    assert client.post("/accounts/signup/", {**SIGN_UP, "email": STRANGER}).status_code == 302
    return client


def confirm(client: Client) -> str:
    """Open the link in the newest mail and press its button; what the page after it says."""
    deliver_due()
    found = re.search(r"/accounts/confirm-email/[^/\s]+/", next(messages_to(STRANGER)).text)
    assert found
    return client.post(found[0], follow=True).content.decode()


def password_opens() -> bool:
    client = Client()
    client.post("/accounts/login/", {"login": STRANGER, "password": SIGN_UP["password1"]})
    return signed_in_as(client) is not None


def test_password_of_a_sign_up_opens_nothing_once_another_browser_has_confirmed_the_address() -> None:
    attacker = sign_up()
    page = confirm(Client())
    assert "You have confirmed" in page
    assert "Sign in with a code that we send to you, or choose a new password" in page
    assert EmailAddress.objects.get(email=STRANGER).verified
    assert not password_opens()
    assert signed_in_as(attacker) is None
    assert attacker.get("/desk/").status_code == 302
    assert signed_in_as(sign_in_by_code(STRANGER)) == str(User.objects.get().pk)


@pytest.mark.parametrize("minutes", [1, 60 * 24])
def test_who_confirms_in_the_browser_of_the_sign_up_keeps_the_password(minutes: int) -> None:
    client = sign_up()
    deliver_due()
    with time_machine.travel(timezone.now() + timedelta(minutes=minutes)):
        assert "does not work any more" not in confirm(client)
        assert password_opens()


def test_who_confirms_where_they_have_just_given_the_password_keeps_it() -> None:
    sign_up()
    other = Client()
    other.post("/accounts/login/", {"login": STRANGER, "password": SIGN_UP["password1"]})
    confirm(other)
    assert signed_in_as(other)
    assert password_opens()


def test_sign_up_of_another_account_in_the_same_browser_does_not_count() -> None:
    sign_up()
    other = Client()
    other.post("/accounts/signup/", {**SIGN_UP, "email": "another@test.example"})
    confirm(other)
    assert not password_opens()


def test_a_changed_address_is_confirmed_only_by_who_is_signed_in_to_the_account() -> None:
    user = account("first@test.example")
    client = Client()
    client.post("/accounts/login/", {"login": user.email, "password": PASSWORD})
    client.post("/accounts/reauthenticate/", {"password": PASSWORD})
    client.post("/accounts/email/", {"email": STRANGER, "action_add": ""})
    someone = Client()
    someone.force_login(account("third@test.example"), backend="django.contrib.auth.backends.ModelBackend")
    for other in (Client(), someone):
        assert "This link changes the address of an account" in confirm(other)
        user.refresh_from_db()
        assert (user.email, EmailAddress.objects.get(email=STRANGER).verified) == ("first@test.example", False)
    confirm(client)
    user.refresh_from_db()
    assert (user.email, user.check_password(PASSWORD)) == (STRANGER, True)
