"""A section is written in the browser: the editor under our policy, a paste from Word, words kept; and without scripts."""

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

pytestmark = pytest.mark.e2e
Open = Callable[..., Page]
WORD = (Path(__file__).parents[1] / "common" / "pasted" / "word.html").read_text(encoding="utf-8")
BRIEF = "/briefs/counting-days-not-dollars/"
PASTE = """html => {
  const data = new DataTransfer();
  data.setData('text/html', html);
  data.setData('text/plain', 'plain');
  const event = new ClipboardEvent('paste', {clipboardData: data, bubbles: true, cancelable: true});
  document.querySelector('.ProseMirror').dispatchEvent(event);
}"""


def open_section(page: Page) -> Page:
    page.goto(BRIEF)
    page.get_by_role("link", name=re.compile("Edit.*How to begin")).click()
    return page


def test_word_is_pasted_clean_tables_get_titles_and_the_save_shows_it(open_as: Open) -> None:
    page = open_section(open_as("contributor.undp@demo.example"))
    editor = page.locator(".ProseMirror[aria-multiline=true]")
    expect(editor).to_contain_text("An office of three people")
    editor.click()
    page.keyboard.press("Control+End")
    page.evaluate(PASTE, WORD)
    expect(editor.locator("h3", has_text="Warnings that arrive")).to_be_visible()
    expect(editor.locator("ul ul li")).to_have_text("Below it")
    assert editor.locator("[style*=mso], [class*=Mso]").count() == 0
    editor.locator("th", has_text="Hours").click()
    page.get_by_role("button", name="Title of the table").click()
    page.get_by_role("dialog").get_by_role("textbox").fill("How long it takes")
    page.get_by_role("dialog").get_by_role("button", name="Apply").click()
    expect(editor.locator("caption")).to_have_text("How long it takes")
    page.get_by_label("What you changed").fill("Pasted from Word")
    page.get_by_role("button", name="Save the section").click()
    page.wait_for_url(f"**{BRIEF}")
    table = page.locator("table", has=page.locator("caption", has_text="How long it takes"))
    expect(table.locator("thead th").first).to_have_text("Step")


def test_words_that_were_not_saved_are_offered_again(open_as: Open) -> None:
    page = open_section(open_as("contributor.undp@demo.example"))
    page.locator(".ProseMirror[aria-multiline=true]").click()
    page.keyboard.press("Control+End")
    page.keyboard.type(" A sentence that nobody saved.")
    expect(page.locator("[data-state]")).to_contain_text("kept in this browser")
    page.reload()
    page.get_by_role("button", name="Put them into the form").click()
    expect(page.locator(".ProseMirror[aria-multiline=true]")).to_contain_text("A sentence that nobody saved.")
    page.get_by_role("button", name="Close without saving").click()
    page.wait_for_url(f"**{BRIEF}")


def test_without_scripts_the_text_is_written_as_html(open_as: Open) -> None:
    looks = open_as("focal.undp@demo.example", java_script_enabled=False)
    page = open_section(looks)
    field = page.locator("#id_body")
    expect(field).to_be_visible()
    assert field.input_value().startswith("<p>")
    expect(page.get_by_role("toolbar")).to_be_hidden()
    page.get_by_role("button", name="Close without saving").click()
