"""Account mail goes through the outbox; links are in no table."""

import re
from typing import Any

import pytest
from django.conf import settings
from django.test import Client

from common.mail_files import messages_to
from common.sealing import Unreadable
from directory.models import User
from notifications.kinds import holds_secret, sealed, thaw
from notifications.models import Notification
from notifications.services import deliver_due
from tests.factories.directory import UserFactory
from tests.faults.test_outages import SIGN_UP

pytestmark = pytest.mark.django_db
ADDRESS = SIGN_UP["email"]


def link_in_newest_mail(address: str = ADDRESS) -> str:
    deliver_due()
    text = next(messages_to(address)).text
    (url,) = re.findall(rf"{settings.PUBLIC_URL}(/\S+)", text)[:1]
    return url


def test_newcomer_verifies_their_address_and_is_signed_in() -> None:
    client = Client()
    assert client.post("/accounts/signup/", SIGN_UP).status_code == 302
    url = link_in_newest_mail()
    assert client.get(url).status_code == 200
    assert client.post(url).status_code == 302
    person = User.objects.get(email=ADDRESS)
    assert person.emailaddress_set.get().verified
    assert person.full_name == "Leilani Tau"
    assert client.get("/desk/").status_code == 200


def test_newcomer_reads_the_mail_in_the_demo_mailbox() -> None:
    client = Client()
    page = client.post("/accounts/signup/", SIGN_UP, follow=True).content.decode()
    deliver_due()
    (mailbox,) = set(re.findall(r'href="(/demo/mailbox/[^"]+)"', page))
    assert "/accounts/confirm-email/" in client.get(mailbox).content.decode()


def test_mailbox_of_a_forged_address_is_not_found() -> None:
    assert Client().get("/demo/mailbox/forged/").status_code == 404


def test_no_table_keeps_a_link_that_signs_in(django_assert_num_queries: Any) -> None:
    client = Client()
    client.post("/accounts/signup/", SIGN_UP)
    row = Notification.objects.get()
    assert "confirm-email" not in str(row.context)
    deliver_due()
    row.refresh_from_db()
    assert (row.text, row.context) == ("", {})


def test_mail_is_in_the_language_of_the_page() -> None:
    Client().post("/fr/accounts/signup/", SIGN_UP)
    assert User.objects.get(email=ADDRESS).language == "fr"
    assert link_in_newest_mail().startswith("/fr/accounts/confirm-email/")


def test_password_reset_by_mail() -> None:
    UserFactory(email=ADDRESS).emailaddress_set.create(email=ADDRESS, verified=True, primary=True)
    client = Client()
    client.post("/accounts/password/reset/", {"email": ADDRESS})
    url = client.get(link_in_newest_mail(), follow=True).request["PATH_INFO"]
    new = {"password1": "another-long-password", "password2": "another-long-password"}
    assert client.post(url, new).status_code == 302
    assert User.objects.get(email=ADDRESS).check_password("another-long-password")


def test_sign_up_and_reset_answer_alike_whether_the_address_is_known_or_not() -> None:
    UserFactory(email=ADDRESS).emailaddress_set.create(email=ADDRESS, verified=True, primary=True)
    known = Client().post("/accounts/signup/", SIGN_UP)
    unknown = Client().post("/accounts/signup/", {**SIGN_UP, "email": "nobody@test.example"})
    assert (known.status_code, known.url) == (unknown.status_code, unknown.url)
    for address in (ADDRESS, "nobody2@test.example"):
        assert Client().post("/accounts/password/reset/", {"email": address}).url == "/accounts/password/reset/done/"


def test_login_code_by_mail_that_no_table_shows() -> None:
    UserFactory(email=ADDRESS).emailaddress_set.create(email=ADDRESS, verified=True, primary=True)
    client = Client()
    assert client.post("/accounts/login/code/", {"email": ADDRESS}).status_code == 302
    frozen = str(Notification.objects.get().context)
    deliver_due()
    (code,) = re.findall(r"^[A-Z0-9-]{6,}$", next(messages_to(ADDRESS)).text, re.MULTILINE)
    assert code not in frozen
    assert code not in str(Notification.objects.values())
    assert client.post("/accounts/login/code/confirm/", {"code": code}).status_code == 302
    assert client.get("/desk/").status_code == 200


def test_code_that_was_sealed_before_the_secret_key_changed_is_still_read(settings: Any) -> None:
    frozen = sealed("ABC-DEF")
    old, settings.SECRET_KEY = settings.SECRET_KEY, "another-key-of-the-portal"
    with pytest.raises(Unreadable):
        thaw(frozen, "en")
    settings.SECRET_KEY_FALLBACKS = [old]
    assert thaw(frozen, "en") == "ABC-DEF"
    assert holds_secret({"values": [frozen]})


@pytest.mark.parametrize(
    ("field", "value", "words"),
    [
        ("password2", "something-else-here", "same password"),
        ("email", "not-an-address", "valid email"),
        ("password1", "short", "too short"),
    ],
)
def test_bad_sign_up_says_what_to_do_and_keeps_the_input(field: str, value: str, words: str) -> None:
    page = Client().post("/accounts/signup/", {**SIGN_UP, field: value}).content.decode()
    assert words in page
    assert "Leilani" in page
    assert not User.objects.exists()


def test_demo_mailbox_of_somebody_else_is_not_offered() -> None:
    """Asking for a reset or a code in another person's name must not open their mail."""
    UserFactory(email=ADDRESS).emailaddress_set.create(email=ADDRESS, verified=True, primary=True)
    for path in ("/accounts/password/reset/", "/accounts/login/code/"):
        assert "/demo/mailbox/" not in Client().post(path, {"email": ADDRESS}, follow=True).content.decode()
    assert "/demo/mailbox/" not in Client().post("/accounts/signup/", SIGN_UP, follow=True).content.decode()
