"""The grid of the programme in a real browser: by keyboard, by drag, by two people at once, and without scripts."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.e2e.test_pages import overflow, violations

pytestmark = pytest.mark.e2e
Open = Callable[..., Page]
STAFF = "secretariat@demo.example"
GRID = "/meetings/antalya-2017/programme/edit/"


@pytest.fixture
def grid(open_as: Open) -> Page:
    """The second day of the programme."""
    page = open_as(STAFF)
    page.goto(GRID)
    page.locator(".tabs a").nth(1).click()
    return page


def block(page: Page, code: str) -> Locator:
    return page.locator(f"#session-{code}")


def room_of(page: Page, code: str) -> Locator:
    return page.locator(".grid-room", has=block(page, code)).locator(".grid-room-name")


def hours(page: Page, code: str) -> str:
    return block(page, code).locator("[data-time]").inner_text()


def test_by_keyboard(grid: Page) -> None:
    said = grid.locator("[data-grid-say]")
    before = hours(grid, "data-corner")
    block(grid, "data-corner").locator("a").focus()
    grid.keyboard.press("ArrowDown")
    grid.keyboard.press("ArrowDown")
    expect(said).to_contain_text("Saved.")
    assert before == "14:30–15:30"
    assert hours(grid, "data-corner") == "15:00–16:00"
    grid.keyboard.press("Shift+ArrowUp")
    expect(said).to_contain_text("15:00 to 15:45")
    grid.keyboard.press("ArrowLeft")  # into the Perge Room
    expect(said).to_contain_text("Perge Room. Saved.")
    expect(room_of(grid, "data-corner")).to_contain_text("Perge Room")
    expect(block(grid, "data-corner").locator("a")).to_be_focused()
    grid.reload()
    assert hours(grid, "data-corner") == "15:00–15:45"
    expect(room_of(grid, "data-corner")).to_contain_text("Perge Room")
    block(grid, "data-corner").locator("a").focus()
    grid.keyboard.press("ArrowUp")
    grid.keyboard.press("Enter")  # saves first, then opens
    expect(grid.locator("h1")).to_have_text("Edit the session")
    expect(grid.locator("[name=starts_at]")).to_have_value(re.compile("T14:45$"))


def test_to_another_day_by_keyboard_and_by_drop(grid: Page) -> None:
    tabs = grid.locator(".tabs a")
    block(grid, "briefing").locator("a").focus()
    before = hours(grid, "briefing")
    grid.keyboard.press("PageDown")
    expect(grid.locator("[data-grid-say]")).to_contain_text("There is no other day in this direction.")
    grid.keyboard.press("PageUp")
    expect(tabs.nth(0)).to_have_attribute("aria-current", "page")
    expect(block(grid, "briefing").locator("a")).to_be_focused()
    assert hours(grid, "briefing") == before
    tabs.nth(1).scroll_into_view_if_needed()
    box, target = block(grid, "briefing").bounding_box(), tabs.nth(1).bounding_box()
    assert box
    assert target
    grid.mouse.move(box["x"] + 30, box["y"] + 10)
    grid.mouse.down()
    grid.mouse.move(target["x"] + 10, target["y"] + 10, steps=8)
    expect(tabs.nth(1)).to_have_class(re.compile("is-target"))
    grid.mouse.up()
    expect(tabs.nth(1)).to_have_attribute("aria-current", "page")
    assert hours(grid, "briefing") == before


def test_by_drag_and_by_the_lower_edge(grid: Page) -> None:
    one = block(grid, "clinic-comments")
    one.scroll_into_view_if_needed()
    target = grid.locator('.grid-room[data-name="Perge Room"] .grid-sessions').bounding_box()
    box = one.bounding_box()
    assert box
    assert target
    shown = grid.evaluate("(g => (g.dataset.last - g.dataset.first) / 60)(document.querySelector('.programme-grid'))")
    hour = target["height"] / shown
    grid.mouse.move(box["x"] + 30, box["y"] + 10)
    grid.mouse.down()
    grid.mouse.move(target["x"] + 30, box["y"] + 10 + hour, steps=8)
    grid.mouse.up()
    expect(grid.locator("[data-grid-say]")).to_contain_text("12:30 to 13:30, Perge Room. Saved.")
    expect(block(grid, "clinic-comments")).to_have_class(re.compile("is-warned"))  # the reports are there at 13:15
    expect(grid.locator("[data-grid-warnings]")).to_contain_text("Perge Room is taken twice")
    box = one.bounding_box()
    assert box
    grid.mouse.move(box["x"] + 30, box["y"] + box["height"] - 3)
    grid.mouse.down()
    grid.mouse.move(box["x"] + 30, box["y"] + box["height"] - 3 - hour / 2, steps=5)
    grid.mouse.up()
    expect(grid.locator("[data-grid-say]")).to_contain_text("12:30 to 13:00, Perge Room. Saved.")
    expect(grid.locator("[data-grid-warnings]")).not_to_contain_text("taken twice")
    grid.reload()
    assert hours(grid, "clinic-comments") == "12:30–13:00"


def test_two_people_at_one_session(grid: Page, open_as: Open) -> None:
    other = open_as(STAFF)
    other.goto(grid.url)
    before = hours(grid, "meet-providers")
    for page, key in ((grid, "ArrowDown"), (other, "ArrowUp")):
        block(page, "meet-providers").locator("a").focus()
        page.keyboard.press(key)
        expect(page.locator("[data-grid-say]")).to_contain_text("Saved." if page is grid else "Somebody else has changed")
    assert hours(grid, "meet-providers") != before
    assert hours(other, "meet-providers") == before  # back where this page knew it


def test_without_scripts_it_is_a_list_with_links(open_as: Open) -> None:
    signed_in = open_as(STAFF)
    state = signed_in.context.storage_state()
    page = open_as(None, java_script_enabled=False, storage_state=state)
    page.goto(GRID)
    expect(page.locator(".grid-room-name")).to_have_count(4)
    page.get_by_role("link", name=re.compile("Opening discussion")).first.click()
    expect(page.locator("h1")).to_have_text("Edit the session")


@pytest.mark.parametrize("language", ["", "/ar"])
@pytest.mark.parametrize("width", [1280, 390])
def test_pages_are_accessible_and_fit(open_as: Open, language: str, width: int) -> None:
    page = open_as(STAFF, viewport={"width": width, "height": 900})
    for path in ("programme/edit/", "programme/rooms/", "programme/sessions/item-a/edit/", "edit/", "documents/edit/", "cancel/"):
        page.goto(f"{language}/meetings/antalya-2017/{path}")
        assert violations(page) == [], path
        assert overflow(page) <= 0, path


def test_in_arabic_the_arrows_go_where_they_point(open_as: Open) -> None:
    page = open_as(STAFF)
    page.goto(f"/ar{GRID}")
    boxes = [room.bounding_box() for room in page.locator(".grid-room").all()]
    first, second = (box["x"] if box else 0 for box in boxes[:2])
    assert first > second
    block(page, "opening").locator("a").focus()
    page.keyboard.press("ArrowLeft")  # to the next room, which stands to the left
    expect(room_of(page, "opening")).to_contain_text("Perge Room")
    page.keyboard.press("ArrowRight")
    expect(room_of(page, "opening")).to_contain_text("Aspendos Hall")
