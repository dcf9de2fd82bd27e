"""A session that somebody has starred moves: after the release that person hears what changed for them, and nobody else."""

import re
from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.test_thread import outbox_shows

pytestmark = pytest.mark.e2e
Open = Callable[..., Page]
STAFF = "secretariat@demo.example"
# Both read English, so that the words of the messages are known.
FOLLOWER, OTHER = "focal.undp@demo.example", "contributor.undp@demo.example"
PROGRAMME = "/meetings/antalya-2017/programme/"


def star(page: Page, code: str) -> None:
    page.goto(PROGRAMME)
    button = page.locator(f"button.star[value={code}]")
    button.click()
    expect(button).to_have_attribute("aria-pressed", "true")


def test_who_starred_a_moved_session_hears_of_it_and_nobody_else(open_as: Open) -> None:
    follower, other = open_as(FOLLOWER), open_as(OTHER)
    star(follower, "item-b")
    star(other, "item-a")
    staff = open_as(STAFF)
    staff.goto(f"{PROGRAMME}sessions/item-b/edit/")
    title = staff.input_value("[name=title_en]")
    for name in ("starts_at", "ends_at"):
        at = datetime.fromisoformat(staff.input_value(f"[name={name}]")) + timedelta(minutes=7)
        staff.fill(f"[name={name}]", f"{at:%Y-%m-%dT%H:%M}")
    hours = f"{at:%H:%M}"
    staff.get_by_role("button", name="Save", exact=True).click()
    expect(staff.locator("h1")).not_to_have_text("Edit the session")
    assert programme_mails(staff, FOLLOWER) == programme_mails(staff, OTHER) == 0  # nothing is said before the release

    staff.goto(f"{PROGRAMME}release/")
    expect(staff.locator("main")).to_contain_text(title)
    staff.fill("[name=note]", "A session begins seven minutes later.")
    staff.get_by_role("button", name="Release").click()
    expect(staff.locator("main")).to_contain_text("is released")

    outbox_shows(staff, "Programme, version", FOLLOWER)
    follower.goto("/inbox/")
    follower.locator("main").get_by_role("link", name=re.compile("Programme, version")).first.click()
    message = follower.locator("main")
    expect(message).to_contain_text(title)
    expect(message).to_contain_text(hours)
    assert programme_mails(staff, FOLLOWER) == 1
    assert programme_mails(staff, OTHER) == 0
    other.goto("/inbox/")
    expect(other.locator("main")).not_to_contain_text("Programme, version")


def programme_mails(page: Page, address: str) -> int:
    page.goto(f"/outbox/?q={address}")
    return page.locator("tbody tr").filter(has_text="Programme, version").count()
