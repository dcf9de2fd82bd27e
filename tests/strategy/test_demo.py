"""The demo's strategy: an open consultation with comments in every state."""

from datetime import UTC, datetime, timedelta

import pytest
import time_machine

import directory.demo
import strategy.demo.consultation
from ssc_portal.management.commands.load_demo import weeks_to_shift
from strategy.models import Comment, ConsultationRound, Draft, Paragraph, ParagraphLink, Position


@pytest.mark.parametrize("day", range(0, 35, 5))
def test_the_round_is_open_whenever_the_demo_is_loaded(day):
    now = datetime(2026, 11, 23, 12, tzinfo=UTC) + timedelta(days=day, hours=day)
    at = strategy.demo.consultation._Clock("America/New_York", timedelta(weeks=weeks_to_shift(now)))
    plan = directory.demo.content("strategy", "consultation")
    assert at(plan["round"]["opens"]) < now < at(plan["round"]["closes"]) - timedelta(days=7)
    told = [*plan["written"].values(), *(row["submitted"] for row in plan["positions"]), *(row["at"] for row in plan["answers"])]
    assert max(map(at, told)) < now


def test_the_demo_loads_with_an_open_round(db):
    now = datetime(2026, 11, 23, 22, tzinfo=UTC)
    shift = timedelta(weeks=weeks_to_shift(now))
    directory.demo.load(shift=shift, scale=1)
    strategy.demo.load(shift=shift, scale=1)
    with time_machine.travel(now):
        consultation = ConsultationRound.objects.get()
        assert consultation.is_open
    assert consultation.on_the_places_clock(consultation.closes_at).strftime("%a %H:%M") == "Wed 23:59"
    zero, revised = Draft.objects.order_by("number")
    assert (zero.is_published, revised.is_published) == (True, False)
    assert zero.sha256 == zero.text_hash()
    assert Paragraph.objects.filter(draft=zero, kind="paragraph").count() >= 40
    assert ParagraphLink.objects.count() > 50
    assert set(Comment.objects.values_list("state", flat=True)) == {"draft", "cleared", "submitted"}
    assert Comment.objects.filter(organization__code="undp", state="draft").exists()
    assert set(Position.objects.values_list("state", flat=True)) == {"drafting", "submitted"}
    for comment in Comment.objects.all():
        last = comment.state_changes.latest("pk")
        assert last.new == comment.state
