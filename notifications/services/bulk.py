"""Messages of the secretariat to many: written, tested, counted, confirmed, then queued in one go."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.db.models import Count
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from common.access import Refused, require
from directory.enums import JobState
from directory.models import User
from directory.services.jobs import start_job
from directory.services.state import change_state, locked, record_start, refuse_if_changed
from notifications.audiences import audience_of
from notifications.enums import BulkState, DeliveryState, Priority
from notifications.kinds import THE_SECRETARIAT, Kind, link, register
from notifications.models import BulkMessage, Notification
from notifications.selectors.preferences import said_no
from notifications.services.bounces import refusals
from notifications.services.outbox import STOPPED_WORDS, WAITING, hold_messages, preview
from notifications.services.queue import Recipient, notify

JOB = "notifications.bulk"
BULK = register(
    Kind(
        "notifications.bulk",
        subject="%(subject)s",
        label=gettext_lazy("A message of the secretariat to many people"),
        group=THE_SECRETARIAT,
        priority=Priority.BULK,
        action=gettext_lazy("Open the portal"),
    )
)
TEST = register(
    Kind(
        "notifications.bulk_test",
        subject=gettext_lazy("Test: %(subject)s"),
        label=gettext_lazy("A test of a message to many"),
        group=THE_SECRETARIAT,
        # Whoever presses the button looks for it at once, and it shows how the real one arrives.
        priority=Priority.URGENT,
        in_inbox=False,
        action=gettext_lazy("Open the portal"),
    )
)
# A message to everybody is a matter of the whole secretariat; one this large is a mistake in the list.
MOST_RECIPIENTS = 100_000
_WAY = {
    "sent": (DeliveryState.SENT,),
    "failed": (DeliveryState.FAILED, DeliveryState.BOUNCED),
    "held": (DeliveryState.HELD, DeliveryState.WITHDRAWN),
    "inbox": (DeliveryState.KEPT,),
    "collected": (DeliveryState.COLLECTED,),
    "waiting": (DeliveryState.QUEUED, DeliveryState.CLAIMED),
}


def people_of(*, chosen: Mapping[str, Any], by: Any) -> list[User | Recipient]:
    """The people on a list as it is now, each address once; who has an account is written to as that person.

    Args:
        chosen: `list`, the name of a list, and the values of its choices.

    Raises:
        Refused: no app has a list of that name any more.
    """
    found = audience_of(str(chosen.get("list", "")))
    if found is None:
        raise Refused(_("The portal does not have this list of people any more. Write the message anew and choose another list."))
    by_address: dict[str, User | Recipient] = {}
    for person in found.people(by, chosen):
        address = (person.email if isinstance(person, User) else person.address).strip().lower()
        if address and (address not in by_address or isinstance(person, User)):
            by_address[address] = person
    return list(by_address.values())


@dataclass(frozen=True)
class Reach:
    """Whom a bulk message would reach now.

    Args:
        total: every recipient, each once.
        by_address: of these, people without an account.
        refusing: addresses that refuse mail, and people without an account who want none of this kind: counted, they get nothing.
    """

    total: int
    by_address: int
    refusing: int


def reach_of(*, message: BulkMessage, by: Any) -> Reach:
    """Count the recipients as they are now."""
    people = people_of(chosen=message.audience, by=by)
    addresses = [person.email if isinstance(person, User) else person.address for person in people]
    by_address = [person.address for person in people if isinstance(person, Recipient)]
    refusing = set(refusals(addresses)) | {address for address, _kind in said_no(by_address, BULK.name)}
    return Reach(len(people), len(by_address), len(refusing))


@transaction.atomic
def write_bulk(*, by: Any, subject: str, body: str, language: str, audience: Mapping[str, Any]) -> BulkMessage:
    """Keep a new draft."""
    require(by, "notifications.write_bulk")
    message = BulkMessage.objects.create(subject=subject, body=body, language=language, audience=dict(audience), by=by)
    record_start(message, by=by)
    return message


@transaction.atomic
def edit_bulk(
    *, message: BulkMessage, by: Any, subject: str, body: str, language: str, audience: Mapping[str, Any]
) -> BulkMessage:
    """Change a draft; what is confirmed stays as it was confirmed."""
    message = locked(message)
    require(by, "notifications.write_bulk", message)
    if message.state != BulkState.DRAFT:
        raise Refused(_("This message is confirmed and cannot be changed any more. Write a new one."))
    message.subject, message.body, message.language, message.audience = subject, body, language, dict(audience)
    message.save(update_fields=["subject", "body", "language", "audience"])
    return message


def version_of(message: BulkMessage) -> str:
    """Names what a draft says and to whom, as it stands."""
    words = json.dumps([message.subject, message.body, message.language, message.audience], sort_keys=True)
    return hashlib.sha256(words.encode()).hexdigest()


def _context(message: BulkMessage) -> dict[str, Any]:
    return {"subject": message.subject, "text": message.body, "text_language": message.language, "link": link("home")}


def preview_bulk(*, message: BulkMessage, by: Any) -> tuple[str, str, str]:
    """Subject, text and HTML as `by` would get them."""
    return preview(Notification(kind=BULK.name, recipient=by, language=by.language, context=_context(message)))


@transaction.atomic
def send_test(*, message: BulkMessage, by: Any) -> None:
    """Send the message to oneself, as it is now; each press of the button sends one."""
    message = locked(message)
    require(by, "notifications.write_bulk", message)
    cause = f"bulk:{message.pk} test {timezone.now().isoformat()}"
    notify(kind=TEST, to=[by], cause=cause, context=_context(message))


def _refuse_other_count(count: int, confirmed: int | None) -> None:
    if not count:
        raise Refused(_("Nobody is on this list now. Choose another list or other filters, then confirm."))
    if count > MOST_RECIPIENTS:
        raise Refused(
            _("The list has %(count)d people, more than the %(most)d that one message may reach. Narrow it down.")
            % {"count": count, "most": MOST_RECIPIENTS}
        )
    if count != confirmed:
        words = ngettext(
            "The list has changed meanwhile: it has %(count)d person now. Nothing was sent. Look at it and confirm again.",
            "The list has changed meanwhile: it has %(count)d people now. Nothing was sent. Look at it and confirm again.",
            count,
        )
        raise Refused(words % {"count": count})


@transaction.atomic
def confirm_bulk(*, message: BulkMessage, by: Any, count: int, seen: str | None = None) -> BulkMessage:
    """Have a draft queued to exactly `count` recipients; confirming twice queues it once.

    Args:
        seen: `version_of` the draft that the person had before them; None asks nothing.

    Raises:
        Refused: the list has another number of people now, or none; or somebody has edited the draft.
    """
    message = locked(message)
    require(by, "notifications.write_bulk", message)
    if message.state in {BulkState.SENDING, BulkState.QUEUED} and message.confirmed_count == count:
        return message  # the same button pressed twice
    refusal = _("The text was edited after you opened this page. Read it again before you answer.")
    refuse_if_changed(seen=seen, present=version_of(message), refusal=refusal)
    _refuse_other_count(len(people_of(chosen=message.audience, by=by)), count)
    # Who confirms is whose eyes the list is made with, and whom the job tells how far it is.
    message.by, message.confirmed_count = by, count
    change_state(message, to=BulkState.SENDING, by=by, also=["by", "confirmed_count"])
    _start(message, by)
    return message


def _start(message: BulkMessage, by: Any) -> None:
    message.job = start_job(kind=JOB, arguments={"message": message.pk}, asked_by=by, key=str(message.pk))
    message.save(update_fields=["job"])


@transaction.atomic
def start_again(*, message: BulkMessage, by: Any) -> BulkMessage:
    """Queue a confirmed message whose job was given up."""
    message = locked(message)
    require(by, "notifications.write_bulk", message)
    if message.state != BulkState.SENDING or (message.job and message.job.state != JobState.FAILED):
        raise Refused(_("This message is on its way already. Load the page again to see how far it is."))
    _start(message, by)
    return message


@transaction.atomic
def queue_bulk(*, pk: int) -> dict[str, Any]:
    """Write the rows of a confirmed message, all in one transaction; doing it twice writes them once.

    Returns:
        The result of the job: where to look on. If the list has changed since the confirmation, the message is a draft again.
    """
    message = locked(BulkMessage.objects.get(pk=pk))
    result = {"url": reverse("notifications:bulk", args=[pk])}
    if message.state != BulkState.SENDING:
        return result
    people = people_of(chosen=message.audience, by=message.by)
    try:
        _refuse_other_count(len(people), message.confirmed_count)
    except Refused as refusal:
        message.confirmed_count = None
        change_state(message, to=BulkState.DRAFT, by=None, reason=str(refusal), also=["confirmed_count"])
        return result
    notify(kind=BULK, to=people, cause=f"bulk:{message.pk}", context=_context(message), bulk=message)
    change_state(message, to=BulkState.QUEUED, by=message.by)
    return result


@transaction.atomic
def stop_bulk(*, message: BulkMessage, by: Any) -> int:
    """Discard a draft, or hold what of a queued message is not yet sent; return how many messages are held.

    What a worker has in hand at this moment goes out, or is held as soon as the worker comes to it or puts it back.
    """
    message = locked(message)
    require(by, "notifications.write_bulk", message)
    if message.state == BulkState.SENDING:
        raise Refused(_("The message is being queued at this moment. Wait a few seconds and stop it then."))
    waits = message.state == BulkState.QUEUED
    change_state(message, to=BulkState.CANCELLED, by=by)
    held = 0
    rows = Notification.objects.filter(bulk=message)
    for state in WAITING if waits else ():
        while some := hold_messages(rows=rows, by=by, reason=STOPPED_WORDS, state=state):
            held += some
    return held


@dataclass(frozen=True)
class Progress:
    """How far a bulk message is, in messages."""

    total: int
    sent: int = 0
    failed: int = 0
    held: int = 0
    inbox: int = 0
    collected: int = 0
    waiting: int = 0

    @property
    def share(self) -> int:
        """Percent of the messages that are done with, one way or another."""
        return 100 * (self.total - self.waiting) // self.total if self.total else 0


def progress_of(message: BulkMessage) -> Progress:
    """Count a message's rows by where they stand."""
    rows = message.notifications.order_by().values_list("state").annotate(count=Count("pk"))  # type: ignore[attr-defined]
    by_state = dict(rows)
    counts = {name: sum(by_state.get(state, 0) for state in states) for name, states in _WAY.items()}
    return Progress(total=sum(by_state.values()), **counts)
