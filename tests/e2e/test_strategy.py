"""What people do with a strategy in a real browser: rounds, silence, endorsement, answers, moderation, writing, import."""

import re
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.test_pages import overflow, violations

pytestmark = pytest.mark.e2e
Open = Callable[..., Page]
BASE = "/strategy/system-wide-strategy/"
SECRETARIAT, DRAFTER = "secretariat@demo.example", "drafter@demo.example"
UNDP, WHO = "focal.undp@demo.example", "focal.who@demo.example"


def looks_well(page: Page) -> None:
    """Nothing that axe-core finds, nothing that runs over the edge, wide and narrow."""
    for width, height in ((1280, 900), (390, 844)):
        page.set_viewport_size({"width": width, "height": height})
        assert violations(page) == []
        assert overflow(page) <= 0
    page.set_viewport_size({"width": 1280, "height": 900})


def open_round(page: Page, strategy: str, kind: str) -> None:
    """The page of the round of this kind that is open in a strategy."""
    page.goto(f"/strategy/{strategy}/")
    page.locator("main").get_by_role("link", name=re.compile(kind, re.I)).first.click()
    page.wait_for_url("**/rounds/*/")


# --- Adoption --------------------------------------------------------------------------------------------------------


def test_a_focal_point_objects_under_silence_and_takes_it_back(open_as: Open) -> None:
    reason = "The text speaks of a fund that our governing body has not approved."
    focal = open_as(WHO)
    open_round(focal, "terms-of-reference", "silence")
    looks_well(focal)
    address = focal.url
    focal.goto(f"{address}object/")
    looks_well(focal)
    focal.get_by_role("button", name=re.compile("object", re.I)).last.click()
    expect(focal.locator("[data-focus-on-load]")).to_be_visible()  # neither a reason nor a yes
    focal.fill("[name=reason]", reason)
    focal.check("[name=confirm]")
    focal.get_by_role("button", name=re.compile("object", re.I)).last.click()
    focal.wait_for_url(address)
    secretariat = open_as(SECRETARIAT)
    secretariat.goto(address)
    expect(secretariat.locator("main")).to_contain_text(reason)
    focal.goto(f"{address}object/withdraw/")
    looks_well(focal)
    focal.check("[name=confirm]")
    focal.get_by_role("button", name=re.compile("withdraw", re.I)).last.click()
    focal.wait_for_url(address)
    secretariat.reload()
    expect(secretariat.locator("main")).not_to_contain_text(reason)


def test_a_focal_point_signs_an_endorsement_and_gets_a_certificate(open_as: Open) -> None:
    focal = open_as(UNDP)
    open_round(focal, "tracking-contributions", "endorsement")
    looks_well(focal)
    address = focal.url
    focal.goto(f"{address}endorse/")
    looks_well(focal)
    focal.check("[name=answer][value=endorsed]")
    focal.fill("[name=signatory]", "Leilani Okonkwo")
    focal.fill("[name=capacity]", "Director, Bureau for Policy")
    focal.fill("[name=signed_on]", (datetime.now(UTC) - timedelta(days=1)).strftime("%Y-%m-%d"))
    focal.check("[name=confirm]")
    focal.locator("main form button[type=submit].btn-primary").click()
    focal.wait_for_url(address)
    expect(focal.locator("main")).to_contain_text("Leilani Okonkwo")
    certificate = focal.request.get(f"{address}certificate/undp/")
    assert certificate.status == 200
    assert certificate.body().startswith(b"%PDF-")


# --- Rounds ----------------------------------------------------------------------------------------------------------


def test_the_secretariat_opens_a_round_then_pauses_and_extends_it(open_as: Open) -> None:
    page = open_as(SECRETARIAT)
    page.goto("/strategy/terms-of-reference/drafts/1/round/")
    looks_well(page)
    closes = datetime.now(UTC) + timedelta(days=20)
    page.check("[name=kind][value=comments]")
    page.select_option("[name=time_zone]", "America/New_York")
    fill_moment(page, "closes_at", closes)
    page.check("[name=invites_all_agencies]")
    page.get_by_role("button", name="Open the round").click()
    page.wait_for_url("**/rounds/*/")
    looks_well(page)
    address = page.url
    page.goto(f"{address}extend/")
    looks_well(page)
    fill_moment(page, "closes_at", closes + timedelta(days=5))
    page.fill("[name=reason]", "Three agencies asked for more time.")
    press(page)
    page.wait_for_url(address)
    expect(page.locator("main")).to_contain_text("Three agencies asked for more time.")
    for name in ("pause", "resume", "cancel"):
        page.goto(f"{address}{name}/")
        looks_well(page)
        page.fill("[name=reason]", f"For the test: {name}.")
        if page.locator("[name=confirm]").count():
            page.check("[name=confirm]")
        press(page)
        page.wait_for_url(address)
        expect(page.locator("main")).to_contain_text(f"For the test: {name}.")


def fill_moment(page: Page, name: str, at: datetime) -> None:
    field = page.locator(f"[name={name}]")
    if field.count():
        field.fill(at.strftime("%Y-%m-%dT%H:%M"))
    else:
        page.fill(f"[name={name}_0]", at.strftime("%Y-%m-%d"))
        page.fill(f"[name={name}_1]", at.strftime("%H:%M"))


def press(page: Page) -> None:
    """The button of the one form of the page."""
    page.locator("main form[method=post] .form-actions button[type=submit]").last.click()


# --- Answers ---------------------------------------------------------------------------------------------------------


def test_a_drafter_assigns_and_answers_several_comments_at_once(open_as: Open) -> None:
    page = open_as(DRAFTER)
    page.goto(f"{BASE}answers/")
    looks_well(page)
    boxes = page.locator("input[name=comment][form=batch]")
    numbers = [boxes.nth(place).get_attribute("value") for place in range(2)]
    for number in numbers:
        page.check(f"input[name=comment][value='{number}']")
    page.get_by_role("button", name="Answer together", exact=True).first.click()
    looks_well(page)
    page.select_option("[name=decision]", "noted")
    page.fill("[name=reason]", "The secretariat takes note of both.")
    page.get_by_role("button", name="Preview").click()
    looks_well(page)
    page.get_by_role("button", name="Answer all of them").click()
    page.goto(f"{BASE}answers/?show=answered")
    for number in numbers:
        expect(page.locator(f"#c{number}")).to_contain_text("The secretariat takes note of both.")


def test_the_secretariat_admits_a_comment_and_turns_another_down(open_as: Open) -> None:
    words = "Say how small organizations take part."
    participant = open_as("participant@demo.example")
    for place in (3, 4):
        participant.goto(f"{BASE}drafts/1/paragraphs/{place}/")
        participant.select_option("#write [name=category]", index=1)
        participant.fill("#write [name=text]", words)
        participant.get_by_role("button", name="Send the comment").click()
        expect(participant.locator("main")).to_contain_text("has reached the secretariat")
    page = open_as(SECRETARIAT)
    page.goto(f"{BASE}moderation/")
    looks_well(page)
    publish = page.get_by_role("button", name=re.compile("^Publish"))
    waiting = publish.count()
    publish.last.click()
    expect(publish).to_have_count(waiting - 1)
    page.locator("main details summary").last.click()
    page.locator("main [name=reason]").last.fill("It says what another comment says.")
    page.get_by_role("button", name="Do not publish").last.click()
    expect(publish).to_have_count(waiting - 2)
    page.goto(f"{BASE}moderation/?show=turned_down")
    expect(page.locator("main")).to_contain_text(words)


def test_an_open_thread_page_shows_a_new_reply_without_reloading_and_leaves_what_is_typed(open_as: Open) -> None:
    words, comments = "Our country offices would want this too.", f"A comment that somebody answers, {time.time_ns()}."
    author, colleague = open_as("contributor.undp@demo.example"), open_as(UNDP)
    address = f"{BASE}drafts/1/paragraphs/5/"
    author.goto(address)
    author.fill("#write [name=text]", comments)
    author.get_by_role("button", name="Save the comment").click()
    comment = author.locator("article.comment").filter(has_text=comments)
    expect(comment).to_have_count(1)
    author.fill("#write [name=text]", "Half a sentence")
    colleague.goto(address)
    reply = colleague.locator("article.comment").filter(has_text=comments)
    reply.get_by_text("Reply inside the agency").click()
    reply.locator("textarea").first.fill(words)
    reply.get_by_role("button", name="Reply", exact=True).first.click()
    author.evaluate("htmx.trigger('[data-thread-news]', 'news')")  # what the page does every few seconds
    expect(comment).to_contain_text(words)
    expect(author.locator("#write [name=text]")).to_have_value("Half a sentence")
    author.goto("/inbox/")
    expect(author.locator("main")).to_contain_text("A reply to a comment inside your agency")


# --- Writing ---------------------------------------------------------------------------------------------------------


def order(page: Page) -> list[str]:
    return page.locator("[data-row] .w-number").all_inner_texts()


def test_a_heading_is_moved_with_its_section_by_keyboard_and_undone(open_as: Open) -> None:
    page = open_as(DRAFTER)
    page.goto(f"{BASE}drafts/2/write/")
    before = order(page)
    headings = page.locator("[data-row][data-level='2']")
    second = headings.nth(1)
    number = second.locator(".w-number").inner_text()
    length = before.index(headings.nth(2).locator(".w-number").inner_text()) - before.index(number)
    handle = second.locator("[data-handle]")
    handle.focus()
    for key in ("Space", "ArrowDown", "Escape"):
        page.keyboard.press(key)
    assert order(page) == before
    for key in ("Space", "ArrowUp", "Space"):
        page.keyboard.press(key)
    page.wait_for_url("**did=move**")
    place = before.index(number)
    section = before[place : place + length]
    moved = order(page)
    assert moved.index(number) < place
    assert moved[moved.index(number) : moved.index(number) + length] == section
    page.get_by_role("button", name=re.compile("^Undo: Moved")).click()
    expect(page.locator("main")).to_contain_text("Undone.")
    assert order(page) == before
    page.uncheck("[data-section]")
    page.locator("[data-row][data-level='2']").nth(1).get_by_role("button", name=re.compile("up$")).click()
    page.wait_for_url("**alone=1**")
    assert order(page)[place - 1] == number
    expect(page.locator("[data-section]")).not_to_be_checked()
    page.get_by_role("button", name=re.compile("^Undo: Moved")).click()
    assert order(page) == before


def test_words_that_were_not_saved_are_offered_again_and_go_at_sign_out(open_as: Open) -> None:
    page = open_as(DRAFTER)
    page.goto(f"{BASE}drafts/2/write/")
    page.locator("[data-row].w-paragraph:not(.is-held)").first.get_by_role("link", name="Edit").click()
    looks_well(page)
    address = page.url
    page.route("**/write/**", lambda route: route.abort() if route.request.method == "POST" else route.continue_())
    page.locator("[name=text]").fill("Words that the server never got.")
    kept = "Object.keys(localStorage).filter((key) => key.startsWith('writing:'))"
    assert len(page.evaluate(kept)) == 1
    page.goto(address.partition("#")[0])
    expect(page.locator(".notice-warn")).to_contain_text("Words that the server never got.")
    # Somebody else's words are shown to nobody.
    page.evaluate("localStorage.setItem('writing:0:somebody', JSON.stringify({text: 'Of another person'}))")
    page.goto(address.partition("#")[0])
    expect(page.locator(".notice-warn")).to_contain_text("Words that the server never got.")
    assert len(page.evaluate(kept)) == 1
    page.locator("[data-menu] summary").last.click()
    page.get_by_role("button", name="Sign out").click()
    page.wait_for_url(lambda url: "/write/" not in url)
    assert page.evaluate(kept) == []


def test_a_row_of_a_table_is_written_cell_by_cell(open_as: Open) -> None:
    page = open_as(DRAFTER)
    page.goto(f"{BASE}drafts/2/write/")
    rows = page.locator("[data-row].w-table_row")
    number = rows.nth(1).locator(".w-number").inner_text()
    rows.nth(1).get_by_role("link", name="Edit").click()
    looks_well(page)
    cells = page.locator("[name^=cell_]")
    assert cells.count() >= 2
    last = cells.last.input_value()
    cells.last.fill(f"{last} (to be confirmed)")
    page.get_by_role("button", name="Save and close").click()
    expect(page.locator(".w-table_row").filter(has_text="(to be confirmed)").locator(".w-number")).to_have_text(number)
    page.get_by_role("button", name=re.compile("^Undo: Written")).click()
    expect(page.locator("main")).to_contain_text("Undone.")


def test_a_text_is_brought_in_looked_at_and_stopped(open_as: Open) -> None:
    page = open_as(DRAFTER)
    page.goto(f"{BASE}drafts/2/import/")
    looks_well(page)
    content = b"# Context\n\nA first paragraph that is brought in.\n\nA second one.\n"
    page.set_input_files("[name=file]", {"name": "text.md", "mimeType": "text/markdown", "buffer": content})
    page.locator("main form[enctype] button[type=submit]").first.click()
    page.wait_for_url(re.compile(r"/import/\d+/$"))
    looks_well(page)
    expect(page.locator("main")).to_contain_text("A first paragraph that is brought in.")
    page.get_by_role("button", name=re.compile("Stop|Leave|Nothing", re.I)).first.click()
    expect(page.locator("main")).to_contain_text("Nothing was taken over.")
