"""Second factor, passkeys and codes by mail in a real browser, with its virtual authenticator."""

import re
import time
from collections.abc import Callable

import pytest
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value, yield_hotp_counters_from_time
from playwright.sync_api import Page, expect

from tests.e2e.conftest import PASSWORD
from tests.e2e.test_thread import read_mail

pytestmark = pytest.mark.e2e
Open = Callable[..., Page]


def code_of(secret: str) -> str:
    """What an authenticator app shows now."""
    return format_hotp_value(hotp_value(secret, next(iter(yield_hotp_counters_from_time()))))


def submit(page: Page) -> None:
    page.locator("main form button[type=submit]").first.click()


def reauthenticate(page: Page) -> None:
    page.goto("/accounts/reauthenticate/")
    page.fill("[name=password]", PASSWORD)
    submit(page)


def newcomer(open_as: Open, portal: str) -> tuple[Page, str, str]:
    """A new account with a confirmed address, signed in; its page, address and mailbox. Passkeys need a name, not 127.0.0.1."""
    page = open_as(base_url=portal.replace("127.0.0.1", "localhost"))
    address = f"awa.{time.time_ns()}@newcomer.example"
    page.goto("/accounts/signup/")
    for name, value in {
        "given_name": "Awa",
        "family_name": "Ndiaye",
        "email": address,
        "password1": PASSWORD,
        "password2": PASSWORD,
    }.items():
        page.fill(f"[name={name}]", value)
    submit(page)
    page.get_by_role("link", name="Read the message in the demo mailbox").click()
    mailbox = page.url
    link = read_mail(page, "confirm-email").locator("article a").filter(has_text="confirm-email").first.get_attribute("href")
    page.goto(re.sub(r"^https?://[^/]+", "", link or ""))
    submit(page)
    page.wait_for_url("**/desk/")
    return page, address, mailbox


def sign_out(page: Page) -> None:
    page.goto("/accounts/logout/")
    page.locator("main form button[type=submit]").first.click()


def with_authenticator(page: Page) -> None:
    """Give the browser a device with a lock that says yes."""
    session = page.context.new_cdp_session(page)
    session.send("WebAuthn.enable")
    options = {
        "protocol": "ctap2",
        "transport": "internal",
        "hasResidentKey": True,
        "hasUserVerification": True,
        "isUserVerified": True,
        "automaticPresenceSimulation": True,
    }
    session.send("WebAuthn.addVirtualAuthenticator", {"options": options})


def test_authenticator_app_is_set_up_asked_for_and_replaced_by_a_recovery_code(open_as: Open, portal: str) -> None:
    page, address, _mailbox = newcomer(open_as, portal)
    reauthenticate(page)
    page.goto("/accounts/2fa/")
    page.get_by_role("link", name="Set up the app").click()
    secret = page.locator("#authenticator_secret").input_value()
    expect(page.locator(".account-image img")).to_be_visible()
    page.fill("[name=code]", code_of(secret))
    submit(page)
    codes = page.locator("#recovery_codes").input_value().split()
    assert len(codes) == 10
    page.goto("/accounts/2fa/")
    with page.expect_download() as download:
        page.get_by_role("link", name="Download").click()
    assert codes[0] in download.value.path().read_text()

    sign_out(page)
    page.goto("/accounts/login/")
    page.fill("[name=login]", address)
    page.fill("[name=password]", PASSWORD)
    submit(page)
    page.fill("[name=code]", "000000")
    submit(page)
    expect(page.locator("main")).to_contain_text("Incorrect code")
    page.fill("[name=code]", codes[0])
    submit(page)
    page.wait_for_url("**/desk/")

    reauthenticate(page)
    page.goto("/accounts/2fa/")
    page.get_by_role("link", name="Stop using it").click()
    submit(page)
    expect(page.get_by_role("link", name="Set up the app")).to_be_visible()


def test_passkey_is_added_renamed_used_and_removed(open_as: Open, portal: str) -> None:
    page, _address, _mailbox = newcomer(open_as, portal)
    with_authenticator(page)
    reauthenticate(page)
    page.goto("/accounts/2fa/webauthn/add/")
    page.fill("[name=name]", "Telephone")
    page.check("[name=passwordless]")
    page.get_by_role("button", name="Add the key").click()
    expect(page.locator("#recovery_codes")).to_be_visible()

    sign_out(page)
    page.goto("/accounts/login/")
    page.get_by_role("button", name="Use a passkey").click()
    page.wait_for_url("**/desk/")

    page.goto("/accounts/reauthenticate/")
    page.fill("[name=password]", PASSWORD)
    submit(page)
    page.goto("/accounts/2fa/webauthn/")
    page.get_by_role("link", name="Rename Telephone").click()
    page.fill("[name=name]", "Old telephone")
    submit(page)
    expect(page.locator("main")).to_contain_text("Old telephone")
    page.get_by_role("link", name="Remove Old telephone").click()
    submit(page)
    expect(page.locator("main")).to_contain_text("You have no security key or passkey yet")


def test_passkey_that_is_not_there_is_said_on_the_page(open_as: Open, portal: str) -> None:
    page = open_as(base_url=portal.replace("127.0.0.1", "localhost"))
    with_authenticator(page)
    page.goto("/accounts/login/")
    page.get_by_role("button", name="Use a passkey").click()
    expect(page.get_by_role("alert")).to_contain_text("The key was not used")


def test_code_by_mail_signs_in(open_as: Open, portal: str) -> None:
    page, address, mailbox = newcomer(open_as, portal)
    sign_out(page)
    page.goto("/accounts/login/")
    page.get_by_role("link", name="Send me a code by e-mail").click()
    page.fill("[name=email]", address)
    submit(page)
    confirm = page.url
    page.goto(mailbox)
    text = read_mail(page, "code").locator("article.entry").first.inner_text()
    (code,) = re.findall(r"^\s*([A-Z0-9]{3,4}-?[A-Z0-9]{3,4})\s*$", text, re.MULTILINE)[:1]
    page.goto(confirm)
    page.fill("[name=code]", code)
    page.locator("main form button[type=submit]").first.click()
    page.wait_for_url("**/desk/")


def test_session_elsewhere_is_ended(open_as: Open, portal: str) -> None:
    page, address, _mailbox = newcomer(open_as, portal)
    other = open_as(base_url=portal.replace("127.0.0.1", "localhost"))
    other.goto("/accounts/login/")
    other.fill("[name=login]", address)
    other.fill("[name=password]", PASSWORD)
    submit(other)
    other.wait_for_url("**/desk/")
    page.goto("/accounts/sessions/")
    page.get_by_role("button", name="Sign out the other places").click()
    other.goto("/desk/")
    expect(other).to_have_url(re.compile("/accounts/login/"))
