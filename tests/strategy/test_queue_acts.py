"""Several comments of the queue at once: answered, assigned, carried forward."""

import threading

import pytest
from django.core.exceptions import PermissionDenied
from django.db import connection

from common.access import Refused
from directory.models import StakeholderCategory
from strategy.enums import Decision
from strategy.models import Assignment, CarryForward, Disposition
from strategy.selectors.queue import sections_of
from strategy.services import dispose_comment, release_dispositions
from strategy.services.assignments import assign_comments, unassign_comments
from strategy.services.batch_answers import Answer, RefusedAnswers, dispose_batch
from strategy.services.carrying import carry_forward, take_back
from tests.factories.strategy import CommentFactory, DraftFactory, RoundFactory, submitted_comment

pytestmark = pytest.mark.django_db


@pytest.fixture
def three(scene):
    return [
        submitted_comment(scene.round, code, paragraph=scene.paragraph(), text=f"Words {code}") for code in ("undp", "fao", "who")
    ]


def batch(scene, comments, decision=Decision.NOTED, reason="Thanks", **more):
    by = more.pop("by", scene.cast.drafter)
    return dispose_batch(answers=[Answer(one.pk, decision, reason, **more) for one in comments], by=by)


# --- answers ---------------------------------------------------------------------------------------------------------


def test_one_decision_for_several_comments(scene, three):
    assert len(batch(scene, three)) == 3
    assert set(Disposition.objects.values_list("decision", "reason", "by")) == {("noted", "Thanks", scene.cast.drafter.pk)}


def test_each_accepted_proposal_becomes_its_own_text(scene):
    rows = [submitted_comment(scene.round, code, paragraph=scene.paragraph(), proposed_text=code) for code in ("undp", "fao")]
    batch(scene, rows, Decision.ACCEPTED, "")
    assert {row.resulting_text for row in Disposition.objects.all()} == {"undp", "fao"}


def test_one_that_cannot_be_answered_stops_all_and_is_named(scene, three):
    dispose_comment(comment=three[1], by=scene.cast.drafter, decision=Decision.ACCEPTED)
    with pytest.raises(RefusedAnswers, match=f"no. {three[1].pk}: .*has answered this comment meanwhile") as refused:
        batch(scene, three)
    assert set(refused.value.problems) == {three[1].pk}
    assert Disposition.objects.count() == 1


def test_reasons_and_known_decisions_are_asked_of_a_batch_too(scene, three):
    with pytest.raises(RefusedAnswers, match="Give the reason"):
        batch(scene, three, reason=" ")
    with pytest.raises(RefusedAnswers, match="Choose a decision from the list"):
        batch(scene, three, decision="maybe")
    with pytest.raises(RefusedAnswers, match="at most 5000"):
        batch(scene, three, reason="x" * 5001)
    with pytest.raises(RefusedAnswers, match="was changed after you read it"):
        batch(scene, three, words="another text")
    with pytest.raises(Refused, match="Choose the comments"):
        batch(scene, [])
    with pytest.raises(Refused, match="there twice"):
        batch(scene, [three[0], three[0]])


def test_a_released_answer_stays(scene, three):
    batch(scene, three[:1])
    release_dispositions(consultation=scene.round, by=scene.cast.drafter)
    with pytest.raises(RefusedAnswers, match="is released"):
        batch(scene, three)


def test_only_drafters_answer_together(scene, three):
    with pytest.raises(RefusedAnswers, match="not among those that you can answer"):
        batch(scene, three, by=scene.cast.focal_undp)


def test_a_comment_of_another_round_is_refused(scene, three):
    other = submitted_comment(RoundFactory(draft=scene.draft), "fao")
    answers = [Answer(other.pk, Decision.NOTED, "Thanks")]
    with pytest.raises(RefusedAnswers, match="of another round"):
        dispose_batch(answers=answers, by=scene.cast.drafter, consultation=scene.round)


def test_a_group_becomes_duplicates_of_its_first_and_no_chain_is_made(scene, three):
    batch(scene, three[1:], Decision.DUPLICATE_OF, "", duplicate_of=three[0].pk)
    assert Disposition.objects.filter(duplicate_of=three[0]).count() == 2
    with pytest.raises(RefusedAnswers, match="itself a duplicate"):
        batch(scene, three[:1], Decision.DUPLICATE_OF, "", duplicate_of=three[1].pk)


def test_two_that_name_each_other_in_one_batch_are_refused(scene, three):
    one, two, _three = three
    answers = [
        Answer(one.pk, Decision.DUPLICATE_OF, duplicate_of=two.pk),
        Answer(two.pk, Decision.DUPLICATE_OF, duplicate_of=one.pk),
    ]
    with pytest.raises(RefusedAnswers, match="itself a duplicate"):
        dispose_batch(answers=answers, by=scene.cast.drafter)


def test_a_batch_costs_the_same_whatever_its_size(scene, three, django_assert_num_queries):
    many = [submitted_comment(scene.round, "undp") for _number in range(12)]
    list(scene.cast.drafter.current_memberships)
    with django_assert_num_queries(7):
        batch(scene, three[:1])
    with django_assert_num_queries(7):
        batch(scene, many)


@pytest.mark.django_db(transaction=True)
def test_two_drafters_answer_the_same_comments_at_once_and_one_does(scene, three):
    barrier, ends = threading.Barrier(2), []

    def act(reason):
        try:
            barrier.wait()
            batch(scene, three, reason=reason)
            ends.append("done")
        except Refused as refusal:
            ends.append(str(refusal))
        finally:
            connection.close()

    threads = [threading.Thread(target=act, args=(reason,)) for reason in ("One", "Two")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert ends.count("done") == 1
    assert any("meanwhile" in end for end in ends)
    assert len(set(Disposition.objects.values_list("reason", flat=True))) == 1


# --- assignments and carrying ----------------------------------------------------------------------------------------


def keys(rows):
    return [row.pk for row in rows]


def assign(scene, rows, drafter=None, by=None):
    me = scene.cast.drafter
    return assign_comments(consultation=scene.round, comments=keys(rows), drafter=drafter or me, by=by or me)


def test_comments_are_assigned_and_taken_back(scene, three):
    assert assign(scene, three) == 3
    assert assign(scene, three[:1]) == 1
    assert Assignment.objects.filter(drafter=scene.cast.drafter).count() == 3
    assert Assignment.objects.visible_to(scene.cast.focal_undp).count() == 0
    assert unassign_comments(consultation=scene.round, comments=keys(three), by=scene.cast.drafter) == 3
    with pytest.raises(Refused, match="assigned to anybody"):
        unassign_comments(consultation=scene.round, comments=keys(three), by=scene.cast.drafter)


def test_what_is_refused_when_assigning(scene, three):
    with pytest.raises(Refused, match="not a drafter of this strategy"):
        assign(scene, three, drafter=scene.cast.focal_undp)
    with pytest.raises(Refused, match="Choose at least one"):
        assign(scene, [])
    internal = CommentFactory(round=scene.round)
    with pytest.raises(Refused, match=f"wait for an answer: no. {internal.pk}"):
        assign(scene, [internal])
    with pytest.raises(PermissionDenied):
        assign(scene, three, by=scene.cast.focal_undp)
    batch(scene, three)
    release_dispositions(consultation=scene.round, by=scene.cast.drafter)
    with pytest.raises(Refused, match="Answered and released already"):
        assign(scene, three)


def carry(scene, rows, **more):
    more = {
        "draft": more.pop("draft", None) or DraftFactory(strategy=scene.strategy, number=7),
        "reason": "After Nairobi",
        **more,
    }
    return carry_forward(consultation=scene.round, comments=keys(rows), by=scene.cast.drafter, **more)


def test_comments_are_carried_forward_and_taken_back(scene, three):
    assert carry(scene, three) == 3
    assert CarryForward.objects.visible_to(scene.cast.focal_undp).count() == 0
    assert take_back(consultation=scene.round, comments=keys(three), by=scene.cast.drafter) == 3
    with pytest.raises(Refused, match="None of these comments is carried"):
        take_back(consultation=scene.round, comments=keys(three), by=scene.cast.drafter)


def test_what_is_refused_when_carrying(scene, three):
    later = DraftFactory(strategy=scene.strategy, number=8)
    with pytest.raises(Refused, match="Say why"):
        carry(scene, three, draft=later, reason=" ")
    with pytest.raises(Refused, match="at most"):
        carry(scene, three, draft=later, reason="x" * 5001)
    with pytest.raises(Refused, match="later draft of the same strategy"):
        carry(scene, three, draft=scene.draft)
    carry(scene, three[:1], draft=later)
    with pytest.raises(Refused, match="Carried forward already"):
        carry(scene, three, draft=later)
    batch(scene, three[1:2])
    with pytest.raises(Refused, match=f"Answered already: no. {three[1].pk}"):
        carry(scene, three[1:], draft=later)


# --- pages -----------------------------------------------------------------------------------------------------------


@pytest.fixture
def page(scene, client):
    client.force_login(scene.cast.drafter)
    return client


def test_the_queue_filters_by_address(scene, three, page):
    red = submitted_comment(scene.round, "fao", paragraph=scene.paragraph("2"), type="red_line", text="Stop here")
    for query, shown in (
        ("", [*three, red]), ("type=red_line", [red]), ("agency=undp", three[:1]), ("section=I", [*three, red]),
        ("section=whole", []), ("kind=remark", [*three, red]), ("kind=proposal", []), ("assigned=me", []),
        ("assigned=nobody", [*three, red]), ("type=%00nonsense", [*three, red]),
    ):  # fmt: skip
        text = page.get(scene.url(f"answers/?{query}")).content.decode()
        assert [one.pk for one in [*three, red] if f'id="c{one.pk}"' in text] == keys(shown), query


def test_near_duplicates_stand_together_and_are_made_duplicates_in_one_press(scene, page):
    rows = [submitted_comment(scene.round, code, paragraph=scene.paragraph(), text="Say the same!") for code in ("undp", "fao")]
    assert f"Says nearly the same as no. {rows[1].pk}" in page.get(scene.url("answers/")).content.decode()
    sent = {"round": scene.round.pk, "act": "duplicates", "lead": rows[0].pk, "comment": keys(rows)}
    assert page.post(scene.url("answers/batch/"), sent).status_code == 302
    assert Disposition.objects.get().duplicate_of == rows[0]


def test_a_batch_is_previewed_then_applied(scene, three, page):
    sent = {"round": scene.round.pk, "comment": keys(three)}
    first = page.post(scene.url("answers/batch/"), {**sent, "act": "answer"})
    assert all(f"seen_{one.pk}" in first.content.decode() for one in three)
    answer = {**sent, "decision": "noted", "reason": "Thanks"}
    preview = page.post(scene.url("answers/batch/"), {**answer, "act": "preview"})
    assert "Answer all of them" in preview.content.decode()
    assert not Disposition.objects.exists()
    missing = page.post(scene.url("answers/batch/"), {**answer, "act": "preview", "reason": ""})
    assert missing.status_code == 400
    assert page.post(scene.url("answers/batch/"), {**answer, "act": "apply"}).status_code == 302
    assert Disposition.objects.count() == 3


def test_an_answer_given_meanwhile_is_shown_in_the_preview(scene, three, page):
    dispose_comment(comment=three[0], by=scene.cast.drafter, decision=Decision.ACCEPTED)
    sent = {"round": scene.round.pk, "comment": keys(three), "decision": "noted", "reason": "Thanks", f"seen_{three[0].pk}": "|"}
    text = page.post(scene.url("answers/batch/"), {**sent, "act": "preview"}).content.decode()
    assert "answered this comment meanwhile" in text
    assert "Answer all of them" not in text
    assert page.post(scene.url("answers/batch/"), {**sent, "act": "apply"}).status_code == 400
    assert Disposition.objects.count() == 1


def test_assigning_and_carrying_from_the_page(scene, three, page):
    DraftFactory(strategy=scene.strategy, number=7, label="Next")
    sent = {"round": scene.round.pk, "comment": keys(three)}
    page.post(scene.url("answers/batch/"), {**sent, "act": "assign", "drafter": scene.cast.drafter.pk})
    assert Assignment.objects.count() == 3
    page.post(scene.url("answers/batch/"), {**sent, "act": "carry", "draft": 7, "carry_reason": "Later"})
    assert CarryForward.objects.count() == 3
    assert "Carried into the Next" in page.get(scene.url("answers/?show=carried")).content.decode()
    page.post(scene.url("answers/batch/"), {**sent, "act": "take_back"})
    page.post(scene.url("answers/batch/"), {**sent, "act": "unassign"})
    assert not CarryForward.objects.exists()
    assert not Assignment.objects.exists()
    assert page.post(scene.url("answers/batch/"), {**sent, "act": "explode"}).status_code == 404


def test_comments_of_participants_stand_under_their_category(scene, page):
    academia = StakeholderCategory.objects.get_or_create(code="academia", defaults={"name": "Academia"})[0]
    participant = CommentFactory(
        round=scene.round, organization=None, category=academia, state="submitted", visibility="public", text="From outside"
    )
    text = page.get(scene.url("answers/?kind=participants")).content.decode()
    assert "From outside" in text
    assert str(participant.category) in text


def test_progress_counts_what_the_reader_may_see(scene, three, page, client):
    batch(scene, three[:1])
    assert "Answered" in page.get(scene.url("progress/")).content.decode()
    client.logout()
    text = client.get(scene.url("progress/")).content.decode()
    assert "No comment can be counted for you yet" in text


def test_a_draft_without_headings_has_no_sections(scene):
    assert sections_of(DraftFactory(strategy=scene.strategy, number=8).pk) == []


def test_what_was_ticked_and_typed_stays_after_a_refusal(scene, three, page):
    DraftFactory(strategy=scene.strategy, number=7)
    dispose_comment(comment=three[0], by=scene.cast.drafter, decision=Decision.ACCEPTED)
    sent = {
        "round": scene.round.pk,
        "comment": [one.pk for one in three],
        "act": "carry",
        "draft": 7,
        "carry_reason": "A <b> reason",
    }
    shown = page.post(scene.url("answers/batch/"), sent, follow=True).content.decode()
    assert "Answered already" in shown
    assert ">A &lt;b&gt; reason</textarea>" in shown
    assert shown.count('form="batch" checked') == 2  # the third is answered and not in the queue any more
    assert " checked" not in page.get(scene.url("answers/")).content.decode()
