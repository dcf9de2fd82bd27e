"""Comments inside an agency: who may do what, in which state, until when."""

from datetime import timedelta

import pytest
import time_machine
from django.core.exceptions import PermissionDenied
from django.utils import timezone

from common.access import Refused
from strategy.enums import CommentState, RoundKind, Visibility
from strategy.models import Comment, CommentReply, Disposition, Position
from strategy.services import (
    clear_comment,
    drop_comment,
    edit_comment,
    reopen_comment,
    reply_to_comment,
    submit_position,
    withdraw_position,
)
from tests.factories.strategy import DispositionFactory, RoundFactory, alternate, published_draft, submitted_comment

ACTS = {
    "edit": lambda comment, by: edit_comment(comment=comment, by=by, type="editorial", text="Better words"),
    "clear": lambda comment, by: clear_comment(comment=comment, by=by),
    "drop": lambda comment, by: drop_comment(comment=comment, by=by),
    "reopen": lambda comment, by: reopen_comment(comment=comment, by=by),
}


def test_a_comment_begins_inside_its_agency_with_its_history_and_position(scene):
    comment = scene.comment(proposed_text="Other words")
    assert (comment.state, comment.visibility) == (CommentState.DRAFT, Visibility.INTERNAL)
    change = comment.state_changes.get()
    assert (change.old, change.new, change.by, change.on_behalf_of) == ("", "draft", scene.cast.contributor_undp, scene.undp)
    assert Position.objects.get().state == "drafting"


@pytest.mark.parametrize("who", ["outsider", "administrator", "secretariat", "drafter", "focal_fao", "focal_samoa"])
def test_only_members_write_for_an_agency(scene, who):
    with pytest.raises(PermissionDenied):
        scene.comment(by=getattr(scene.cast, who))
    assert not Comment.objects.exists()
    assert not Position.objects.exists()


def test_a_member_state_does_not_comment(scene):
    with pytest.raises(PermissionDenied):
        scene.comment(by=scene.cast.focal_samoa, agency="samoa")


def test_an_agency_that_is_not_invited_does_not_comment(scene):
    scene.round.invites_all_agencies = False
    scene.round.save()
    with pytest.raises(PermissionDenied):
        scene.comment()


def test_a_comment_says_something(scene):
    with pytest.raises(Refused, match="Write a comment, propose a text"):
        scene.comment(text="   ")


def test_a_comment_proposes_a_text_or_a_deletion_not_both(scene):
    with pytest.raises(Refused, match="not both"):
        scene.comment(proposed_text="Other", proposes_deletion=True)


def test_a_proposal_needs_a_paragraph(scene):
    with pytest.raises(Refused, match="A proposal needs a paragraph"):
        scene.comment(paragraph=None, proposed_text="Other")


def test_a_comment_on_the_whole_draft_has_no_paragraph(scene):
    assert scene.comment(paragraph=None).paragraph is None


def test_a_paragraph_of_another_draft_is_refused(scene):
    other = published_draft(strategy=scene.strategy, number=4)
    with pytest.raises(Refused, match="not in the draft under consultation"):
        scene.comment(paragraph=other.paragraphs.last())


def test_before_the_round_opens_nothing_is_written(scene):
    scene.round = RoundFactory(draft=scene.draft, opens_at=timezone.now() + timedelta(days=1))
    with pytest.raises(Refused, match="This round opens on"):
        scene.comment()


def test_the_closing_moment_itself_is_closed(scene):
    with time_machine.travel(scene.round.closes_at, tick=False), pytest.raises(Refused, match="This round closed on"):
        scene.comment()


def test_a_second_before_the_close_is_in_time(scene):
    with time_machine.travel(scene.round.closes_at - timedelta(seconds=1), tick=False):
        assert scene.comment().pk


def test_the_refusal_names_the_close_on_the_places_clock(scene):
    scene.round.closes_at = timezone.datetime(2026, 12, 10, 4, 59, tzinfo=timezone.get_default_timezone())
    scene.round.opens_at = scene.round.closes_at - timedelta(days=9)
    scene.round.save()
    with time_machine.travel(scene.round.closes_at), pytest.raises(Refused, match=r"9 December 2026, 23:59 \(New York\)"):
        scene.comment()


def test_a_silence_procedure_takes_no_comments(scene):
    scene.round = RoundFactory(draft=scene.draft, kind=RoundKind.SILENCE)
    with pytest.raises(Refused, match=r"not for comments \(Silence procedure\)"):
        scene.comment()


def test_the_close_is_read_again_not_believed(scene):
    stale = scene.round
    type(stale).objects.filter(pk=stale.pk).update(closes_at=timezone.now() - timedelta(seconds=1))
    assert stale.is_open
    with pytest.raises(Refused, match="closed on"):
        scene.comment()


# --- edit, clear, drop, reopen ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("act", ACTS)
@pytest.mark.parametrize("who", ["outsider", "administrator", "secretariat", "drafter", "focal_fao"])
def test_nobody_outside_the_agency_acts_on_its_comment(scene, act, who):
    comment = scene.comment()
    with pytest.raises(PermissionDenied):
        ACTS[act](comment, getattr(scene.cast, who))


@pytest.mark.parametrize("act", ["clear", "drop", "reopen"])
def test_a_contributor_does_not_decide_for_the_agency(scene, act):
    comment = scene.comment()
    with pytest.raises(PermissionDenied):
        ACTS[act](comment, scene.cast.contributor_undp)


def test_the_author_edits_while_it_waits(scene):
    comment = edit_comment(comment=scene.comment(), by=scene.cast.contributor_undp, type="red_line", text=" New ")
    comment.refresh_from_db()
    assert (comment.type, comment.text, comment.edited_by) == ("red_line", "New", scene.cast.contributor_undp)


def test_the_focal_point_edits_a_colleagues_comment_and_is_named(scene):
    comment = edit_comment(comment=scene.comment(), by=scene.cast.focal_undp, type="general", text="Merged")
    assert (comment.author, comment.edited_by) == (scene.cast.contributor_undp, scene.cast.focal_undp)


def test_another_contributor_does_not_edit(scene):
    comment = scene.comment(by=scene.cast.focal_undp)
    with pytest.raises(PermissionDenied):
        ACTS["edit"](comment, scene.cast.contributor_undp)


def test_an_edited_comment_still_says_something(scene):
    with pytest.raises(Refused, match="Write a comment"):
        edit_comment(comment=scene.comment(), by=scene.cast.contributor_undp, type="general", text="")


def test_a_cleared_comment_is_not_edited(scene):
    comment = clear_comment(comment=scene.comment(), by=scene.cast.focal_undp)
    with pytest.raises(Refused, match="“Cleared” and no longer changes"):
        ACTS["edit"](comment, scene.cast.contributor_undp)


def test_the_alternate_clears_as_the_focal_point_does(scene):
    comment = clear_comment(comment=scene.comment(), by=alternate("undp"))
    assert comment.state == CommentState.CLEARED
    assert comment.state_changes.latest("pk").on_behalf_of == scene.undp


def test_a_comment_is_cleared_once(scene):
    comment = clear_comment(comment=scene.comment(), by=scene.cast.focal_undp)
    with pytest.raises(Refused, match="cannot become “Cleared”"):
        ACTS["clear"](comment, scene.cast.focal_undp)


def test_a_dropped_comment_can_be_opened_again(scene):
    comment = drop_comment(comment=scene.comment(), by=scene.cast.focal_undp, reason=" Said by FAO ")
    assert comment.state_changes.latest("pk").reason == "Said by FAO"
    assert reopen_comment(comment=comment, by=scene.cast.focal_undp).state == CommentState.DRAFT


@pytest.mark.parametrize("act", ACTS)
def test_after_the_close_nothing_changes(scene, act):
    comment = scene.comment()
    with time_machine.travel(scene.round.closes_at, tick=False), pytest.raises(Refused, match="closed on"):
        ACTS[act](comment, scene.cast.focal_undp)


@pytest.mark.parametrize("act", ACTS)
def test_a_submitted_position_does_not_change(scene, act):
    comment = scene.comment()
    submit_position(consultation=scene.round, by=scene.cast.focal_undp, on_behalf_of=scene.undp)
    with pytest.raises(Refused, match="The position of UNDP is submitted"):
        ACTS[act](comment, scene.cast.focal_undp)


def test_nothing_is_added_to_a_submitted_position(scene):
    submit_position(consultation=scene.round, by=scene.cast.focal_undp, on_behalf_of=scene.undp)
    with pytest.raises(Refused, match="withdraws it before the round closes"):
        scene.comment()


def test_opening_a_comment_again_forgets_an_unreleased_answer(scene):
    comment = clear_comment(comment=scene.comment(), by=scene.cast.focal_undp)
    submit_position(consultation=scene.round, by=scene.cast.focal_undp, on_behalf_of=scene.undp)
    DispositionFactory(comment=comment)
    withdraw_position(consultation=scene.round, by=scene.cast.focal_undp, on_behalf_of=scene.undp)
    reopen_comment(comment=comment, by=scene.cast.focal_undp)
    assert not Disposition.objects.exists()


# --- replies ---------------------------------------------------------------------------------------------------------


def test_members_reply_to_each_other(scene):
    reply = reply_to_comment(comment=scene.comment(), by=scene.cast.focal_undp, text=" Agreed ")
    assert reply.text == "Agreed"


@pytest.mark.parametrize("who", ["outsider", "administrator", "secretariat", "drafter", "focal_fao"])
def test_nobody_outside_the_agency_replies_even_to_what_is_submitted(scene, who):
    comment = submitted_comment(scene.round, "undp")
    with pytest.raises(PermissionDenied):
        reply_to_comment(comment=comment, by=getattr(scene.cast, who), text="Hello")
    assert not CommentReply.objects.exists()


def test_an_empty_reply_is_refused(scene):
    with pytest.raises(Refused, match="Write a reply"):
        reply_to_comment(comment=scene.comment(), by=scene.cast.focal_undp, text="  ")


def test_text_of_any_markup_is_kept_as_text(scene):
    assert Comment.objects.get(pk=scene.comment(text="<script>alert(1)</script> *x* 你好 مرحبا").pk).text == (
        "<script>alert(1)</script> *x* 你好 مرحبا"
    )
