"""A person's messages: for taking along, for erasure."""

from collections.abc import Collection
from typing import Any

from django.db import transaction
from django.db.models import Q, TextField, Value
from django.db.models.functions import Cast, Concat
from django.utils.translation import gettext_lazy as _

from directory.models import User
from directory.services.erasure import ERASED_DOMAIN, is_any_of
from directory.services.traces import Traces, take_out
from notifications.enums import DeliveryState
from notifications.kinds import label_in_all_languages
from notifications.models import AddressTrouble, BulkMessage, MailHours, MailRefusal, Notification, Preference, TrailEntry

FORMER_MEMBER = _("A former member")
_ON_THEIR_WAY = [DeliveryState.QUEUED, DeliveryState.CLAIMED, DeliveryState.HELD, DeliveryState.COLLECTED]
FIELDS = ("context", "subject", "text", "html", "error")


def data_of_person(user: Any) -> dict[str, Any]:
    """What was written to a person, and how they want mail."""
    rows = Notification.objects.filter(recipient=user).order_by("pk")
    hours = MailHours.objects.filter(user=user).first()
    return {
        "messages": [
            {
                "kind": row.kind,
                "queued": row.created_at.isoformat(),
                "sent": row.sent_at.isoformat() if row.sent_at else None,
                "sent_to": row.sent_to,
                "read": row.read_at.isoformat() if row.read_at else None,
                "state": row.state,
                "subject": row.subject,
                "text": row.text,
            }
            for row in rows.iterator(1000)
        ],
        "preferences": [{"kind": row.kind, "frequency": row.frequency} for row in Preference.objects.filter(user=user)],
        "refusals": [{"kind": row.kind, "at": row.at.isoformat()} for row in MailRefusal.objects.at_address(user.email)],
        "hours": {
            "quiet_from": str(hours.quiet_from or ""),
            "quiet_to": str(hours.quiet_to or ""),
            "digest_at": str(hours.digest_at),
            "digest_weekday": hours.digest_weekday,
        }
        if hours
        else None,
    }


@transaction.atomic
def erase_person(*, user: User, traces: Traces) -> None:
    """Empty the person's own messages, whether sent or on their way; take the name out of everybody else's.

    What is being sent at this moment stays marked as withdrawn: the worker keeps nothing of it.
    """
    to_them = Q(recipient=user) | is_any_of("address", traces.addresses) | is_any_of("sent_to", traces.addresses)
    own = list(Notification.objects.filter(to_them).values_list("pk", flat=True))
    _empty(own)
    former = label_in_all_languages(FORMER_MEMBER)
    take_out(Notification.objects.exclude(pk__in=own), traces, *FIELDS, name=former)
    take_out(TrailEntry.objects.all(), traces, "detail")
    take_out(BulkMessage.objects.all(), traces, "subject", "body")
    AddressTrouble.objects.filter(is_any_of("address", traces.addresses)).delete()
    MailRefusal.objects.filter(is_any_of("address", traces.addresses)).delete()
    Preference.objects.filter(user=user).delete()
    MailHours.objects.filter(user=user).delete()


def _empty(keys: Collection[int]) -> None:
    """Empty messages, whether sent or on their way: who wrote when of which kind stays."""
    rows = Notification.objects.filter(pk__in=keys)
    TrailEntry.objects.filter(notification__in=keys).update(detail="")
    rows.filter(state__in=_ON_THEIR_WAY).update(state=DeliveryState.WITHDRAWN, claim=None, claimed_until=None)
    rows.filter(recipient=None).update(
        address=Concat(Value("erased-message-"), Cast("pk", TextField()), Value(f"@{ERASED_DOMAIN}"), output_field=TextField())
    )
    rows.update(context={}, subject="", text="", html="", error="", sent_to="", in_inbox=False)


@transaction.atomic
def forget_people(*, about: Q, traces: Traces, without_account: Traces) -> None:
    """Forget many people at once whose time is over, without reading the whole outbox for each.

    Args:
        about: the messages that are about them, by their frozen context: emptied, whoever got them.
        traces: all of these people; taken out of the digests in which a line was about one of them.
        without_account: those whom only their address names: messages to it are emptied, and their names go from what the
            secretariat wrote to many.
    """
    to_them = is_any_of("address", without_account.addresses) | is_any_of("sent_to", without_account.addresses)
    own = set(Notification.objects.filter(about).values_list("pk", flat=True))
    digests = set(Notification.objects.filter(collected__in=own).values_list("pk", flat=True))
    if without_account.addresses:
        own |= set(Notification.objects.filter(to_them).values_list("pk", flat=True))
        AddressTrouble.objects.filter(is_any_of("address", without_account.addresses)).delete()
        MailRefusal.objects.filter(is_any_of("address", without_account.addresses)).delete()
        take_out(BulkMessage.objects.all(), without_account, "subject", "body")
    _empty(own)
    if digests:
        former = label_in_all_languages(FORMER_MEMBER)
        take_out(Notification.objects.filter(pk__in=digests), traces, *FIELDS, name=former)
