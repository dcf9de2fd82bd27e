"""The one thread through the whole house, in a real browser, with a real worker and the demo's own accounts."""

import re
import time
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

pytestmark = pytest.mark.e2e
Open = Callable[..., Page]


def read_mail(page: Page, words: str) -> Page:
    """Open the demo mailbox of the person who uses `page`, waiting until a message with `words` has arrived."""
    for _ in range(60):
        page.reload()
        if page.locator("article.entry").filter(has_text=words).count():
            return page
        time.sleep(0.5)
    raise AssertionError(f"no message with {words!r} arrived: {page.locator('main').inner_text()}")


def outbox_shows(page: Page, words: str, address: str) -> None:
    """The secretariat finds the message in the outbox, sent."""
    for _ in range(60):
        page.goto(f"/outbox/?q={address}")
        row = page.locator("tbody tr").filter(has_text=words)
        if row.count() and "Sent" in row.first.inner_text():
            return
        time.sleep(0.5)
    raise AssertionError(f"{words!r} to {address} was not sent: {page.locator('main').inner_text()}")


def test_1_the_public_sees_what_this_is_and_what_to_do_now(open_as: Open) -> None:
    page = open_as()
    page.goto("/")
    expect(page.get_by_role("heading", level=1)).to_contain_text("multi-stakeholder meeting")
    expect(page.locator(".agenda li")).to_have_count(4)
    expect(page.get_by_text("Open consultation", exact=True)).to_be_visible()
    expect(page.locator("main")).to_contain_text("23:59")
    expect(page.get_by_role("heading", name="Newest policy briefs")).to_be_visible()
    expect(page.locator(".kinds li")).to_have_count(4)
    expect(page.locator(".demo-line")).to_contain_text("29 and 30 November 2017")
    page.get_by_role("link", name="Whole programme").click()
    expect(page.locator("main")).to_contain_text("18:30")


def test_2_a_visitor_registers_and_is_approved(open_as: Open) -> None:
    newcomer, address = open_as(), f"leilani.tau.{time.time_ns()}@newcomer.example"
    newcomer.goto("/meetings/antalya-2017/register/")
    newcomer.locator("main").get_by_role("link", name=re.compile("account", re.I)).first.click()
    for name, value in {
        "given_name": "Leilani",
        "family_name": "Tau",
        "email": address,
        "password1": "antalya-2017-new",
        "password2": "antalya-2017-new",
    }.items():
        newcomer.fill(f"[name={name}]", value)
    newcomer.locator("main form button[type=submit]").first.click()
    newcomer.get_by_role("link", name="Read the message in the demo mailbox").click()
    mailbox = newcomer.url
    read_mail(newcomer, "Confirm").locator("article a").filter(has_text="confirm-email").first.click()
    newcomer.locator("main form button[type=submit]").first.click()
    newcomer.goto("/meetings/antalya-2017/register/")
    newcomer.select_option("[name=category]", label="Non-governmental organization")
    newcomer.fill("[name=given_name]", "Leilani")
    newcomer.fill("[name=family_name]", "Tau")
    newcomer.fill("[name=affiliation]", "Pacific Youth Forum")
    newcomer.get_by_role("button", name="Send the registration").click()
    expect(newcomer.get_by_role("heading", level=1)).to_have_text("Your registration")
    own = newcomer.url

    staff = open_as("secretariat@demo.example")
    staff.goto(f"/meetings/antalya-2017/registrations/?q={address}")
    staff.get_by_role("button", name="Approve Leilani Tau").click()
    expect(staff.locator("tr").filter(has_text="Leilani Tau")).to_contain_text("Approved")

    newcomer.goto(mailbox)
    read_mail(newcomer, ".ics")  # the message of the approval, with its calendar file
    newcomer.goto(own)
    expect(newcomer.locator(".page-head")).to_contain_text("Approved")
    with newcomer.expect_download() as download:
        newcomer.locator("#main").get_by_role("link", name="Calendar file").click()
    assert b"BEGIN:VEVENT" in download.value.path().read_bytes()
    outbox_shows(staff, "", address)


def test_3_a_comment_is_cleared_submitted_and_answered(open_as: Open) -> None:
    words = "Say who pays for the exchange of experts."
    contributor = open_as("contributor.undp@demo.example")
    contributor.goto("/strategy/system-wide-strategy/drafts/1/")
    contributor.locator("#p11 .para-count").click()
    contributor.locator("#write [name=text]").fill(words)
    contributor.get_by_role("button", name="Save the comment").click()
    expect(contributor.locator("#thread")).to_contain_text(words)

    outsider = open_as("focal.fao@demo.example")
    outsider.goto("/strategy/system-wide-strategy/drafts/1/paragraphs/11/")
    expect(outsider.locator("main")).not_to_contain_text(words)

    focal = open_as("focal.undp@demo.example")
    focal.goto("/desk/")
    expect(focal.locator("main")).to_contain_text("Waits for you")
    focal.goto("/strategy/system-wide-strategy/position/")
    focal.locator("article.comment").filter(has_text=words).get_by_role("button", name="Clear").click()
    focal.get_by_role("link", name="Submit the position").click()
    focal.check("[name=confirm]")
    focal.get_by_role("button", name="Submit the position").click()
    expect(focal.locator("main")).to_contain_text("Submitted by")

    drafter = open_as("drafter@demo.example")
    drafter.goto("/strategy/system-wide-strategy/answers/")
    comment = drafter.locator("article.comment").filter(has_text=words)
    expect(comment).to_have_count(1)
    number = comment.get_attribute("id").removeprefix("c")
    drafter.goto(f"/strategy/system-wide-strategy/answers/{number}/")
    drafter.select_option("[name=decision]", "accepted")
    drafter.get_by_role("button", name="Save the answer").click()
    drafter.goto("/strategy/system-wide-strategy/answers/")
    drafter.get_by_role("button", name=re.compile(r"Release \d+ UNDP")).click()

    contributor.goto("/strategy/system-wide-strategy/drafts/1/paragraphs/11/")
    expect(contributor.locator("article.comment").filter(has_text=words)).to_contain_text("Accepted")
    staff = open_as("secretariat@demo.example")
    for address in ("contributor.undp@demo.example", "focal.undp@demo.example"):
        outbox_shows(staff, "answer", address)


def test_4_a_brief_is_cleared_by_both_published_and_read(open_as: Open) -> None:
    slug = "/briefs/solar-irrigation-farmers-can-keep/"
    visitor = open_as()
    assert visitor.goto(slug).status == 404
    undp = open_as("focal.undp@demo.example")
    undp.goto(slug)
    undp.get_by_role("link", name="Start the clearance").click()
    undp.get_by_role("button", name="Start the clearance").click()
    fao = open_as("focal.fao@demo.example")
    for page in (undp, fao):
        page.goto(f"{slug}clear/")
        page.check("[name=answer][value=cleared]")
        page.get_by_role("button", name="Record the answer").click()
    staff = open_as("secretariat@demo.example")
    staff.goto(f"{slug}checklist/")
    deadline = time.monotonic() + 90
    while "Nothing stands in the way" not in staff.locator("main").inner_text():
        assert time.monotonic() < deadline, staff.locator("main").inner_text()
        time.sleep(1)
        staff.goto(f"{slug}checklist/")
    staff.goto(slug)
    staff.get_by_role("button", name="Publish").click()
    assert visitor.goto(slug).status == 200
    expect(visitor.get_by_role("heading", level=1)).to_be_visible()
    deadline = time.monotonic() + 90
    while (answer := visitor.request.get(f"{slug}pdf/")).status != 200:
        assert time.monotonic() < deadline, answer.text()
        time.sleep(1)
    assert answer.headers["content-type"] == "application/pdf"
    assert answer.body().startswith(b"%PDF-1.7")
    assert b"/MarkInfo" in answer.body() or b"/ObjStm" in answer.body()


def test_5_a_solution_is_verified_and_found(open_as: Open) -> None:
    title = "Floating gardens for flooded fields"
    focal = open_as("focal.fao@demo.example")
    focal.goto("/solutions/submit/")
    focal.check("[name=kind][value=technology]")
    focal.fill("[name=title]", title)
    focal.fill("[name=summary]", "Rafts of water hyacinth carry vegetable beds through the flood season.")
    for name in ("challenge", "approach", "results"):
        focal.fill(f"[name={name}]", "Families lose their harvest when fields stand under water for months.")
    focal.locator("#div_id_countries_of_origin").get_by_label("Bangladesh").check()
    focal.locator("[name=sdgs]").nth(1).check()
    focal.get_by_role("button", name="Submit for verification").click()
    expect(focal.locator("main")).to_contain_text(title)

    visitor = open_as()
    visitor.goto("/solutions/?q=hyacinth")
    expect(visitor.locator("main")).not_to_contain_text(title)

    staff = open_as("secretariat@demo.example")
    staff.goto("/desk/")
    staff.get_by_role("link", name=re.compile(title)).first.click()
    staff.get_by_label("Self-reported").check()
    staff.get_by_role("button", name="Verify and publish").click()

    for query in ("q=hyacinth", "sdg=2", "country=BD", "q=flooded&kind=technology&sdg=2&country=BD"):
        visitor.goto(f"/solutions/?{query}")
        expect(visitor.locator("main")).to_contain_text(title)
    visitor.goto("/solutions/?q=hyacinth&sdg=14")
    expect(visitor.locator("main")).not_to_contain_text(title)
    outbox_shows(staff, title, "focal.fao@demo.example")
