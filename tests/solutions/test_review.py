"""The secretariat's page and the withdrawal page."""

from typing import Any

import pytest

from directory.models import Organization
from solutions.enums import SolutionState
from solutions.models import Solution
from solutions.services import verify_solution
from tests.conftest import Cast
from tests.factories.solutions import in_state

pytestmark = pytest.mark.django_db


@pytest.fixture
def waiting(cast: Cast) -> Solution:
    return in_state(SolutionState.SUBMITTED, provider=Organization.objects.get(code="undp"))


def address(entry: Solution, page: str = "review") -> str:
    return f"/solutions/{entry.slug}/{page}/"


def test_secretariat_verifies(cast: Cast, sign_in: Any, waiting: Solution) -> None:
    client = sign_in(cast.secretariat)
    html = client.get(address(waiting)).content.decode()
    assert "Verify and publish" in html
    assert "Diesel was dear." in html
    data = {"action": "verify", "verify-level": "government_endorsed", "verify-evidence": "Letter of the ministry."}
    assert client.post(address(waiting), data)["Location"] == waiting.get_absolute_url()
    waiting.refresh_from_db()
    assert (waiting.state, waiting.verification_note) == ("verified", "Letter of the ministry.")


def test_level_without_evidence_is_an_error_at_the_field(cast: Cast, sign_in: Any, waiting: Solution) -> None:
    response = sign_in(cast.secretariat).post(address(waiting), {"action": "verify", "verify-level": "agency_reviewed"})
    assert response.status_code == 400
    assert "on which evidence this level rests" in response.content.decode()


def test_secretariat_returns_with_a_reason(cast: Cast, sign_in: Any, waiting: Solution) -> None:
    client = sign_in(cast.secretariat)
    assert client.post(address(waiting), {"action": "return", "return-reason": " "}).status_code == 400
    client.post(address(waiting), {"action": "return", "return-reason": "Add a figure."})
    waiting.refresh_from_db()
    assert waiting.state == "returned"


def test_decision_that_came_too_late_is_told(cast: Cast, sign_in: Any, waiting: Solution) -> None:
    verify_solution(solution=waiting, by=cast.secretariat, level="self_reported")
    client = sign_in(cast.secretariat)
    response = client.post(address(waiting), {"action": "return", "return-reason": "Late."}, follow=True)
    html = response.content.decode()
    assert "it is “Verified” now" in html
    assert "Nothing to decide now" in html


@pytest.mark.parametrize(
    ("who", "status"),
    [
        ("outsider", 404),
        ("focal_fao", 404),
        ("administrator", 404),
        ("drafter", 404),
        ("focal_undp", 403),
        ("contributor_undp", 403),
    ],
)
def test_review_is_for_secretariat_staff(cast: Cast, sign_in: Any, waiting: Solution, who: str, status: int) -> None:
    client = sign_in(getattr(cast, who))
    assert client.get(address(waiting)).status_code == status
    data = {"action": "verify", "verify-level": "self_reported"}
    assert client.post(address(waiting), data).status_code == status
    waiting.refresh_from_db()
    assert waiting.state == "submitted"


def test_visitor_signs_in_first(sign_in: Any, waiting: Solution) -> None:
    for page in ("review", "withdraw", "edit"):
        assert "/accounts/login/" in sign_in().get(address(waiting, page))["Location"]


def test_wrong_method_and_wrong_id(cast: Cast, sign_in: Any, waiting: Solution) -> None:
    client = sign_in(cast.secretariat)
    for page in ("review", "withdraw"):
        assert client.delete(address(waiting, page)).status_code == 405
        assert client.get(f"/solutions/no-such-entry/{page}/").status_code == 404


def test_provider_withdraws_with_a_reason(cast: Cast, sign_in: Any) -> None:
    entry = in_state(SolutionState.VERIFIED, provider=Organization.objects.get(code="undp"))
    client = sign_in(cast.focal_undp)
    assert "Withdraw this entry?" in client.get(address(entry, "withdraw")).content.decode()
    assert client.post(address(entry, "withdraw"), {"reason": ""}).status_code == 400
    client.post(address(entry, "withdraw"), {"reason": "Replaced."})
    entry.refresh_from_db()
    assert entry.state == "withdrawn"


def test_withdrawing_twice_is_refused_with_a_sentence(cast: Cast, sign_in: Any) -> None:
    entry = in_state(SolutionState.WITHDRAWN, provider=Organization.objects.get(code="undp"))
    response = sign_in(cast.focal_undp).post(address(entry, "withdraw"), {"reason": "Again."}, follow=True)
    assert "This cannot become “Withdrawn”" in response.content.decode()


def test_reader_cannot_withdraw(cast: Cast, sign_in: Any) -> None:
    entry = in_state(SolutionState.VERIFIED, provider=Organization.objects.get(code="undp"))
    assert sign_in(cast.focal_fao).post(address(entry, "withdraw"), {"reason": "No."}).status_code == 403
    assert sign_in(cast.contributor_undp).get(address(entry, "withdraw")).status_code == 403


def test_page_that_was_opened_before_a_change_decides_nothing(cast: Cast, sign_in: Any, waiting: Solution) -> None:
    client = sign_in(cast.secretariat)
    seen = client.get(address(waiting)).context["seen"]
    data = {"action": "verify", "verify-level": "agency_reviewed", "seen": seen}
    waiting.save()
    html = client.post(address(waiting), data).content.decode()  # no evidence: the page again, with what was read first
    assert f'name="seen" value="{seen}"' in html
    data["verify-evidence"] = "A report."
    assert "This entry was changed after you opened the page" in client.post(address(waiting), data, follow=True).content.decode()
    waiting.refresh_from_db()
    assert waiting.state == "submitted"
    data["seen"] = client.get(address(waiting)).context["seen"]
    client.post(address(waiting), data)
    waiting.refresh_from_db()
    assert waiting.state == "verified"
