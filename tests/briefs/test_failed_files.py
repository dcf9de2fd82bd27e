"""Files whose making failed or whose worker was killed: nothing half is left, and they can be asked for again."""

import os
import signal
import time
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import psutil
import pytest
from django.db import connection
from django.utils import timezone

import briefs.tasks  # noqa: F401 - registers what the job does, as a worker's start does
from briefs.enums import BriefState
from briefs.models import Brief, Edition
from briefs.selectors.failed_files import failed_files
from briefs.services import correct_edition, publish_brief, render_again, rendering
from common.access import Refused
from common.pdf_apart import Rendered
from directory.enums import JobState
from directory.models import Job, StoredFile
from directory.services.jobs import run_job, sweep_jobs
from tests.briefs.test_schedules import fake_pdf, planned  # noqa: F401 - a fixture
from tests.conftest import Cast
from tests.factories.briefs import brief_by

pytestmark = pytest.mark.django_db
TOO_LONG = "The document would have more than 120 pages."


def run_all() -> None:
    for job in Job.objects.filter(state=JobState.WAITING).order_by("created_at"):
        run_job(job_id=str(job.pk))


@pytest.fixture
def failing(monkeypatch: pytest.MonkeyPatch) -> None:
    def edition_files(edition: Edition, fields: list[str]) -> Rendered:
        raise ValueError(TOO_LONG)

    monkeypatch.setattr("briefs.services.rendering.documents.edition_files", edition_files)


def works(monkeypatch: pytest.MonkeyPatch) -> None:
    def edition_files(edition: Edition, fields: list[str]) -> Rendered:
        return Rendered([f"%PDF {edition.brief_id} {field}".encode() for field in fields], 1.0)

    monkeypatch.setattr("briefs.services.rendering.documents.edition_files", edition_files)


def test_text_under_embargo_whose_files_failed_is_made_again(
    cast: Cast, sign_in: Any, failing: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    plan = planned(cast, embargo=True, slug="soon")
    address = "/briefs/soon/publication/"
    client = sign_in(cast.secretariat)
    assert "could not be made" not in client.get(address).content.decode()
    run_all()
    for page in (address, "/briefs/soon/"):
        words = client.get(page).content.decode()
        assert "The PDFs could not be made" in words, page
        assert "The text under embargo" in words, page
        assert TOO_LONG in words, page
    assert "could not be made" not in sign_in(cast.focal_undp).get("/briefs/soon/").content.decode()
    works(monkeypatch)
    assert sign_in(cast.secretariat).post("/briefs/soon/make-files/").status_code == 302
    assert failed_files(plan.brief) == []
    run_all()
    plan.refresh_from_db()
    assert plan.is_rendered
    with pytest.raises(Refused, match="The files of this edition are there"):
        render_again(brief=plan.brief, by=cast.secretariat)


@pytest.mark.parametrize("state", [BriefState.PUBLISHED, BriefState.DRAFTING, BriefState.WITHDRAWN])
def test_notice_whose_files_failed_is_made_again_also_while_the_next_edition_is_written(
    cast: Cast, sign_in: Any, failing: None, monkeypatch: pytest.MonkeyPatch, state: str
) -> None:
    brief = brief_by(state=BriefState.PUBLISHED, slug="pumps")
    for field in ("screen_pdf", "archive_pdf", "print_pdf"):
        stored = StoredFile.objects.create(sha256=field.ljust(64, "0"), file="x", mime="application/pdf", size=1)
        Edition.objects.filter(pk=brief.edition.pk).update(**{field: stored})
    notice = correct_edition(edition=brief.edition, by=cast.secretariat, text="Read 12.")
    Brief.objects.filter(pk=brief.pk).update(state=state)
    run_all()
    words = sign_in(cast.secretariat).get("/briefs/pumps/").content.decode()
    assert "Correction at the head of edition 1" in words
    works(monkeypatch)
    (job,) = render_again(brief=brief, by=cast.secretariat)
    assert render_again(brief=brief, by=cast.secretariat) == [job]
    run_all()
    notice.refresh_from_db()
    assert notice.is_rendered


def test_files_whose_failed_job_is_forgotten_can_still_be_asked_for(cast: Cast, failing: None) -> None:
    edition = publish_brief(brief=brief_by(state=BriefState.CLEARED), by=cast.secretariat)
    run_all()
    assert [one.error for one in failed_files(edition.brief)] == [TOO_LONG]
    Job.objects.all().delete()
    assert [(one.name, one.error) for one in failed_files(edition.brief)] == [("Edition 1", "")]


def test_what_failed_is_looked_up_with_as_many_questions_for_many(
    cast: Cast, failing: None, django_assert_num_queries: Any
) -> None:
    brief = brief_by(state=BriefState.PUBLISHED)
    for number in range(3):
        correct_edition(edition=brief.edition, by=cast.secretariat, text=f"Read {number}.")
    with django_assert_num_queries(4):
        failed_files(brief)


# --- a worker that is killed, really ---


def killed_worker(job: Job, until: Callable[[int], bool]) -> None:
    """Run a job in a process of its own and kill that as soon as `until` says so of its number."""
    connection.close()
    worker = os.fork()
    if not worker:
        try:
            run_job(job_id=str(job.pk))
        finally:
            os._exit(0)
    deadline = time.monotonic() + 60
    while not until(worker):
        assert time.monotonic() < deadline, "the worker came to no such place"
        time.sleep(0.02)
    with_renderers = psutil.Process(worker).children()
    os.kill(worker, signal.SIGKILL)
    _pid, status = os.waitpid(worker, 0)
    assert os.WIFSIGNALED(status)
    _gone, alive = psutil.wait_procs(with_renderers, timeout=20)
    assert not alive, "the renderer outlived its worker"


def no_file_and_a_job_for_the_next(edition: Edition, job: Job) -> None:
    edition.refresh_from_db()
    job.refresh_from_db()
    assert (edition.screen_pdf, edition.archive_pdf, edition.print_pdf) == (None, None, None)
    assert job.state == JobState.RUNNING
    # Its lease runs out; the sweeper sends the job to the next worker.
    Job.objects.filter(pk=job.pk).update(claimed_until=timezone.now() - timedelta(seconds=1))
    sweep_jobs()
    run_job(job_id=str(job.pk))
    edition.refresh_from_db()
    job.refresh_from_db()
    assert (job.state, edition.is_rendered, Edition.objects.count()) == (JobState.DONE, True, 1)
    kept = {edition.screen_pdf_id, edition.archive_pdf_id, edition.print_pdf_id}
    assert set(StoredFile.objects.values_list("pk", flat=True)) == kept
    assert len(kept) == 3


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_worker_killed_while_it_renders_leaves_nothing(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    edition = publish_brief(brief=brief_by(state=BriefState.CLEARED), by=cast.secretariat)
    job = Job.objects.get()
    killed_worker(job, lambda worker: bool(psutil.Process(worker).children()))
    assert not StoredFile.objects.exists()
    works(monkeypatch)
    no_file_and_a_job_for_the_next(edition, job)


@pytest.mark.django_db(transaction=True)
def test_worker_killed_between_two_files_leaves_no_edition_with_some(
    cast: Cast, monkeypatch: pytest.MonkeyPatch, tmp_path: Any
) -> None:
    edition = publish_brief(brief=brief_by(state=BriefState.CLEARED), by=cast.secretariat)
    job = Job.objects.get()
    works(monkeypatch)
    real, test = rendering.store_file, os.getpid()

    def slow(**arguments: Any) -> StoredFile:
        if os.getpid() != test and StoredFile.objects.count() == 2:
            (tmp_path / "here").touch()
            time.sleep(60)
        return real(**arguments)

    monkeypatch.setattr("briefs.services.rendering.store_file", slow)
    killed_worker(job, lambda worker: (tmp_path / "here").exists())
    assert StoredFile.objects.count() == 2
    no_file_and_a_job_for_the_next(edition, job)
