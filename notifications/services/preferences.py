"""What a person wants to be sent, and when; and saying no to a kind of mail by the link in it."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.core import signing
from django.db import transaction
from django.dispatch import receiver
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from common.access import Refused
from common.dispatch import send_on_commit
from directory.announcements import time_zone_changed
from directory.models import User
from notifications.enums import DeliveryState, Frequency
from notifications.kinds import Kind, all_kinds, kind_of
from notifications.models import MailHours, MailRefusal, Notification, Preference
from notifications.selectors.hours import end_of_quiet
from notifications.selectors.preferences import chosen_by, frequency_of, is_choosable

DIGEST = "notifications.digest"
_signer = signing.Signer(salt="notifications.unsubscribe", sep=".")
_BY_ADDRESS = "m"
_IN_DIGESTS = frozenset({Frequency.DAILY, Frequency.WEEKLY})


@transaction.atomic
def set_preferences(*, user: User, frequencies: Mapping[str, str]) -> None:
    """Keep how often a person wants each kind, by its name; messages that wait already take the new way too.

    Raises:
        Refused: a kind does not exist, or a procedure requires it.
    """
    names = {kind.name: kind for kind in all_kinds()}
    for name, frequency in frequencies.items():
        if name not in names or frequency not in Frequency.values:
            raise Refused(_("The portal does not know this kind of message any more. Load the page again."))
        if not (is_choosable(names[name]) and not names[name].required) and frequency != Frequency.AT_ONCE:
            raise Refused(_("This message is part of a procedure and is always sent at once."))
    chosen = [Preference(user=user, kind=name, frequency=frequency) for name, frequency in frequencies.items()]
    Preference.objects.bulk_create(chosen, update_conflicts=True, unique_fields=["user", "kind"], update_fields=["frequency"])
    for frequency in Frequency.values:
        _redirect(user, [name for name, wanted in frequencies.items() if wanted == frequency], frequency)


def _redirect(user: User, kinds: list[str], frequency: str) -> None:
    """Send what waits the way that is wanted now."""
    waiting = Notification.objects.filter(recipient=user, kind__in=kinds)
    collected = waiting.filter(state=DeliveryState.COLLECTED, digest__isnull=True)
    if frequency == Frequency.NONE:
        collected.update(state=DeliveryState.KEPT)
        waiting.filter(state=DeliveryState.QUEUED).update(state=DeliveryState.KEPT)
    elif frequency == Frequency.AT_ONCE:
        hours = MailHours.objects.filter(user=user).first()
        due_at = end_of_quiet(timezone.now(), hours, user.time_zone)
        if collected.update(state=DeliveryState.QUEUED, due_at=due_at):
            send_on_commit("notifications.deliver")


@transaction.atomic
def set_hours(*, user: User, **values: Any) -> MailHours:
    """Keep at which hours of their own clock a person wants mail: `quiet_from`, `quiet_to`, `digest_at`, `digest_weekday`.

    Messages that wait for the end of quiet hours wait for the new one.
    """
    hours, _made = MailHours.objects.update_or_create(user=user, defaults=values)
    _wait_anew(user, hours)
    return hours


@receiver(time_zone_changed)
def clock_changed(sender: Any, *, person: User, **kwargs: Any) -> None:
    """Messages that wait for the end of quiet hours wait for it by the person's new clock."""
    if hours := MailHours.objects.filter(user=person).first():
        _wait_anew(person, hours)


def _wait_anew(user: User, hours: MailHours) -> None:
    others = [kind.name for kind in all_kinds() if kind.knows_no_quiet_hours or kind.name == DIGEST]
    waiting = Notification.objects.filter(recipient=user, state=DeliveryState.QUEUED, attempts=0).exclude(kind__in=others)
    if waiting.update(due_at=end_of_quiet(timezone.now(), hours, user.time_zone)):
        send_on_commit("notifications.deliver")


# --- Unsubscribing by a link (RFC 8058) -----------------------------------------------------------------------------------


class LinkBroken(Refused):
    """A link to unsubscribe that we did not make."""


@dataclass(frozen=True)
class Refuser:
    """Who stands behind a link to unsubscribe: a person with an account, or an address."""

    user: User | None
    address: str


def unsubscribe_token(*, row: Notification) -> str:
    """What proves, without signing in, that somebody got a mail of the kind of `row`. It opens nothing else.

    Of somebody without an account it names the message, not the address: links stand in logs.
    """
    owner = str(row.recipient_id) if row.recipient_id else f"{_BY_ADDRESS}{row.pk}"
    return _signer.sign(f"{owner}:{row.kind}")


def unsubscribe_url(token: str) -> str:
    """The address of the page behind the link, in the active language."""
    return settings.PUBLIC_URL + reverse("notifications:unsubscribe", args=[token])


def read_token(token: str) -> tuple[Refuser, Kind]:
    """Whose mail, and of which kind, a link is about.

    Raises:
        LinkBroken: the link was cut or forged, or its account or kind is gone.
    """
    try:
        owner, name = _signer.unsign(token).split(":")
        return _refuser(owner), kind_of(name)
    except (signing.BadSignature, ValueError, User.DoesNotExist, Notification.DoesNotExist, KeyError):
        raise LinkBroken(
            _("This link is not complete, or its account is gone. Copy the whole address from the mail, or sign in and choose.")
        )


def _refuser(owner: str) -> Refuser:
    if owner.startswith(_BY_ADDRESS):
        row = Notification.objects.get(pk=int(owner.removeprefix(_BY_ADDRESS)), recipient=None)
        return Refuser(None, row.address)
    user = User.objects.get(pk=int(owner), is_active=True)
    return Refuser(user, user.email)


@transaction.atomic
def unsubscribe(*, token: str) -> Kind:
    """Send whoever is behind the link no more mail of its kind; a person with an account still finds it in the inbox.

    Of a digest: no more digests.

    Raises:
        LinkBroken: see `read_token`.
        Refused: a procedure requires this kind.
    """
    refuser, kind = read_token(token)
    user = refuser.user
    if user is None:
        if kind.required:
            raise Refused(_("This message is part of a procedure and is always sent at once."))
        MailRefusal.objects.bulk_create([MailRefusal(address=refuser.address, kind=kind.name)], ignore_conflicts=True)
        return kind
    if kind.name == DIGEST:
        chosen = chosen_by(user)
        kinds = [one for one in all_kinds() if is_choosable(one) and frequency_of(one, chosen) in _IN_DIGESTS]
    else:
        kinds = [kind]
    set_preferences(user=user, frequencies={one.name: Frequency.NONE for one in kinds})
    return kind


def subscribe_again(*, token: str) -> Kind:
    """Take back the no of somebody without an account; people with one choose in their preferences.

    Raises:
        LinkBroken: see `read_token`.
    """
    refuser, kind = read_token(token)
    if refuser.user is None:
        MailRefusal.objects.at_address(refuser.address).filter(kind=kind.name).delete()
    return kind
