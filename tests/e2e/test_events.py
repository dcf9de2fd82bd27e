"""Thematic events in a real browser: proposed, co-sponsored, accepted, and held as a session or as a meeting of their own."""

import re
from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from playwright.sync_api import Page, expect

pytestmark = pytest.mark.e2e
Open = Callable[..., Page]
STAFF, AGENCY, CO_SPONSOR = "secretariat@demo.example", "focal.undp@demo.example", "focal.fao@demo.example"


def unfolded(page: Page) -> str:
    """The public calendar file, its long lines joined."""
    return page.request.get("/calendar.ics").text().replace("\r\n ", "")


def propose(page: Page, title: str, starts: datetime) -> str:
    """Propose an event with FAO as co-sponsor; return its address."""
    page.goto("/thematic-events/new/")
    page.fill("[name=title]", title)
    page.fill("[name=summary]", "Water authorities show each other how they read their meters.")
    for name in ("theme", "call"):
        if not page.input_value(f"[name={name}]"):
            page.select_option(f"[name={name}]", index=1)
    page.select_option("[name=format]", index=0)
    page.fill("[name=city]", "Antalya")
    page.select_option("[name=country]", label="Türkiye")
    page.select_option("[name=time_zone]", "Europe/Istanbul")
    for name, at in (("starts_at", starts), ("ends_at", starts + timedelta(hours=2))):
        page.fill(f"[name={name}]", f"{at:%Y-%m-%dT%H:%M}")
    page.fill("[name=expected]", "40")
    page.locator("#div_id_co_sponsors").get_by_label(re.compile("FAO|Food and Agriculture")).check()
    page.get_by_role("button", name=re.compile("Propose")).click()
    expect(page.locator("main")).to_contain_text("The event is proposed")
    return page.url


def accept(page: Page, address: str) -> None:
    page.goto(address)
    page.get_by_role("button", name="Start the review").click()
    page.check("[name=decision][value=accept]")
    page.locator("form[action$='/decide/'] button[type=submit]").click()
    expect(page.locator("main")).to_contain_text("The event is in the public calendar")


def test_one_becomes_a_session_and_another_a_meeting(open_as: Open) -> None:
    agency, fao, staff, visitor = open_as(AGENCY), open_as(CO_SPONSOR), open_as(STAFF), open_as()
    staff.goto("/meetings/antalya-2017/programme/sessions/item-d/edit/")
    begin = datetime.fromisoformat(staff.input_value("[name=starts_at]"))
    session, meeting = "Meters that talk", "Meters that travel"
    first, second = propose(agency, session, begin), propose(agency, meeting, begin)
    assert visitor.goto(first).status == 404

    fao.goto(first)
    fao.get_by_role("button", name=re.compile("Confirm|Co-sponsor", re.I)).first.click()
    expect(fao.locator("main")).to_contain_text("co-sponsors this event")
    # The secretariat sees what it falls together with before it decides.
    staff.goto(first)
    expect(staff.locator("#dates")).to_contain_text(meeting)
    expect(staff.locator("#dates")).to_contain_text("multi-stakeholder meeting")
    for address in (first, second):
        accept(staff, address)
    assert {f"SUMMARY:{session}", f"SUMMARY:{meeting}"} <= set(unfolded(visitor).splitlines())
    visitor.goto(first)
    expect(visitor.locator("main")).to_contain_text("FAO")

    staff.goto(first)
    staff.get_by_role("link", name="Put it into a programme").click()
    staff.locator("a[href='?meeting=antalya-2017']").click()
    staff.fill("[name=starts_at]", f"{begin:%Y-%m-%dT%H:%M}")
    staff.fill("[name=ends_at]", f"{begin + timedelta(hours=1):%Y-%m-%dT%H:%M}")
    staff.select_option("[name=room]", index=1)
    staff.get_by_role("button", name="Put it into the programme").click()
    expect(staff.locator("main")).to_contain_text("The room is taken by “(d)")
    staff.select_option("[name=room]", index=3)
    staff.get_by_role("button", name="Put it into the programme").click()
    expect(staff.locator("main")).to_contain_text("The event is in the programme of")
    visitor.goto(first)
    expect(visitor.get_by_role("link", name="In the programme")).to_have_count(0)  # until that is released
    release(staff, "A side event on meters is new.")
    visitor.goto(first)
    visitor.get_by_role("link", name="In the programme").click()
    expect(visitor.locator("main")).to_contain_text(session)

    # The session moves: after the release the calendar and its file say so, not before.
    move(staff, first.rstrip("/").rsplit("/", 1)[1], timedelta(minutes=10))
    entry = next(one for one in unfolded(visitor).split("BEGIN:VEVENT") if f"SUMMARY:{session}" in one)
    assert f"T{begin - timedelta(hours=3):%H%M}00Z" in entry
    release(staff, "The side event begins later.")
    entry = next(one for one in unfolded(visitor).split("BEGIN:VEVENT") if f"SUMMARY:{session}" in one)
    assert f"T{begin - timedelta(hours=3) + timedelta(minutes=10):%H%M}00Z" in entry

    staff.goto(second)
    staff.get_by_role("link", name="Make it a meeting").click()
    staff.fill("[name=place]", "Water House")
    staff.select_option("[name=seats_like]", index=1)
    staff.fill("[name=registration_opens_at]", f"{begin - timedelta(days=60):%Y-%m-%dT%H:%M}")
    staff.fill("[name=registration_closes_at]", f"{begin - timedelta(days=1):%Y-%m-%dT%H:%M}")
    staff.get_by_role("button", name="Make the meeting").click()
    assert visitor.goto(staff.url).status == 404
    staff.get_by_role("button", name="Announce this meeting").click()
    visitor.goto("/calendar/")
    expect(visitor.locator("main").get_by_role("link", name=meeting)).to_have_count(1)
    expect(visitor.locator("main").get_by_role("link", name=session)).to_have_count(1)
    assert unfolded(visitor).count(f"SUMMARY:{meeting}") == 1

    person = open_as("participant@demo.example")
    person.goto(second)
    person.get_by_role("link", name="Meeting and registration").click()
    person.get_by_role("link", name="Register").first.click()
    person.select_option("[name=category]", label="Academic institution")
    person.fill("[name=affiliation]", "University of the South Pacific")
    person.get_by_role("button", name="Send the registration").click()
    expect(person.locator("main")).to_contain_text("You have a seat")


def release(page: Page, note: str) -> None:
    page.goto("/meetings/antalya-2017/programme/release/")
    page.fill("[name=note]", note)
    page.get_by_role("button", name="Release").click()
    expect(page.locator("main")).to_contain_text("is released")


def move(page: Page, code: str, by: timedelta) -> None:
    page.goto(f"/meetings/antalya-2017/programme/sessions/{code}/edit/")
    for name in ("starts_at", "ends_at"):
        at = datetime.fromisoformat(page.input_value(f"[name={name}]")) + by
        page.fill(f"[name={name}]", f"{at:%Y-%m-%dT%H:%M}")
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.locator("h1")).not_to_have_text("Edit the session")
