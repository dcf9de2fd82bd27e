"""Whatever stands in an address or a hidden field, the portal answers with a page, never with an error of its own."""

import pytest
from django.test import Client

from common.numbers import whole_number
from strategy.services.setup import start_draft
from tests.factories.strategy import StrategyFactory

pytestmark = pytest.mark.django_db

ENDLESS = "9" * 5000  # Python refuses to read so many digits as a number
ODD = ["\x00", "x" * 10000, "-1", ENDLESS, "²", "٣", "--1"]
NAMES = (
    *("after", "before", "show", "round", "agency", "section", "type", "kind", "assigned", "part", "text"),
    *("at", "did", "page", "since", "old", "new", "view", "next", "comments"),
)


@pytest.fixture
def drafter(scene) -> Client:
    client = Client(raise_request_exception=False)
    client.force_login(scene.cast.drafter)
    return client


@pytest.fixture
def secretariat(scene) -> Client:
    client = Client(raise_request_exception=False)
    client.force_login(scene.cast.secretariat)
    return client


@pytest.fixture
def following(scene):
    return start_draft(strategy=scene.strategy, by=scene.cast.secretariat, values={"label": "Next"}, copies_latest=True)


def test_whole_number_reads_plain_digits_only():
    assert [whole_number(text) for text in ("0", "12", "9" * 18)] == [0, 12, 10**18 - 1]
    assert [whole_number(text) for text in ("", " 1", "+1", *ODD)] == [None] * (3 + len(ODD))
    assert whole_number("100000", digits=5) is None


def test_odd_queries_get_a_page(scene, drafter, following):
    pages = [
        "answers/",
        "compare/",
        "moderation/",
        "matrix/",
        "progress/",
        f"drafts/{following.number}/write/",
        f"drafts/{following.number}/write/new/",
        f"drafts/{following.number}/lineage/",
        f"drafts/{scene.draft.number}/compilation/",
        f"drafts/{scene.draft.number}/detached/",
        f"rounds/{scene.round.pk}/",
    ]
    answers = {
        (page, odd[:6]): drafter.get(scene.url(page), dict.fromkeys(NAMES, odd)).status_code for page in pages for odd in ODD
    }
    assert not [asked for asked, status in answers.items() if status >= 500]


@pytest.mark.parametrize("cursor", ["--5.3", "-.3", "5.²", "-5-.1", f"1.{ENDLESS}"])
def test_a_mistyped_cursor_of_the_queue_is_the_first_page(scene, drafter, cursor):
    assert drafter.get(scene.url("answers/"), {"after": cursor}).status_code == 200


def test_a_strategy_without_drafts_has_nothing_to_compare(scene, secretariat):
    assert secretariat.get(f"/strategy/{StrategyFactory().slug}/compare/").status_code == 404


def test_odd_numbers_in_the_form_that_splits_are_refused(scene, drafter, following):
    row = following.paragraphs.filter(kind="paragraph").first()
    address = scene.url(f"drafts/{following.number}/write/{row.uid}/split/")
    assert drafter.get(address, {"at": ENDLESS}).status_code == 200
    for fields in ({"place": ENDLESS}, {"place": "3", "revision": ENDLESS}):
        assert drafter.post(address, fields).status_code < 500
    row.refresh_from_db()
    assert following.paragraphs.filter(kind="paragraph").first() == row


def test_an_endless_number_of_a_footnote_is_text(scene, drafter, following):
    row = following.paragraphs.filter(kind="paragraph").first()
    fields = {"kind": "paragraph", "number": row.number, "text": f"a [^{ENDLESS}]", "revision": row.revision}
    assert drafter.post(scene.url(f"drafts/{following.number}/write/{row.uid}/"), fields).status_code < 500


def test_an_endless_number_of_days_before_the_close_is_refused_at_its_field(scene, secretariat):
    fields = {"reminder_days": ENDLESS, "kind": "comments"}
    answer = secretariat.post(scene.url(f"drafts/{scene.draft.number}/round/"), fields)
    assert answer.status_code == 400
    assert "Give up to five whole numbers from 1 to 60" in answer.content.decode()


@pytest.mark.parametrize("day", ["9999-12-31", "0001-01-01"])
def test_a_close_at_the_end_of_time_breaks_no_page(scene, secretariat, day):
    fields = {"closes_at": f"{day}T23:59", "closes_at_0": day, "closes_at_1": "23:59", "reason": "x", "confirm": "on"}
    answer = secretariat.post(scene.url(f"rounds/{scene.round.pk}/extend/"), fields)
    assert answer.status_code == 400
    assert "Give a year from 1900 to 2199." in answer.content.decode()
    for page in ("", f"rounds/{scene.round.pk}/", f"drafts/{scene.draft.number}/"):
        assert secretariat.get(scene.url(page)).status_code == 200
