"""Pattern 4, second half: claim, check, render, send, mark.

Delivery is at least once, and twice only for a message in flight when its worker died.
"""

import logging
import random
import smtplib
import time
import uuid
from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.db import DatabaseError, InterfaceError, OperationalError, connection, transaction
from django.db.models import F
from django.utils import timezone

from common.dispatch import send
from notifications.enums import DeliveryState, Priority, TrailAct
from notifications.kinds import Kind, kind_of
from notifications.models import AddressTrouble, Notification, NotificationQuerySet, TrailEntry
from notifications.selectors.preferences import said_no
from notifications.services.bounces import message_id, record_trouble, refusal_words, refusals
from notifications.services.envelopes import ReadyMail
from notifications.services.mail_line import MailLine, Outage, Refusal, read_error
from notifications.services.outbox import STOPPED_WORDS, hold_stopped
from notifications.services.preferences import unsubscribe_token
from notifications.services.queue import BATCH, MOST_TASKS, tasks_for
from notifications.services.rendering import GONE_WORDS, HIDDEN_WORDS, Made, Rendered, Renderer, may_be_refused, render

__all__ = ["claim_batch", "deliver_due", "render", "sweep"]

log = logging.getLogger(__name__)

# Half a minute, doubled each time up to six hours: given up after five days, as mail servers do.
FIRST_WAIT, LONGEST_WAIT, MOST_ATTEMPTS = 30, 6 * 3600, 29
SWEEP_SECONDS = 10
# A message that two workers died with is taken alone from then on: if it is what kills them, only it is given up.
SUSPECT_AFTER, MOST_LOST = 2, 4
LOST_WORDS = "The worker stopped several times while it had this message in hand."
_MARK_AGAIN = 20
DECLINED_WORDS = "The recipient wants no mail of this kind."


def _now() -> Any:
    return timezone.now()


def _lease_end() -> Any:
    return _now() + timedelta(seconds=settings.NOTIFICATION_LEASE_SECONDS)


def claim_batch(limit: int = BATCH) -> list[Notification]:
    """Take up to `limit` due messages for this worker, urgent ones first; nobody else gets them until the lease ends.

    A message that workers died with before comes alone.
    """
    claim, keys = uuid.uuid4(), list[int]()
    with transaction.atomic():
        for priority in Priority.values:  # one by one: each reads only the first rows of the index
            rows = _due().select_for_update(skip_locked=True).filter(priority=priority).order_by("due_at", "pk")
            found = list(rows.values_list("pk", "lost")[: limit - len(keys)])
            if found and not keys and found[0][1] >= SUSPECT_AFTER:
                keys = [found[0][0]]  # alone, so that no other message dies with it
                break
            keys += [key for key, lost in found if lost < SUSPECT_AFTER]
            if len(keys) >= limit:
                break
        Notification.objects.filter(pk__in=keys).update(
            state=DeliveryState.CLAIMED, claim=claim, claimed_until=_lease_end(), attempts=F("attempts") + 1
        )
    mine = Notification.objects.filter(pk__in=keys, claim=claim).select_related("recipient")
    return list(mine.order_by("priority", "due_at", "pk"))


class Lease:
    """A batch that this worker has claimed. Renewed as a whole while it is worked on, before it grows old."""

    def __init__(self, batch: Sequence[Notification]) -> None:
        self.claim = batch[0].claim
        self.mine = {row.pk for row in batch}
        self._renewed = time.monotonic()

    def rows(self, keys: Any) -> NotificationQuerySet:
        """Those of these rows that are still ours."""
        return Notification.objects.filter(pk__in=keys, claim=self.claim, state=DeliveryState.CLAIMED)

    def holds(self, row: Notification) -> bool:
        """Whether `row` is still ours. A batch that outlived its lease may belong to another worker by now."""
        if time.monotonic() - self._renewed > settings.NOTIFICATION_LEASE_SECONDS / 6:
            rows = self.rows(self.mine)
            rows.update(claimed_until=_lease_end())
            self.mine = set(rows.values_list("pk", flat=True))
            self._renewed = time.monotonic()
        return row.pk in self.mine

    def mark(self, row: Notification, **values: Any) -> bool:
        """Write down what became of `row`, even if the database is away for some seconds just now; False if it is not ours."""
        self.mine.discard(row.pk)
        for _attempt in range(_MARK_AGAIN):
            try:
                return bool(self.rows([row.pk]).update(**values))
            except (OperationalError, InterfaceError):
                if connection.in_atomic_block:
                    raise
                connection.close()
                time.sleep(0.5)
        return bool(self.rows([row.pk]).update(**values))

    def hand_back(self) -> None:
        """Let go of what is left, as if never taken, until the mail server may be back."""
        wait = timedelta(seconds=FIRST_WAIT * random.uniform(0.8, 1.2))  # noqa: S311 - spreads the load, guards nothing
        self.rows(self.mine).update(
            state=DeliveryState.QUEUED, claim=None, claimed_until=None, due_at=_now() + wait, attempts=F("attempts") - 1
        )
        hold_stopped(rows=Notification.objects.filter(pk__in=self.mine, bulk__isnull=False))
        self.mine = set()


def deliver_due(*, seconds: float = 0) -> int:
    """Send what is due, batch after batch for `seconds` or one batch; return how many of the last batch were taken.

    Safe to run anywhere, any number of times. Stops early when the mail server is away: nothing is lost, all of it waits.
    """
    end = time.monotonic() + seconds
    renderer, taken = Renderer(), 0
    with MailLine() as line:
        try:
            while _due().exists():
                line.open()  # before anything is claimed: a server that is away costs no message an attempt
                batch = claim_batch()
                taken = len(batch)
                _deliver_batch(batch, line, renderer)
                alone = taken == 1 and batch[0].lost >= SUSPECT_AFTER
                if (taken < BATCH and not alone) or time.monotonic() >= end:
                    return taken
        except Outage:
            return 0
    return 0


def _due() -> NotificationQuerySet:
    return Notification.objects.filter(state=DeliveryState.QUEUED, due_at__lte=_now())


def _deliver_batch(batch: list[Notification], line: MailLine, renderer: Renderer) -> None:
    if not batch:
        return
    lease = Lease(batch)
    refused = refusals(row.destination for row in batch)
    declined = said_no({row.address for row in batch if row.address}, *{row.kind for row in batch if row.address})
    for row in batch:
        if not lease.holds(row):
            continue
        try:
            if (row.address.lower(), row.kind) in declined:
                lease.mark(row, state=DeliveryState.WITHDRAWN, error=DECLINED_WORDS)
                continue
            _deliver(row, lease, line, renderer, refused.get(row.destination.lower()))
        except Outage as outage:
            _try_later(row, lease, str(outage))
            lease.hand_back()
            raise


def _deliver(row: Notification, lease: Lease, line: MailLine, renderer: Renderer, trouble: AddressTrouble | None) -> None:
    try:
        kind = kind_of(row.kind)
        # Asked for each: between claiming a batch and coming to its last message lies time enough to press the button.
        if row.bulk_id and Notification.objects.filter(pk=row.pk).stopped().exists():
            _hold(row, lease)
            return
        if (words := _why_not(row, kind)) is not None:
            lease.mark(row, state=DeliveryState.WITHDRAWN, error=words)
            return
        if trouble and not kind.despite_refusals:
            _give_up(row, lease, refusal_words(trouble))
            return
        made = renderer.make(row)
        message = _addressed(row, kind, made)
    except DatabaseError:
        raise  # the database is away, not the message broken: the lease ends and somebody takes it again
    except Exception as error:  # a template or context that cannot be rendered will not get better by itself
        log.exception("message cannot be made", extra={"data": {"notification": row.pk}})
        _give_up(row, lease, f"This message cannot be made: {error}")
        return
    try:
        line.send(message)
    except smtplib.SMTPException as error:
        refusal = read_error(error)
        if refusal.is_permanent:
            _refused(row, lease, refusal)
        else:
            _try_later(row, lease, refusal.words)
    except (ValueError, TypeError) as error:  # an address or a header that no mail can have
        log.exception("message cannot be sent", extra={"data": {"notification": row.pk}})
        _give_up(row, lease, f"This message cannot be sent: {error}")
    else:
        _mark_sent(row, lease, kind, made.rendered)


def _why_not(row: Notification, kind: Kind) -> str | None:
    """Why a message is withdrawn at the last moment; None if it goes out."""
    if row.recipient and not row.recipient.is_active:
        return GONE_WORDS
    return None if kind.is_visible(row) else HIDDEN_WORDS


def _hold(row: Notification, lease: Lease) -> None:
    """Hold a message whose message to many was stopped, as if never taken: staff may still release it."""
    if lease.mark(row, state=DeliveryState.HELD, claim=None, claimed_until=None, attempts=F("attempts") - 1):
        _leave_trail(row, TrailAct.HELD, STOPPED_WORDS)


def _addressed(row: Notification, kind: Kind, made: Made) -> ReadyMail:
    # The same row always has the same Message-ID, so a second copy after a crash is recognizable.
    mark = unsubscribe_token(row=row) if may_be_refused(row, kind) else ""
    return made.envelope.addressed(to=row.destination, message_id=message_id(row), mark=mark)


def _mark_sent(row: Notification, lease: Lease, kind: Kind, made: Rendered) -> None:
    kept: dict[str, Any] = {"subject": made.subject, "text": made.text, "html": made.html}
    if kind.confidential:
        kept = {"subject": "", "text": "", "html": "", "context": {}}
    values = {"state": DeliveryState.SENT, "sent_at": _now(), "error": "", "lost": 0, "sent_to": row.destination, **kept}
    if kind.on_sent is None:
        lease.mark(row, **values)
        return
    with transaction.atomic():
        lease.mark(row, **values)
        kind.on_sent(row)


# --- What goes wrong ------------------------------------------------------------------------------------------------------


def _refused(row: Notification, lease: Lease, refusal: Refusal) -> None:
    if _give_up(row, lease, refusal.words) and refusal.of_recipient:
        record_trouble(address=row.destination, is_permanent=refusal.of_address, detail=refusal.words)


def _give_up(row: Notification, lease: Lease, words: str) -> bool:
    """Count a message as failed; False, and nothing is written, if it is not ours any more: its person may be erased."""
    log.warning("message given up", extra={"data": {"notification": row.pk, "error": words}})
    if not lease.mark(row, state=DeliveryState.FAILED, error=words[:2000]):
        return False
    _record_failure([row.pk], words)
    return True


def _record_failure(keys: list[int], words: str) -> None:
    """Write down why messages have failed; what was collected in a failed digest has failed with it, and stays in the inbox."""
    collected = Notification.objects.filter(digest__in=keys, state=DeliveryState.COLLECTED)
    with_it = list(collected.values_list("pk", flat=True))
    Notification.objects.filter(pk__in=with_it).update(state=DeliveryState.FAILED, error=words[:2000])
    lines = (TrailEntry(notification_id=key, act=TrailAct.FAILED, detail=words[:2000]) for key in [*keys, *with_it])
    TrailEntry.objects.bulk_create(lines)


def _try_later(row: Notification, lease: Lease, words: str) -> None:
    """Send a message again after a while that doubles each time, or give it up after days of trying."""
    if row.attempts >= MOST_ATTEMPTS:
        _give_up(row, lease, words)
        return
    wait = min(FIRST_WAIT * 2 ** (row.attempts - 1), LONGEST_WAIT) * random.uniform(0.8, 1.2)  # noqa: S311
    log.warning("message not taken", extra={"data": {"notification": row.pk, "error": words, "again_in": round(wait)}})
    due_at = _now() + timedelta(seconds=wait)
    if lease.mark(row, state=DeliveryState.QUEUED, claim=None, claimed_until=None, due_at=due_at, error=words[:2000]):
        _leave_trail(row, TrailAct.RETRIED, words)
        if row.bulk_id:
            hold_stopped(rows=Notification.objects.filter(pk=row.pk))


def _leave_trail(row: Notification, act: TrailAct, words: str) -> None:
    TrailEntry.objects.create(notification=row, act=act, detail=words[:2000])


# --- Sweeping -------------------------------------------------------------------------------------------------------------


def _release_expired() -> int:
    """Put back what a worker had claimed that died, or lost touch, before it could say what became of it.

    What several workers have died with is given up.
    """
    expired = Notification.objects.filter(state=DeliveryState.CLAIMED, claimed_until__lt=_now())
    with transaction.atomic():
        deadly = list(expired.select_for_update().filter(lost__gte=MOST_LOST - 1).values_list("pk", flat=True))
        if deadly:
            log.error("messages given up: their workers died", extra={"data": {"notifications": deadly}})
            Notification.objects.filter(pk__in=deadly).update(
                state=DeliveryState.FAILED, claim=None, claimed_until=None, lost=MOST_LOST, error=LOST_WORDS
            )
            _record_failure(deadly, LOST_WORDS)
    return expired.update(state=DeliveryState.QUEUED, claim=None, claimed_until=None, lost=F("lost") + 1)


def sweep() -> bool:
    """Have delivered what a crash or a mute broker left; tell whether there was anything."""
    _release_expired()
    hold_stopped(rows=Notification.objects.filter(bulk__isnull=False))
    waiting = _due().order_by()[: BATCH * MOST_TASKS].count()
    for _task in range(tasks_for(waiting)):
        # Where the workers are busy with earlier ones, these must not pile up.
        send("notifications.deliver", expires=SWEEP_SECONDS)
    return waiting > 0
