"""Pattern 1 and pattern 6 on real rows."""

import threading
from datetime import timedelta

import pytest
from django.apps import apps
from django.db import connection, transaction
from django.utils import timezone, translation

from directory.enums import JobState
from directory.models import Job, StateChange
from directory.services import jobs
from directory.services.files import store_file
from directory.services.jobs import job_handler, run_job, start_job, sweep_jobs
from tests.factories.directory import UserFactory

runs: list[str] = []


@job_handler("test.count")
def count(job: Job, report: jobs.Report) -> dict:
    runs.append(str(job.pk))
    report(1, 2)
    return {"url": "/done/"}


@job_handler("test.break")
def break_down(job: Job, report: jobs.Report) -> dict:
    raise ValueError("the picture has no alternative text")


@pytest.fixture(autouse=True)
def _no_runs() -> None:
    runs.clear()


HISTORIES = [model for model in apps.get_models() if issubclass(model, StateChange)]


@pytest.mark.parametrize("history", HISTORIES, ids=lambda model: model.__name__)
def test_every_history_says_each_state_of_its_subject_in_words(history: type[StateChange]) -> None:
    subject = history._meta.get_field("subject").related_model
    choices = dict(subject._meta.get_field("clearance" if history.__name__ == "ClearanceChange" else "state").flatchoices)
    assert choices
    for state, label in choices.items():
        change = history(old="", new=state)
        assert change.get_new_display() == str(label) != state
        with translation.override("fr"):
            assert change.get_new_display() == str(label)
    assert history(old="", new="of old").get_new_display() == "of old"


def test_there_are_histories() -> None:
    assert len(HISTORIES) > 10


@pytest.mark.django_db
def test_job_is_done_once_and_keeps_its_result() -> None:
    job = start_job(kind="test.count", arguments={})
    run_job(job_id=str(job.pk))
    run_job(job_id=str(job.pk))
    job.refresh_from_db()
    assert (job.state, job.result, job.done, job.total, len(runs)) == (JobState.DONE, {"url": "/done/"}, 1, 2, 1)


@pytest.mark.django_db
def test_failed_job_says_why() -> None:
    job = start_job(kind="test.break", arguments={})
    run_job(job_id=str(job.pk))
    job.refresh_from_db()
    assert (job.state, job.error) == (JobState.FAILED, "the picture has no alternative text")


@pytest.mark.django_db
def test_unfinished_job_of_the_same_key_is_returned_instead_of_a_second() -> None:
    first = start_job(kind="test.count", arguments={}, key="a")
    assert start_job(kind="test.count", arguments={}, key="a") == first
    run_job(job_id=str(first.pk))
    assert start_job(kind="test.count", arguments={}, key="a") != first


@pytest.mark.django_db
def test_job_whose_worker_died_is_swept_and_done() -> None:
    job = start_job(kind="test.count", arguments={})
    Job.objects.filter(pk=job.pk).update(state=JobState.RUNNING, attempts=1, claimed_until=timezone.now() - timedelta(seconds=1))
    assert sweep_jobs() == 1
    run_job(job_id=str(job.pk))
    job.refresh_from_db()
    assert job.state == JobState.DONE


@pytest.mark.django_db
def test_job_that_keeps_killing_workers_is_given_up() -> None:
    job = start_job(kind="test.count", arguments={})
    Job.objects.filter(pk=job.pk).update(state=JobState.RUNNING, attempts=3, claimed_until=timezone.now() - timedelta(seconds=1))
    sweep_jobs()
    job.refresh_from_db()
    assert job.state == JobState.FAILED


@pytest.mark.django_db(transaction=True)
def test_two_workers_claim_a_job_once() -> None:
    job = start_job(kind="test.count", arguments={})

    def work() -> None:
        run_job(job_id=str(job.pk))
        connection.close()

    threads = [threading.Thread(target=work) for _ in range(6)]
    [thread.start() for thread in threads]
    [thread.join() for thread in threads]
    assert len(runs) == 1


@pytest.mark.django_db
def test_job_is_seen_by_who_asked_and_nobody_else() -> None:
    mine, other = UserFactory(), UserFactory()
    job = start_job(kind="test.count", arguments={}, asked_by=mine)
    assert list(Job.objects.visible_to(mine)) == [job]
    assert not Job.objects.visible_to(other)


@pytest.mark.django_db
def test_job_page_of_another_person_is_not_found(sign_in) -> None:
    mine = UserFactory()
    job = start_job(kind="test.count", arguments={}, asked_by=mine)
    assert sign_in(mine).get(f"/jobs/{job.pk}/").status_code == 200
    assert sign_in(mine).get(f"/jobs/{job.pk}/progress/").json()["state"] == "waiting"
    assert sign_in(UserFactory()).get(f"/jobs/{job.pk}/").status_code == 404
    assert sign_in(UserFactory()).get(f"/jobs/{job.pk}/progress/").status_code == 404


@pytest.mark.django_db
def test_same_bytes_are_kept_once() -> None:
    first = store_file(content=b"one", mime="application/pdf")
    assert store_file(content=b"one", mime="application/pdf") == first
    assert first.file.read() == b"one"


@pytest.mark.django_db(transaction=True)
def test_nothing_is_sent_for_a_job_that_was_rolled_back() -> None:
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        start_job(kind="test.count", arguments={})
        raise ZeroDivisionError
    assert not Job.objects.exists()
