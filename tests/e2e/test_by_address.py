"""Registration without an account in a real browser, which alone shows what origin it sends with a form."""

import re
import time
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.conftest import PASSWORD
from tests.e2e.test_thread import read_mail

pytestmark = pytest.mark.e2e


def test_register_and_change_behind_a_link(open_as: Callable[..., Page]) -> None:
    page = open_as()
    address = f"nadia.{time.time_ns()}@newcomer.example"
    # An account that is never confirmed is nobody's: it only opens the demo's mailbox of this address.
    page.goto("/accounts/signup/")
    for name, value in {"given_name": "Nadia", "family_name": "B", "email": address}.items():
        page.fill(f"[name={name}]", value)
    for name in ("password1", "password2"):
        page.fill(f"[name={name}]", PASSWORD)
    page.locator("main form button[type=submit]").first.click()
    page.get_by_role("link", name="Read the message in the demo mailbox").click()
    mailbox = page.url

    page.goto("/meetings/antalya-2017/register/by-address/")
    page.fill("[name=email]", address)
    page.get_by_role("button", name="Send the link").click()
    page.goto(mailbox)
    link = read_mail(page, "registrations/begin").locator("article a").filter(has_text="registrations/begin").first
    page.goto(re.sub(r"^https?://[^/]+", "", link.get_attribute("href") or ""))
    page.select_option("[name=category]", index=1)
    page.fill("[name=given_name]", "Nadia")
    page.fill("[name=family_name]", "Benyoussef")
    page.fill("[name=affiliation]", "Network of the South")
    page.get_by_role("button", name="Send the registration").click()
    expect(page.locator("main")).to_contain_text("Your registration is sent")

    page.get_by_role("link", name="Change", exact=True).click()
    page.fill("[name=affiliation]", "Network of the South and East")
    page.locator("main form button[type=submit]").first.click()
    expect(page.locator("main")).to_contain_text("Network of the South and East")
