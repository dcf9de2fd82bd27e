"""The silence procedure and the endorsement: who may object or sign, until when, what it means, and exactly once."""

import threading
from datetime import UTC, date, datetime, timedelta

import pytest
import time_machine
from django.core.exceptions import PermissionDenied
from django.db import connections
from django.utils import timezone

from common.access import Refused, may
from directory.enums import Role
from directory.models import Membership
from notifications.models import Notification
from strategy.enums import NoticeState, RoundResult, RoundState
from strategy.models import ConsultationRound, Endorsement, Objection, RoundNotice, RoundOutcome
from strategy.services import (
    lodge_objection,
    open_round,
    pause_round,
    record_endorsement,
    restart_silence,
    withdraw_objection,
)
from strategy.services.clockwork import conclude, conclude_due_rounds, look_after_notices, open_due_rounds
from tests.factories.directory import OrganizationFactory, person
from tests.factories.strategy import alternate, published_draft

START = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
CLOSE = START + timedelta(hours=72)


def procedure(scene, kind="silence", **values):
    now = timezone.now()
    values = {
        "opens_at": None,
        "closes_at": now + timedelta(hours=72, minutes=now != START),
        "time_zone": "Pacific/Apia",
    } | values
    return open_round(draft=scene.draft, by=scene.cast.secretariat, kind=kind, **values)


def arrive(*, but=()):
    """Every message was taken by its mail server, except those to `but`, which came back."""
    rows = Notification.objects.filter(kind="strategy.silence_opened")
    rows.exclude(recipient__in=but).update(state="sent", sent_at=timezone.now())
    rows.filter(recipient__in=but).update(state="bounced")


def object_(scene, consultation, **values):
    values = {"by": scene.cast.focal_undp, "on_behalf_of": scene.undp, "reason": "Paragraph 2 binds us"} | values
    return lodge_objection(consultation=consultation, **values)


def endorse(scene, consultation, **values):
    values = {
        "by": scene.cast.focal_undp, "on_behalf_of": scene.undp, "answer": "endorsed", "signatory": "Ana Lima",
        "capacity": "Deputy Director", "signed_on": timezone.now().date(),
    } | values  # fmt: skip
    return record_endorsement(consultation=consultation, **values)


def outcome(consultation) -> str:
    return RoundOutcome.objects.get(round=consultation).result


def test_silence_of_all_who_were_told_adopts_the_text(scene):
    with time_machine.travel(START, tick=False) as clock:
        consultation = procedure(scene)
        arrive()
        clock.move_to(CLOSE - timedelta(seconds=1))
        assert conclude_due_rounds() == 0
        clock.move_to(CLOSE)
        assert conclude_due_rounds() == 1
        assert conclude_due_rounds() == 0
    assert outcome(consultation) == RoundResult.ADOPTED
    assert RoundOutcome.objects.get().sha256 == scene.draft.sha256
    assert set(RoundNotice.objects.values_list("counts_as_consent", flat=True)) == {True}


def test_less_than_72_hours_needs_a_recorded_reason(scene):
    consultation = procedure(scene, closes_at=timezone.now() + timedelta(hours=24), short_reason="The Assembly meets tomorrow")
    assert consultation.changes.get().reason == "The Assembly meets tomorrow"


def test_an_objection_stops_the_adoption_and_the_secretariat_is_told_at_once(scene):
    with time_machine.travel(START, tick=False) as clock:
        consultation = procedure(scene)
        arrive()
        object_(scene, consultation)
        told = {row.recipient for row in Notification.objects.filter(kind="strategy.objection")}
        assert told == {scene.cast.secretariat, scene.cast.drafter, scene.cast.focal_undp}
        clock.move_to(CLOSE)
        conclude_due_rounds()
    assert outcome(consultation) == RoundResult.OBJECTED
    assert "binds us" not in str(list(Notification.objects.values_list("context", flat=True)))


def test_an_objection_is_withdrawn_before_the_deadline_and_not_after(scene):
    with time_machine.travel(START, tick=False) as clock:
        consultation = procedure(scene)
        arrive()
        first = object_(scene, consultation)
        with pytest.raises(Refused, match="stands already"):
            object_(scene, consultation)
        withdraw_objection(objection=first, by=scene.cast.focal_undp)
        with pytest.raises(Refused, match="cannot become"):
            withdraw_objection(objection=first, by=scene.cast.focal_undp)
        second = object_(scene, consultation)
        clock.move_to(CLOSE)
        with pytest.raises(Refused, match="closed on 5 March 2026"):
            withdraw_objection(objection=second, by=scene.cast.focal_undp)


@pytest.mark.parametrize(
    "who", ["contributor_undp", "focal_fao", "secretariat", "drafter", "administrator", "outsider", "focal_samoa"]
)
def test_only_focal_points_and_alternates_of_the_agency_object(scene, who):
    consultation = procedure(scene)
    with pytest.raises(PermissionDenied):
        object_(scene, consultation, by=getattr(scene.cast, who))
    assert object_(scene, consultation, by=alternate("undp"))


def test_an_agency_that_is_not_invited_does_not_object(scene):
    consultation = procedure(scene, invites_all_agencies=False, invited=[scene.fao])
    with pytest.raises(PermissionDenied):
        object_(scene, consultation)


def test_an_objection_needs_a_reason_an_open_round_and_the_right_kind(scene):
    with time_machine.travel(START, tick=False) as clock:
        consultation = procedure(scene, opens_at=START + timedelta(hours=1), closes_at=START + timedelta(days=5))
        with pytest.raises(Refused, match="opens on"):
            object_(scene, consultation)
        clock.shift(timedelta(hours=1))
        with pytest.raises(Refused, match="reason"):
            object_(scene, consultation, reason=" ")
        with pytest.raises(Refused, match="another kind"):
            object_(scene, scene.round)
        pause_round(consultation=consultation, by=scene.cast.drafter, reason="x")
        with pytest.raises(Refused, match="paused"):
            object_(scene, consultation)
        clock.move_to(START + timedelta(days=9))
        with pytest.raises(Refused, match="paused"):
            object_(scene, consultation)


def test_an_agency_whose_notice_came_back_does_not_consent_and_the_secretariat_is_told_once(scene):
    with time_machine.travel(START, tick=False) as clock:
        consultation = procedure(scene)
        arrive(but=[scene.cast.focal_who])
        assert look_after_notices() == 1
        assert look_after_notices() == 0
        rows = Notification.objects.filter(kind="strategy.notice_not_arrived")
        assert {row.recipient for row in rows} == {scene.cast.secretariat, scene.cast.drafter}
        assert rows[0].context["agency"] == "WHO"
        clock.move_to(CLOSE)
        conclude_due_rounds()
    assert outcome(consultation) == RoundResult.ADOPTED_EXCEPT
    assert RoundOutcome.objects.get().not_reached == 1
    assert RoundNotice.objects.get(counts_as_consent=False).organization.code == "who"


def test_one_focal_point_who_was_reached_is_enough_and_reading_on_the_portal_counts(scene):
    second = person(Role.ALTERNATE, "who")
    procedure(scene)
    arrive(but=[scene.cast.focal_who, scene.cast.focal_fao])
    Notification.objects.filter(kind="strategy.silence_opened", recipient=scene.cast.focal_fao).update(read_at=timezone.now())
    look_after_notices()
    assert second
    assert set(RoundNotice.objects.values_list("state", flat=True)) == {NoticeState.ACCEPTED}


def test_an_agency_without_focal_point_and_one_whose_mail_still_waits_do_not_consent(scene):
    OrganizationFactory(code="itc")
    with time_machine.travel(START, tick=False) as clock:
        consultation = procedure(scene)
        assert look_after_notices() == 1
        clock.move_to(CLOSE)
        conclude_due_rounds()
    assert RoundNotice.objects.get(organization__code="itc").state == NoticeState.NOBODY
    assert outcome(consultation) == RoundResult.NOT_NOTIFIED


def test_a_notice_that_comes_back_after_the_conclusion_is_told_and_changes_no_outcome(scene):
    with time_machine.travel(START, tick=False) as clock:
        consultation = procedure(scene)
        arrive()
        clock.move_to(CLOSE)
        conclude_due_rounds()
        Notification.objects.filter(kind="strategy.silence_opened", recipient=scene.cast.focal_who).update(state="bounced")
        assert look_after_notices() == 1
    assert Notification.objects.filter(kind="strategy.notice_not_arrived").first().context["is_late"]
    assert outcome(consultation) == RoundResult.ADOPTED


def test_a_late_notice_leaves_the_agencies_their_full_time(scene):
    with time_machine.travel(START, tick=False) as clock:
        consultation = procedure(scene, opens_at=START + timedelta(hours=1), closes_at=START + timedelta(hours=73))
        clock.move_to(START + timedelta(days=10))  # beat was down the whole time
        assert open_due_rounds() == 1
        consultation.refresh_from_db()
        assert consultation.closes_at - timezone.now() == timedelta(hours=72)
        assert consultation.state == RoundState.OPEN


def test_a_changed_text_restarts_the_clock(scene):
    with time_machine.travel(START, tick=False) as clock:
        old = procedure(scene, closes_at=START + timedelta(days=5))
        newer = published_draft(strategy=scene.strategy, number=1)
        with pytest.raises(Refused, match="already under way"):
            open_round(
                draft=newer, by=scene.cast.drafter, kind="silence", opens_at=None,
                closes_at=START + timedelta(days=9), time_zone="UTC",
            )  # fmt: skip
        with pytest.raises(Refused, match="newer draft"):
            restart_silence(consultation=old, draft=scene.draft, by=scene.cast.drafter)
        clock.shift(timedelta(days=4))
        new = restart_silence(consultation=old, draft=newer, by=scene.cast.drafter)
        old.refresh_from_db()
        assert (old.state, new.replaces, new.sha256) == (RoundState.CANCELLED, old, newer.sha256)
        assert new.closes_at - new.opens_at == timedelta(days=5)
        assert Notification.objects.filter(kind="strategy.silence_opened", cause__startswith=f"round {new.pk} ").count() == 3


def test_a_newer_text_that_was_published_meanwhile_keeps_the_old_from_being_adopted(scene):
    with time_machine.travel(START, tick=False) as clock:
        consultation = procedure(scene)
        arrive()
        published_draft(strategy=scene.strategy, number=1)
        clock.move_to(CLOSE)
        conclude_due_rounds()
    assert outcome(consultation) == RoundResult.SUPERSEDED


# --- Endorsement --------------------------------------------------------------------------------------------------------


def test_an_endorsement_is_bound_to_the_text_and_replaced_with_its_history(scene):
    consultation = procedure(scene, kind="endorsement")
    first = endorse(scene, consultation)
    assert first.sha256 == scene.draft.sha256
    second = endorse(scene, consultation, answer="reserved", statement="Pending our board", seen=first.code)
    first.refresh_from_db()
    assert (first.replaced_at is not None, second.replaced_at) == (True, None)
    assert first.code != second.code
    with pytest.raises(Refused, match="meanwhile"):
        endorse(scene, consultation, seen=first.code)
    assert Notification.objects.filter(kind="strategy.endorsement_recorded").count() == 2


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ({"answer": "objected"}, "needs a statement"),
        ({"answer": "reserved"}, "needs a statement"),
        ({"answer": "perhaps"}, "one of the answers"),
        ({"signatory": " "}, "who signs"),
        ({"capacity": ""}, "who signs"),
        ({"signed_on": date(2999, 1, 1)}, "lies ahead"),
    ],
)
def test_an_incomplete_endorsement_is_refused(scene, values, words):
    consultation = procedure(scene, kind="endorsement")
    with pytest.raises(Refused, match=words):
        endorse(scene, consultation, **values)


def test_nobody_endorses_after_the_close_or_for_another_agency(scene):
    with time_machine.travel(START, tick=False) as clock:
        consultation = procedure(scene, kind="endorsement")
        for who in (scene.cast.focal_fao, scene.cast.contributor_undp, scene.cast.drafter):
            with pytest.raises(PermissionDenied):
                endorse(scene, consultation, by=who)
        clock.move_to(CLOSE)
        with pytest.raises(Refused, match="closed on"):
            endorse(scene, consultation)
        assert conclude_due_rounds() == 1
    assert outcome(consultation) == RoundResult.RECORDED


# --- What who sees ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("sharing", ["secretariat", "agencies", "agencies_after_close"])
@pytest.mark.parametrize("is_public", [True, False])
def test_rows_and_rules_agree_for_everybody(scene, sharing, is_public):
    silent = procedure(scene, sharing=sharing, is_public=is_public)
    objection = object_(scene, silent)
    signed = procedure(scene, kind="endorsement", is_public=is_public)
    first = endorse(scene, signed)
    second = endorse(scene, signed, answer="no_objection")
    rows = [objection, *RoundNotice.objects.all(), Endorsement.objects.get(pk=first.pk), second]
    for name, user in scene.cast.everyone().items():
        for row in rows:
            listed = type(row).objects.visible_to(user).filter(pk=row.pk).exists()
            assert listed == may(user, f"strategy.view_{row._meta.model_name}", row), (name, row)


def test_another_agency_and_the_public_do_not_read_an_objection_kept_to_the_secretariat(scene):
    objection = object_(scene, procedure(scene, sharing="secretariat"))
    for user in (scene.cast.focal_fao, scene.cast.administrator, scene.cast.outsider):
        assert not Objection.objects.visible_to(user).filter(pk=objection.pk).exists()


# --- At the same moment -------------------------------------------------------------------------------------------------


def _at_once(*acts):
    """Run the acts in threads that start together; returns what each gave or raised."""
    barrier, results = threading.Barrier(len(acts)), [None] * len(acts)

    def run(place, act):
        barrier.wait()
        try:
            results[place] = act()
        except Exception as failure:
            results[place] = failure
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run, args=pair) for pair in enumerate(acts)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    return results


@pytest.mark.django_db(transaction=True)
def test_two_workers_conclude_once(scene):
    consultation = procedure(scene)
    arrive()
    now = timezone.now()
    ConsultationRound.objects.filter(pk=consultation.pk).update(opens_at=now - timedelta(hours=73), closes_at=now)
    results = _at_once(*[lambda: conclude(consultation.pk)] * 3)
    assert sorted(map(str, results)) == ["False", "False", "True"]
    assert RoundOutcome.objects.count() == 1
    assert Notification.objects.filter(kind="strategy.round_concluded").count() == 3


@pytest.mark.django_db(transaction=True)
def test_two_colleagues_object_once(scene):
    consultation = procedure(scene)
    second = alternate("undp")
    results = _at_once(lambda: object_(scene, consultation), lambda: object_(scene, consultation, by=second))
    assert sorted(type(one).__name__ for one in results) == ["Objection", "Refused"]
    assert Objection.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_two_colleagues_endorse_once(scene):
    consultation = procedure(scene, kind="endorsement")
    second = alternate("undp")
    results = _at_once(lambda: endorse(scene, consultation, seen=""), lambda: endorse(scene, consultation, by=second, seen=""))
    assert sorted(type(one).__name__ for one in results) == ["Endorsement", "Refused"]
    assert Endorsement.objects.current().count() == 1


@pytest.mark.django_db(transaction=True)
def test_an_objection_at_the_deadline_is_in_before_the_conclusion_or_refused(scene):
    consultation = procedure(scene)
    arrive()
    closes = timezone.now() + timedelta(milliseconds=400)
    ConsultationRound.objects.filter(pk=consultation.pk).update(opens_at=closes - timedelta(hours=73), closes_at=closes)

    def wait_and_conclude():
        while not conclude(consultation.pk):
            pass
        return True

    objected, _concluded = _at_once(lambda: object_(scene, consultation), wait_and_conclude)
    stands = isinstance(objected, Objection)
    assert (outcome(consultation) == RoundResult.OBJECTED) == stands


def test_who_left_the_agency_no_longer_objects(scene):
    consultation = procedure(scene)
    Membership.objects.filter(user=scene.cast.focal_undp).delete()
    with pytest.raises(PermissionDenied):
        object_(scene, consultation, by=type(scene.cast.focal_undp).objects.get(pk=scene.cast.focal_undp.pk))
