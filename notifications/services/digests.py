"""Digests: what was collected for a person, in one mail at the hour of their own clock.

A collected message stays collected, tied to its digest, until the digest is accepted by the mail server; then it counts as
sent with it. If the digest is given up, its messages have failed with it; both can be sent again.
"""

import logging
from collections.abc import Callable, Iterator
from datetime import datetime
from itertools import groupby
from typing import Any

from django.apps import apps
from django.conf import settings
from django.db import DatabaseError, transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext_lazy as _

from common.dispatch import send_on_commit
from directory.models import User
from notifications.enums import DeliveryState, Frequency, TrailAct
from notifications.kinds import Kind, kind_of, moment, register, thaw
from notifications.models import MailHours, Notification, NotificationQuerySet, Preference, TrailEntry
from notifications.selectors.hours import last_daily, last_weekly
from notifications.selectors.preferences import frequency_of
from notifications.services.outbox import hold_stopped
from notifications.services.preferences import DIGEST
from notifications.services.rendering import HIDDEN_WORDS, headline, paragraphs_of, render_body
from notifications.services.rendering import render as render_alone

log = logging.getLogger(__name__)

PEOPLE_AT_ONCE = 500
# More than anybody reads in one mail; the rest comes with the next one.
MOST_IN_ONE = 100
UNMAKEABLE_WORDS = "This message cannot be made."


def _waiting() -> NotificationQuerySet:
    return Notification.objects.filter(state=DeliveryState.COLLECTED, digest__isnull=True)


def send_digests(*, now: datetime | None = None) -> int:
    """Make a digest for everybody whose hour has come since something was collected; return how many were made."""
    now = now or timezone.now()
    return sum(make_digest(user_id=person, now=now) for person in _people_due(now))


def _people_due(now: datetime) -> Iterator[int]:
    """Who may be due, judged by the oldest collected message; `make_digest` looks closer."""
    keys = sorted(set(_waiting().order_by().values_list("recipient", flat=True)))
    for start in range(0, len(keys), PEOPLE_AT_ONCE):
        people = User.objects.filter(pk__in=keys[start : start + PEOPLE_AT_ONCE], is_active=True)
        hours = {row.user_id: row for row in MailHours.objects.filter(user__in=people)}
        oldest: dict[int, datetime] = {}
        for person, at in _waiting().filter(recipient__in=people).order_by().values_list("recipient", "created_at"):
            if person is not None:
                oldest[person] = min(at, oldest.get(person, at))
        for user in people:
            if user.pk in oldest and oldest[user.pk] <= last_daily(now, hours.get(user.pk), user.time_zone):
                yield user.pk


@transaction.atomic
def make_digest(*, user_id: int, now: datetime) -> bool:
    """Put what is due for a person into one digest; False if nothing is, or another worker has just done it."""
    # The lock on the person is what makes a second beat wait, and then find nothing left.
    user = User.objects.select_for_update(of=("self",), no_key=True).get(pk=user_id)
    due = [row for row in _due_rows(user, now) if _may_still_be_seen(row)][:MOST_IN_ONE]
    if not due:
        return False
    digest = Notification.objects.create(
        kind=KIND.name,
        recipient=user,
        language=user.language,
        context={"until": moment(now, user.time_zone), "count": len(due)},
        cause=f"digest of {due[0].pk}",
        priority=KIND.priority,
        in_inbox=KIND.in_inbox,
        due_at=now,
    )
    Notification.objects.filter(pk__in=[row.pk for row in due]).update(digest=digest)
    TrailEntry.objects.bulk_create(TrailEntry(notification=row, act=TrailAct.COLLECTED, detail=str(digest.pk)) for row in due)
    send_on_commit("notifications.deliver")
    return True


def _due_rows(user: User, now: datetime) -> Iterator[Notification]:
    hours = MailHours.objects.filter(user=user).first()
    until = {Frequency.WEEKLY: last_weekly(now, hours, user.time_zone)}
    daily = last_daily(now, hours, user.time_zone)
    chosen = dict(Preference.objects.filter(user=user).values_list("kind", "frequency"))
    # Locked: until they are in the digest nobody holds them or sends them at once.
    for row in _waiting().select_for_update(of=("self",)).filter(recipient=user).order_by("pk"):
        row.recipient = user  # the same object, so that what it remembers about its memberships is read once
        kind = _made(_kind, row)
        if kind is None:
            Notification.objects.filter(pk=row.pk).update(state=DeliveryState.FAILED, error=UNMAKEABLE_WORDS)
        elif row.created_at <= until.get(Frequency(frequency_of(kind, chosen)), daily):
            yield row


def _may_still_be_seen(row: Notification) -> bool:
    is_visible = _made(_is_visible, row)
    if is_visible:
        return True
    if is_visible is None:
        values = {"state": DeliveryState.FAILED, "error": UNMAKEABLE_WORDS}
    else:
        values = {"state": DeliveryState.WITHDRAWN, "error": HIDDEN_WORDS}
    Notification.objects.filter(pk=row.pk).update(**values)
    return False


def _kind(row: Notification) -> Kind:
    return kind_of(row.kind)


def _is_visible(row: Notification) -> bool:
    return _kind(row).is_visible(row)


# --- The mail -------------------------------------------------------------------------------------------------------------


def _items(digest: Notification) -> list[Notification]:
    """The messages of a digest that its reader may still see, in the order of their kinds."""
    collected = digest.collected.exclude(state=DeliveryState.WITHDRAWN)  # type: ignore[attr-defined]
    rows = list(collected.exclude(pk__in=collected.stopped().values("pk")).order_by("kind", "pk"))
    for row in rows:
        row.recipient = digest.recipient
    return [row for row in rows if _made(_is_visible, row)]


def _entry(row: Notification) -> dict[str, Any]:
    language = get_language() or "en"
    kind, context = kind_of(row.kind), thaw(row.context, language)
    _subject, text = render_body(row, {**context, "recipient": row.recipient})
    return {
        "title": headline(row, language=language),
        "text": text,
        "paragraphs": paragraphs_of(text),
        "text_language": context.get("text_language", ""),
        "action": str(kind.action),
        "link": context.get("link", ""),
        "at": row.created_at,
    }


def _heading(name: str) -> str:
    kind = kind_of(name)
    return str(kind.label or kind.group or apps.get_app_config(kind.app).verbose_name)


def _prepare(digest: Notification) -> dict[str, Any]:
    entries = [(row.kind, entry) for row in _items(digest) if (entry := _made(_entry, row)) is not None]
    groups = [
        {"heading": _heading(name), "entries": [entry for _kind, entry in together]}
        for name, together in groupby(entries, key=lambda pair: pair[0])
    ]
    count = len(entries)
    words = ngettext("%(count)d message from the portal", "%(count)d messages from the portal", count)
    inbox = settings.PUBLIC_URL + reverse("notifications:inbox")
    return {"groups": groups, "headline": words % {"count": count}, "link": inbox, "count": count}


def _made(make: Callable[[Notification], Any], row: Notification) -> Any:
    """What `make` makes of a message; None where it cannot be made, which must not keep the others of its digest back."""
    try:
        return make(row)
    except DatabaseError:
        raise
    except Exception:
        log.exception("message cannot be made", extra={"data": {"notification": row.pk}})
        return None


def _has_anything(digest: Notification) -> bool:
    return bool(_items(digest))


def _mark_collected(digest: Notification) -> None:
    """Count the messages of a digest as sent with it; of confidential ones nothing is kept."""
    assert digest.recipient is not None, "digests go to people with an account"
    now = timezone.now()
    for row in _items(digest):
        mine = Notification.objects.filter(pk=row.pk)
        made = _made(render_alone, row)
        if made is None:
            mine.update(state=DeliveryState.FAILED, error=UNMAKEABLE_WORDS)
            continue
        kept: dict[str, Any] = {"subject": made.subject, "text": made.text, "html": made.html}
        if kind_of(row.kind).confidential:
            kept = {"context": {}}
        mine.update(state=DeliveryState.SENT, sent_at=now, sent_to=digest.recipient.email, error="", **kept)
    unseen = Notification.objects.filter(digest=digest, state=DeliveryState.COLLECTED)
    hold_stopped(rows=unseen, state=DeliveryState.COLLECTED)
    unseen.update(state=DeliveryState.WITHDRAWN, error=HIDDEN_WORDS)


KIND = register(
    Kind(
        DIGEST,
        subject="%(headline)s",
        action=_("Open your inbox"),
        in_inbox=False,
        # What is in it may be confidential; each message keeps its own text where it is not.
        confidential=True,
        is_visible=_has_anything,
        prepare=_prepare,
        html="emails/notifications/digest.html",
        on_sent=_mark_collected,
    )
)
