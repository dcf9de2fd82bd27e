"""Who is told what, in which language, and that no agency's text travels by mail."""

import json

import pytest
from django.utils import timezone

from directory.enums import Role
from directory.models import Membership, User
from notifications.kinds import kind_of
from notifications.models import Notification
from notifications.services import deliver_due
from notifications.services.delivery import render
from strategy.services import (
    clear_comment,
    dispose_comment,
    drop_comment,
    release_dispositions,
    submit_position,
    withdraw_position,
)
from tests.factories.directory import person
from tests.factories.strategy import alternate

SECRET = "Words that stay inside the agency"


def recipients(kind: str) -> set:
    return {row.recipient for row in Notification.objects.filter(kind=f"strategy.{kind}")}


@pytest.fixture
def cleared(scene):
    return clear_comment(comment=scene.comment(text=SECRET), by=scene.cast.focal_undp)


@pytest.fixture
def submitted(scene, cleared):
    submit_position(consultation=scene.round, by=scene.cast.focal_undp, on_behalf_of=scene.undp)
    return cleared


def test_a_contributors_comment_waits_for_the_focal_points_once(scene):
    second = alternate("undp")
    scene.comment(text=SECRET)
    assert recipients("comment_waits_for_clearance") == {scene.cast.focal_undp, second}
    assert Notification.objects.count() == 2


def test_a_focal_point_is_not_told_of_their_own_comment(scene):
    scene.comment(by=scene.cast.focal_undp)
    assert not Notification.objects.exists()


def test_a_former_or_inactive_focal_point_is_not_told(scene):
    former = person(Role.FOCAL_POINT, "undp")
    Membership.objects.filter(user=former).update(ends_on=timezone.datetime(2020, 1, 1).date())
    person(Role.FOCAL_POINT, "undp", is_active=False)
    scene.comment()
    assert recipients("comment_waits_for_clearance") == {scene.cast.focal_undp}


def test_a_comment_decided_meanwhile_waits_for_nobody(scene):
    comment = scene.comment()
    drop_comment(comment=comment, by=scene.cast.focal_undp)
    deliver_due()
    assert Notification.objects.get().state == "withdrawn"


def test_who_left_the_agency_is_not_written_to(scene):
    scene.comment()
    Membership.objects.filter(user=scene.cast.focal_undp).delete()
    deliver_due()
    assert Notification.objects.get().state == "withdrawn"


def test_submission_gives_a_receipt_and_tells_the_drafters(scene, submitted):
    assert recipients("position_receipt") == {scene.cast.focal_undp}
    assert recipients("position_submitted") == {scene.cast.drafter}


def test_a_withdrawal_is_told_to_both(scene, submitted):
    withdraw_position(consultation=scene.round, by=scene.cast.focal_undp, on_behalf_of=scene.undp)
    assert recipients("position_withdrawn") == {scene.cast.focal_undp, scene.cast.drafter}


def test_submitting_again_gives_another_receipt(scene, submitted):
    withdraw_position(consultation=scene.round, by=scene.cast.focal_undp, on_behalf_of=scene.undp)
    submit_position(consultation=scene.round, by=scene.cast.focal_undp, on_behalf_of=scene.undp)
    assert Notification.objects.filter(kind="strategy.position_receipt").count() == 2


def test_release_tells_the_author_and_the_focal_points(scene, submitted):
    dispose_comment(comment=submitted, by=scene.cast.drafter, decision="accepted")
    assert not recipients("disposition_released")
    release_dispositions(consultation=scene.round, by=scene.cast.drafter)
    assert recipients("disposition_released") == {scene.cast.contributor_undp, scene.cast.focal_undp}


def test_a_person_gets_one_message_for_all_answers_of_a_release(scene):
    for number in range(3):
        clear_comment(comment=scene.comment(text=f"{SECRET} {number}"), by=scene.cast.focal_undp)
    submit_position(consultation=scene.round, by=scene.cast.focal_undp, on_behalf_of=scene.undp)
    for comment in scene.round.comments.all():
        dispose_comment(comment=comment, by=scene.cast.drafter, decision="accepted")
    release_dispositions(consultation=scene.round, by=scene.cast.drafter)
    released = Notification.objects.filter(kind="strategy.disposition_released")
    assert released.count() == 2
    assert {row.context["answers"] for row in released} == {3}


@pytest.mark.parametrize("language", ["en", "ar", "fr", "ru", "es", "zh-hans"])
def test_every_message_renders_in_every_language_without_the_agencys_text(scene, language):
    User.objects.update(language=language)
    comment = clear_comment(comment=scene.comment(text=SECRET, proposed_text=f"{SECRET}, proposed"), by=scene.cast.focal_undp)
    submit_position(consultation=scene.round, by=scene.cast.focal_undp, on_behalf_of=scene.undp)
    dispose_comment(comment=comment, by=scene.cast.drafter, decision="noted", reason="Thanks")
    withdrawn = clear_comment(comment=scene.comment(by=scene.cast.focal_fao, agency="fao", text=SECRET), by=scene.cast.focal_fao)
    submit_position(consultation=scene.round, by=scene.cast.focal_fao, on_behalf_of=withdrawn.organization)
    withdraw_position(consultation=scene.round, by=scene.cast.focal_fao, on_behalf_of=withdrawn.organization)
    release_dispositions(consultation=scene.round, by=scene.cast.drafter)
    kinds = set()
    for row in Notification.objects.select_related("recipient"):
        subject, text, html, _attachments = render(row)
        kinds.add(row.kind.removeprefix("strategy."))
        assert SECRET not in subject + text + html + json.dumps(row.context)
        assert "/strategy/" in text
        assert "%(" not in subject + text
        assert scene.strategy.title in text or row.kind.endswith("comment_waits_for_clearance")
    assert kinds == {
        "comment_waits_for_clearance",
        "position_receipt",
        "position_submitted",
        "position_withdrawn",
        "disposition_released",
    }


def test_the_message_about_an_internal_comment_is_confidential():
    assert kind_of("strategy.comment_waits_for_clearance").confidential
