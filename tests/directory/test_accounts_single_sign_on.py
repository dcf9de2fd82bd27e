"""Single sign-on against a real provider process: who gets an account, who is linked, who is refused."""

import json
import os
import re
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from html import unescape
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import environ
import pytest
import requests
from allauth.account.models import EmailAddress
from allauth.socialaccount.models import SocialAccount
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from django.conf import settings as portal
from django.test import Client

from directory.models import User
from ssc_portal.settings.accounts import sign_on_providers
from tests.directory.oidc_provider.serve import CLIENT_ID, CLIENT_SECRET, PASSWORD
from tests.factories.directory import UserFactory

pytestmark = [pytest.mark.slow, pytest.mark.django_db]

LOGIN = "/accounts/oidc/unite/login/?process=login"
CONNECT = "/accounts/oidc/unite/login/?process=connect"
CALLBACK = "http://testserver/accounts/oidc/unite/login/callback/"


@pytest.fixture(scope="module")
def provider(tmp_path_factory: Any) -> Iterator[str]:
    """The address of a running provider."""
    folder: Path = tmp_path_factory.mktemp("provider")
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    pem = serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    (folder / "key.pem").write_bytes(key.private_bytes(*pem))
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    issuer = f"http://127.0.0.1:{port}"
    env = {
        **os.environ,
        "DJANGO_SETTINGS_MODULE": "tests.directory.oidc_provider.settings",
        "PROVIDER_FOLDER": str(folder),
        "PROVIDER_ISSUER": issuer,
    }
    log = (folder / "provider.log").open("wb")
    command = [sys.executable, "-m", "tests.directory.oidc_provider.serve", str(port), CALLBACK]
    process = subprocess.Popen(command, cwd=portal.BASE_DIR, env=env, stdout=log, stderr=subprocess.STDOUT)
    try:
        deadline = time.monotonic() + 60
        while True:
            try:
                requests.get(f"{issuer}/.well-known/openid-configuration", timeout=5).raise_for_status()
                break
            except requests.RequestException:
                if process.poll() is not None or time.monotonic() > deadline:
                    pytest.fail((folder / "provider.log").read_text()[-3000:])
                time.sleep(0.1)
        yield issuer
    finally:
        process.terminate()
        process.wait(20)
        log.close()


def configure(settings: Any, issuer: str, **more: Any) -> None:
    one = {"id": "unite", "name": "Unite ID", "issuer": issuer, "client_id": CLIENT_ID, "client_secret": CLIENT_SECRET, **more}
    settings.SOCIALACCOUNT_PROVIDERS = sign_on_providers(json.dumps([one]))


@pytest.fixture
def unite(settings: Any, provider: str) -> str:
    configure(settings, provider)
    return provider


def way_out(client: Client, path: str = LOGIN) -> str:
    """Press the button; the address at the provider that our page leads on to."""
    page = client.post(path)
    assert page.status_code == 200, page.content.decode()
    found = re.search(r"http-equiv=\"refresh\" content=\"0;URL='([^']+)'", unescape(page.content.decode()))
    assert found
    return found[1]


def field(text: str, name: str) -> str:
    found = re.search(rf'name="{name}"[^>]*value="([^"]*)"', text) or re.search(rf'value="([^"]*)"[^>]*name="{name}"', text)
    assert found, name
    return unescape(found[1])


def at_provider(address: str, user: str, action: str = "grant") -> str:
    """Sign in and agree (or not) at the provider, as a browser does; the address it sends the person back to."""
    browser = requests.Session()
    page = browser.get(address, timeout=10)
    login = {"login": user, "password": PASSWORD, "csrfmiddlewaretoken": field(page.text, "csrfmiddlewaretoken")}
    page = browser.post(page.url, {**login, "next": field(page.text, "next")}, timeout=10)
    asked = {name: field(page.text, name) for name in ("csrfmiddlewaretoken", "request")}
    consent = {**asked, "scopes": ["openid", "profile", "email"], "action": action}
    answer = browser.post(page.url.split("?")[0], consent, allow_redirects=False, timeout=10)
    assert answer.status_code == 302, answer.text
    return answer.headers["Location"]


def sign_on(user: str, client: Client | None = None, path: str = LOGIN) -> tuple[Client, Any]:
    """The whole way; the client and the last page."""
    client = client or Client()
    back = at_provider(way_out(client, path), user)
    return client, client.get(back.removeprefix("http://testserver"), follow=True)


def test_newcomer_gets_an_account_with_a_confirmed_address(unite: str) -> None:
    client, page = sign_on("confirmed")
    assert page.redirect_chain[-1][0] == "/desk/"
    user = User.objects.get()
    assert (user.email, user.full_name, user.has_usable_password()) == ("amina@provider.example", "Amina Diallo", False)
    assert EmailAddress.objects.get().verified
    assert client.get("/desk/").status_code == 200


def test_second_time_opens_the_same_account(unite: str) -> None:
    sign_on("confirmed")
    client, _page = sign_on("confirmed")
    assert (User.objects.count(), SocialAccount.objects.count()) == (1, 1)
    assert client.get("/desk/").status_code == 200


def test_proof_key_state_and_scopes_go_along(unite: str) -> None:
    query = parse_qs(urlsplit(way_out(Client())).query)
    assert query["code_challenge_method"] == ["S256"]
    assert query["code_challenge"]
    assert query["state"]
    assert set(query["scope"][0].split()) == {"openid", "profile", "email"}
    assert query["redirect_uri"] == [CALLBACK]


def test_address_that_the_provider_has_not_confirmed_is_refused_in_words(unite: str) -> None:
    for user in ("unconfirmed", "nobody"):
        client, page = sign_on(user)
        assert page.status_code == 403
        assert "has not confirmed an e-mail address of yours" in page.content.decode()
        assert client.get("/desk/").status_code == 302
    assert not User.objects.exists()


def test_the_word_false_is_not_taken_for_true(unite: str, monkeypatch: Any) -> None:
    claims = {"sub": "7", "email": "amina@test.example", "email_verified": "false"}
    view = "allauth.socialaccount.providers.openid_connect.views.OpenIDConnectOAuth2Adapter._fetch_user_info"
    monkeypatch.setattr(view, lambda self, token: claims)
    _client, page = sign_on("confirmed")
    assert page.status_code == 403
    assert not User.objects.exists()


def known(address: str) -> User:
    user = UserFactory(email=address)
    EmailAddress.objects.create(user=user, email=address, verified=True, primary=True)
    return user


@pytest.mark.parametrize(("user", "address"), [("confirmed", "amina@provider.example"), ("twin", "amina@test.example")])
def test_account_with_that_address_is_not_opened_but_the_page_says_how_to_link_it(unite: str, user: str, address: str) -> None:
    """Also where the address only looks like it: neither an account of its own, nor a way into the other."""
    known(address)
    client, page = sign_on(user)
    assert page.status_code == 403
    assert "is not linked with Unite ID yet" in page.content.decode()
    assert client.get("/desk/").status_code == 302
    assert (User.objects.count(), SocialAccount.objects.count()) == (1, 0)


def test_account_is_linked_by_its_owner_then_opened_by_the_provider(unite: str) -> None:
    user = known("someone@test.example")
    client = Client()
    client.post("/accounts/login/", {"login": user.email, "password": PASSWORD})
    client.post("/accounts/reauthenticate/", {"password": PASSWORD})
    assert "Link Unite ID" in client.get("/accounts/3rdparty/").content.decode()
    sign_on("confirmed", client, CONNECT)
    assert SocialAccount.objects.get().user == user
    other, page = sign_on("confirmed")
    assert page.redirect_chain[-1][0] == "/desk/"
    assert other.get("/accounts/profile/").context["user"] == user
    client.post("/accounts/3rdparty/", {"account": SocialAccount.objects.get().pk})
    assert not SocialAccount.objects.exists()


def test_linking_asks_for_the_password_first(unite: str) -> None:
    user = known("someone@test.example")
    client = Client()
    client.post("/accounts/login/", {"login": user.email, "password": PASSWORD})
    _client, page = sign_on("confirmed", client, CONNECT)
    assert page.redirect_chain[-1][0].startswith("/accounts/reauthenticate/")
    assert not SocialAccount.objects.exists()


def test_trusted_provider_opens_the_account_of_the_address_and_links_it(settings: Any, provider: str) -> None:
    configure(settings, provider, trust_email=True)
    user = known("amina@provider.example")
    client, page = sign_on("confirmed")
    assert page.redirect_chain[-1][0] == "/desk/"
    assert SocialAccount.objects.get().user == user
    assert user.has_usable_password()
    assert client.get("/desk/").status_code == 200


def test_trusted_provider_opens_no_account_of_an_address_that_only_looks_like_it(settings: Any, provider: str) -> None:
    configure(settings, provider, trust_email=True)
    known("amina@test.example")
    _client, page = sign_on("twin")
    assert page.status_code == 403
    assert not SocialAccount.objects.exists()


def test_trusted_provider_shuts_out_who_signed_up_with_anothers_address(settings: Any, provider: str) -> None:
    configure(settings, provider, trust_email=True)
    squatter = UserFactory(email="amina@provider.example")
    EmailAddress.objects.create(user=squatter, email=squatter.email, verified=False, primary=True)
    sign_on("confirmed")
    squatter.refresh_from_db()
    assert not squatter.has_usable_password()


def test_name_from_the_provider_is_made_one_line(unite: str) -> None:
    sign_on("broken")
    assert User.objects.get().full_name == "Moussa Bcc: all@test.example Ba"


def test_answer_of_another_issuer_is_refused_in_words(settings: Any, provider: str) -> None:
    """The provider answers under this name, but its tokens say another one."""
    configure(settings, provider.replace("127.0.0.1", "localhost"))
    client, page = sign_on("confirmed")
    assert page.status_code == 401
    assert "its answer cannot be trusted" in page.content.decode()
    assert client.get("/desk/").status_code == 302
    assert not User.objects.exists()


def test_wrong_secret_is_refused_in_words(settings: Any, provider: str) -> None:
    configure(settings, provider, client_secret="wrong")
    _client, page = sign_on("confirmed")
    assert page.status_code == 401
    assert "The sign-on did not work" in page.content.decode()


def test_address_of_an_earlier_try_does_not_work_twice(unite: str) -> None:
    client = Client()
    back = at_provider(way_out(client), "confirmed").removeprefix("http://testserver")
    client.get(back)
    for again in (client, Client()):
        assert again.get(back).status_code == 401


def test_who_says_no_at_the_provider_is_told_that_nothing_happened(unite: str) -> None:
    client = Client()
    back = at_provider(way_out(client), "confirmed", action="cancel")
    page = client.get(back.removeprefix("http://testserver"), follow=True)
    assert "You stopped the sign-on" in page.content.decode()


def test_provider_out_of_reach_is_said_in_words(settings: Any) -> None:
    configure(settings, "http://127.0.0.1:1")
    page = Client().post(LOGIN)
    assert page.status_code == 401
    assert "Unite ID did not answer" in page.content.decode()


def test_link_alone_does_not_start_a_sign_on(unite: str) -> None:
    """Somebody else's page could hold it."""
    page = Client().get(LOGIN)
    assert page.status_code == 200
    assert "refresh" not in page.content.decode()


# --- The setting ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("{", "not JSON"),
        ('{"id": "unite"}', "must be a list"),
        ('["unite"]', "must be a list"),
        ('[{"id": "unite", "name": "U"}]', "unite lacks client_id, client_secret, issuer"),
        (
            '[{"id": "u", "name": "U", "issuer": "https://x", "client_id": "c", "client_secret": "s", "scope": "x"}]',
            "unknown scope",
        ),
        ('[{"id": "u", "name": "U", "issuer": "http://id.example", "client_id": "c", "client_secret": "s"}]', "https://"),
    ],
)
def test_incomplete_setting_stops_the_portal_and_says_why(text: str, words: str) -> None:
    with pytest.raises(environ.ImproperlyConfigured, match=words):
        sign_on_providers(text)


def test_no_setting_means_no_single_sign_on() -> None:
    assert sign_on_providers("") == {}
    assert Client().post(LOGIN).status_code == 404
