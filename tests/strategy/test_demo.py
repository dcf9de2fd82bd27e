"""The demo's strategy: a round that is answered, one that is open with comments in every state, a draft in preparation."""

from datetime import UTC, datetime, timedelta

import pytest
import time_machine

import directory.demo
import strategy.demo
from directory.models import User
from ssc_portal.management.commands.load_demo import weeks_to_shift
from strategy.demo.history import Clock
from strategy.models import Comment, ConsultationRound, Disposition, Draft, Paragraph, ParagraphLink, Position
from strategy.selectors.publishing import lineage_gaps

NOW = datetime(2026, 11, 23, 22, tzinfo=UTC)
SLUG = "system-wide-strategy"


def moments(told):
    """Every moment that the content names as past, wherever it stands."""
    if isinstance(told, dict):
        return [one for key, value in told.items() if key != "closes" for one in moments(value)]
    if isinstance(told, list):
        return [one for value in told for one in moments(value)]
    return [told] if isinstance(told, str) and told.startswith("2017-") and "T" in told else []


@pytest.mark.parametrize("day", range(0, 35, 5))
def test_the_round_is_open_whenever_the_demo_is_loaded(day):
    now = datetime(2026, 11, 23, 12, tzinfo=UTC) + timedelta(days=day, hours=day)
    at = Clock("America/New_York", timedelta(weeks=weeks_to_shift(now)))
    plan = directory.demo.content("strategy", "consultation")
    over, running = plan["rounds"]
    assert at(over["closes"]) < at(over["released"]) < now
    assert at(running["opens"]) < now < at(running["closes"]) - timedelta(days=7)
    assert max(at(one) for one in moments([plan, directory.demo.content("strategy", "comments")])) < now


@pytest.fixture
def loaded(db):
    shift = timedelta(weeks=weeks_to_shift(NOW))
    with time_machine.travel(NOW):
        directory.demo.load(shift=shift, scale=1)
        strategy.demo.load(shift=shift, scale=1)
        yield


def test_the_zero_draft_has_a_closed_round_and_every_comment_an_answer_that_is_released(loaded):
    zero = Draft.objects.get(strategy__slug=SLUG, number=0)
    assert (zero.is_published, zero.sha256) == (True, zero.text_hash())
    assert Paragraph.objects.filter(draft=zero, kind="paragraph").count() >= 40
    consultation = ConsultationRound.objects.get(draft=zero)
    assert (consultation.state, consultation.concluded_at is not None) == ("closed", True)
    said = Comment.objects.filter(round=consultation)
    assert set(said.values_list("state", flat=True)) == {"submitted"}
    answers = Disposition.objects.filter(comment__round=consultation, released_at__isnull=False)
    assert said.count() == answers.count() >= 20
    assert not answers.exclude(decision__in=["accepted", "duplicate_of"]).filter(reason="").exists()
    assert {row.decision for row in answers} == {
        "accepted", "partly_accepted", "not_accepted", "noted", "out_of_scope", "duplicate_of",
    }  # fmt: skip


def test_the_first_revised_draft_has_an_open_round_with_threads_of_eight_agencies(loaded):
    revised = Draft.objects.get(strategy__slug=SLUG, number=1)
    assert (revised.is_published, revised.sha256) == (True, revised.text_hash())
    consultation = ConsultationRound.objects.get(draft=revised)
    assert consultation.is_open
    assert consultation.on_the_places_clock(consultation.closes_at).strftime("%a %H:%M") == "Wed 23:59"
    said = Comment.objects.filter(round=consultation)
    assert set(said.values_list("state", flat=True)) == {
        "draft", "cleared", "dropped", "submitted", "moderation", "turned_down",
    }  # fmt: skip
    speaking = said.filter(state="submitted", organization__isnull=False, paragraph__isnull=False)
    assert speaking.values("organization").distinct().count() == 8
    for code in ("undp", "who"):
        assert said.filter(organization__code=code, state="draft").exists()
    assert set(Position.objects.filter(round=consultation).values_list("state", flat=True)) == {
        "drafting", "submitted", "withdrawn",
    }  # fmt: skip


def test_every_row_of_the_demo_stands_where_its_history_ends(loaded):
    for row in [*Comment.objects.all(), *Position.objects.all()]:
        changes = list(row.state_changes.order_by("at", "pk"))
        assert [one.old for one in changes] == ["", *(one.new for one in changes[:-1])]
        assert changes[-1].new == row.state
        assert changes[-1].at <= NOW


def test_the_next_draft_is_in_preparation_with_places_to_confirm(loaded):
    earlier, draft = Draft.objects.filter(strategy__slug=SLUG, number__gt=0).order_by("number")
    assert not draft.is_published
    links = ParagraphLink.objects.filter(target__draft=draft)
    assert set(links.values_list("relation", flat=True)) == {"same", "edited", "moved", "split", "merged"}
    assert links.filter(is_proposed=True).exists()
    assert lineage_gaps(User.objects.get(email="drafter@demo.example"), draft, earlier)
