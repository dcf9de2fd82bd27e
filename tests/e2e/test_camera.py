"""The camera of the check-in desk with a device that the browser itself feeds: a film of a badge in somebody's hand."""

import hashlib
import re
from collections.abc import Callable, Iterator
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
import segno
from django.test import override_settings
from PIL import Image
from playwright.sync_api import Browser, BrowserType, Page, expect

from meetings.selectors.badges import code_of
from ssc_portal.settings import dev
from tests.e2e.test_desk import DESK, STAFF, at_the_desk, expected, scan

pytestmark = pytest.mark.e2e
Open = Callable[..., Page]


@pytest.fixture(scope="module")
def film(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The file that the browser takes for its camera: JPEGs, one after the other."""
    return tmp_path_factory.mktemp("camera") / "badge.mjpeg"


@pytest.fixture(scope="module")
def browser(browser_type: BrowserType, browser_type_launch_args: dict[str, Any], film: Path) -> Iterator[Browser]:
    """A browser with that camera, which is allowed to use it without asking."""
    shoot(film, "nothing yet")
    camera = ["--use-fake-device-for-media-stream", "--use-fake-ui-for-media-stream", f"--use-file-for-fake-video-capture={film}"]
    options = {**browser_type_launch_args, "args": [*browser_type_launch_args["args"], *camera]}
    with browser_type.launch(**options) as browser:
        yield browser


def shoot(film: Path, text: str) -> None:
    """A code that turns and comes nearer, as a hand holds it; the camera reads the file anew each time it is switched on."""
    image, frames = BytesIO(), BytesIO()
    segno.make(text, error="m", micro=False).save(image, kind="png", scale=6, border=3)
    badge = Image.open(image).convert("RGBA")
    for step in range(20):
        side = 130 + step * 6
        held = badge.resize((side, side)).rotate(20 - step * 2, expand=True, resample=Image.Resampling.BICUBIC)
        picture = Image.new("RGB", (640, 480), (96, 90, 84))
        picture.paste(held, (120 + step * 5, 60), held)
        picture.save(frames, "JPEG", quality=70)
    film.write_bytes(frames.getvalue())


def code(page: Page, reference: str) -> str:
    """What the badge of this person says: the demo signs with the key of development, the device's list knows its mark."""
    people = page.request.get(f"{DESK}people/").json()["people"]
    mark = next(row["mark"] for row in people if row["reference"] == reference)
    with override_settings(SECRET_KEY=dev.SECRET_KEY):
        codes = [code_of(meeting_id=number, reference=reference) for number in range(1, 200)]
    return next(text for text in codes if hashlib.sha256(text.encode()).hexdigest().startswith(mark))


def switch_camera(page: Page) -> None:
    page.get_by_role("button", name="Camera").click()


def total(page: Page) -> int:
    return int(page.locator(".checkin-total strong").inner_text())


def repeated(page: Page) -> int:
    found = re.search(r"(\d+) repeated", page.locator("[data-desk-count]").inner_text())
    return int(found[1]) if found else 0


def test_the_camera_checks_in_who_holds_the_badge(open_as: Open, film: Path) -> None:
    page = open_as(STAFF)
    person = expected(page)[0]
    shoot(film, code(page, person))
    sent: list[str] = []
    page.on("request", lambda request: sent.append(request.url) if request.url.endswith("/desk/scan/") else None)
    at_the_desk(page, "Desk 1")
    before = total(page)
    assert page.evaluate("'BarcodeDetector' in window") is False  # so the package reads it
    switch_camera(page)
    card = page.locator("[data-desk-card]")
    expect(card).to_contain_text("Checked in")
    expect(card).to_contain_text(person)
    expect(page.locator(".checkin-total strong")).to_have_text(str(before + 1))
    page.wait_for_timeout(5000)  # the badge stays before the camera for longer than two showings are apart
    assert len(sent) == 1
    switch_camera(page)
    expect(page.locator("[data-desk-camera]")).to_be_hidden()
    switch_camera(page)
    expect(card).to_contain_text("at Desk 1")  # shown anew: it says when and where the person came


def test_two_desks_read_one_badge_and_one_has_no_connection(open_as: Open, film: Path) -> None:
    first, second = open_as(STAFF), open_as(STAFF)
    person = expected(first)[0]
    shoot(film, code(first, person))
    at_the_desk(first, "Desk 1")
    at_the_desk(second, "Desk 2")
    first.wait_for_timeout(1000)  # the worker writes the page and its parts down
    before, repeats = total(first), repeated(first)

    # The camera is switched on for the first time while there is no connection.
    first.context.set_offline(True)
    switch_camera(first)
    expect(first.locator("[data-desk-card]")).to_contain_text("Kept on this device")
    expect(first.locator("[data-desk-card]")).to_contain_text(person)
    switch_camera(first)
    switch_camera(second)
    expect(second.locator("[data-desk-card]")).to_contain_text("Checked in")
    switch_camera(second)
    scan(second, person)
    expect(second.locator("[data-desk-card]")).to_contain_text("at Desk 2")

    first.context.set_offline(False)
    expect(first.locator("[data-desk-line]")).to_be_hidden(timeout=20_000)
    expect(first.locator("[data-desk-refused]")).to_be_hidden()
    for page in (first, second):
        expect(page.locator("[data-desk-count]")).to_contain_text(f"{repeats + 2} repeated", timeout=20_000)
        assert total(page) == before + 1
    scan(second, person)
    expect(second.locator("[data-desk-card]")).to_contain_text("at Desk 1")  # who scanned first, although it came in later


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (lambda text: f"{text[:-1]}{'A' if text[-1] != 'A' else 'B'}", "its mark is wrong"),
        (lambda text: "https://example.org/win?a=prize", "This is no badge and no reference"),
    ],
)
def test_a_forged_code_before_the_camera_says_so(open_as: Open, film: Path, make: Callable[[str], str], words: str) -> None:
    page = open_as(STAFF)
    shoot(film, make(code(page, expected(page)[0])))
    at_the_desk(page, "Desk 1")
    before = total(page)
    switch_camera(page)
    expect(page.locator("[data-desk-card]")).to_contain_text("Not checked in")
    expect(page.locator("[data-desk-card]")).to_contain_text(words)
    page.reload()
    assert total(page) == before
