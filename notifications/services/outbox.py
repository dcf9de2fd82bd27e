"""What secretariat staff do with messages on their way: hold, release, send again."""

from typing import Any

from django.db import transaction
from django.db.models import Exists, OuterRef, Q
from django.utils import timezone
from django.utils.translation import gettext as _

from common.access import Refused, require
from common.dispatch import send_on_commit
from directory.services.state import locked
from notifications.enums import DeliveryState, Frequency, TrailAct
from notifications.kinds import all_kinds, known_kind
from notifications.models import Notification, NotificationQuerySet, Preference, TrailEntry
from notifications.services.bounces import refusals
from notifications.services.rendering import render

MOST_AT_ONCE = 20_000
# What has not gone out: on its own, or with a digest.
WAITING = (DeliveryState.QUEUED, DeliveryState.COLLECTED)
STOPPED_WORDS = "bulk message stopped"
RESENDABLE = frozenset({DeliveryState.SENT, DeliveryState.FAILED, DeliveryState.BOUNCED})


def preview(notification: Notification) -> tuple[str, str, str]:
    """Subject, text and HTML as they would be made now, in the recipient's language. Nothing is written."""
    subject, text, html, _attachments = render(notification)
    return subject, text, html


def is_erased(notification: Notification) -> bool:
    """Whether nothing is left from which the message could be made again."""
    return known_kind(notification.kind).confidential and not notification.context


def _refuse_unless(notification: Notification, state: str, words: str) -> None:
    if notification.state != state:
        raise Refused(words % {"state": notification.get_state_display()})


def times_resent(notification: Notification) -> int:
    """How often staff have sent a message again."""
    return notification.trail.filter(act=TrailAct.RESENT).count()  # type: ignore[attr-defined]


@transaction.atomic
def resend_message(*, notification: Notification, by: Any, seen: int | None = None) -> Notification:
    """Make a message due again that was sent, failed or came back; it goes to the person's present address.

    Args:
        seen: how often it had been sent again when the page was made; None asks nothing.
    """
    notification = locked(notification)
    require(by, "notifications.manage_outbox", notification)
    if seen is not None and seen != times_resent(notification):
        return notification  # the same button pressed twice, the first copy perhaps sent by now
    if notification.state not in RESENDABLE:
        raise Refused(
            _("Only a message that was sent, failed or came back can be sent again; this one is “%(state)s”.")
            % {"state": notification.get_state_display()}
        )
    if is_erased(notification):
        raise Refused(
            _(
                "This message is confidential: its text was erased once it was sent, so it cannot be sent again. Ask the person "
                "to start again where it came from, for example by asking for a new link."
            )
        )
    before = notification.destination
    notification.sent_to = ""
    if notification.destination.lower() in refusals([notification.destination]):
        raise Refused(
            _("%(address)s refuses mail. Clear the address first, once you know that it works again.")
            % {"address": notification.destination}
        )
    # Text and subject stay until the new copy is made: the outbox finds it by them.
    notification.state, notification.due_at, notification.attempts, notification.error = (
        DeliveryState.QUEUED,
        timezone.now(),
        0,
        "",
    )
    notification.claim, notification.claimed_until, notification.lost = None, None, 0
    fields = ["state", "due_at", "attempts", "lost", "error", "sent_to", "claim", "claimed_until"]
    notification.save(update_fields=fields)
    notification.trail.create(act=TrailAct.RESENT, by=by, detail=before)
    send_on_commit("notifications.deliver")
    return notification


@transaction.atomic
def hold_message(*, notification: Notification, by: Any, reason: str = "") -> Notification:
    """Keep a queued message back until somebody releases it."""
    notification = locked(notification)
    require(by, "notifications.manage_outbox", notification)
    words = _("Only a message that waits to be sent can be held; this one is “%(state)s”.")
    _refuse_unless(notification, DeliveryState.QUEUED, words)
    _move([notification.pk], to=DeliveryState.HELD, act=TrailAct.HELD, by=by, detail=reason)
    return locked(notification)


@transaction.atomic
def release_message(*, notification: Notification, by: Any) -> Notification:
    """Let a held message go: it is sent when it is due, at once if that is past."""
    notification = locked(notification)
    require(by, "notifications.manage_outbox", notification)
    _refuse_unless(notification, DeliveryState.HELD, _("Only a held message can be released; this one is “%(state)s”."))
    _let_go([notification.pk], by)
    return locked(notification)


def _move(keys: list[int], *, to: str, act: str, by: Any, detail: str = "") -> None:
    # Out of the digest that it was put into, if any: it goes on its own way from here.
    Notification.objects.filter(pk__in=keys).update(state=to, digest=None)
    lines = (TrailEntry(notification_id=key, act=act, by=by, detail=detail) for key in keys)
    TrailEntry.objects.bulk_create(lines, batch_size=2000)


def _let_go(keys: list[int], by: Any) -> None:
    _move(keys, to=DeliveryState.QUEUED, act=TrailAct.RELEASED, by=by)
    # Who has said no to mail of this kind meanwhile finds it in the inbox.
    own = Preference.objects.filter(user=OuterRef("recipient"), kind=OuterRef("kind"), frequency=Frequency.NONE)
    refused = Notification.objects.filter(Exists(own), pk__in=keys)
    refused.exclude(kind__in=[kind.name for kind in all_kinds() if kind.required]).update(state=DeliveryState.KEPT)
    send_on_commit("notifications.deliver")


def _locked_keys(rows: NotificationQuerySet, state: str) -> list[int]:
    # What a worker has in hand at this moment is as good as sent: leave it out instead of waiting for it.
    found = rows.filter(state=state).order_by("pk").select_for_update(skip_locked=True, of=("self",))
    return list(found.values_list("pk", flat=True)[:MOST_AT_ONCE])


@transaction.atomic
def hold_messages(*, rows: NotificationQuerySet, by: Any, reason: str = "", state: str = DeliveryState.QUEUED) -> int:
    """Hold all of `rows` that wait to be sent, or in another of the `WAITING` states, `MOST_AT_ONCE` at most; return how many."""
    require(by, "notifications.manage_outbox")
    if state == DeliveryState.COLLECTED:
        rows = rows.filter(Q(digest__isnull=True) | Q(digest__state=DeliveryState.QUEUED))
    keys = _locked_keys(rows, state)
    _move(keys, to=DeliveryState.HELD, act=TrailAct.HELD, by=by, detail=reason)
    return len(keys)


@transaction.atomic
def hold_stopped(*, rows: NotificationQuerySet, state: str = DeliveryState.QUEUED) -> int:
    """Hold those of `rows` that a worker had in hand when their message to many was stopped; return how many."""
    keys = _locked_keys(rows.stopped(), state)
    if keys:
        _move(keys, to=DeliveryState.HELD, act=TrailAct.HELD, by=None, detail=STOPPED_WORDS)
    return len(keys)


@transaction.atomic
def release_messages(*, rows: NotificationQuerySet, by: Any) -> int:
    """Release all of `rows` that are held, `MOST_AT_ONCE` at most; return how many."""
    require(by, "notifications.manage_outbox")
    keys = _locked_keys(rows, DeliveryState.HELD)
    if keys:
        _let_go(keys, by)
    return len(keys)
