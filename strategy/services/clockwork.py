"""What the clock does to rounds: it opens, reminds, looks after notices and concludes. Each is safe to repeat at any time."""

import logging
from datetime import timedelta

from django.db import transaction
from django.db.models import Max
from django.utils import timezone

from directory.page_versions import bump
from notifications.models import Notification
from notifications.selectors.arrivals import Arrival, arrivals
from strategy.enums import NOT_REACHED, NoticeState, ObjectionState, RoundAct, RoundKind, RoundResult, RoundState
from strategy.messages import rounds as messages
from strategy.models import ConsultationRound, RoundNotice, RoundOutcome
from strategy.selectors.invited import answered_ids, invited_agencies
from strategy.services.rounds import announce, find_locked
from strategy.services.silence import newer_text

log = logging.getLogger(__name__)

# Mail that comes back later than this says nothing any more.
WATCHED_AFTER_CLOSE = timedelta(days=14)


def open_due_rounds() -> int:
    """Announce the rounds whose hour has come. Returns how many."""
    due = ConsultationRound.objects.filter(announced_at=None, cancelled_at=None, opens_at__lte=timezone.now())
    # A round that was there before rounds were announced is not announced now.
    return sum(_open(row) for row in due.exclude(sha256=""))


@transaction.atomic
def _open(consultation: ConsultationRound) -> bool:
    consultation = find_locked(consultation)
    if consultation.announced_at or consultation.cancelled_at:
        return False
    if consultation.kind != RoundKind.SILENCE and consultation.state == RoundState.CLOSED:
        # Nothing ran while it was open; it is too late to call anybody. It is concluded, and the secretariat reads that.
        consultation.announced_at = timezone.now()
        consultation.save(update_fields=["announced_at"])
        return False
    announce(consultation)
    bump("strategy")
    return True


def remind_agencies() -> int:
    """Remind the focal points of agencies that have not answered, once for each day of the round's list.

    A reminder that was missed goes out late; of several that were missed, only the last. None for a day that was over when
    the round was opened, extended or resumed: that message has just said the same. Returns how many agencies were reminded.
    """
    now = timezone.now()
    reminded = 0
    for consultation in ConsultationRound.objects.running().filter(paused_at=None).select_related("draft__strategy"):
        last = consultation.changes.aggregate(at=Max("at"))["at"] or consultation.opens_at
        due = [
            days
            for days in consultation.reminder_days
            if max(consultation.opens_at, last) < consultation.closes_at - timedelta(days=days) <= now
        ]
        if due:
            reminded += _remind(consultation, min(due))
    return reminded


def _remind(consultation: ConsultationRound, days: int) -> int:
    answered = answered_ids(consultation)
    waiting = {
        messages.cause_of_reminder(consultation, days, row.pk): row
        for row in invited_agencies(consultation)
        if row.pk not in answered
    }
    done = set(Notification.objects.filter(kind=messages.REMINDER.name, cause__in=waiting).values_list("cause", flat=True))
    reminded = 0
    for cause, organization in waiting.items():
        if cause not in done:
            with transaction.atomic():
                reminded += messages.round_closes_soon(consultation, organization, days=days) > 0
    return reminded


# --- Notices of silence procedures --------------------------------------------------------------------------------------


def _state_of(arrival: Arrival | None) -> NoticeState:
    if arrival is None:
        return NoticeState.NOBODY
    if arrival.accepted_at:
        return NoticeState.ACCEPTED
    return NoticeState.QUEUED if arrival.is_waiting else NoticeState.BOUNCED


def look_after_notices() -> int:
    """Read from the outbox how far each notice has come; tell the secretariat of those that did not arrive. Returns how many."""
    watched = ConsultationRound.objects.filter(
        kind=RoundKind.SILENCE, announced_at__isnull=False, cancelled_at=None, closes_at__gt=timezone.now() - WATCHED_AFTER_CLOSE
    )
    return sum(_look_after(row) for row in watched)


@transaction.atomic
def _look_after(consultation: ConsultationRound) -> int:
    consultation = find_locked(consultation)
    return refresh_notices(consultation)


def refresh_notices(consultation: ConsultationRound) -> int:
    """Bring the notices of a locked round up to date; returns how many agencies the secretariat was told of."""
    notices = list(consultation.notices.select_related("organization"))
    causes = {row.pk: messages.cause_of_notice(consultation.pk, row.organization_id) for row in notices}
    found = arrivals(kind=messages.SILENCE.name, causes=causes.values())
    told = 0
    changed = False
    for notice in notices:
        notice.round = consultation
        arrival = found.get(causes[notice.pk])
        state = _state_of(arrival)
        if state != notice.state:
            notice.state, changed = state, True
            notice.accepted_at = arrival.accepted_at if arrival else None
            notice.save(update_fields=["state", "accepted_at"])
        if state in {NoticeState.BOUNCED, NoticeState.NOBODY} and notice.told_at is None:
            notice.told_at = timezone.now()
            notice.save(update_fields=["told_at"])
            messages.notice_did_not_arrive(notice, is_late=consultation.concluded_at is not None)
            told += 1
    if changed:
        bump("strategy")
    return told


# --- The end -----------------------------------------------------------------------------------------------------------


def conclude_due_rounds() -> int:
    """Conclude the rounds whose deadline has passed, each exactly once. Returns how many."""
    due = ConsultationRound.objects.filter(
        concluded_at=None, cancelled_at=None, paused_at=None, announced_at__isnull=False, closes_at__lte=timezone.now()
    )
    return sum(conclude(pk) for pk in due.order_by("closes_at").values_list("pk", flat=True))


@transaction.atomic
def conclude(pk: int) -> bool:
    """Conclude one round if its deadline has passed; tells whether this call did it.

    The conditional update is the claim: of two workers one gets the row, and whoever lodged an objection a moment before
    the deadline holds it until that objection is written.
    """
    now = timezone.now()
    claimed = ConsultationRound.objects.filter(
        pk=pk, concluded_at=None, cancelled_at=None, paused_at=None, closes_at__lte=now
    ).update(concluded_at=now)
    if not claimed:
        return False
    consultation = find_locked(ConsultationRound(pk=pk))
    invited = list(invited_agencies(consultation))
    answered = answered_ids(consultation)
    outcome = None
    if consultation.kind == RoundKind.SILENCE:
        outcome = _outcome_of_silence(consultation, len(invited))
    elif consultation.kind == RoundKind.ENDORSEMENT:
        outcome = RoundOutcome.objects.create(
            round=consultation, result=RoundResult.RECORDED, sha256=consultation.sha256, invited=len(invited), at=now
        )
    consultation.changes.create(act=RoundAct.CONCLUDED, new_closes_at=consultation.closes_at)
    missing = sorted(row.short_name for row in invited if row.pk not in answered)
    messages.round_closed(consultation, invited=len(invited), answered=len(answered), missing=missing)
    if outcome:
        messages.round_concluded(outcome, invited)
    bump("strategy")
    log.info("round concluded", extra={"data": {"round": pk, "result": outcome.result if outcome else ""}})
    return True


def _outcome_of_silence(consultation: ConsultationRound, invited: int) -> RoundOutcome:
    """Decide what came of the silence, and fix for each agency whether its silence counts."""
    refresh_notices(consultation)
    objections = set(consultation.objections.filter(state=ObjectionState.LODGED).values_list("organization", flat=True))
    notices = list(consultation.notices.all())
    for notice in notices:
        notice.counts_as_consent = notice.state not in NOT_REACHED and notice.organization_id not in objections
    RoundNotice.objects.bulk_update(notices, ["counts_as_consent"])
    not_reached = sum(row.state in NOT_REACHED and row.organization_id not in objections for row in notices)
    if objections:
        result = RoundResult.OBJECTED
    elif newer_text(consultation):
        result = RoundResult.SUPERSEDED
    elif not any(row.counts_as_consent for row in notices):
        result = RoundResult.NOT_NOTIFIED
    else:
        result = RoundResult.ADOPTED_EXCEPT if not_reached else RoundResult.ADOPTED
    return RoundOutcome.objects.create(
        round=consultation,
        result=result,
        sha256=consultation.sha256,
        invited=invited,
        objections=len(objections),
        not_reached=not_reached,
        at=timezone.now(),
    )
