"""Rounds by the clock: opened, changed, extended, paused, resumed, cancelled, reminded of, concluded."""

from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.core.exceptions import PermissionDenied
from django.utils import timezone

from common.access import Refused
from notifications.models import Notification
from strategy.enums import RoundAct, RoundState
from strategy.models import ConsultationRound, LateAdmission
from strategy.services import (
    admit_late,
    cancel_round,
    change_round,
    extend_round,
    open_round,
    pause_round,
    resume_round,
    submit_position,
    write_comment,
)
from strategy.services.clockwork import conclude_due_rounds, open_due_rounds, remind_agencies
from tests.factories.strategy import DraftFactory

START = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)


def told(kind: str) -> list:
    return list(Notification.objects.filter(kind=f"strategy.{kind}"))


def call(scene, **values):
    """A call for comments of ten days that opens now."""
    values = {"kind": "comments", "opens_at": None, "closes_at": timezone.now() + timedelta(days=10), "time_zone": "UTC"} | values
    return open_round(draft=scene.draft, by=scene.cast.secretariat, **values)


def test_a_round_that_opens_now_tells_every_invited_agency_once(scene):
    consultation = call(scene)
    assert consultation.state == RoundState.OPEN
    assert consultation.sha256 == scene.draft.sha256
    people = {scene.cast.focal_undp, scene.cast.focal_fao, scene.cast.focal_who}
    assert {row.recipient for row in told("round_opened")} == people
    assert open_due_rounds() == 0
    assert len(told("round_opened")) == 3


def test_only_chosen_agencies_are_told(scene):
    call(scene, invites_all_agencies=False, invited=[scene.undp])
    assert [row.recipient for row in told("round_opened")] == [scene.cast.focal_undp]


def test_a_round_opens_by_the_clock_and_may_be_changed_until_then(scene):
    with time_machine.travel(START, tick=False) as clock:
        consultation = call(scene, opens_at=START + timedelta(days=1))
        assert open_due_rounds() == 0
        change_round(consultation=consultation, by=scene.cast.drafter, closes_at=START + timedelta(days=20))
        clock.shift(timedelta(days=1))
        assert open_due_rounds() == 1
        with pytest.raises(Refused, match="terms stand"):
            change_round(consultation=consultation, by=scene.cast.drafter, closes_at=START + timedelta(days=30))


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ({"closes_at": START - timedelta(days=1)}, "close after it opens"),
        ({"invites_all_agencies": False}, "at least one agency"),
        ({"kind": "silence", "closes_at": START + timedelta(hours=71)}, "72 hours"),
    ],
)
def test_what_makes_no_round_is_refused(scene, values, words):
    with time_machine.travel(START, tick=False), pytest.raises(Refused, match=words):
        call(scene, **values)


def test_an_unpublished_draft_has_no_round(scene):
    draft = DraftFactory(strategy=scene.strategy, number=5)
    with pytest.raises(Refused, match="published text"):
        open_round(
            draft=draft, by=scene.cast.drafter, kind="comments", opens_at=None,
            closes_at=timezone.now() + timedelta(days=9), time_zone="UTC",
        )  # fmt: skip


def test_only_the_secretariat_runs_rounds(scene):
    consultation = call(scene)
    for person in (scene.cast.focal_undp, scene.cast.outsider, scene.cast.administrator):
        with pytest.raises(PermissionDenied):
            pause_round(consultation=consultation, by=person, reason="no")
        with pytest.raises(PermissionDenied):
            extend_round(consultation=consultation, by=person, closes_at=timezone.now() + timedelta(days=40), reason="no")
        with pytest.raises(PermissionDenied):
            cancel_round(consultation=consultation, by=person, reason="no")


def test_an_extension_leads_later_says_why_and_is_told_to_all(scene):
    consultation = call(scene)
    with pytest.raises(Refused, match="later hour"):
        extend_round(consultation=consultation, by=scene.cast.drafter, closes_at=consultation.closes_at, reason="x")
    with pytest.raises(Refused, match="reason"):
        extend_round(
            consultation=consultation, by=scene.cast.drafter, closes_at=consultation.closes_at + timedelta(days=1), reason=" "
        )
    extend_round(
        consultation=consultation, by=scene.cast.drafter, closes_at=consultation.closes_at + timedelta(days=1), reason="Holidays"
    )
    change = consultation.changes.get(act=RoundAct.EXTENDED)
    assert (change.new_closes_at - change.old_closes_at, change.reason) == (timedelta(days=1), "Holidays")
    assert len(told("round_changed")) == 3


def test_a_pause_keeps_the_time_that_was_left_and_lets_nothing_in(scene):
    with time_machine.travel(START, tick=False) as clock:
        consultation = call(scene, closes_at=START + timedelta(days=2))
        pause_round(consultation=consultation, by=scene.cast.drafter, reason="The hall is flooded")
        clock.shift(timedelta(days=5))
        assert conclude_due_rounds() == 0
        consultation.refresh_from_db()
        assert consultation.state == RoundState.PAUSED
        with pytest.raises(Refused, match="paused"):
            submit_position(consultation=consultation, by=scene.cast.focal_undp, on_behalf_of=scene.undp)
        assert remind_agencies() == 0
        consultation = resume_round(consultation=consultation, by=scene.cast.drafter)
        assert consultation.closes_at == START + timedelta(days=7)
        with pytest.raises(Refused, match="not paused"):
            resume_round(consultation=consultation, by=scene.cast.drafter)


def test_a_cancelled_round_takes_nothing_and_has_no_result(scene):
    consultation = call(scene)
    cancel_round(consultation=consultation, by=scene.cast.drafter, reason="A new draft comes")
    with pytest.raises(Refused, match="cancelled"):
        write_comment(
            consultation=consultation, by=scene.cast.contributor_undp, on_behalf_of=scene.undp,
            paragraph=scene.paragraph(), type="general", text="Late",
        )  # fmt: skip
    with pytest.raises(Refused, match="cancelled"):
        extend_round(consultation=consultation, by=scene.cast.drafter, closes_at=timezone.now() + timedelta(days=90), reason="x")
    with time_machine.travel(timezone.now() + timedelta(days=30)):
        assert conclude_due_rounds() == 0


@pytest.mark.parametrize("zone", ["Pacific/Apia", "America/New_York", "Asia/Kathmandu", "UTC"])
def test_the_closing_moment_is_closed_wherever_the_place_is(scene, zone):
    closes = START + timedelta(days=4)
    with time_machine.travel(START, tick=False):
        consultation = call(scene, closes_at=closes, time_zone=zone)
    with time_machine.travel(closes - timedelta(microseconds=1), tick=False):
        pause_round(consultation=consultation, by=scene.cast.drafter, reason="x")
        resume_round(consultation=consultation, by=scene.cast.drafter)
    with time_machine.travel(closes, tick=False):
        with pytest.raises(Refused, match="closed on"):
            extend_round(consultation=consultation, by=scene.cast.drafter, closes_at=closes + timedelta(days=9), reason="x")
        with pytest.raises(Refused, match="closed on"):
            submit_position(consultation=consultation, by=scene.cast.focal_undp, on_behalf_of=scene.undp)


def test_reminders_go_once_to_those_who_owe_an_answer(scene):
    with time_machine.travel(START, tick=False) as clock:
        consultation = call(scene, reminder_days=[7, 1])
        ConsultationRound.objects.exclude(pk=consultation.pk).delete()
        submit_position(consultation=consultation, by=scene.cast.focal_fao, on_behalf_of=scene.fao)
        assert remind_agencies() == 0
        clock.shift(timedelta(days=3))
        assert remind_agencies() == 2
        assert remind_agencies() == 0
        assert {row.recipient for row in told("round_reminder")} == {scene.cast.focal_undp, scene.cast.focal_who}


def test_reminders_that_were_missed_go_out_late_and_only_the_last(scene):
    with time_machine.travel(START, tick=False) as clock:
        consultation = call(scene, reminder_days=[7, 1])
        ConsultationRound.objects.exclude(pk=consultation.pk).delete()
        clock.shift(timedelta(days=9, hours=5))
        assert remind_agencies() == 3
        assert remind_agencies() == 0
        assert len(told("round_reminder")) == 3


def test_an_extension_reminds_anew_and_not_at_once(scene):
    with time_machine.travel(START, tick=False) as clock:
        consultation = call(scene, reminder_days=[1])
        ConsultationRound.objects.exclude(pk=consultation.pk).delete()
        clock.shift(timedelta(days=9, hours=1))
        assert remind_agencies() == 3
        extend_round(consultation=consultation, by=scene.cast.drafter, closes_at=START + timedelta(days=15), reason="x")
        assert remind_agencies() == 0
        clock.shift(timedelta(days=5))
        assert remind_agencies() == 3


def test_a_close_is_summed_up_for_the_secretariat_once(scene):
    with time_machine.travel(START, tick=False) as clock:
        consultation = call(scene)
        submit_position(consultation=consultation, by=scene.cast.focal_fao, on_behalf_of=scene.fao)
        clock.shift(timedelta(days=11))
        assert conclude_due_rounds() == 1
        assert conclude_due_rounds() == 0
    rows = told("round_closed")
    assert {row.recipient for row in rows} == {scene.cast.drafter, scene.cast.secretariat}
    assert (rows[0].context["answered"], rows[0].context["missing"]) == (1, "UNDP, WHO")


def test_an_agency_is_admitted_late_with_reason_until_a_moment(scene):
    with time_machine.travel(START, tick=False) as clock:
        consultation = call(scene)
        later = START + timedelta(days=20)
        values = {"consultation": consultation, "organization": scene.undp, "by": scene.cast.drafter, "until": later}
        with pytest.raises(Refused, match="once the round has closed"):
            admit_late(**values, reason="Storm")
        clock.shift(timedelta(days=11))
        with pytest.raises(Refused, match="reason"):
            admit_late(**values, reason="")
        with pytest.raises(Refused, match="not invited"):
            admit_late(**values | {"organization": scene.organization("samoa")}, reason="Storm")
        with pytest.raises(Refused, match="already past"):
            admit_late(**values | {"until": START}, reason="Storm")
        admit_late(**values, reason="Storm")
    assert LateAdmission.objects.get().until == later
    assert [row.recipient for row in told("admitted_late")] == [scene.cast.focal_undp]
