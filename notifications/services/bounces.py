"""Mail that comes back: which message it was, what that says about the address, and when the address works again."""

import hmac
import re
from collections.abc import Iterable
from typing import Any

from allauth.account.signals import email_confirmed
from django.conf import settings
from django.db import transaction
from django.db.models import F
from django.dispatch import receiver
from django.utils import timezone
from django.utils.crypto import salted_hmac

from common.access import require
from notifications.enums import DeliveryState, TrailAct
from notifications.models import AddressTrouble, Notification, TrailEntry
from notifications.services.reports import Report

_SALT = "notifications.message-id"
_MESSAGE_ID = re.compile(r"<?notification-([0-9]{1,19})\.([0-9a-f]{20})@")


def _mark(key: int, address: str) -> str:
    return salted_hmac(_SALT, f"{key} {address.lower()}", algorithm="sha256").hexdigest()[:20]


def message_id(notification: Notification) -> str:
    """The Message-ID of a row to its address: always the same, so that a second copy is recognizable, and signed.

    Only who received the message knows its mark, so nobody can report the mail of others as returned.
    """
    host = settings.PUBLIC_URL.split("//")[-1].split("/")[0].split(":")[0]
    return f"<notification-{notification.pk}.{_mark(notification.pk, notification.destination)}@{host}>"


def copy_of(identifier: str) -> tuple[Notification, str] | None:
    """The row, locked, whose Message-ID stands in `identifier`, and the address of that copy; None if its mark is not ours."""
    found = _MESSAGE_ID.search(identifier)
    row = Notification.objects.select_for_update().filter(pk=int(found[1])).first() if found else None
    if found is None or row is None:
        return None
    # Where it went before staff sent it again, perhaps to another address, stands in its trail.
    before = TrailEntry.objects.filter(notification=row, act=TrailAct.RESENT).values_list("detail", flat=True)
    known = [address for address in (row.destination, *before) if hmac.compare_digest(_mark(row.pk, address), found[2])]
    return (row, known[0]) if known else None


@transaction.atomic
def record_trouble(*, address: str, is_permanent: bool, detail: str) -> AddressTrouble:
    """Count what a server said about an address; a permanent refusal stays one until somebody clears it."""
    address, detail = address.strip(), detail.replace("\x00", "")[:2000]
    known = AddressTrouble.objects.select_for_update().at_address(address)
    values = {"count": F("count") + 1, "detail": detail, "last_at": timezone.now()}
    if not known.update(**values, **({"is_permanent": True} if is_permanent else {})):
        with transaction.atomic():
            rows = [AddressTrouble(address=address, is_permanent=is_permanent, detail=detail)]
            # Somebody may write the same address at this moment: then theirs stands and ours is one more.
            AddressTrouble.objects.bulk_create(rows, ignore_conflicts=True)
    return known.get()


def refusals(addresses: Iterable[str]) -> dict[str, AddressTrouble]:
    """Of these addresses, in lower case, those that refuse mail for good, with what is known."""
    rows = AddressTrouble.objects.at_address(*filter(None, addresses)).filter(is_permanent=True)
    return {row.address.lower(): row for row in rows}


def refusal_words(trouble: AddressTrouble) -> str:
    """Why nothing is sent to an address, in English as errors of messages are kept."""
    return f"This address refused mail on {trouble.last_at:%d %B %Y}: {trouble.detail}"[:2000]


@transaction.atomic
def record_report(report: Report) -> bool:
    """Mark the message that a report is about and count the trouble at its address; tell whether the message is known.

    The address is that of our own row: what the report says about addresses is not believed. A report about a copy to an
    address that the person has left says nothing about the present one.
    """
    known = copy_of(report.message_id)
    if known is None:
        return False
    row, address = known
    detail = " ".join(part for part in (report.status, report.detail) if part)
    if report.has_failed and address.lower() == row.destination.lower():
        bounced = Notification.objects.filter(pk=row.pk, state=DeliveryState.SENT)
        # A second report about the same copy changes nothing; one about a copy that is being sent again still counts.
        if not bounced.update(state=DeliveryState.BOUNCED, error=detail) and row.state == DeliveryState.BOUNCED:
            return True
    TrailEntry.objects.create(
        notification=row, act=TrailAct.BOUNCED if report.has_failed else TrailAct.RETRIED, detail=detail[:2000]
    )
    record_trouble(address=address, is_permanent=report.is_permanent, detail=detail)
    return True


@transaction.atomic
def clear_trouble(*, address: str, by: Any = None) -> int:
    """Send to this address again. `by` is secretariat staff or the person whose address it is; None once it is verified anew."""
    if by is not None and address.lower() != by.email.lower():
        require(by, "notifications.manage_outbox")
    cleared, _models = AddressTrouble.objects.at_address(address).delete()
    return cleared


@receiver(email_confirmed)
def address_verified(sender: Any, email_address: Any, **_more: Any) -> None:
    """Its owner has just opened a link that was sent there: the address takes mail."""
    clear_trouble(address=email_address.email)
