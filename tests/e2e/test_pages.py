"""Every page of the thread: accessible, light, without errors, in English and Arabic, wide and narrow."""

from collections.abc import Callable
from typing import Any

import pytest
from django.conf import settings
from playwright.sync_api import Page

pytestmark = pytest.mark.e2e

AXE = (settings.BASE_DIR / "node_modules/axe-core/axe.min.js").read_text
RULES = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}
PUBLIC = [
    "/",
    "/meetings/",
    "/meetings/antalya-2017/",
    "/meetings/antalya-2017/programme/",
    "/meetings/antalya-2017/programme/versions/",
    "/meetings/antalya-2017/programme/compare/",
    "/meetings/antalya-2017/now/",
    "/meetings/antalya-2017/register/",
    "/calendar/",
    "/thematic-events/",
    "/working-groups/",
    "/working-groups/strategy-working-group/",
    "/reports/",
    "/reports/calls/buenos-aires/",
    "/reports/calls/buenos-aires/progress/",
    "/strategy/",
    "/strategy/system-wide-strategy/",
    "/strategy/system-wide-strategy/drafts/0/",
    "/strategy/system-wide-strategy/drafts/1/",
    "/strategy/system-wide-strategy/drafts/0/compare/1/",
    "/strategy/system-wide-strategy/progress/",
    "/strategy/system-wide-strategy/drafts/0/compilation/",
    "/strategy/system-wide-strategy/drafts/1/verify/",
    "/strategy/terms-of-reference/",
    "/strategy/tracking-contributions/",
    "/briefs/",
    "/briefs/warnings-that-cross-borders/",
    "/briefs/series/policy-briefs/",
    "/solutions/",
    "/search/?q=water",
    "/accounts/login/",
    "/accounts/signup/",
    "/nowhere/",
]
SIGNED_IN = [
    ("secretariat@demo.example", "/desk/"),
    ("secretariat@demo.example", "/meetings/antalya-2017/registrations/"),
    ("secretariat@demo.example", "/meetings/antalya-2017/desk/?q=ma"),
    ("secretariat@demo.example", "/meetings/antalya-2017/desk/walk-in/"),
    ("secretariat@demo.example", "/meetings/antalya-2017/dashboard/"),
    ("secretariat@demo.example", "/meetings/antalya-2017/edit/"),
    ("secretariat@demo.example", "/meetings/antalya-2017/programme/edit/"),
    ("secretariat@demo.example", "/meetings/antalya-2017/registration/settings/"),
    ("secretariat@demo.example", "/meetings/antalya-2017/delegations/"),
    ("secretariat@demo.example", "/thematic-events/review/"),
    ("secretariat@demo.example", "/outbox/"),
    ("focal.samoa@demo.example", "/meetings/antalya-2017/delegation/samoa/"),
    ("focal.undp@demo.example", "/reports/undp-buenos-aires-en/edit/"),
    ("focal.undp@demo.example", "/strategy/system-wide-strategy/drafts/1/"),
    ("focal.undp@demo.example", "/strategy/system-wide-strategy/position/"),
    ("participant@demo.example", "/strategy/system-wide-strategy/drafts/1/"),
    ("drafter@demo.example", "/strategy/system-wide-strategy/answers/"),
    ("drafter@demo.example", "/strategy/system-wide-strategy/drafts/2/"),
    ("drafter@demo.example", "/strategy/system-wide-strategy/drafts/2/write/"),
    ("drafter@demo.example", "/strategy/system-wide-strategy/drafts/2/lineage/"),
    ("drafter@demo.example", "/strategy/system-wide-strategy/drafts/2/publish/"),
    ("drafter@demo.example", "/strategy/system-wide-strategy/drafts/0/compilation/"),
    ("drafter@demo.example", "/strategy/system-wide-strategy/drafts/2/import/"),
    ("drafter@demo.example", "/strategy/system-wide-strategy/drafts/2/write/history/"),
    ("drafter@demo.example", "/strategy/system-wide-strategy/drafts/2/write/numbers/"),
    ("drafter@demo.example", "/strategy/system-wide-strategy/matrix/"),
    ("focal.undp@demo.example", "/strategy/system-wide-strategy/position/offline/"),
    ("focal.undp@demo.example", "/strategy/system-wide-strategy/drafts/1/paragraphs/11/"),
    ("secretariat@demo.example", "/strategy/system-wide-strategy/moderation/"),
    ("secretariat@demo.example", "/strategy/terms-of-reference/drafts/1/round/"),
    ("secretariat@demo.example", "/strategy/new/"),
    ("focal.undp@demo.example", "/briefs/solar-irrigation-farmers-can-keep/contents/"),
    ("focal.undp@demo.example", "/briefs/solar-irrigation-farmers-can-keep/reviews/1/"),
    ("focal.who@demo.example", "/briefs/medicines-closer-to-home/"),
    ("secretariat@demo.example", "/briefs/seeds-that-find-their-way-home/publication/"),
    ("secretariat@demo.example", "/briefs/seeds-that-find-their-way-home/checklist/"),
    ("secretariat@demo.example", "/briefs/desk/clearance/"),
    ("focal.fao@demo.example", "/solutions/submit/"),
    ("participant@demo.example", "/meetings/antalya-2017/register/"),
    ("participant@demo.example", "/accounts/profile/"),
    ("participant@demo.example", "/accounts/email/"),
    ("participant@demo.example", "/accounts/2fa/"),
]
SIZES = [(1280, 900), (390, 844)]
MOST_BYTES = 100 * 1024
MOST_REQUESTS = 15


def violations(page: Page) -> list[str]:
    page.wait_for_load_state()  # a link whose words have not arrived yet has no name
    page.evaluate(AXE())
    found = page.evaluate("rules => axe.run(document, rules)", RULES)["violations"]
    return [f"{rule['id']}: {node['target']} {node['failureSummary']}" for rule in found for node in rule["nodes"]]


def overflow(page: Page) -> int:
    return page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")


def weigh(page: Page) -> dict[str, Any]:
    """Count what a first visit loads: bytes on the wire and requests, by the browser's own account."""
    seen: dict[str, Any] = {"bytes": 0, "requests": 0, "hosts": set()}
    client = page.context.new_cdp_session(page)
    client.send("Network.enable")
    client.on("Network.loadingFinished", lambda event: seen.update(bytes=seen["bytes"] + event["encodedDataLength"]))

    def sent(event: dict[str, Any]) -> None:
        url = event["request"]["url"]
        if not url.startswith("data:"):
            seen["requests"] += 1
            seen["hosts"].add(url.split("/")[2])

    client.on("Network.requestWillBeSent", sent)
    return seen


@pytest.mark.parametrize("width", SIZES, ids=lambda size: str(size[0]))
@pytest.mark.parametrize("language", ["", "/ar"], ids=["en", "ar"])
@pytest.mark.parametrize("path", PUBLIC)
def test_public_page(path: str, language: str, width: tuple[int, int], open_as: Callable[..., Page]) -> None:
    page = open_as(viewport={"width": width[0], "height": width[1]})
    weight = weigh(page)
    page.goto(language + path, wait_until="networkidle")
    assert page.evaluate("document.documentElement.dir") == ("rtl" if language else "ltr")
    assert violations(page) == []
    assert overflow(page) <= 0
    assert len(weight["hosts"]) == 1
    assert weight["requests"] <= MOST_REQUESTS
    assert weight["bytes"] <= MOST_BYTES


@pytest.mark.parametrize("language", ["", "/ar"], ids=["en", "ar"])
@pytest.mark.parametrize(("email", "path"), SIGNED_IN)
def test_page_of_a_signed_in_person(email: str, path: str, language: str, open_as: Callable[..., Page]) -> None:
    page = open_as(email, only_looks=True)
    for width, height in SIZES:
        page.set_viewport_size({"width": width, "height": height})
        assert page.goto(language + path).url.endswith(language + path)
        assert violations(page) == []
        assert overflow(page) <= 0


@pytest.mark.parametrize("path", PUBLIC[:-1])
def test_page_reads_well_in_the_dark(path: str, open_as: Callable[..., Page]) -> None:
    page = open_as(color_scheme="dark")
    page.goto(path)
    assert violations(page) == []


@pytest.mark.parametrize("path", ["/", "/strategy/system-wide-strategy/drafts/1/", "/solutions/"])
def test_page_holds_at_320_pixels(path: str, open_as: Callable[..., Page]) -> None:
    page = open_as(viewport={"width": 320, "height": 700})
    page.goto(path, wait_until="networkidle")
    assert overflow(page) <= 0
