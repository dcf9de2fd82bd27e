"""A file that a worker made is given out only as long as its person may read all that it holds."""

import pytest

from directory.enums import Role
from directory.models import Job, Membership
from directory.services.jobs import run_job
from strategy import tasks  # noqa: F401 - registers what the jobs do
from strategy.services import withdraw_position
from strategy.services.compilation import ask_for_compilation
from strategy.services.matrix import ask_for_matrix
from tests.factories.directory import person
from tests.factories.strategy import DispositionFactory, submitted_comment


def compilation_of(scene, by):
    return ask_for_compilation(draft=scene.draft, only=None, by=by, form="brackets")


def matrix_of(scene, by):
    return ask_for_matrix(consultation=scene.round, by=by, ending="docx")


def made(job: Job) -> str:
    """The address of the finished file."""
    run_job(job_id=str(job.pk))
    job.refresh_from_db()
    return job.result["url"]


@pytest.fixture(params=[compilation_of, matrix_of])
def ask(request):
    return request.param


def test_who_may_still_read_it_gets_it(scene, sign_in, ask):
    submitted_comment(scene.round)
    client, url = sign_in(scene.cast.focal_fao), made(ask(scene, scene.cast.focal_fao))
    submitted_comment(scene.round, "who")  # what is new since takes nothing away
    assert client.get(url).status_code == 200
    assert sign_in(scene.cast.focal_undp).get(url).status_code == 404


def test_who_has_left_the_agency_gets_a_sentence_instead(scene, sign_in, ask):
    submitted_comment(scene.round)
    url = made(ask(scene, scene.cast.focal_fao))
    Membership.objects.filter(user=scene.cast.focal_fao).delete()
    response = sign_in(scene.cast.focal_fao).get(url, follow=True)
    assert response["Content-Type"].startswith("text/html")
    assert "Have it made again" in response.content.decode()


def test_a_position_that_was_withdrawn_is_in_no_file_of_others(scene, sign_in, ask):
    submitted_comment(scene.round)
    theirs, own = made(ask(scene, scene.cast.focal_fao)), made(ask(scene, scene.cast.focal_undp))
    withdraw_position(consultation=scene.round, by=scene.cast.focal_undp, on_behalf_of=scene.undp, reason="Too early")
    assert sign_in(scene.cast.focal_fao).get(theirs).status_code == 302
    assert sign_in(scene.cast.focal_undp).get(own).status_code == 200


def test_a_decision_that_is_not_released_leaves_with_the_drafter(scene, sign_in, ask):
    comment = submitted_comment(scene.round)
    DispositionFactory(comment=comment)
    who = person(Role.DRAFTER, "unossc")
    url = made(ask(scene, who))
    assert sign_in(who).get(url).status_code == 200
    Membership.objects.filter(user=who).delete()
    Membership.objects.create(user=who, organization=scene.fao, role=Role.CONTRIBUTOR)
    assert sign_in(who).get(url).status_code == 302
