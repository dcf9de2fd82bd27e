"""What is kept about people only for a time, each with a day before and a day after."""

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import time_machine
from allauth.usersessions.models import UserSession
from django.contrib.sessions.backends.db import SessionStore
from django.contrib.sessions.models import Session
from django.core.mail import send_mail
from django.utils import timezone

from directory.enums import InvitationState, JobState
from directory.models import Invitation, Job, Organization, OrganizationImport, SingleUseLink, StoredFile
from directory.services import retention
from directory.services.files import store_file
from notifications.enums import DeliveryState
from notifications.models import Notification
from notifications.services.retention import forget_bodies
from tests.conftest import Cast

pytestmark = pytest.mark.django_db


@pytest.fixture
def kept_for(settings: Any) -> Callable[[str, Callable[[], int]], tuple[int, int]]:
    """Return a function that tells how many rows go a day before a setting's time is over, and a day after."""

    def counts(name: str, forget: Callable[[], int]) -> tuple[int, int]:
        days = getattr(settings, name)
        found = []
        for shift in (days - 1, days + 1):
            with time_machine.travel(timezone.now() + timedelta(days=shift)):
                found.append(forget())
        return found[0], found[1]

    return counts


def test_bodies_of_messages_go_and_envelopes_stay(cast: Cast, kept_for: Any) -> None:
    def message(**fields: Any) -> Notification:
        words = {"context": {"a": "b"}, "subject": "Subject", "text": "Words", "html": "<p>Words</p>"}
        cause = f"test {Notification.objects.count()}"
        return Notification.objects.create(
            **{
                "kind": "notifications.bulk",
                "recipient": cast.outsider,
                "cause": cause,
                "due_at": timezone.now(),
                **words,
                **fields,
            }
        )

    over = [message(state=state, sent_to="a@test.example") for state in ("sent", "kept", "bounced", "withdrawn", "failed")]
    stuck = [message(state=state, sent_to="a@test.example") for state in ("held", "collected")]
    waiting = [message(state="queued")]
    assert kept_for("RETAIN_MESSAGE_BODIES_DAYS", forget_bodies) == (0, len(over) + len(stuck))
    for row in over + stuck:
        row.refresh_from_db()
        assert (row.context, row.text, row.html, row.subject, row.sent_to) == ({}, "", "", "Subject", "a@test.example")
    for row in stuck:
        assert (row.state, row.error) == ("withdrawn", "It waited so long that its words are not kept any more.")
    for row in waiting:
        row.refresh_from_db()
        assert row.text == "Words"
    assert forget_bodies() == 0


def test_a_message_still_on_its_way_is_not_emptied(cast: Cast, kept_for: Any) -> None:
    Notification.objects.create(
        kind="notifications.bulk", recipient=cast.outsider, cause="c", due_at=timezone.now(), state=DeliveryState.CLAIMED,
        context={"a": 1},
    )  # fmt: skip
    assert kept_for("RETAIN_MESSAGE_BODIES_DAYS", forget_bodies) == (0, 0)


def test_addresses_of_invitations_and_links_go(cast: Cast, kept_for: Any) -> None:
    undp = Organization.objects.get(code="undp")
    now = timezone.now()
    rows = [
        Invitation.objects.create(
            organization=undp, email=f"{state}@test.example", role="contributor", state=state, invited_by=cast.focal_undp,
            expires_at=now, note="Dear colleague",
        )
        for state in InvitationState
    ]  # fmt: skip
    SingleUseLink.objects.create(purpose="p", subject="1", address="a@test.example", expires_at=now)
    SingleUseLink.objects.create(
        purpose="p", subject="2", address="b@test.example", expires_at=now + timedelta(days=999), used_at=now
    )
    stays = SingleUseLink.objects.create(purpose="p", subject="3", address="c@test.example", expires_at=now + timedelta(days=999))
    assert kept_for("RETAIN_INVITATIONS_DAYS", retention.forget_invitations) == (0, 3)
    assert list(SingleUseLink.objects.all()) == [stays]
    for row in rows:
        row.refresh_from_db()
        assert (row.email, row.note) == (f"erased-invitation-{row.pk}@erased.invalid", "")


def test_archives_of_own_data_go_with_their_file(
    cast: Cast, kept_for: Any, sign_in: Any, django_capture_on_commit_callbacks: Any
) -> None:
    file = store_file(content=b"PK everything about me", mime="application/zip")
    job = Job.objects.create(
        kind="portal.personal_data", asked_by=cast.outsider, state=JobState.DONE, finished_at=timezone.now(),
        result={"archive": file.pk, "size": file.size},
    )  # fmt: skip
    client = sign_in(cast.outsider)
    assert client.get(f"/accounts/profile/data/{job.pk}.zip").status_code == 200
    with django_capture_on_commit_callbacks(execute=True):
        assert kept_for("RETAIN_ARCHIVES_DAYS", retention.forget_archives) == (0, 1)
    assert not StoredFile.objects.filter(pk=file.pk).exists()
    assert not file.file.storage.exists(file.file.name)
    assert client.get(f"/accounts/profile/data/{job.pk}.zip").status_code == 404


def test_an_archive_is_not_handed_out_after_its_time_even_before_it_is_deleted(cast: Cast, sign_in: Any, settings: Any) -> None:
    file = store_file(content=b"PK everything about me again", mime="application/zip")
    finished = timezone.now() - timedelta(days=settings.RETAIN_ARCHIVES_DAYS, seconds=1)
    job = Job.objects.create(
        kind="portal.personal_data",
        asked_by=cast.outsider,
        state=JobState.DONE,
        finished_at=finished,
        result={"archive": file.pk},
    )
    assert sign_in(cast.outsider).get(f"/accounts/profile/data/{job.pk}.zip").status_code == 404


def test_finished_jobs_go_and_unfinished_stay(cast: Cast, kept_for: Any) -> None:
    for state in JobState:
        finished = timezone.now() if state in {JobState.DONE, JobState.FAILED} else None
        Job.objects.create(kind="tests.none", state=state, finished_at=finished, asked_by=cast.outsider)
    assert kept_for("RETAIN_JOBS_DAYS", retention.forget_jobs) == (0, 2)
    assert set(Job.objects.values_list("state", flat=True)) == {JobState.WAITING, JobState.RUNNING}


def test_rows_of_imports_go_and_the_record_stays(cast: Cast, kept_for: Any) -> None:
    row = OrganizationImport.objects.create(file_name="organizations.csv", rows=[{"a": 1}], by=cast.secretariat)
    assert kept_for("RETAIN_IMPORTS_DAYS", retention.forget_imports) == (0, 1)
    row.refresh_from_db()
    assert (row.rows, row.file_name) == ([], "organizations.csv")


def test_expired_sessions_go_from_the_persons_list_too(cast: Cast) -> None:
    keys = []
    for age in (-1, 60):
        session = SessionStore()
        session["a"] = 1
        session.set_expiry(timezone.now() + timedelta(days=age))
        session.save()
        keys.append(session.session_key)
        UserSession.objects.create(user=cast.outsider, session_key=session.session_key, ip="127.0.0.1", user_agent="x")
    assert retention.forget_sessions() == 1
    assert set(Session.objects.values_list("session_key", flat=True)) == {keys[1]}
    assert list(UserSession.objects.values_list("session_key", flat=True)) == [keys[1]]


def test_mail_files_go(db: None, kept_for: Any, settings: Any) -> None:
    send_mail("Subject", "Words", None, ["a@test.example"])
    assert kept_for("RETAIN_MAIL_FILES_DAYS", retention.forget_mail_files) == (0, 1)
    assert list(Path(settings.EMAIL_FILE_PATH).glob("*.eml")) == []


def test_everything_is_called_by_beat_once_a_day(settings: Any) -> None:
    from directory.jobs import forget_old_task
    from notifications.jobs import forget_bodies_task

    planned = {entry["task"] for entry in settings.CELERY_BEAT_SCHEDULE.values()}
    assert {forget_old_task.name, forget_bodies_task.name} <= planned
    assert set(forget_old_task()) == {"invitations", "archives", "jobs", "imports", "sessions", "mail_files"}
    assert forget_bodies_task() == 0


@pytest.mark.parametrize(("name", "value"), [("RETAIN_JOBS_DAYS", "0"), ("INTERNAL_ACCESS_MOST_HOURS", "100")])
def test_a_setting_without_sense_stops_the_start(name: str, value: str) -> None:
    import os
    import subprocess
    import sys

    run = subprocess.run(
        [sys.executable, "-c", "import ssc_portal.settings.retention"],
        env={**os.environ, name: value},
        capture_output=True,
        text=True,
    )
    assert run.returncode != 0
    assert name in run.stderr
