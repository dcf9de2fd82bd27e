"""Locks of paragraphs: taken, renewed, ended by time, broken with a trace; two people at once."""

from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied
from django.utils import timezone

from common.access import Refused
from directory.enums import Role
from notifications.models import Notification
from strategy.models import LeaseBreak, ParagraphLease, WritingAct
from strategy.services import break_lease, release_lease, save_paragraph, take_lease
from strategy.services.words import Words
from strategy.services.writing import Conflict
from tests.factories.directory import person
from tests.factories.strategy import DraftFactory, ParagraphFactory
from tests.meetings.test_seats import at_once


@pytest.fixture
def paragraph(scene):
    return ParagraphFactory(draft=DraftFactory(strategy=scene.strategy, number=1), number="12")


def test_a_lock_is_renewed_by_its_holder_and_refused_to_others(scene, second, paragraph):
    by = scene.cast.drafter
    lease = take_lease(paragraph=paragraph, by=by)
    again = take_lease(paragraph=paragraph, by=by)
    assert again.since == lease.since
    assert again.until >= lease.until
    with pytest.raises(Refused, match=f"{by} is writing in paragraph 12 since"):
        take_lease(paragraph=paragraph, by=second)
    ParagraphLease.objects.update(until=timezone.now() - timedelta(seconds=1))
    assert take_lease(paragraph=paragraph, by=second).holder == second


def test_only_the_holder_ends_a_lock(scene, second, paragraph):
    take_lease(paragraph=paragraph, by=scene.cast.drafter)
    release_lease(paragraph=paragraph, by=second)
    assert ParagraphLease.objects.exists()
    release_lease(paragraph=paragraph, by=scene.cast.drafter)
    assert not ParagraphLease.objects.exists()


def test_a_broken_lock_leaves_a_trace_and_its_holder_is_told(scene, second, paragraph):
    holder = scene.cast.drafter
    take_lease(paragraph=paragraph, by=holder)
    with pytest.raises(Refused, match="Say why you break the lock"):
        break_lease(paragraph=paragraph, by=second, reason="  ")
    lease = break_lease(paragraph=paragraph, by=second, reason="The plenary waits")
    assert lease.holder == second
    broken = LeaseBreak.objects.get()
    assert (broken.holder, broken.by, broken.number, broken.reason) == (holder, second, "12", "The plenary waits")
    message = Notification.objects.get(kind="strategy.lock_broken")
    assert (message.recipient, message.context["reason"]) == (holder, "The plenary waits")
    with pytest.raises(Refused, match="Nobody else is writing"):
        break_lease(paragraph=paragraph, by=second, reason="Again")


@pytest.mark.parametrize("who", ["outsider", "administrator", "secretariat", "focal_undp"])
def test_only_drafters_lock(scene, paragraph, who):
    for verb in (take_lease, release_lease):
        with pytest.raises(PermissionDenied):
            verb(paragraph=paragraph, by=getattr(scene.cast, who))
    with pytest.raises(PermissionDenied):
        break_lease(paragraph=paragraph, by=getattr(scene.cast, who), reason="x")


def two_drafters():
    return [person(Role.DRAFTER, "unossc") for _ in range(2)]


@pytest.mark.django_db(transaction=True)
def test_of_two_who_take_a_lock_at_once_one_has_it():
    people = two_drafters()
    row = ParagraphFactory()
    results = at_once([lambda by=by: take_lease(paragraph=row, by=by) for by in people])
    assert {type(result) for result in results} == {ParagraphLease, Refused}
    assert ParagraphLease.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_of_two_who_save_at_once_one_saves_and_the_other_sees_both():
    people = two_drafters()
    row = ParagraphFactory(number="12")
    results = at_once(
        [
            lambda by=by: save_paragraph(paragraph=row, by=by, revision=0, words=Words("paragraph", "12", f"Words of {by.pk}"))
            for by in people
        ]
    )
    [conflict] = [result for result in results if isinstance(result, Exception)]
    assert isinstance(conflict, Conflict)
    row.refresh_from_db()
    assert row.revision == 1
    assert conflict.present.text == row.text
    assert WritingAct.objects.count() == 1
