"""Who is told of a reply, and who of comments to answer; nobody outside, and no words of a comment or reply by mail."""

import json

import pytest
from django.core.exceptions import PermissionDenied

from common.access import Refused
from directory.enums import Role
from directory.models import Membership, StakeholderCategory, User
from notifications.enums import Frequency
from notifications.kinds import kind_of
from notifications.models import Notification, Preference
from notifications.selectors.preferences import choices_of
from notifications.services import deliver_due
from notifications.services.delivery import render
from strategy.enums import Sharing
from strategy.services import (
    clear_comment,
    dispose_comment,
    reply_to_comment,
    reply_to_readers,
    submit_position,
    withdraw_position,
)
from strategy.services.answers import release_dispositions
from strategy.services.assignments import assign_comments, unassign_comments
from tests.factories.directory import UserFactory, person
from tests.factories.strategy import CommentFactory, alternate, submitted_comment

SECRET = "Words that stay where they are"
LANGUAGES = ["en", "ar", "fr", "ru", "es", "zh-hans"]


def told(kind: str) -> set:
    return {row.recipient for row in Notification.objects.filter(kind=f"strategy.{kind}")}


def inside(scene, comment, by):
    return reply_to_comment(comment=comment, by=by, text=SECRET)


def to_readers(scene, comment, by, agency):
    return reply_to_readers(comment=comment, by=by, on_behalf_of=scene.organization(agency), text=SECRET)


@pytest.fixture
def submitted(scene):
    """A comment of UNDP that the invited agencies read at once."""
    scene.round.sharing = Sharing.AGENCIES
    scene.round.save()
    return submitted_comment(scene.round, "undp", author=scene.cast.contributor_undp, paragraph=scene.paragraph(), text=SECRET)


# --- replies inside the agency ---------------------------------------------------------------------------------------


def test_a_reply_inside_the_agency_tells_author_repliers_and_focal_points_but_not_its_writer(scene):
    second, third = alternate("undp"), person(Role.CONTRIBUTOR, "undp")
    comment = scene.comment()
    inside(scene, comment, third)
    assert told("reply_inside_agency") == {scene.cast.contributor_undp, scene.cast.focal_undp, second}
    Notification.objects.all().delete()
    inside(scene, comment, scene.cast.focal_undp)
    assert told("reply_inside_agency") == {scene.cast.contributor_undp, second, third}


def test_it_tells_nobody_of_another_agency_of_the_secretariat_or_of_the_administration(scene, submitted):
    to_readers(scene, submitted, scene.cast.focal_fao, "fao")
    to_readers(scene, submitted, scene.cast.drafter, "unossc")
    inside(scene, submitted, scene.cast.focal_undp)
    assert told("reply_inside_agency") == {scene.cast.contributor_undp}


def test_who_has_left_the_agency_is_not_told(scene):
    comment = scene.comment()
    Membership.objects.filter(user=scene.cast.contributor_undp).delete()
    inside(scene, comment, scene.cast.focal_undp)
    assert told("reply_inside_agency") == set()


def test_who_leaves_before_the_message_goes_out_does_not_get_it(scene):
    comment = scene.comment(by=scene.cast.focal_undp)
    inside(scene, comment, scene.cast.contributor_undp)
    Membership.objects.filter(user=scene.cast.focal_undp).delete()
    deliver_due()
    assert Notification.objects.get().state == "withdrawn"


def test_an_outsider_neither_replies_nor_is_told(scene):
    comment = scene.comment(by=scene.cast.focal_undp)
    with pytest.raises(PermissionDenied):
        inside(scene, comment, scene.cast.focal_fao)
    assert not Notification.objects.exists()


def test_an_empty_reply_tells_nobody(scene, submitted):
    with pytest.raises(Refused, match="Write a reply"):
        reply_to_comment(comment=submitted, by=scene.cast.focal_undp, text=" ")
    with pytest.raises(Refused, match="Write a reply"):
        reply_to_readers(comment=submitted, by=scene.cast.focal_fao, on_behalf_of=scene.fao, text=" ")
    assert not Notification.objects.exists()


# --- replies for the readers of the comment --------------------------------------------------------------------------


def test_a_reply_to_readers_tells_the_agency_and_earlier_repliers(scene, submitted):
    to_readers(scene, submitted, scene.cast.focal_fao, "fao")
    assert told("reply_to_readers") == {scene.cast.contributor_undp, scene.cast.focal_undp}
    Notification.objects.all().delete()
    to_readers(scene, submitted, scene.cast.drafter, "unossc")
    assert told("reply_to_readers") == {scene.cast.contributor_undp, scene.cast.focal_undp, scene.cast.focal_fao}


def test_an_earlier_replier_who_may_no_longer_read_the_comment_is_not_told(scene, submitted):
    to_readers(scene, submitted, scene.cast.focal_fao, "fao")
    Notification.objects.all().delete()
    type(submitted).objects.filter(pk=submitted.pk).update(visibility="secretariat")
    to_readers(scene, submitted, scene.cast.drafter, "unossc")
    assert told("reply_to_readers") == {scene.cast.contributor_undp, scene.cast.focal_undp}


def test_a_message_of_a_comment_that_its_agency_took_back_reaches_its_agency_only(scene):
    comment = clear_comment(comment=scene.comment(), by=scene.cast.focal_undp)
    submit_position(consultation=scene.round, by=scene.cast.focal_undp, on_behalf_of=scene.undp)
    comment.refresh_from_db()
    to_readers(scene, comment, scene.cast.focal_fao, "fao")
    to_readers(scene, comment, scene.cast.drafter, "unossc")
    withdraw_position(consultation=scene.round, by=scene.cast.focal_undp, on_behalf_of=scene.undp)
    deliver_due()
    rows = Notification.objects.filter(kind="strategy.reply_to_readers")
    assert {row.recipient for row in rows.filter(state="withdrawn")} == {scene.cast.focal_fao}
    assert {row.recipient for row in rows.filter(state="sent")} == {scene.cast.contributor_undp, scene.cast.focal_undp}


def test_the_author_of_a_comment_in_the_public_consultation_is_told(scene):
    scene.round.takes_public_comments = True
    scene.round.save()
    author = UserFactory()
    comment = CommentFactory(
        round=scene.round, organization=None, category=StakeholderCategory.objects.first(), author=author,
        state="submitted", visibility="public", paragraph=scene.paragraph(),
    )  # fmt: skip
    to_readers(scene, comment, scene.cast.drafter, "unossc")
    assert told("reply_to_readers") == {author}
    deliver_due()
    assert Notification.objects.get().state == "sent"


def test_the_same_reply_is_told_once_and_costs_a_query_for_each_participant_only(scene, submitted, django_assert_max_num_queries):
    for _number in range(6):
        to_readers(scene, submitted, scene.cast.focal_fao, "fao")
    Notification.objects.all().delete()
    with django_assert_max_num_queries(30):
        reply = to_readers(scene, submitted, scene.cast.drafter, "unossc")
    assert Notification.objects.filter(cause=f"reply {reply.pk}").count() == 3


# --- assignment ------------------------------------------------------------------------------------------------------


def assign(scene, comments, drafter, by=None):
    keys = [row.pk for row in comments]
    return assign_comments(consultation=scene.round, comments=keys, drafter=drafter, by=by or scene.cast.drafter)


def test_the_drafter_is_told_of_comments_in_one_message(scene, second):
    rows = [submitted_comment(scene.round, code) for code in ("undp", "fao", "who")]
    assign(scene, rows, second)
    (row,) = Notification.objects.all()
    assert (row.recipient, row.kind, row.context["comments"]) == (second, "strategy.comments_assigned", 3)


def test_only_comments_that_are_new_to_the_drafter_are_told(scene, second):
    rows = [submitted_comment(scene.round, code) for code in ("undp", "fao", "who")]
    assign(scene, rows[:1], second)
    assign(scene, rows[:1], second)
    assert Notification.objects.count() == 1
    assign(scene, rows, second)
    assert Notification.objects.latest("pk").context["comment_ids"] == [row.pk for row in rows[1:]]


def test_whoever_takes_comments_themselves_is_not_told(scene):
    assign(scene, [submitted_comment(scene.round)], scene.cast.drafter)
    assert not Notification.objects.exists()


def test_taking_comments_back_tells_nobody_and_withdraws_what_waits(scene, second):
    rows = [submitted_comment(scene.round)]
    assign(scene, rows, second)
    unassign_comments(consultation=scene.round, comments=[rows[0].pk], by=scene.cast.drafter)
    deliver_due()
    assert Notification.objects.get().state == "withdrawn"


def test_a_refused_assignment_tells_nobody(scene, second):
    comment = submitted_comment(scene.round)
    with pytest.raises(Refused, match="not a drafter"):
        assign(scene, [comment], scene.cast.focal_undp)
    dispose_comment(comment=comment, by=scene.cast.drafter, decision="accepted")
    release_dispositions(consultation=scene.round, by=scene.cast.drafter)
    Notification.objects.all().delete()
    with pytest.raises(Refused, match="released already"):
        assign(scene, [comment], second)
    assert not Notification.objects.exists()


# --- words and preferences -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("language", LANGUAGES)
def test_they_are_made_in_every_language_without_the_words_of_anybody(scene, submitted, second, language):
    User.objects.update(language=language)
    whole = submitted_comment(scene.round, "undp", author=scene.cast.contributor_undp, text=SECRET)
    for comment in (submitted, whole):
        inside(scene, comment, scene.cast.contributor_undp)
        to_readers(scene, comment, scene.cast.focal_fao, "fao")
    assign(scene, [submitted, whole], second)
    assign(scene, [submitted], scene.cast.drafter)
    kinds = set()
    for row in Notification.objects.select_related("recipient"):
        subject, text, html, _attachments = render(row)
        kinds.add(row.kind)
        assert SECRET not in subject + text + html + json.dumps(row.context)
        assert "/strategy/" in text
        assert "%(" not in subject + text
        assert scene.strategy.title in text
    assert kinds == {"strategy.reply_inside_agency", "strategy.reply_to_readers", "strategy.comments_assigned"}


def test_staff_see_no_more_than_the_envelope_of_talk_inside_an_agency(scene):
    assert kind_of("strategy.reply_inside_agency").confidential


def test_each_person_is_asked_about_those_that_they_can_get(scene):
    def names(user):
        return {one.kind.name.removeprefix("strategy.") for group in choices_of(user).values() for one in group}

    mine = {"reply_inside_agency", "reply_to_readers", "comments_assigned"}
    assert names(scene.cast.contributor_undp) & mine == {"reply_inside_agency", "reply_to_readers"}
    assert names(scene.cast.outsider) & mine == {"reply_to_readers"}
    assert names(scene.cast.drafter) & mine == {"reply_to_readers", "comments_assigned"}


def test_a_person_may_have_replies_collected_for_a_digest(scene):
    Preference.objects.create(user=scene.cast.focal_undp, kind="strategy.reply_inside_agency", frequency=Frequency.DAILY)
    inside(scene, scene.comment(by=scene.cast.focal_undp), scene.cast.contributor_undp)
    assert Notification.objects.get().state == "collected"
