"""Two acts at the same moment never wait for each other in a circle: locks are taken in one order."""

import threading
import time
from typing import Any

import pytest
from django.db import connection

from strategy.models import Disposition, Position
from strategy.services import (
    batch_answers,
    clear_comment,
    comments,
    dispose_comment,
    release_dispositions,
    submit_position,
)
from tests.meetings.test_seats import at_once

pytestmark = pytest.mark.django_db(transaction=True)


def _until_somebody_waits() -> None:
    """Return once a transaction of this database waits for a lock."""
    for _ in range(400):
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1 FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = current_database()")
            if cursor.fetchone():
                return
        time.sleep(0.02)


def _halted(monkeypatch: pytest.MonkeyPatch, module: Any, name: str) -> threading.Event:
    """Let a function that a verb calls with its locks taken go on only once the other verb waits for them."""
    reached, original = threading.Event(), getattr(module, name)

    def halt(*args: Any) -> Any:
        reached.set()
        _until_somebody_waits()
        return original(*args)

    monkeypatch.setattr(module, name, halt)
    return reached


def test_a_position_submitted_while_a_colleague_writes_waits_for_the_comment(scene, monkeypatch):
    scene.comment()
    reached = _halted(monkeypatch, comments, "refuse_empty")

    def submit():
        reached.wait(timeout=20)
        return submit_position(consultation=scene.round, by=scene.cast.focal_undp, on_behalf_of=scene.undp)

    written, position = at_once([lambda: scene.comment(text="Written meanwhile"), submit])
    assert written.text == "Written meanwhile"
    assert isinstance(position, Position)


def test_answers_released_while_one_is_changed_are_released_as_changed(scene, monkeypatch):
    comment = clear_comment(comment=scene.comment(), by=scene.cast.focal_undp)
    submit_position(consultation=scene.round, by=scene.cast.focal_undp, on_behalf_of=scene.undp)
    drafter = scene.cast.drafter
    first = dispose_comment(comment=comment, by=drafter, decision="accepted")
    reached = _halted(monkeypatch, batch_answers, "_problems")

    def change():
        return dispose_comment(comment=comment, by=drafter, decision="noted", reason="For later", seen=first.decided_at)

    def release():
        reached.wait(timeout=20)
        return release_dispositions(consultation=scene.round, by=drafter)

    changed, released = at_once([change, release])
    assert changed.decision == "noted"
    assert released == 1
    row = Disposition.objects.get()
    assert (row.decision, row.is_released) == ("noted", True)
