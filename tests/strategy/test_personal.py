"""What a person takes along from strategies names every table that names the person."""

import pytest
from django.apps import apps
from django.utils import timezone

from directory.models import User
from strategy.models import Assignment, CarryForward, LateAdmission, MatrixImport, RoundChange
from strategy.services.personal import data_of_person
from tests.factories.strategy import DraftFactory, submitted_comment

pytestmark = pytest.mark.django_db

# Each column that names a person, and the part of the export that tells of it.
TOLD_IN = {
    "Assignment.drafter": "comments_assigned",
    "Assignment.by": "comments_assigned",
    "CarryForward.by": "comments_carried_forward",
    "Comment.author": "comments",
    "Comment.edited_by": "comments_edited",
    "CommentPin.by": "comments_pinned",
    "CommentReply.author": "replies",
    "CommentStateChange.by": "states_changed",
    "Disposition.by": "answers",
    "Disposition.released_by": "answers_released",
    "DraftImport.by": "texts_brought_in",
    "DraftStateChange.by": "states_changed",
    "Endorsement.by": "endorsements",
    "LateAdmission.by": "agencies_admitted_late",
    "LeaseBreak.by": "locks_broken",
    "LeaseBreak.holder": "locks_lost",
    "LineageAct.by": "lineage",
    "MatrixImport.by": "files_brought_back",
    "Objection.by": "objections",
    "ObjectionStateChange.by": "states_changed",
    "ParagraphLease.holder": "locks_held",
    "ParagraphLink.confirmed_by": "lineage_confirmed",
    "ParagraphOmission.by": "paragraphs_left_out",
    "Position.cleared_by": "positions_cleared",
    "PositionStateChange.by": "states_changed",
    "RoundChange.by": "rounds_changed",
    "WritingAct.by": "writing",
}


def test_every_column_that_names_a_person_is_in_the_export(cast):
    naming = {
        f"{model.__name__}.{field.name}"
        for model in apps.get_app_config("strategy").get_models()
        for field in model._meta.get_fields()
        if field.concrete and field.related_model is User
    }
    assert naming == set(TOLD_IN)
    assert set(data_of_person(cast.outsider)) == set(TOLD_IN.values())


def test_files_that_came_back_are_told_without_the_words_of_the_agency(scene):
    MatrixImport.objects.create(
        round=scene.round,
        organization=scene.undp,
        by=scene.cast.contributor_undp,
        file_name="ours.xlsx",
        rows=[{"comment": "Ours"}],
    )
    told = data_of_person(scene.cast.contributor_undp)
    assert [(row["file"], row["agency"]) for row in told["files_brought_back"]] == [("ours.xlsx", "undp")]
    assert "Ours" not in str(told)
    assert data_of_person(scene.cast.focal_undp)["files_brought_back"] == []


def test_work_on_answers_and_rounds_is_told(scene, second):
    comment, me = submitted_comment(scene.round), scene.cast.drafter
    Assignment.objects.create(comment=comment, drafter=second, by=me)
    CarryForward.objects.create(comment=comment, draft=DraftFactory(strategy=scene.strategy), by=me, reason="Later")
    RoundChange.objects.create(subject=scene.round, act="extended", by=me, reason="More time")
    LateAdmission.objects.create(round=scene.round, organization=scene.undp, until=timezone.now(), by=me, reason="A storm")
    told = data_of_person(me)
    (given,) = told["comments_assigned"]
    assert (given["comment"], given["to_you"], given["by_you"]) == (comment.pk, False, True)
    assert [row["reason"] for row in told["comments_carried_forward"]] == ["Later"]
    assert [row["reason"] for row in told["rounds_changed"]] == ["More time"]
    assert [row["reason"] for row in told["agencies_admitted_late"]] == ["A storm"]
    (got,) = data_of_person(second)["comments_assigned"]
    assert (got["to_you"], got["by_you"]) == (True, False)
