"""Answers of the drafters and their release."""

from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from django.utils import timezone

from common.access import Refused
from directory.enums import Role
from directory.models import Membership
from strategy.enums import Decision
from strategy.models import Disposition
from strategy.services import dispose_comment, release_dispositions
from tests.factories.directory import person
from tests.factories.strategy import DispositionFactory, RoundFactory, submitted_comment


def answer(scene, comment, **more):
    more.setdefault("decision", Decision.ACCEPTED)
    return dispose_comment(comment=comment, by=more.pop("by", scene.cast.drafter), **more)


@pytest.fixture
def comment(scene):
    return submitted_comment(scene.round)


def test_the_drafter_answers_a_submitted_comment(scene, comment):
    row = answer(scene, comment, decision=Decision.NOT_ACCEPTED, reason=" Already said in 4 ", resulting_text=" Same ")
    assert (row.decision, row.reason, row.resulting_text, row.by) == (
        "not_accepted",
        "Already said in 4",
        "Same",
        scene.cast.drafter,
    )
    assert row.released_at is None


def test_an_accepted_proposal_is_the_resulting_text_unless_another_is_given(scene):
    comment = submitted_comment(scene.round, paragraph=scene.paragraph(), proposed_text="As proposed")
    first = answer(scene, comment)
    assert first.resulting_text == "As proposed"
    second = answer(scene, comment, resulting_text="Nearly as proposed", seen=first.decided_at)
    assert second.resulting_text == "Nearly as proposed"
    third = answer(scene, comment, decision=Decision.NOTED, reason="Thanks", seen=second.decided_at)
    assert third.resulting_text == ""


@pytest.mark.parametrize("who", ["outsider", "administrator", "secretariat", "focal_undp", "focal_fao", "contributor_undp"])
def test_only_drafters_answer(scene, comment, who):
    with pytest.raises(PermissionDenied):
        answer(scene, comment, by=getattr(scene.cast, who))


def test_a_drafter_of_another_strategy_does_not_answer(scene, comment):
    elsewhere = person(Role.DRAFTER, "unossc")
    Membership.objects.filter(user=elsewhere).update(scope="strategy:another")
    with pytest.raises(PermissionDenied):
        answer(scene, comment, by=elsewhere)


def test_what_is_not_submitted_cannot_be_answered(scene):
    with pytest.raises(PermissionDenied):
        answer(scene, scene.comment())


@pytest.mark.parametrize("decision", ["partly_accepted", "not_accepted", "noted", "out_of_scope"])
def test_whatever_is_not_accepted_needs_a_reason(scene, comment, decision):
    with pytest.raises(Refused, match="Give the reason"):
        answer(scene, comment, decision=decision)


def test_the_database_wants_the_reason_too(scene, comment):
    with pytest.raises(IntegrityError), transaction.atomic():
        DispositionFactory(comment=comment, decision="noted", reason="")


def test_a_duplicate_points_to_the_other_comment(scene, comment):
    original = submitted_comment(scene.round, "fao")
    row = answer(scene, comment, decision=Decision.DUPLICATE_OF, duplicate_of=original)
    assert row.duplicate_of == original


def test_a_duplicate_of_nothing_is_refused(scene, comment):
    with pytest.raises(Refused, match="Choose the comment that this one repeats"):
        answer(scene, comment, decision=Decision.DUPLICATE_OF)


def test_a_comment_is_no_duplicate_of_itself(scene, comment):
    with pytest.raises(Refused, match="duplicate of itself"):
        answer(scene, comment, decision=Decision.DUPLICATE_OF, duplicate_of=comment)


def test_a_duplicate_of_an_internal_comment_is_refused(scene, comment):
    internal = scene.comment(by=scene.cast.focal_fao, agency="fao")
    with pytest.raises(Refused, match="submitted comment of the same round"):
        answer(scene, comment, decision=Decision.DUPLICATE_OF, duplicate_of=internal)


def test_a_duplicate_in_another_round_is_refused(scene, comment):
    other = submitted_comment(RoundFactory(draft=scene.draft), "fao")
    with pytest.raises(Refused, match="same round"):
        answer(scene, comment, decision=Decision.DUPLICATE_OF, duplicate_of=other)


def test_duplicates_do_not_form_chains(scene, comment):
    second, third = submitted_comment(scene.round, "fao"), submitted_comment(scene.round, "who")
    answer(scene, second, decision=Decision.DUPLICATE_OF, duplicate_of=third)
    with pytest.raises(Refused, match="itself a duplicate"):
        answer(scene, comment, decision=Decision.DUPLICATE_OF, duplicate_of=second)
    with pytest.raises(Refused, match="point to this one as their original"):
        answer(scene, third, decision=Decision.DUPLICATE_OF, duplicate_of=comment)


def test_an_answer_changes_until_it_is_released(scene, comment):
    first = answer(scene, comment)
    second = answer(scene, comment, decision=Decision.NOTED, reason="Thanks", seen=first.decided_at)
    assert (second.pk, second.decision) == (first.pk, "noted")
    release_dispositions(consultation=scene.round, by=scene.cast.drafter)
    with pytest.raises(Refused, match="is released: the agency has read it"):
        answer(scene, comment, seen=second.decided_at)


def test_a_drafter_does_not_overwrite_an_answer_unseen(scene, comment):
    answer(scene, comment)
    with pytest.raises(Refused, match="has answered this comment meanwhile"):
        answer(scene, comment, decision=Decision.NOTED, reason="Thanks")
    with pytest.raises(Refused, match="meanwhile"):
        answer(scene, comment, seen=timezone.now() - timedelta(days=1))


# --- release ---------------------------------------------------------------------------------------------------------


def test_release_shows_the_answers_of_one_agency(scene, comment):
    theirs = submitted_comment(scene.round, "fao")
    answer(scene, comment)
    answer(scene, theirs)
    assert release_dispositions(consultation=scene.round, by=scene.cast.drafter, organization=scene.undp) == 1
    assert Disposition.objects.get(comment=comment).released_by == scene.cast.drafter
    assert Disposition.objects.get(comment=theirs).released_at is None
    assert Disposition.objects.visible_to(scene.cast.contributor_undp).count() == 1


def test_release_of_the_round_takes_every_agency(scene, comment):
    answer(scene, comment)
    answer(scene, submitted_comment(scene.round, "fao"))
    assert release_dispositions(consultation=scene.round, by=scene.cast.drafter) == 2


def test_nothing_to_release_is_said(scene, comment):
    with pytest.raises(Refused, match="There is no answer to release"):
        release_dispositions(consultation=scene.round, by=scene.cast.drafter)


@pytest.mark.parametrize("who", ["outsider", "administrator", "secretariat", "focal_undp"])
def test_only_drafters_release(scene, comment, who):
    answer(scene, comment)
    with pytest.raises(PermissionDenied):
        release_dispositions(consultation=scene.round, by=getattr(scene.cast, who))
