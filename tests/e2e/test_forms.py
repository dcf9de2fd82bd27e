"""What `static/js/frame.js` does to forms, on a page of its own in a real browser: no portal is needed for it."""

from typing import Any
from urllib.parse import parse_qs

import pytest
from django.conf import settings
from playwright.sync_api import Page, Route

HERE = "http://portal.example"
FORM = """<!doctype html><html lang="en"><body><script type="module" src="/frame.js"></script>
<form method="post" action="/send/"><input name="word" value="yes">
  <button name="act" value="save">Save</button><button name="act" value="delete">Delete</button></form>
<button id="outside">Elsewhere</button>%s</body></html>"""


@pytest.fixture
def sent(page: Page) -> list[dict[str, list[str]]]:
    """The values of each form that reached the server, which takes a while to answer."""
    got: list[dict[str, list[str]]] = []

    def answer(route: Route) -> None:
        path = route.request.url.removeprefix(HERE)
        if path == "/frame.js":
            route.fulfill(path=settings.BASE_DIR / "static/js/frame.js", content_type="text/javascript")
        elif route.request.method == "POST":
            got.append(parse_qs(route.request.post_data or ""))
            page.wait_for_timeout(300)
            route.fulfill(body="<p>Thank you</p>", content_type="text/html")
        else:
            more = {"/held-back/": "<script>document.addEventListener('submit', (event) => event.preventDefault())</script>"}
            route.fulfill(body=FORM % more.get(path, ""), content_type="text/html")

    page.route(f"{HERE}/**", answer)
    return got


def disabled(page: Page) -> list[str]:
    return page.eval_on_selector_all("button:disabled", "buttons => buttons.map((button) => button.textContent)")


def test_button_pressed_twice_sends_the_form_once_with_its_name(page: Page, sent: Any) -> None:
    page.goto(f"{HERE}/")
    page.get_by_role("button", name="Delete").dblclick(no_wait_after=True)
    page.get_by_text("Thank you").wait_for()
    assert sent == [{"word": ["yes"], "act": ["delete"]}]


def test_buttons_are_off_while_the_answer_is_on_its_way_and_on_for_who_comes_back(page: Page, sent: Any) -> None:
    page.goto(f"{HERE}/")
    page.evaluate("""() => {
        document.querySelector("[value=save]").click();
        setTimeout(() => { sessionStorage.off = [...document.querySelectorAll("button:disabled")].map((one) => one.value) }, 50);
    }""")
    page.get_by_text("Thank you").wait_for()
    assert page.evaluate("sessionStorage.off") == "save,delete"
    page.go_back()
    assert disabled(page) == []
    page.get_by_role("button", name="Save").click()
    page.get_by_text("Thank you").wait_for()
    assert len(sent) == 2


def test_form_that_a_script_holds_back_keeps_its_buttons(page: Page, sent: Any) -> None:
    page.goto(f"{HERE}/held-back/")
    page.get_by_role("button", name="Save").click()
    page.wait_for_timeout(100)
    assert disabled(page) == []
    assert sent == []
