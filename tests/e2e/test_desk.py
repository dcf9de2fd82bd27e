"""Two desks in a real browser, one of which loses its connection: no scan is lost, none counts twice."""

import re
from collections.abc import Callable

import pytest
import segno
from playwright.sync_api import Page, expect

pytestmark = pytest.mark.e2e
Open = Callable[..., Page]
STAFF = "secretariat@demo.example"
DESK = "/meetings/antalya-2017/desk/"


def at_the_desk(page: Page, name: str) -> Page:
    """The desk's page, its worker at work and its list loaded."""
    with page.expect_response(re.compile("/desk/people/")):
        page.goto(DESK)
    page.locator("[data-desk][data-ready]").wait_for(state="attached")
    page.fill("[name=desk] >> visible=true", name)
    page.keyboard.press("Tab")
    return page


def scan(page: Page, text: str) -> None:
    page.fill("#id_text", text)
    page.keyboard.press("Enter")


def expected(page: Page) -> list[str]:
    """References of people with a seat who have not come yet."""
    people = page.request.get(f"{DESK}people/").json()["people"]
    return [row["reference"] for row in people if not row["came"]]


def test_a_reference_without_a_digit_is_known_without_a_connection(open_as: Open) -> None:
    """Three references in a hundred have letters alone; without a connection such a one is not taken for a name."""
    page = open_as(STAFF)

    # The page's own fetch: what a service worker asks for does not pass by the browser's routes.
    page.add_init_script(
        """const fetched = window.fetch;
        window.fetch = async (address, options) => {
          const answer = await fetched(address, options);
          if (!String(address).includes("/desk/people/")) return answer;
          const listed = await answer.json();
          listed.people.find((row) => !row.came).reference = "ABCDEFGHJKMN";
          return new Response(JSON.stringify(listed), { headers: answer.headers });
        };"""
    )
    at_the_desk(page, "Desk 3")
    page.context.set_offline(True)
    scan(page, "abcd-efgh-jkmn")
    expect(page.locator("[data-desk-card]")).to_contain_text("Kept on this device", timeout=15_000)
    expect(page.locator("[data-desk-card]")).to_contain_text("ABCDEFGHJKMN")


def test_scans_without_a_connection_are_kept_and_sent_later(open_as: Open) -> None:
    first, second = open_as(STAFF), open_as(STAFF)
    person, other, third, withdrawn = expected(first)[:4]
    at_the_desk(first, "Desk 1")
    at_the_desk(second, "Desk 2")
    card, line = first.locator("[data-desk-card]"), first.locator("[data-desk-line]")
    total = first.locator(".checkin-total strong")
    before = int(total.inner_text())

    scan(first, person)
    expect(card).to_contain_text("Checked in")
    scan(second, person)
    expect(second.locator("[data-desk-card]")).to_contain_text("at Desk 1")
    expect(total).to_have_text(str(before + 1))

    first.context.set_offline(True)
    for reference in (other, third, withdrawn):
        scan(first, reference)
        expect(card).to_contain_text("Kept on this device", timeout=15_000)
        expect(card).to_contain_text(reference)
    expect(line).to_contain_text("3 scans wait for the connection")
    scan(first, "2345-NOT-A-BADGE")
    expect(card).to_contain_text("Not in the list on this device")
    first.fill("#id_text", "sam")
    expect(first.locator("[data-desk-results] form").first).to_be_visible()

    # Meanwhile: the other desk sees one of them, and the secretariat cancels another.
    scan(second, other)
    expect(second.locator("[data-desk-card]")).to_contain_text("Checked in")
    second.goto(f"/registrations/{withdrawn}/cancel/")
    second.locator("main form button[type=submit]").first.click()

    # The page opens without a connection, and what waits is still there.
    first.reload()
    expect(first.get_by_role("heading", level=1)).to_have_text("Check-in desk")
    expect(line).to_contain_text("4 scans wait for the connection")

    first.context.set_offline(False)
    expect(line).to_be_hidden(timeout=20_000)
    refused = first.locator("[data-desk-refused] li")
    expect(refused).to_have_count(2)
    expect(refused.filter(has_text=withdrawn)).to_contain_text("is cancelled")
    expect(refused.filter(has_text="2345-NOT-A-BADGE")).to_contain_text("not the code of a badge")
    expect(total).to_have_text(str(before + 3), timeout=20_000)
    for _ in range(2):
        refused.first.get_by_role("button", name="Seen").click()
    expect(refused).to_have_count(0)

    # Desk 1 was there first, although its scan came in later.
    at_the_desk(second, "Desk 2")
    scan(second, other)
    expect(second.locator("[data-desk-card]")).to_contain_text("at Desk 1")


def test_who_signs_out_leaves_no_names_on_the_device(open_as: Open) -> None:
    page = open_as(STAFF)
    at_the_desk(page, "Desk 1")
    lists = "async () => (await indexedDB.databases()).map(one => one.name)"
    pages = "async () => (await caches.keys()).length"
    page.wait_for_function("async () => (await indexedDB.databases()).some(one => one.name === 'desk-list')")
    assert page.evaluate(pages) == 1
    page.locator(".site-head summary:has(.icon-person)").click()
    page.get_by_role("button", name="Sign out").click()
    page.wait_for_url(re.compile(r"^(?!.*/desk/).*$"))
    assert "desk-list" not in page.evaluate(lists)
    assert page.evaluate(pages) == 0


def test_the_camera_reads_a_badge(open_as: Open) -> None:
    """A picture of a code stands in for the camera; the package reads it, as in browsers without a detector of their own."""
    page = open_as(STAFF)
    reference = expected(page)[0]
    page.add_init_script("delete window.BarcodeDetector")
    rows = "".join("".join("1" if dark else "0" for dark in row) + "\n" for row in segno.make_qr(reference).matrix)
    page.add_init_script(
        """
        navigator.mediaDevices.getUserMedia = async () => {
          const canvas = document.createElement('canvas');
          const rows = ROWS.trim().split('\\n');
          canvas.width = canvas.height = (rows.length + 8) * 8;
          const pen = canvas.getContext('2d');
          const draw = () => {
            pen.fillStyle = '#fff';
            pen.fillRect(0, 0, canvas.width, canvas.height);
            pen.fillStyle = '#000';
            rows.forEach((row, y) => [...row].forEach((dark, x) => dark === '1' && pen.fillRect((x + 4) * 8, (y + 4) * 8, 8, 8)));
          };
          draw();
          setInterval(draw, 100);
          return canvas.captureStream(10);
        };
        """.replace("ROWS", repr(rows))
    )
    at_the_desk(page, "Desk 3")
    page.get_by_role("button", name="Camera").click()
    expect(page.locator("[data-desk-card]")).to_contain_text(reference, timeout=20_000)
    page.get_by_role("button", name="Camera").click()
    expect(page.locator("[data-desk-camera]")).to_be_hidden()
