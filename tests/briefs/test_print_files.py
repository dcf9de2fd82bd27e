"""The print file for folded sheets: asked for by the secretariat, made by a worker, given to whoever asked."""

from typing import Any

import pytest

import briefs.tasks  # noqa: F401 - registers what the job does, as a worker's start does
from briefs.enums import BriefState
from briefs.models import Brief
from directory.enums import JobState
from directory.models import Job, Membership
from directory.services.jobs import run_job
from tests.conftest import Cast
from tests.factories.briefs import brief_by

pytestmark = pytest.mark.django_db


@pytest.fixture
def brief(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> Brief:
    monkeypatch.setattr("briefs.services.print_files.print_by_fours", lambda edition: b"%PDF-1.6 by fours")
    return brief_by(slug="solar-pumps", state=BriefState.PUBLISHED)


def asked(client: Any) -> Job:
    response = client.post("/briefs/solar-pumps/print-by-fours/")
    job = Job.objects.get()
    assert (response.status_code, response["Location"]) == (302, f"/jobs/{job.pk}/")
    run_job(job_id=str(job.pk))
    return Job.objects.get()


def test_secretariat_asks_and_gets_the_file(brief: Brief, cast: Cast, sign_in: Any) -> None:
    client = sign_in(cast.secretariat)
    assert "folded sheets" in client.get("/briefs/solar-pumps/").content.decode()
    job = asked(client)
    assert (job.state, job.result["url"]) == (JobState.DONE, f"/briefs/solar-pumps/print-by-fours/{job.pk}/")
    response = client.get(job.result["url"])
    assert b"".join(response.streaming_content) == b"%PDF-1.6 by fours"
    assert response["Content-Disposition"] == 'attachment; filename="solar-pumps-edition-1-print-by-fours.pdf"'


@pytest.mark.parametrize("who", ["focal_undp", "drafter", "outsider", "administrator"])
def test_others_may_not_ask(brief: Brief, cast: Cast, sign_in: Any, who: str) -> None:
    assert sign_in(getattr(cast, who)).post("/briefs/solar-pumps/print-by-fours/").status_code == 403
    assert Job.objects.count() == 0


def test_file_is_given_to_nobody_else_and_not_after_the_role_has_ended(brief: Brief, cast: Cast, sign_in: Any) -> None:
    job = asked(sign_in(cast.secretariat))
    assert sign_in(cast.drafter).get(job.result["url"]).status_code == 404
    assert sign_in().get(job.result["url"]).status_code == 302
    Membership.objects.filter(user=cast.secretariat).delete()
    assert sign_in(cast.secretariat).get(job.result["url"]).status_code == 403


def test_brief_without_an_edition_has_no_print_file(cast: Cast, sign_in: Any) -> None:
    brief = brief_by(state=BriefState.CLEARED)
    assert sign_in(cast.secretariat).post(f"/briefs/{brief.slug}/print-by-fours/").status_code == 404
    assert sign_in(cast.secretariat).get(f"/briefs/{brief.slug}/print-by-fours/").status_code == 405
