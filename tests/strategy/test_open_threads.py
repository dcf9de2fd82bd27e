"""Beyond one agency: how far a comment travels, replies for its readers, what is new, merging, late positions, the clock."""

import threading
from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.core.exceptions import PermissionDenied
from django.db import connection
from django.test import Client
from django.utils import timezone

from common.access import Refused, may
from strategy.enums import CommentState, PositionState, Sharing, Visibility
from strategy.models import Comment, CommentReply, LateAdmission, Position
from strategy.services import (
    clear_comment,
    drop_comment,
    edit_comment,
    merge_comments,
    reopen_comment,
    reply_to_readers,
    submit_position,
    withdraw_position,
    write_comment,
)
from strategy.services.merging import version_of_all
from tests.factories.strategy import submitted_comment

HTMX = {"HTTP_HX_REQUEST": "true"}


def submit(scene):
    return submit_position(consultation=scene.round, by=scene.cast.focal_undp, on_behalf_of=scene.undp)


# --- How far a comment travels ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("sharing", "wish", "travels"),
    [
        (Sharing.SECRETARIAT, Visibility.PUBLIC, Visibility.SECRETARIAT),
        (Sharing.AGENCIES, Visibility.PUBLIC, Visibility.AGENCIES),
        (Sharing.AGENCIES, Visibility.SECRETARIAT, Visibility.SECRETARIAT),
        (Sharing.AGENCIES_AFTER_CLOSE, Visibility.PUBLIC, Visibility.AGENCIES),
        (Sharing.PUBLIC, Visibility.PUBLIC, Visibility.PUBLIC),
        (Sharing.PUBLIC, Visibility.AGENCIES, Visibility.AGENCIES),
        (Sharing.PUBLIC_AFTER_CLOSE, Visibility.PUBLIC, Visibility.PUBLIC),
    ],
)
def test_a_comment_travels_as_its_agency_wishes_and_no_further_than_the_round_lets_it(scene, sharing, wish, travels):
    type(scene.round).objects.filter(pk=scene.round.pk).update(sharing=sharing)
    comment = clear_comment(comment=scene.comment(share_with=wish), by=scene.cast.focal_undp)
    submit(scene)
    comment.refresh_from_db()
    assert comment.visibility == travels


def test_the_focal_point_decides_with_the_clearance(scene, sign_in):
    scene.round.sharing = Sharing.PUBLIC
    scene.round.save()
    comment = scene.comment()
    client = sign_in(scene.cast.focal_undp)
    page = client.get(scene.url("position/")).content.decode()
    assert page.count('name="share_with"') == 1
    assert client.post(scene.url(f"comments/{comment.pk}/clear/"), {"share_with": "public"}).status_code == 302
    comment.refresh_from_db()
    assert (comment.state, comment.share_with) == (CommentState.CLEARED, Visibility.PUBLIC)
    submit(scene)
    assert "Internal words" in sign_in().get(scene.url("drafts/0/paragraphs/1/")).content.decode()


def test_nonsense_is_no_way_to_travel(scene, sign_in):
    comment = scene.comment()
    sign_in(scene.cast.focal_undp).post(scene.url(f"comments/{comment.pk}/clear/"), {"share_with": "internal"})
    comment.refresh_from_db()
    assert comment.share_with == Visibility.AGENCIES


# --- Replies for the readers -----------------------------------------------------------------------------------------


def test_agencies_and_the_secretariat_reply_in_their_own_name(scene, sign_in):
    comment = submitted_comment(scene.round, "fao", text="Fisheries")
    url = scene.url(f"comments/{comment.pk}/readers/")
    for who, name in (("focal_undp", "UNDP"), ("drafter", "UNOSSC"), ("secretariat", "UNOSSC"), ("focal_fao", "FAO")):
        response = sign_in(getattr(scene.cast, who)).post(url, {"text": f"Reply by {who}"}, **HTMX)
        assert response.status_code == 200, who
        assert "in the name of" in response.content.decode()
    assert CommentReply.objects.filter(audience="readers").count() == 4
    for reply in CommentReply.objects.all():
        page = sign_in(scene.cast.focal_who).get(comment.get_absolute_url()).content.decode()
        assert reply.text in page
        assert str(reply.author) not in page
    assert "Reply by" not in sign_in(scene.cast.outsider).get(comment.get_absolute_url()).content.decode()


def test_others_do_not_reply_to_the_readers(scene, sign_in):
    comment = submitted_comment(scene.round, "fao")
    url = scene.url(f"comments/{comment.pk}/readers/")
    assert sign_in(scene.cast.contributor_undp).post(url, {"text": "x"}, **HTMX).status_code == 400
    for who in ("outsider", "focal_samoa", "administrator"):
        assert sign_in(getattr(scene.cast, who)).post(url, {"text": "x"}).status_code == 404, who
    for who, agency in (("contributor_undp", "undp"), ("focal_fao", "undp"), ("focal_undp", "unossc"), ("focal_samoa", "samoa")):
        with pytest.raises(PermissionDenied):
            reply_to_readers(comment=comment, by=getattr(scene.cast, who), on_behalf_of=scene.organization(agency), text="x")
    assert not CommentReply.objects.exists()


def test_a_reply_needs_words_and_a_submitted_comment(scene, sign_in):
    comment = submitted_comment(scene.round, "fao")
    with pytest.raises(Refused, match="Write a reply"):
        reply_to_readers(comment=comment, by=scene.cast.focal_undp, on_behalf_of=scene.undp, text="  ")
    assert (
        sign_in(scene.cast.focal_undp).post(scene.url(f"comments/{comment.pk}/readers/"), {"text": ""}, **HTMX).status_code == 400
    )
    with pytest.raises(Refused, match="has not been submitted"):
        reply_to_readers(comment=scene.comment(), by=scene.cast.focal_undp, on_behalf_of=scene.undp, text="x")


def test_after_the_close_the_secretariat_only_replies(scene):
    comment = submitted_comment(scene.round, "fao")
    with time_machine.travel(scene.round.closes_at, tick=False):
        with pytest.raises(Refused, match="closed on"):
            reply_to_readers(comment=comment, by=scene.cast.focal_undp, on_behalf_of=scene.undp, text="Late")
        unossc = scene.organization("unossc")
        assert reply_to_readers(comment=comment, by=scene.cast.drafter, on_behalf_of=unossc, text="We will").pk


def test_a_withdrawn_comment_takes_its_replies_along(scene):
    clear_comment(comment=scene.comment(), by=scene.cast.focal_undp)
    submit(scene)
    reply_to_readers(comment=Comment.objects.get(), by=scene.cast.focal_fao, on_behalf_of=scene.fao, text="Agreed")
    withdraw_position(consultation=scene.round, by=scene.cast.focal_undp, on_behalf_of=scene.undp)
    assert not CommentReply.objects.visible_to(scene.cast.focal_fao).exists()
    assert CommentReply.objects.visible_to(scene.cast.contributor_undp).exists()


# --- What is new -----------------------------------------------------------------------------------------------------


def test_an_open_thread_is_told_of_what_is_new_and_of_nothing_else(scene, sign_in):
    comment = submitted_comment(scene.round, "fao", paragraph=scene.paragraph(), text="Fisheries")
    client, url = sign_in(scene.cast.focal_undp), scene.url("drafts/0/paragraphs/1/")
    page = client.get(url, **HTMX).content.decode()
    version = page.partition("?since=")[2].partition('"')[0]
    news = f"{url}?since={version}"
    assert client.get(news, **HTMX).status_code == 204
    # What the reader may not see is no news.
    CommentReply.objects.create(comment=comment, author=scene.cast.focal_fao, text="Between us")
    assert client.get(news, **HTMX).status_code == 204
    reply_to_readers(comment=comment, by=scene.cast.drafter, on_behalf_of=scene.organization("unossc"), text="Thank you")
    response = client.get(news, **HTMX)
    assert response.status_code == 200
    text = response.content.decode()
    assert "Thank you" in text
    assert 'id="write"' not in text  # the form that somebody may be typing in is not part of it
    assert client.get(news).status_code == 200  # without htmx the whole page


def test_the_page_of_a_thread_asks_for_news_too_and_keeps_its_own_forms(scene, sign_in):
    comment = submitted_comment(scene.round, "fao", paragraph=scene.paragraph(), text="Fisheries")
    client, url = sign_in(scene.cast.focal_undp), scene.url("drafts/0/paragraphs/1/")
    page = client.get(url).content.decode()
    news = page.partition('hx-get="')[2].partition('"')[0].replace("&amp;", "&")
    assert news.startswith(f"{url}?since=")
    assert client.get(news, **HTMX).status_code == 204
    reply_to_readers(comment=comment, by=scene.cast.drafter, on_behalf_of=scene.organization("unossc"), text="Thank you")
    part = client.get(news, **HTMX).content.decode()
    assert "Thank you" in part
    assert "data-thread-news" in part
    assert "&amp;page=1" in part
    assert "hx-post" not in part
    assert "data-line" not in part


def test_a_reader_who_has_not_signed_in_asks_for_no_news(scene):
    page = Client().get(scene.url("drafts/0/paragraphs/1/")).content.decode()
    assert "data-thread-news" not in page
    assert "htmx" not in page


def test_every_change_of_a_thread_is_news(scene, sign_in):
    client, url = sign_in(scene.cast.focal_undp), scene.url("drafts/0/paragraphs/1/")

    def version():
        return client.get(url, **HTMX).content.decode().partition("?since=")[2].partition('"')[0]

    seen = [version()]
    comment = scene.comment()
    seen.append(version())
    edit_comment(comment=comment, by=scene.cast.focal_undp, type="general", text="Other words")
    seen.append(version())
    clear_comment(comment=comment, by=scene.cast.focal_undp, share_with="secretariat")
    seen.append(version())
    submit(scene)
    seen.append(version())
    assert len(set(seen)) == 5


# --- Merging ---------------------------------------------------------------------------------------------------------


def test_several_comments_become_one_and_nothing_is_lost(scene, sign_in):
    one, two = scene.comment(text="First words", proposed_text="A wording"), scene.comment(text="Second words")
    client = sign_in(scene.cast.focal_undp)
    assert client.get(scene.url("position/")).content.decode().count('form="merge"') == 2
    url = scene.url("position/merge/")
    page = client.get(url, {"comments": [one.pk, two.pk]}).content.decode()
    assert page.count("First words") == 2
    assert page.count("Second words") == 2
    data = {"comments": [one.pk, two.pk], "type": "red_line", "text": "Both", "proposed_text": "A wording"}
    assert client.post(url, data).status_code == 302
    merged = Comment.objects.get(text="Both")
    assert (merged.state, merged.proposed_text, merged.author) == (CommentState.DRAFT, "A wording", scene.cast.focal_undp)
    for row in (one, two):
        row.refresh_from_db()
        assert (row.state, row.merged_into) == (CommentState.DROPPED, merged)
        assert row.state_changes.latest("pk").reason == f"Merged into comment no. {merged.pk}"
    assert f"Made of the comments no. {one.pk}, {two.pk}" in merged.state_changes.get().reason
    page = client.get(scene.url("position/")).content.decode()
    assert "First words" in page
    assert "Second words" in page
    assert f"Merged into comment no. {merged.pk}" in page
    reopen_comment(comment=one, by=scene.cast.focal_undp)
    one.refresh_from_db()
    assert (one.state, one.merged_into) == (CommentState.DRAFT, None)


def test_what_cannot_become_one_is_refused(scene):
    by, one = scene.cast.focal_undp, scene.comment()
    elsewhere, dropped = (
        scene.comment(paragraph=scene.paragraph("2")),
        drop_comment(comment=scene.comment(), by=scene.cast.focal_undp),
    )
    theirs = scene.comment(by=scene.cast.focal_fao, agency="fao")
    words = {"by": by, "type": "general", "text": "One"}
    for comments, match in (
        ([one], "two comments or more"), ([one, elsewhere], "different paragraphs"), ([one, dropped], "dropped or submitted"),
        ([one, theirs], "several agencies"),
    ):  # fmt: skip
        with pytest.raises(Refused, match=match):
            merge_comments(comments=comments, **words)
    two = scene.comment()
    with pytest.raises(PermissionDenied):
        merge_comments(comments=[one, two], **{**words, "by": scene.cast.contributor_undp})
    with pytest.raises(Refused, match="Write a comment"):
        merge_comments(comments=[one, two], **{**words, "text": " "})
    seen = version_of_all([one, two])
    edit_comment(comment=two, by=by, type="general", text="Changed")
    with pytest.raises(Refused, match="changed after you opened"):
        merge_comments(comments=[one, two], seen=seen, **words)


def test_the_page_of_merging_is_the_focal_points(scene, sign_in):
    one, two = scene.comment(), scene.comment()
    query = {"comments": [one.pk, two.pk]}
    url = scene.url("position/merge/")
    assert sign_in(scene.cast.contributor_undp).get(url, query).status_code == 403
    for who in ("focal_fao", "secretariat", "administrator", "outsider"):
        assert sign_in(getattr(scene.cast, who)).get(url, query).status_code == 404, who
    client = sign_in(scene.cast.focal_undp)
    assert client.get(url).status_code == 302
    assert client.get(url, {"comments": one.pk}).url.startswith(scene.url("position/"))
    response = client.post(url, {"comments": [one.pk, two.pk], "type": "general", "text": ""})
    assert response.status_code == 400


@pytest.mark.django_db(transaction=True)
def test_two_focal_points_merging_the_same_comments_make_one(scene):
    rows = [scene.comment(), scene.comment()]
    outcome, start = [], threading.Barrier(2)

    def merge():
        try:
            start.wait()
            merge_comments(comments=rows, by=scene.cast.focal_undp, type="general", text="One")
            outcome.append("made")
        except Refused:
            outcome.append("refused")
        finally:
            connection.close()

    threads = [threading.Thread(target=merge) for _one in range(2)]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    assert sorted(outcome) == ["made", "refused"]
    assert Comment.objects.filter(text="One").count() == 1


# --- The clock, pauses, late positions -------------------------------------------------------------------------------

ZONES = ["Pacific/Kiritimati", "Pacific/Pago_Pago", "Asia/Kathmandu", "America/New_York", "UTC"]


def acts(scene, waiting, cleared):
    by, undp = scene.cast.focal_undp, scene.undp
    words = {"type": "general", "text": "Too late"}
    return [
        lambda: write_comment(consultation=scene.round, by=by, on_behalf_of=undp, paragraph=None, **words),
        lambda: edit_comment(comment=waiting, by=by, **words),
        lambda: clear_comment(comment=waiting, by=by),
        lambda: drop_comment(comment=waiting, by=by),
        lambda: reopen_comment(comment=cleared, by=by),
        lambda: merge_comments(comments=[waiting, cleared], by=by, **words),
        lambda: submit(scene),
    ]


@pytest.mark.parametrize("place", ZONES)
@pytest.mark.parametrize("reader", ["Pacific/Kiritimati", "America/Los_Angeles"])
def test_at_the_close_nothing_gets_in_wherever_the_place_and_the_reader_are(scene, place, reader):
    """The moment is one, whatever the clocks on the walls say: one second before it all goes, at it nothing."""
    waiting, cleared = scene.comment(), clear_comment(comment=scene.comment(), by=scene.cast.focal_undp)
    scene.round.time_zone = place
    scene.round.closes_at = scene.round.closes_at.replace(microsecond=0)
    scene.round.save()
    before = list(Comment.objects.order_by("pk").values())
    with timezone.override(ZoneInfo(reader)):
        with time_machine.travel(scene.round.closes_at, tick=False):
            for act in acts(scene, waiting, cleared):
                with pytest.raises(Refused, match="This round closed on"):
                    act()
            assert list(Comment.objects.order_by("pk").values()) == before
        with time_machine.travel(scene.round.closes_at - timedelta(seconds=1), tick=False):
            assert submit(scene).is_late is False


@pytest.mark.parametrize(("field", "match"), [("paused_at", "is paused"), ("cancelled_at", "is cancelled")])
def test_a_paused_and_a_cancelled_round_refuse_in_clear_words(scene, sign_in, field, match):
    waiting, cleared = scene.comment(), clear_comment(comment=scene.comment(), by=scene.cast.focal_undp)
    setattr(scene.round, field, timezone.now())
    scene.round.save()
    for act in acts(scene, waiting, cleared):
        with pytest.raises(Refused, match=match):
            act()
    for rest in ("", "drafts/0/", "drafts/0/paragraphs/1/", "position/"):
        response = sign_in(scene.cast.focal_undp).get(scene.url(rest))
        assert response.status_code == 200, rest
    assert match.removeprefix("is ") in sign_in(scene.cast.focal_undp).get(scene.url("drafts/0/comments/")).content.decode()


@pytest.fixture
def admission(scene):
    scene.round.closes_at = timezone.now() - timedelta(hours=1)
    scene.round.save()
    return LateAdmission.objects.create(
        round=scene.round,
        organization=scene.undp,
        until=timezone.now() + timedelta(days=1),
        reason="Storm",
        by=scene.cast.drafter,
    )


def test_an_agency_that_is_admitted_late_answers_until_its_moment_and_is_marked(scene, admission, sign_in):
    client = sign_in(scene.cast.focal_undp)
    response = client.post(scene.url("drafts/0/paragraphs/1/"), {"type": "general", "text": "Late words"})
    assert response.status_code == 302
    assert "lets your agency answer late" in client.get(scene.url("position/")).content.decode()
    clear_comment(comment=Comment.objects.get(), by=scene.cast.focal_undp)
    position = submit(scene)
    assert (position.state, position.is_late) == (PositionState.SUBMITTED, True)
    assert "late" in client.get(scene.url("position/")).content.decode()
    with time_machine.travel(admission.until, tick=False), pytest.raises(Refused, match="after the close ended on"):
        withdraw_position(consultation=scene.round, by=scene.cast.focal_undp, on_behalf_of=scene.undp)


def test_the_others_stay_outside(scene, admission, sign_in):
    with pytest.raises(Refused, match="This round closed on"):
        submit_position(consultation=scene.round, by=scene.cast.focal_fao, on_behalf_of=scene.fao)
    with time_machine.travel(admission.until, tick=False), pytest.raises(Refused, match="ended on"):
        submit(scene)
    assert not Position.objects.filter(state=PositionState.SUBMITTED).exists()


def test_rule_and_list_agree_on_who_speaks(scene):
    comment = submitted_comment(scene.round, "fao")
    for name, user in scene.cast.everyone().items():
        for agency in ("undp", "fao", "who", "unossc", "samoa"):
            reply = CommentReply(comment=comment, author=user, organization=scene.organization(agency))
            expected = (name, agency) in {
                ("focal_undp", "undp"), ("focal_fao", "fao"), ("focal_who", "who"),
                ("drafter", "unossc"), ("secretariat", "unossc"),
            }  # fmt: skip
            assert may(user, "strategy.reply_to_readers", reply) == expected, (name, agency)
