"""Pages of the strategy: who gets which, with what status, and in how many queries."""

import re
from datetime import timedelta

import pytest
import time_machine
from django.utils import timezone

from strategy.models import Comment, CommentPin, CommentReply, Disposition, Draft, ParagraphLink, Position
from strategy.services import clear_comment, publish_draft, submit_position
from tests.factories.strategy import (
    CommentFactory,
    DispositionFactory,
    DraftFactory,
    ParagraphFactory,
    RoundFactory,
    published_draft,
    submitted_comment,
)

WRITE = {"type": "substantive", "text": "Name the office", "proposed_text": ""}
HTMX = {"HTTP_HX_REQUEST": "true"}


def test_the_public_reads_strategy_and_draft_without_cookie_or_token(scene, sign_in):
    scene.comment(text="Secretword")
    for path in (
        "/strategy/",
        scene.url(),
        scene.url("drafts/0/"),
        scene.url("drafts/0/paragraphs/1/"),
        scene.url("drafts/0/comments/"),
    ):
        for prefix in ("", "/ar", "/zh-hans"):
            response = sign_in().get(prefix + path)
            page = response.content.decode()
            assert response.status_code == 200, path
            assert not response.cookies
            assert "csrfmiddlewaretoken" not in page
            assert "Secretword" not in page
            assert "days left" not in page
            assert response["Cache-Control"].startswith("public")


@pytest.mark.parametrize(
    "rest",
    ["drafts/5/", "drafts/99999999999999999999/", f"drafts/{'9' * 4400}/", "drafts/0/paragraphs/99/", "drafts/0/compare/5/",
     "drafts/-1/", "drafts/x/", "drafts/0/paragraphs/%00/"],
)  # fmt: skip
def test_unknown_numbers_are_not_found(scene, sign_in, rest):
    for user in (None, scene.cast.drafter):
        assert sign_in(user).get(scene.url(rest)).status_code == 404


def test_an_unknown_strategy_is_not_found(scene, sign_in):
    assert sign_in().get("/strategy/none/").status_code == 404
    assert sign_in(scene.cast.focal_undp).get("/strategy/none/position/").status_code == 404


def test_a_draft_in_preparation_is_for_the_secretariat(scene, sign_in):
    draft = DraftFactory(strategy=scene.strategy, number=1)
    for name, user in scene.cast.everyone().items():
        expected = 200 if name in {"drafter", "secretariat"} else 404
        assert sign_in(user).get(scene.url("drafts/1/")).status_code == expected, name
        assert sign_in(user).get(scene.url("drafts/0/compare/1/")).status_code == expected, name
    assert sign_in().get(scene.url("drafts/1/")).status_code == 404
    assert draft.label not in sign_in().get(scene.url()).content.decode()


@pytest.mark.parametrize("rest", ["", "drafts/0/", "drafts/0/compare/0/"])
def test_reading_pages_refuse_other_methods(scene, sign_in, rest):
    assert sign_in(scene.cast.focal_undp).post(scene.url(rest)).status_code == 405


def test_each_paragraph_has_its_anchor_and_members_its_count(scene, sign_in):
    scene.comment()
    page = sign_in(scene.cast.focal_undp).get(scene.url("drafts/0/")).content.decode()
    assert 'id="p1"' in page
    assert "1 comment on paragraph 1" in page
    assert "1 comment on" not in sign_in(scene.cast.focal_fao).get(scene.url("drafts/0/")).content.decode()


def test_the_round_bar_shows_my_agencys_progress(scene, sign_in):
    clear_comment(comment=scene.comment(), by=scene.cast.focal_undp)
    scene.comment()
    page = sign_in(scene.cast.contributor_undp).get(scene.url("drafts/0/")).content.decode()
    assert "UNDP: comments cleared" in page
    assert "1 of 2" in page
    assert "9 days left" in page
    page = sign_in().get(scene.url("drafts/0/")).content.decode()
    assert "Agencies that have submitted" in page


def test_a_kept_page_ends_with_the_round(scene, sign_in):
    visitor = sign_in()
    assert "Open" in visitor.get(scene.url()).content.decode()
    with time_machine.travel(scene.round.closes_at, tick=False):
        assert "Closed" in visitor.get(scene.url()).content.decode()


def test_a_kept_page_shows_a_new_position_at_once(scene, sign_in):
    visitor = sign_in()
    assert "0 of 3" in visitor.get(scene.url()).content.decode()
    submit_position(consultation=scene.round, by=scene.cast.focal_undp, on_behalf_of=scene.undp)
    assert "1 of 3" in visitor.get(scene.url()).content.decode()


# --- Writing a comment -----------------------------------------------------------------------------------------------


def thread(scene):
    return scene.url("drafts/0/paragraphs/1/")


def test_a_contributor_writes_a_comment_without_a_script(scene, sign_in):
    client = sign_in(scene.cast.contributor_undp)
    response = client.post(thread(scene), WRITE)
    comment = Comment.objects.get()
    assert response.url == f"{thread(scene)}#c{comment.pk}"
    assert (comment.organization, comment.author, comment.paragraph.number) == (scene.undp, scene.cast.contributor_undp, "1")
    page = client.get(response.url).content.decode()
    assert "Name the office" in page
    assert "Its focal point has been told" in page


def test_a_comment_through_htmx_brings_the_thread_and_the_new_count(scene, sign_in):
    response = sign_in(scene.cast.contributor_undp).post(thread(scene), WRITE, **HTMX)
    page = response.content.decode()
    assert response.status_code == 200
    assert "<html" not in page
    assert "Name the office" in page
    assert "1 comment on paragraph 1" in page


def test_a_thread_asked_by_htmx_is_only_its_panel(scene, sign_in):
    page = sign_in(scene.cast.contributor_undp).get(thread(scene), **HTMX).content.decode()
    assert page.lstrip().startswith('<section class="thread" id="thread"')


def test_a_comment_on_the_draft_as_a_whole(scene, sign_in):
    response = sign_in(scene.cast.contributor_undp).post(scene.url("drafts/0/comments/"), WRITE)
    assert response.status_code == 302
    assert Comment.objects.get().paragraph is None


def test_a_visitor_who_comments_is_asked_to_sign_in(scene, sign_in):
    response = sign_in().post(thread(scene), WRITE)
    assert response.status_code == 302
    assert response.url.startswith("/accounts/login/?next=")


@pytest.mark.parametrize("who", ["outsider", "administrator", "secretariat", "drafter", "focal_samoa"])
def test_a_reader_who_comments_is_refused(scene, sign_in, who):
    response = sign_in(getattr(scene.cast, who)).post(thread(scene), WRITE)
    assert response.status_code == 403
    assert not Comment.objects.exists()


def test_an_empty_comment_is_asked_for_again(scene, sign_in):
    response = sign_in(scene.cast.contributor_undp).post(thread(scene), {**WRITE, "text": " "})
    assert response.status_code == 400
    assert "Write a comment, propose a text" in response.content.decode()


def test_nothing_that_was_typed_is_lost_when_the_round_has_closed(scene, sign_in):
    client = sign_in(scene.cast.contributor_undp)
    with time_machine.travel(scene.round.closes_at + timedelta(seconds=1)):
        response = client.post(thread(scene), {**WRITE, "proposed_text": "My own wording"})
    page = response.content.decode()
    assert response.status_code == 400
    assert "This round closed on" in page
    assert "Name the office" in page
    assert "My own wording" in page


def test_a_paragraph_left_as_it_is_proposes_nothing(scene, sign_in):
    text = scene.paragraph().text
    sign_in(scene.cast.contributor_undp).post(thread(scene), {**WRITE, "proposed_text": text.replace("\n", "\r\n") + " "})
    assert Comment.objects.get().proposed_text == ""


@pytest.mark.parametrize(
    "data",
    [{"type": "loud"}, {"text": "x" * 5001}, {"text": "a\x00b"}, {"proposed_text": "Other", "proposes_deletion": "on"}],
)
def test_bad_values_are_refused_with_the_form(scene, sign_in, data):
    assert sign_in(scene.cast.contributor_undp).post(thread(scene), {**WRITE, **data}).status_code == 400
    assert not Comment.objects.exists()


def test_markup_in_a_comment_is_shown_as_text(scene, sign_in):
    scene.comment(text="<script>alert(1)</script>", proposed_text="<img src=x onerror=y>")
    page = sign_in(scene.cast.focal_undp).get(thread(scene)).content.decode()
    assert "<script>alert(1)" not in page
    assert "<img src=x" not in page
    assert "&lt;script&gt;" in page


def test_another_agencys_submitted_comment_shows_the_agency_not_the_person(scene, sign_in):
    comment = submitted_comment(scene.round, "fao", text="Fisheries too")
    page = sign_in(scene.cast.focal_undp).get(thread(scene).replace("paragraphs/1", "comments")).content.decode()
    assert "Fisheries too" in page
    assert str(comment.author) not in page


def test_neighbours_lead_through_the_text(scene, sign_in):
    page = sign_in().get(scene.url("drafts/0/paragraphs/2/")).content.decode()
    assert "/paragraphs/1/" in page
    assert "/paragraphs/3/" in page


# --- Acts on a comment -----------------------------------------------------------------------------------------------

ACTS = ["clear", "drop", "reopen", "replies"]


@pytest.mark.parametrize("act", ACTS)
def test_acts_are_posted(scene, sign_in, act):
    comment = scene.comment()
    assert sign_in(scene.cast.focal_undp).get(scene.url(f"comments/{comment.pk}/{act}/")).status_code == 405


@pytest.mark.parametrize("act", [*ACTS, "edit"])
def test_nobody_outside_the_agency_finds_its_comment(scene, sign_in, act):
    comment = scene.comment()
    url = scene.url(f"comments/{comment.pk}/{act}/")
    for name, user in scene.cast.everyone().items():
        if name not in {"focal_undp", "contributor_undp"}:
            assert sign_in(user).post(url, WRITE).status_code == 404, name
    assert sign_in().post(url, WRITE).status_code == 302


@pytest.mark.parametrize("act", ["clear", "drop", "reopen"])
def test_a_contributor_may_not_decide(scene, sign_in, act):
    comment = scene.comment()
    assert sign_in(scene.cast.contributor_undp).post(scene.url(f"comments/{comment.pk}/{act}/")).status_code == 403


@pytest.mark.parametrize("act", [*ACTS, "edit"])
@pytest.mark.parametrize("pk", ["999999", "99999999999999999999"])
def test_an_unknown_comment_is_not_found(scene, sign_in, act, pk):
    assert sign_in(scene.cast.focal_undp).post(scene.url(f"comments/{pk}/{act}/")).status_code == 404


def test_a_comment_is_not_reached_through_another_strategy(scene, sign_in):
    other, comment = published_draft().strategy, scene.comment()
    assert sign_in(scene.cast.focal_undp).post(f"/strategy/{other.slug}/comments/{comment.pk}/clear/").status_code == 404


def test_the_focal_point_clears_and_comes_back(scene, sign_in):
    comment = scene.comment()
    response = sign_in(scene.cast.focal_undp).post(scene.url(f"comments/{comment.pk}/clear/"), {"next": scene.url("position/")})
    assert response.url == f"{scene.url('position/')}#c{comment.pk}"
    comment.refresh_from_db()
    assert comment.state == "cleared"


def test_an_act_never_leads_to_another_host(scene, sign_in):
    comment = scene.comment()
    response = sign_in(scene.cast.focal_undp).post(scene.url(f"comments/{comment.pk}/clear/"), {"next": "https://evil.example/"})
    assert response.url.startswith("/strategy/")


def test_a_refused_act_says_why(scene, sign_in):
    comment = scene.comment()
    client = sign_in(scene.cast.focal_undp)
    response = client.post(scene.url(f"comments/{comment.pk}/reopen/"), follow=True)
    assert "This cannot become" in response.content.decode()
    response = client.post(scene.url(f"comments/{comment.pk}/reopen/"), **HTMX)
    assert response.status_code == 400
    assert "This cannot become" in response.content.decode()


def test_a_reply_is_kept_inside(scene, sign_in):
    comment = scene.comment()
    url = scene.url(f"comments/{comment.pk}/replies/")
    assert sign_in(scene.cast.focal_undp).post(url, {"text": "Agreed"}).status_code == 302
    assert CommentReply.objects.get().text == "Agreed"
    response = sign_in(scene.cast.focal_undp).post(url, {"text": ""})
    assert response.status_code == 400


def test_a_comment_is_edited(scene, sign_in):
    comment = scene.comment(proposed_text="First wording")
    client = sign_in(scene.cast.contributor_undp)
    page = client.get(scene.url(f"comments/{comment.pk}/edit/")).content.decode()
    assert "First wording" in page
    response = client.post(scene.url(f"comments/{comment.pk}/edit/"), {**WRITE, "proposed_text": "Second wording"})
    assert response.status_code == 302
    comment.refresh_from_db()
    assert comment.proposed_text == "Second wording"


def test_an_edit_that_comes_too_late_keeps_its_words(scene, sign_in):
    comment = clear_comment(comment=scene.comment(), by=scene.cast.focal_undp)
    response = sign_in(scene.cast.contributor_undp).post(
        scene.url(f"comments/{comment.pk}/edit/"), {**WRITE, "text": "Late words"}
    )
    assert response.status_code == 400
    assert "Late words" in response.content.decode()
    assert "no longer changes" in response.content.decode()


# --- The position ----------------------------------------------------------------------------------------------------

POSITION = ["position/", "position/submit/", "position/withdraw/"]


@pytest.mark.parametrize("rest", POSITION)
def test_a_position_is_for_members_of_an_invited_agency(scene, sign_in, rest):
    assert sign_in().get(scene.url(rest)).status_code == 302
    for name, user in scene.cast.everyone().items():
        status = sign_in(user).get(scene.url(rest)).status_code
        if name.startswith(("focal_undp", "focal_fao", "focal_who")):
            assert status == 200, name
        elif name == "contributor_undp":
            assert status == (200 if rest == "position/" else 403), name
        else:
            assert status == 404, name


@pytest.mark.parametrize(
    "query", ["?agency=fao", "?agency=none", "?round=999", "?round=x", "?round=99999999999999999999999", "?agency=%00"]
)
def test_a_position_of_another_agency_or_round_is_not_found(scene, sign_in, query):
    assert sign_in(scene.cast.focal_undp).get(scene.url(f"position/{query}")).status_code == 404


def test_the_position_page_lists_every_state_to_its_members(scene, sign_in):
    clear_comment(comment=scene.comment(text="Cleared words"), by=scene.cast.focal_undp)
    scene.comment(text="Waiting words")
    page = sign_in(scene.cast.focal_undp).get(scene.url("position/")).content.decode()
    for words in ("Cleared words", "Waiting words", "1 waits for clearance", "1 cleared", "Submit the position"):
        assert words in page
    page = sign_in(scene.cast.contributor_undp).get(scene.url("position/")).content.decode()
    assert "Submit the position" not in page
    assert sign_in(scene.cast.focal_undp).post(scene.url("position/")).status_code == 405


def test_submission_wants_a_deliberate_yes(scene, sign_in):
    clear_comment(comment=scene.comment(), by=scene.cast.focal_undp)
    scene.comment()
    client = sign_in(scene.cast.focal_undp)
    page = client.get(scene.url("position/submit/")).content.decode()
    assert "1 comment still waits for clearance" in page
    assert client.post(scene.url("position/submit/")).status_code == 400
    assert not Position.objects.get().is_submitted
    response = client.post(scene.url("position/submit/"), {"confirm": "on"}, follow=True)
    assert "stayed inside the agency" in response.content.decode()
    assert Position.objects.get().is_submitted


def test_submission_refused_says_why(scene, sign_in):
    client = sign_in(scene.cast.focal_undp)
    submit_position(consultation=scene.round, by=scene.cast.focal_undp, on_behalf_of=scene.undp)
    response = client.post(scene.url("position/submit/"), {"confirm": "on"})
    assert response.status_code == 400
    assert "was submitted already" in response.content.decode()


def test_withdrawal_through_the_page(scene, sign_in):
    submit_position(consultation=scene.round, by=scene.cast.focal_undp, on_behalf_of=scene.undp)
    client = sign_in(scene.cast.focal_undp)
    response = client.post(scene.url("position/withdraw/"), {"confirm": "on", "reason": "A slip"})
    assert response.status_code == 302
    assert Position.objects.get().state == "withdrawn"
    response = client.post(scene.url("position/withdraw/"), {"confirm": "on"})
    assert response.status_code == 400


# --- Answers ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("rest", ["answers/", "answers/{}/"])
def test_answers_are_for_drafters(scene, sign_in, rest):
    comment = submitted_comment(scene.round)
    url = scene.url(rest.format(comment.pk))
    assert sign_in().get(url).status_code == 302
    for name, user in scene.cast.everyone().items():
        status = sign_in(user).get(url).status_code
        if name == "drafter":
            assert status == 200
        elif "{}" in rest:
            # Who may not even read the comment does not find it.
            readers = {"secretariat", "focal_undp", "contributor_undp", "focal_fao", "focal_who"}
            assert status == (403 if name in readers else 404), name
        else:
            assert status == 403, name


def test_an_internal_comment_is_not_found_by_the_drafter(scene, sign_in):
    comment = scene.comment(text="Secretword")
    client = sign_in(scene.cast.drafter)
    assert client.get(scene.url(f"answers/{comment.pk}/")).status_code == 404
    assert "Secretword" not in client.get(scene.url("answers/")).content.decode()


def test_the_drafter_answers_on_the_page(scene, sign_in):
    comment = submitted_comment(scene.round)
    client = sign_in(scene.cast.drafter)
    url = scene.url(f"answers/{comment.pk}/")
    response = client.post(url, {"decision": "noted", "reason": "", "resulting_text": "Kept words"})
    assert response.status_code == 400
    assert "Give the reason" in response.content.decode()
    assert "Kept words" in response.content.decode()
    assert client.post(url, {"decision": "noted", "reason": "Thanks"}).status_code == 302
    assert Disposition.objects.get().reason == "Thanks"
    # A second drafter who had the empty form before them does not overwrite it.
    response = client.post(url, {"decision": "accepted"})
    assert response.status_code == 400
    assert "meanwhile" in response.content.decode()
    seen = re.search(r'name="seen" value="([^"]+)"', client.get(url).content.decode()).group(1)
    assert client.post(url, {"decision": "accepted", "seen": seen}).status_code == 302


@pytest.mark.parametrize("number", ["", "999999", "x", "99999999999999999999"])
def test_a_duplicate_needs_the_number_of_the_other(scene, sign_in, number):
    comment = submitted_comment(scene.round)
    response = sign_in(scene.cast.drafter).post(
        scene.url(f"answers/{comment.pk}/"), {"decision": "duplicate_of", "duplicate_of": number}
    )
    assert response.status_code == 400
    assert not Disposition.objects.exists()


def test_a_duplicate_through_the_page(scene, sign_in):
    comment, original = submitted_comment(scene.round), submitted_comment(scene.round, "fao")
    response = sign_in(scene.cast.drafter).post(
        scene.url(f"answers/{comment.pk}/"), {"decision": "duplicate_of", "duplicate_of": original.pk}
    )
    assert response.status_code == 302
    assert Disposition.objects.get().duplicate_of == original


def test_release_through_the_page(scene, sign_in):
    DispositionFactory(comment=submitted_comment(scene.round))
    url, client = scene.url("answers/release/"), sign_in(scene.cast.drafter)
    assert client.get(url).status_code == 405
    assert sign_in(scene.cast.secretariat).post(url).status_code == 403
    assert sign_in(scene.cast.focal_undp).post(url).status_code == 403
    assert client.post(url, {"agency": "nobody"}).status_code == 404
    assert "1 answer is released" in client.post(url, {"agency": "undp"}, follow=True).content.decode()
    assert "There is no answer to release" in client.post(url, follow=True).content.decode()


def test_a_released_answer_is_read_by_the_agency(scene, sign_in):
    DispositionFactory(comment=submitted_comment(scene.round), reason="Said in paragraph 4")
    client = sign_in(scene.cast.contributor_undp)
    assert "Said in paragraph 4" not in client.get(scene.url("position/")).content.decode()
    sign_in(scene.cast.drafter).post(scene.url("answers/release/"))
    assert "Said in paragraph 4" in client.get(scene.url("position/")).content.decode()


def test_a_duplicate_does_not_show_a_comment_that_its_reader_may_not_see(scene, sign_in):
    scene.round.sharing = "secretariat"
    scene.round.save()
    original = submitted_comment(scene.round, "fao", visibility="secretariat")
    comment = submitted_comment(scene.round, visibility="secretariat")
    DispositionFactory(comment=comment, decision="duplicate_of", reason="", duplicate_of=original, released_at=timezone.now())
    page = sign_in(scene.cast.focal_undp).get(scene.url("position/")).content.decode()
    assert "Duplicate of another comment" in page
    assert "FAO" not in page


@pytest.mark.parametrize("query", ["?show=none", "?round=x"])
def test_unknown_lists_of_answers_are_not_found(scene, sign_in, query):
    assert sign_in(scene.cast.drafter).get(scene.url(f"answers/{query}")).status_code == 404


def test_the_queue_goes_on_where_the_page_ended(scene, sign_in):
    agency = submitted_comment(scene.round).organization
    for _number in range(24):
        CommentFactory(
            round=scene.round, organization=agency, state="submitted", visibility="agencies", paragraph=scene.paragraph()
        )
    client, seen = sign_in(scene.cast.drafter), []
    url = scene.url("answers/")
    for _page in range(3):
        page = client.get(url).content.decode()
        seen += re.findall(r'<article class="comment" id="c(\d+)"', page)
        following = re.search(r'rel="next" href="([^"]+)"', page)
        if not following:
            break
        url = following.group(1).replace("&amp;", "&")
        url = url if url.startswith("/") else scene.url(f"answers/{url}")
    assert len(seen) == len(set(seen)) == 25


@pytest.mark.parametrize("cursor", ["x", "1.", ".1", "1.x", "9" * 40, f"1.{'9' * 40}", "%00"])
def test_any_cursor_is_survived(scene, sign_in, cursor):
    assert sign_in(scene.cast.drafter).get(scene.url(f"answers/?after={cursor}")).status_code == 200


# --- Publishing ------------------------------------------------------------------------------------------------------


def test_publishing_through_the_page(scene, sign_in):
    draft = DraftFactory(strategy=scene.strategy, number=1)
    url, client = scene.url("drafts/1/publish/"), sign_in(scene.cast.drafter)
    assert sign_in(scene.cast.focal_undp).get(url).status_code == 404
    assert sign_in(scene.cast.secretariat).post(url, {"confirm": "on"}).status_code == 403
    assert "has no text yet" in client.post(url, {"confirm": "on"}).content.decode()
    ParagraphFactory(draft=draft)
    assert client.post(url).status_code == 400
    assert client.post(url, {"confirm": "on"}).status_code == 302
    assert Draft.objects.get(pk=draft.pk).is_published
    assert sign_in().get(scene.url("drafts/1/")).status_code == 200


# --- Queries ---------------------------------------------------------------------------------------------------------


def _many(scene, number):
    draft = DraftFactory(strategy=scene.strategy, number=30)
    paragraphs = [ParagraphFactory(draft=draft, position=place, number=str(place)) for place in range(1, number + 1)]
    from tests.factories.strategy import publish

    publish(draft)
    consultation = RoundFactory(draft=draft)
    for paragraph in paragraphs:
        CommentFactory(round=consultation, organization=scene.undp, paragraph=paragraph, author=scene.cast.contributor_undp)
        answered = CommentFactory(
            round=consultation, organization=scene.fao, paragraph=paragraph, state="submitted", visibility="agencies"
        )
        DispositionFactory(comment=answered)
    return consultation


@pytest.mark.parametrize("number", [1, 12])
def test_a_draft_costs_the_same_queries_whatever_its_length(scene, sign_in, number, django_assert_num_queries):
    _many(scene, number)
    client = sign_in(scene.cast.focal_undp)
    with django_assert_num_queries(13):
        assert client.get(scene.url("drafts/30/")).status_code == 200


@pytest.mark.parametrize("number", [1, 12])
def test_comments_on_earlier_drafts_cost_two_queries_more(scene, sign_in, number, django_assert_num_queries):
    consultation = _many(scene, number)
    for _one in range(number):
        earlier = submitted_comment(scene.round, "fao", paragraph=scene.paragraph())
        target = consultation.draft.paragraphs.first()
        ParagraphLink.objects.get_or_create(origin=scene.paragraph(), target=target, relation="edited")
        CommentPin.objects.create(comment=earlier, paragraph=target, by=scene.cast.drafter)
    client = sign_in(scene.cast.focal_undp)
    with django_assert_num_queries(15):
        assert client.get(scene.url("drafts/30/")).status_code == 200


@pytest.mark.parametrize("number", [1, 12])
def test_a_public_draft_costs_few_queries(scene, sign_in, number, django_assert_num_queries):
    _many(scene, number)
    with django_assert_num_queries(9):
        assert sign_in().get(scene.url("drafts/30/"), HTTP_COOKIE="sessionid=").status_code == 200


@pytest.mark.parametrize("number", [1, 12])
def test_a_position_costs_the_same_queries_whatever_its_length(scene, sign_in, number, django_assert_num_queries):
    consultation = _many(scene, number)
    client = sign_in(scene.cast.focal_undp)
    with django_assert_num_queries(12):
        client.get(scene.url(f"position/?round={consultation.pk}"))


@pytest.mark.parametrize("number", [1, 12])
def test_the_queue_costs_the_same_queries_whatever_its_length(scene, sign_in, number, django_assert_num_queries):
    consultation = _many(scene, number)
    Disposition.objects.all().delete()
    client = sign_in(scene.cast.drafter)
    with django_assert_num_queries(23):
        client.get(scene.url(f"answers/?round={consultation.pk}"))


@pytest.mark.parametrize("number", [1, 6])
def test_the_list_costs_the_same_queries_whatever_its_length(scene, sign_in, number, django_assert_num_queries):
    for _strategy in range(number):
        RoundFactory(draft=published_draft())
    client = sign_in(scene.cast.focal_undp)
    with django_assert_num_queries(9):
        client.get("/strategy/")


def test_line_ends_are_counted_as_they_were_typed(scene, sign_in):
    typed = "\r\n".join(["x" * 99] * 50)  # 4,999 characters for the person and the browser
    url = scene.url("drafts/0/paragraphs/1/")
    client = sign_in(scene.cast.contributor_undp)
    assert client.post(url, {"type": "general", "text": typed, "share_with": "agencies"}).status_code == 302
    assert Comment.objects.get().text == typed.replace("\r\n", "\n")
    too_long = client.post(url, {"type": "general", "text": typed + "yy", "share_with": "agencies"})
    assert too_long.status_code == 400
    assert "x" * 99 in too_long.content.decode()


def test_a_paragraph_longer_than_a_proposal_may_be_is_commented_on(scene, sign_in):
    draft = DraftFactory(strategy=scene.strategy, number=1)
    ParagraphFactory(draft=draft, number="1", text="word " * 1200 + "end")
    publish_draft(draft=draft, by=scene.cast.drafter)
    RoundFactory(draft=draft)
    url, client = scene.url("drafts/1/paragraphs/1/"), sign_in(scene.cast.contributor_undp)
    field = client.get(url).context["form"]["proposed_text"]
    assert (field.value(), "Name the passage" in str(field.help_text)) == (None, True)
    said = {"type": "general", "text": "Shorten it", "proposed_text": "", "share_with": "agencies"}
    assert client.post(url, said).status_code == 302
