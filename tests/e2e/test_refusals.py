"""What a real browser sends when somebody tries what they may not: clear words, and nothing is kept."""

from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

pytestmark = pytest.mark.e2e
Open = Callable[..., Page]


def test_files_that_are_not_what_they_say_are_refused(open_as: Open, tmp_path: Path) -> None:
    page = open_as("focal.who@demo.example")
    page.goto("/meetings/antalya-2017/register/")
    page.select_option("[name=category]", label="Non-governmental organization")
    page.fill("[name=affiliation]", "Network of clinics")
    page.get_by_role("button", name="Send the registration").click()
    page.get_by_role("link", name="Hand it in").click()
    documents = page.url

    for name, content, words in (
        ("page.pdf", b"<html><script>alert(1)</script></html>", "This is neither a PDF"),
        ("picture.pdf", b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>", "This is neither a PDF"),
        ("both.pdf", b"<script>alert(1)</script>%PDF-1.7\n", "This is neither a PDF"),
        ("letter.docx", b"PK\x03\x04 no letter", "This is neither a PDF"),
        ("large.pdf", b"%PDF-1.7\n" + b"0" * 11_000_000, "larger than 10 MB"),
    ):
        (tmp_path / name).write_bytes(content)
        page.set_input_files("[name=file]", tmp_path / name)
        page.get_by_role("button", name="Hand it in").click()
        expect(page.locator("main")).to_contain_text(words)
        page.goto(documents)
        expect(page.locator("main a[href*='/files/']")).to_have_count(0)

    (tmp_path / "certificate.pdf").write_bytes(b"%PDF-1.7\n<script>alert(1)</script>")
    page.set_input_files("[name=file]", tmp_path / "certificate.pdf")
    page.get_by_role("button", name="Hand it in").click()
    kept = page.locator("main a[href*='/files/']").first.get_attribute("href") or ""
    answer = page.request.get(kept)
    assert answer.headers["content-type"] == "application/pdf"
    assert answer.headers["content-disposition"].startswith("attachment")
    assert answer.headers["x-content-type-options"] == "nosniff"
    outsider = open_as("focal.fao@demo.example")
    assert outsider.request.get(kept).status == 404
