"""The list of speakers in a real browser: a delegate asks, the chair calls, everybody sees one order and one clock."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

pytestmark = pytest.mark.e2e
Open = Callable[..., Page]
STAFF = "secretariat@demo.example"
DELEGATE = "focal.samoa@demo.example"
ROOM = "/meetings/antalya-2017/sessions/item-c/speakers/"
CHAIR = f"{ROOM}desk/"


def names(page: Page) -> list[str]:
    return page.locator(".floor-name > bdi").all_inner_texts()


def test_a_delegate_asks_the_chair_calls_and_time_runs(open_as: Open) -> None:
    chair, delegate, other, visitor = open_as(STAFF), open_as(DELEGATE), open_as("focal.fao@demo.example"), open_as()
    delegate.goto(ROOM)
    chair.goto(CHAIR)
    chair.fill("[name=minutes]", "2")
    chair.get_by_role("button", name=re.compile("Open the list|Save")).click()
    expect(chair.locator("#floor")).to_contain_text("Nobody waits")

    delegate.goto(ROOM)
    delegate.get_by_role("button", name=re.compile("Ask for the floor")).click()
    expect(delegate.locator(".floor-ask")).to_contain_text("You are on the list")
    expect(chair.locator(".floor-order li")).to_have_count(1, timeout=10_000)  # by itself
    for place in (1, 2, 3):
        chair.select_option("[name=participant]", index=place)
        chair.get_by_role("button", name="Add to the list").click()
        expect(chair.locator(".floor-order li")).to_have_count(place + 1)
    before = names(chair)

    # By keyboard: the one pressed stays under the fingers, so that it can be pressed again.
    up = chair.locator(".floor-order li").nth(3).get_by_role("button", name=re.compile("^Up"))
    up.focus()
    chair.keyboard.press("Enter")
    expect(chair.locator(".floor-order li").nth(2)).to_contain_text(before[3])
    expect(chair.locator(":focus")).to_have_accessible_name(f"Up : {before[3]}")
    chair.keyboard.press("Enter")
    expect(chair.locator(".floor-order li").nth(1)).to_contain_text(before[3])
    assert names(chair) == [before[0], before[3], before[1], before[2]]

    # Who may not see or do what: neither a delegate nor a visitor has the chair's desk; names of people stay inside.
    for page in (delegate, other):
        assert page.goto(CHAIR).status == 403
    other.goto(ROOM)
    expect(other.locator(".floor-ask")).to_have_count(0)
    visitor.goto(ROOM)
    expect(visitor.locator(".floor-order li")).to_have_count(4)
    expect(visitor.locator("form.floor-ask, .is-desk")).to_have_count(0)
    person = chair.locator(".floor-order li").first.locator("small bdi").inner_text()
    expect(visitor.locator("main")).not_to_contain_text(person)
    expect(other.locator("main")).not_to_contain_text(person)

    chair.get_by_role("button", name=f"Call : {before[0]}").click()
    expect(chair.locator(".floor-who")).to_contain_text(before[0])
    chair.get_by_role("button", name="Start the clock").click()
    delegate.goto(ROOM)
    expect(delegate.locator(".floor-ask")).to_contain_text("You have the floor")
    expect(visitor.locator(".floor-who")).to_contain_text(before[0], timeout=10_000)
    expect(visitor.locator("[data-clock]")).to_have_text(re.compile("0:0[2-9]"), timeout=10_000)
    chair.get_by_role("button", name=re.compile("^Call")).first.click()
    expect(chair.locator("main")).to_contain_text("Mark that statement as ended first")
    chair.get_by_role("button", name="Statement ended").click()
    expect(chair.locator(".floor-who")).to_contain_text("Nobody")
    expect(chair.locator(".floor-spoken li").first).to_contain_text(re.compile(r"0:\d\d"))
    expect(visitor.locator(".floor-spoken li")).to_contain_text(before[0], timeout=10_000)


def test_the_chair_who_is_in_the_list_by_keyboard_sees_new_requests(open_as: Open) -> None:
    chair, delegate = open_as(STAFF), open_as(DELEGATE)
    chair.goto(CHAIR)
    chair.get_by_role("button", name=re.compile("Save|Open the list")).click()
    delegate.goto(ROOM)
    if (withdraw := delegate.get_by_role("button", name="Withdraw")).count():
        withdraw.click()
    chair.goto(CHAIR)
    count = chair.locator(".floor-order li").count()
    down = chair.get_by_role("button", name=re.compile("^Down")).first
    row = chair.locator(".floor-name > bdi").first.inner_text()
    down.focus()
    delegate.get_by_role("button", name=re.compile("Ask for the floor")).click()
    expect(chair.locator(".floor-order li")).to_have_count(count + 1, timeout=10_000)
    expect(chair.locator(":focus")).to_have_accessible_name(f"Down : {row}")
