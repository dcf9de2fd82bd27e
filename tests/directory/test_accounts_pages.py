"""allauth's pages in the portal's look; what they reveal, and what a link says that works no more."""

import re
from datetime import timedelta
from typing import Any

import pytest
from allauth.account.models import EmailAddress
from django.conf import settings
from django.contrib.auth.hashers import get_hasher
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from common.mail_files import messages_to
from directory.models import User
from notifications.models import Notification
from notifications.services import deliver_due
from tests.factories.directory import UserFactory
from tests.faults.test_outages import SIGN_UP

pytestmark = pytest.mark.django_db
KNOWN, UNKNOWN = "amina@test.example", "nobody@test.example"
TWIN = "amına@test.example"  # Turkish i without a dot


def account(address: str = KNOWN, **fields: Any) -> User:
    user = UserFactory(email=address, **fields)
    EmailAddress.objects.create(user=user, email=address, verified=True, primary=True)
    return user


def client_of(user: User) -> Client:
    """A client that has signed in by the form and then shown once more who it is, as pages of keys and codes ask."""
    client, password = Client(), "a-long-test-password"
    assert client.post("/accounts/login/", {"login": user.email, "password": password}).status_code == 302
    assert client.post("/accounts/reauthenticate/", {"password": password}).status_code == 302
    return client


def newest(address: str) -> str:
    """The path of the link in the newest mail to an address."""
    deliver_due()
    return re.findall(rf"{settings.PUBLIC_URL}(/\S+)", next(messages_to(address)).text)[0]


def subjects(address: str) -> list[str]:
    deliver_due()
    return [message.subject for message in messages_to(address)]


def without_address(page: Any, address: str) -> str:
    text = re.sub(r'value="[^"]{20,}"', "", page.content.decode())  # the token of the form
    return re.sub(r'href="/demo/mailbox/[^"]+"', "", text).replace(address, "ADDRESS")


# --- Pages that every visitor or person can open -------------------------------------------------------------------------

FOR_VISITORS = {
    "account_login": "Sign in",
    "account_signup": "Create an account",
    "account_reset_password": "Choose a new password",
    "account_reset_password_done": "Look in your mail",
    "account_reset_password_from_key_done": "Your password is changed",
    "account_request_login_code": "Send me a code",
    "account_email_verification_sent": "Confirm your e-mail address",
    "account_inactive": "This account is closed",
    "socialaccount_login_cancelled": "You are not signed in",
    "socialaccount_login_error": "The sign-on did not work",
}
FOR_PEOPLE = {
    "account_email": "E-mail address",
    "account_change_password": "Password",
    "account_logout": "Sign out",
    "account_reauthenticate": "Confirm that it is you",
    "mfa_index": "Sign-in security",
    "mfa_activate_totp": "Set up the authenticator app",
    "mfa_list_webauthn": "Passkeys and security keys",
    "mfa_add_webauthn": "Add a key",
    "usersessions_list": "Where you are signed in",
    "socialaccount_connections": "Linked accounts",
}


def title(page: Any) -> str:
    found = re.search(r"<title>(.*?)</title>", page.content.decode(), re.S)
    assert found
    return " ".join(found[1].split())


@pytest.mark.parametrize(("name", "words"), FOR_VISITORS.items())
def test_page_for_visitors_is_ours(name: str, words: str) -> None:
    page = Client().get(reverse(name))
    assert title(page) == f"{words} · SSC Portal"
    assert 'class="site-head"' in page.content.decode()
    assert page.content.decode().count("<h1") == 1


@pytest.mark.parametrize(("name", "words"), FOR_PEOPLE.items())
def test_page_for_people_is_ours(name: str, words: str) -> None:
    page = client_of(account()).get(reverse(name))
    assert page.status_code == 200
    assert title(page) == f"{words} · SSC Portal"
    assert 'class="site-head"' in page.content.decode()
    assert page.content.decode().count("<h1") == 1


@pytest.mark.parametrize("name", [*FOR_VISITORS, *FOR_PEOPLE])
def test_no_page_runs_a_script_or_a_style_of_its_own(name: str) -> None:
    """The policy allows neither: data for allauth's scripts is no script."""
    client = Client() if name in FOR_VISITORS else client_of(account())
    text = client.get(reverse(name)).content.decode()
    scripts = re.findall(r"<script([^>]*)>", text)
    assert [one for one in scripts if "src=" not in one and "application/json" not in one] == []
    assert not re.search(r"\sstyle=|\son\w+=|<style", text)


def test_single_sign_on_is_offered_only_where_there_is_one(settings: Any) -> None:
    for path in ("/accounts/login/", "/accounts/signup/"):
        assert "organization" not in re.sub(r"<aside.*?</aside>|<footer.*", "", Client().get(path).content.decode(), flags=re.S)
    app = {"provider_id": "unite", "name": "Unite ID", "client_id": "x", "settings": {"server_url": "https://id.example"}}
    settings.SOCIALACCOUNT_PROVIDERS = {"openid_connect": {"APPS": [app]}}
    for path in ("/accounts/login/", "/accounts/signup/"):
        page = Client().get(path).content.decode()
        assert "Sign in with Unite ID" in page
        assert 'action="/accounts/oidc/unite/login/?process=login"' in page


# --- Nothing is revealed -------------------------------------------------------------------------------------------------


def ask(path: str, data: dict[str, str]) -> tuple[Any, str, int]:
    client = Client()
    client.get(path)
    with CaptureQueriesContext(connection) as queries:
        answer = client.post(path, data)
    page = client.get(answer.url)
    return answer, page, len(queries)


@pytest.mark.parametrize(
    ("path", "data"),
    [
        ("/accounts/password/reset/", {}),
        ("/accounts/login/code/", {}),
    ],
)
def test_reset_and_code_answer_alike_whether_the_address_is_known_or_not(path: str, data: dict[str, str]) -> None:
    account()
    known, unknown = (ask(path, {**data, "email": address}) for address in (KNOWN, UNKNOWN))
    assert (known[0].status_code, known[0].url) == (unknown[0].status_code, unknown[0].url)
    assert without_address(known[1], KNOWN) == without_address(unknown[1], UNKNOWN)
    assert abs(known[2] - unknown[2]) <= 4
    assert Notification.objects.count() == 2  # a message in either case: sending takes its time in either case


@pytest.mark.parametrize("address", [KNOWN, "AMINA@test.example", TWIN])
def test_sign_up_answers_alike_whether_the_address_is_known_looks_known_or_is_new(settings: Any, address: str) -> None:
    settings.DEMO = False
    owner = account()
    known, unknown = (ask("/accounts/signup/", {**SIGN_UP, "email": one}) for one in (address, UNKNOWN))
    assert (known[0].status_code, known[0].url) == (unknown[0].status_code, unknown[0].url) == (302, unknown[0].url)
    assert without_address(known[1], address.lower()) == without_address(unknown[1], UNKNOWN)
    assert set(User.objects.values_list("email", flat=True)) == {owner.email, UNKNOWN}
    assert subjects(KNOWN) == ["Account Already Exists"]
    assert list(messages_to(TWIN)) == []


def test_sign_up_takes_its_time_whether_the_address_is_known_or_new(monkeypatch: Any) -> None:
    """Working out a password takes most of the time of the answer: it is done as often in either case."""
    account()
    counts, hasher = [], type(get_hasher())
    encode = hasher.encode
    monkeypatch.setattr(hasher, "encode", lambda self, *values, **more: counts.append(1) or encode(self, *values, **more))
    worked = []
    for address in (KNOWN, TWIN, UNKNOWN):
        counts.clear()
        assert Client().post("/accounts/signup/", {**SIGN_UP, "email": address}).status_code == 302
        worked.append(len(counts))
    assert worked == [1, 1, 1]


def test_two_who_sign_up_at_once_with_one_address_get_the_same_answer(monkeypatch: Any) -> None:
    account()
    monkeypatch.setattr("directory.forms.accounts.User.objects.known_by", lambda address: User.objects.none())
    answer = Client().post("/accounts/signup/", {**SIGN_UP, "email": TWIN})
    assert answer.status_code == 302
    assert User.objects.count() == 1


@pytest.mark.parametrize("address", ["fatou@test.example", "FATOU@test.example", "fatoυ@test.example"])
def test_change_to_anothers_address_answers_as_to_a_free_one_and_tells_the_owner(address: str) -> None:
    account("fatou@test.example")
    user = account()
    client = client_of(user)
    taken = client.post("/accounts/email/", {"email": address, "action_add": ""}, follow=True)
    shown = address.lower() in taken.content.decode()
    if "υ" in address:  # no address at all: only a few letters beyond ASCII pass for one
        assert "valid email" in taken.content.decode()
        return
    assert shown
    assert subjects("fatou@test.example") == ["Account Already Exists"]
    user.refresh_from_db()
    assert user.email == KNOWN


def test_change_to_a_look_alike_address_cannot_be_confirmed() -> None:
    """The other account may have come after the message was sent."""
    user = account()
    client = client_of(user)
    client.post("/accounts/email/", {"email": "fatou@test.example", "action_add": ""})
    path = newest("fatou@test.example")
    account("fatoU@test.example")
    page = client.post(path, follow=True).content.decode()
    assert "already confirmed by a different account" in page
    user.refresh_from_db()
    assert user.email == KNOWN


def test_address_is_changed_by_the_link_in_the_message_and_the_old_one_is_told() -> None:
    user = account()
    client = client_of(user)
    client.post("/accounts/email/", {"email": "New@test.example", "action_add": ""})
    assert client.post(newest("new@test.example")).status_code == 302
    user.refresh_from_db()
    assert (user.email, user.email_key) == ("new@test.example", "new@test.example")
    assert list(user.emailaddress_set.values_list("email", "verified")) == [("new@test.example", True)]


# --- Links that work once ------------------------------------------------------------------------------------------------


def test_used_link_of_a_confirmation_says_what_to_do() -> None:
    client = Client()
    client.post("/accounts/signup/", SIGN_UP)
    path = newest(SIGN_UP["email"])
    client.post(path)
    for visitor in (client, Client()):
        page = visitor.get(path)
        assert "This link does not work any more" in page.content.decode()
        assert "Confirm the address" not in page.content.decode()
    assert 'href="/accounts/login/"' in Client().get(path).content.decode()
    assert Client().post(path).status_code == 404


def test_expired_link_of_a_confirmation_says_what_to_do(time_machine: Any) -> None:
    client = Client()
    client.post("/accounts/signup/", SIGN_UP)
    path = newest(SIGN_UP["email"])
    time_machine.move_to(timezone.now() + timedelta(days=4))
    assert "older" in Client().get(path).content.decode()
    assert not User.objects.get().emailaddress_set.get().verified


NEW = {"password1": "another-long-password", "password2": "another-long-password"}


def reset_link(client: Client) -> str:
    client.post("/accounts/password/reset/", {"email": KNOWN})
    return newest(KNOWN)


def test_used_link_of_a_reset_says_what_to_do() -> None:
    user, client = account(), Client()
    path = reset_link(client)
    form = client.get(path, follow=True).request["PATH_INFO"]
    assert "Your password is changed" in client.post(form, NEW, follow=True).content.decode()
    for visitor in (client, Client()):
        page = visitor.get(path, follow=True).content.decode()
        assert "This link does not work any more" in page
        assert f'href="{reverse("account_reset_password")}"' in page
    again = {"password1": "a-third-long-password", "password2": "a-third-long-password"}
    client.post(form, again)
    user.refresh_from_db()
    assert user.check_password(NEW["password1"])


def test_expired_or_forged_link_of_a_reset_says_what_to_do(time_machine: Any) -> None:
    account()
    path = reset_link(Client())
    forged = path[:-6] + "00000/"
    assert "This link does not work any more" in Client().get(forged, follow=True).content.decode()
    time_machine.move_to(timezone.now() + timedelta(days=4))
    assert "This link does not work any more" in Client().get(path, follow=True).content.decode()


def test_code_works_once() -> None:
    account()
    client = Client()
    client.post("/accounts/login/code/", {"email": KNOWN})
    deliver_due()
    (code,) = re.findall(r"^[A-Z0-9-]{6,}$", next(messages_to(KNOWN)).text, re.MULTILINE)
    assert client.post("/accounts/login/code/confirm/", {"code": code}).status_code == 302
    client.post("/accounts/logout/")
    other = Client()
    other.post("/accounts/login/code/", {"email": KNOWN})
    assert other.post("/accounts/login/code/confirm/", {"code": code}).status_code == 200
    assert other.get("/desk/").status_code == 302


# --- Names in mail -------------------------------------------------------------------------------------------------------


def test_name_of_a_newcomer_cannot_write_lines_of_a_mail() -> None:
    page = Client().post("/accounts/signup/", {**SIGN_UP, "given_name": "Leilani\r\nBcc: all@test.example"})
    assert "line breaks or invisible characters" in page.content.decode()
    assert not User.objects.exists()


# --- Sessions ------------------------------------------------------------------------------------------------------------


def test_signing_out_elsewhere_ends_the_other_sessions() -> None:
    user = account()
    here, elsewhere = client_of(user), client_of(user)
    assert elsewhere.get("/desk/").status_code == 200
    assert here.post("/accounts/sessions/").status_code == 302
    assert elsewhere.get("/desk/").status_code == 302
    assert here.get("/desk/").status_code == 200


def test_closed_account_is_told_so() -> None:
    user = account()
    User.objects.filter(pk=user.pk).update(is_active=False)
    page = Client().post("/accounts/login/", {"login": KNOWN, "password": "a-long-test-password"}, follow=True)
    assert "This account is closed" in page.content.decode()
