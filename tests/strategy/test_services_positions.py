"""Positions: submitted with what is cleared, withdrawn until the close, once whoever is faster."""

import threading
from datetime import timedelta

import pytest
import time_machine
from django.core.exceptions import PermissionDenied
from django.db import connection
from django.utils import timezone

from common.access import Refused
from directory.models import PageVersion
from strategy.enums import CommentState, PositionState, Sharing, Visibility
from strategy.models import Comment, Position
from strategy.services import clear_comment, submit_position, withdraw_position
from tests.factories.strategy import DispositionFactory, alternate


def submit(scene, by=None):
    return submit_position(consultation=scene.round, by=by or scene.cast.focal_undp, on_behalf_of=scene.undp)


def withdraw(scene, by=None, **more):
    return withdraw_position(consultation=scene.round, by=by or scene.cast.focal_undp, on_behalf_of=scene.undp, **more)


def test_all_cleared_comments_go_and_the_rest_stays(scene):
    cleared = clear_comment(comment=scene.comment(), by=scene.cast.focal_undp)
    waiting = scene.comment(text="Not yet")
    position = submit(scene)
    cleared.refresh_from_db()
    waiting.refresh_from_db()
    assert (cleared.state, cleared.visibility) == (CommentState.SUBMITTED, Visibility.AGENCIES)
    assert (waiting.state, waiting.visibility) == (CommentState.DRAFT, Visibility.INTERNAL)
    assert (position.state, position.cleared_by) == (PositionState.SUBMITTED, scene.cast.focal_undp)
    assert position.sha256 == Position.hash_of([cleared])
    assert list(position.state_changes.values_list("old", "new")) == [("", "drafting"), ("drafting", "submitted")]


def test_a_round_for_the_secretariat_only_shares_with_nobody_else(scene):
    scene.round.sharing = Sharing.SECRETARIAT
    scene.round.save()
    comment = clear_comment(comment=scene.comment(), by=scene.cast.focal_undp)
    submit(scene)
    comment.refresh_from_db()
    assert comment.visibility == Visibility.SECRETARIAT
    assert not Comment.objects.visible_to(scene.cast.focal_fao).exists()


def test_no_comments_is_a_position_too(scene):
    position = submit(scene)
    assert position.state == PositionState.SUBMITTED
    assert position.sha256 == Position.hash_of([])


def test_another_agencys_comments_stay_where_they_are(scene):
    theirs = clear_comment(comment=scene.comment(by=scene.cast.focal_fao, agency="fao"), by=scene.cast.focal_fao)
    submit(scene)
    theirs.refresh_from_db()
    assert theirs.state == CommentState.CLEARED


@pytest.mark.parametrize("verb", [submit, withdraw])
@pytest.mark.parametrize(
    "who", ["outsider", "administrator", "secretariat", "drafter", "focal_fao", "contributor_undp", "focal_samoa"]
)
def test_only_the_agencys_focal_points_submit_and_withdraw(scene, verb, who):
    with pytest.raises(PermissionDenied):
        verb(scene, by=getattr(scene.cast, who))
    assert not Position.objects.exists()


def test_the_alternate_may_submit(scene):
    assert submit(scene, by=alternate("undp")).is_submitted


def test_a_position_is_submitted_once(scene):
    submit(scene)
    with pytest.raises(Refused, match="was submitted already, by"):
        submit(scene)


def test_after_the_close_nothing_is_submitted(scene):
    with time_machine.travel(scene.round.closes_at, tick=False), pytest.raises(Refused, match="closed on"):
        submit(scene)
    assert not Position.objects.exists()


def test_a_withdrawn_position_takes_its_comments_back(scene):
    comment = clear_comment(comment=scene.comment(), by=scene.cast.focal_undp)
    submit(scene)
    position = withdraw(scene, reason="A word was wrong")
    comment.refresh_from_db()
    assert (comment.state, comment.visibility) == (CommentState.CLEARED, Visibility.INTERNAL)
    assert position.state_changes.latest("pk").reason == "A word was wrong"
    assert not Comment.objects.visible_to(scene.cast.drafter).exists()
    assert not Position.objects.visible_to(scene.cast.drafter).exists()


def test_a_withdrawn_position_can_be_submitted_again(scene):
    submit(scene)
    withdraw(scene)
    assert submit(scene).is_submitted


def test_what_was_not_submitted_cannot_be_withdrawn(scene):
    with pytest.raises(Refused, match="UNDP has no submitted position"):
        withdraw(scene)


def test_after_the_close_nothing_is_withdrawn(scene):
    submit(scene)
    with time_machine.travel(scene.round.closes_at + timedelta(hours=1)), pytest.raises(Refused, match="closed on"):
        withdraw(scene)
    assert Position.objects.get().is_submitted


def test_an_answered_position_stands(scene):
    comment = clear_comment(comment=scene.comment(), by=scene.cast.focal_undp)
    submit(scene)
    DispositionFactory(comment=comment, released_at=timezone.now())
    with pytest.raises(Refused, match="The secretariat has answered comments of UNDP"):
        withdraw(scene)


def test_public_pages_change_with_the_number_of_positions(scene):
    before = PageVersion.objects.filter(subject="strategy").values_list("version", flat=True).first() or 0
    submit(scene)
    assert PageVersion.objects.get(subject="strategy").version == before + 1
    withdraw(scene)
    assert PageVersion.objects.get(subject="strategy").version == before + 2


# --- Two at once -----------------------------------------------------------------------------------------------------


def _at_once(*acts):
    """Run acts in threads of their own and return what became of each: "done" or the refusal."""
    outcomes, start = [], threading.Barrier(len(acts))

    def run(act):
        try:
            start.wait(timeout=10)
            act()
            outcomes.append("done")
        except Refused as refusal:
            outcomes.append(str(refusal))
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=[act]) for act in acts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=30)
    return sorted(outcomes, key=lambda outcome: outcome != "done")


@pytest.mark.django_db(transaction=True)
def test_two_focal_points_who_submit_at_once_submit_once(scene):
    clear_comment(comment=scene.comment(), by=scene.cast.focal_undp)
    second = alternate("undp")
    outcomes = _at_once(lambda: submit(scene), lambda: submit(scene, by=second))
    assert outcomes[0] == "done"
    assert "submitted already" in outcomes[1]
    assert Position.objects.get().state_changes.filter(new="submitted").count() == 1


@pytest.mark.django_db(transaction=True)
def test_a_comment_cleared_while_the_position_is_submitted_goes_or_is_told_that_it_stays(scene):
    comment = scene.comment()
    outcomes = _at_once(lambda: submit(scene), lambda: clear_comment(comment=comment, by=scene.cast.focal_undp))
    comment.refresh_from_db()
    assert Position.objects.get().is_submitted
    expected = CommentState.SUBMITTED if outcomes == ["done", "done"] else CommentState.DRAFT
    assert comment.state == expected


@pytest.mark.django_db(transaction=True)
def test_submitting_waits_for_whoever_moves_the_close_and_reads_the_clock_after(scene):
    """The round's row is held by another transaction that closes it: the one who waited is too late."""
    from django.db import transaction

    held, outcomes = threading.Event(), []

    def close_it():
        with transaction.atomic():
            type(scene.round).objects.select_for_update().get(pk=scene.round.pk)
            held.set()
            threading.Event().wait(0.5)
            type(scene.round).objects.filter(pk=scene.round.pk).update(closes_at=timezone.now())
        connection.close()

    def try_it():
        held.wait(timeout=10)
        try:
            submit(scene)
        except Refused as refusal:
            outcomes.append(str(refusal))
        finally:
            connection.close()

    threads = [threading.Thread(target=close_it), threading.Thread(target=try_it)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=30)
    assert len(outcomes) == 1
    assert "closed on" in outcomes[0]
