"""Digests: what was collected for a person, in one mail at the hour of their own clock.

A collected message stays collected, tied to its digest, until the digest is accepted by the mail server; then it counts as
sent with it. If the digest is given up, its messages have failed with it; both can be sent again.
"""

import logging
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from itertools import groupby
from typing import Any

from django.apps import apps
from django.conf import settings
from django.db import DatabaseError, transaction
from django.db.models import Min, Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext_lazy as _

from common.dispatch import send_on_commit
from directory.models import User
from notifications.enums import DeliveryState, Frequency, TrailAct
from notifications.kinds import Kind, all_kinds, kind_of, moment, register, thaw
from notifications.models import MailHours, Notification, NotificationQuerySet, Preference, TrailEntry
from notifications.selectors.hours import last_daily, last_weekly
from notifications.selectors.preferences import chosen_by, frequency_of
from notifications.services.outbox import hold_stopped
from notifications.services.preferences import DIGEST
from notifications.services.rendering import GONE_WORDS, HIDDEN_WORDS, headline, paragraphs_of, render_body
from notifications.services.rendering import render as render_alone

log = logging.getLogger(__name__)

PEOPLE_AT_ONCE = 500
# More than anybody reads in one mail; the rest is in the inbox.
MOST_IN_ONE = 100
UNMAKEABLE_WORDS = "This message cannot be made."


def _waiting() -> NotificationQuerySet:
    return Notification.objects.filter(state=DeliveryState.COLLECTED, digest__isnull=True)


def send_digests(*, now: datetime | None = None) -> int:
    """Make a digest for everybody whose hour has come since something was collected; return how many were made."""
    now = now or timezone.now()
    of_closed = Notification.objects.filter(state=DeliveryState.COLLECTED, recipient__is_active=False)
    of_closed.update(state=DeliveryState.WITHDRAWN, error=GONE_WORDS)
    return sum(make_digest(user_id=person, now=now) for person in _people_due(now))


def _people_due(now: datetime) -> Iterator[int]:
    """Who is due, judged by the oldest collected message of each kind; `make_digest` looks closer."""
    keys = sorted(set(_waiting().order_by().values_list("recipient", flat=True)))
    for start in range(0, len(keys), PEOPLE_AT_ONCE):
        people = User.objects.filter(pk__in=keys[start : start + PEOPLE_AT_ONCE], is_active=True)
        hours = {row.user_id: row for row in MailHours.objects.filter(user__in=people)}
        chosen: dict[int, dict[str, str]] = defaultdict(dict)
        for person, kind, frequency in Preference.objects.filter(user__in=people).values_list("user", "kind", "frequency"):
            chosen[person][kind] = frequency
        oldest: dict[int, list[tuple[str, datetime]]] = defaultdict(list)
        first = _waiting().filter(recipient__in=people).order_by().values_list("recipient", "kind").annotate(Min("created_at"))
        for person, kind, at in first:
            oldest[person].append((kind, at))
        for user in people:
            daily = last_daily(now, hours.get(user.pk), user.time_zone)
            weekly = last_weekly(now, hours.get(user.pk), user.time_zone)
            is_weekly = _weekly_kinds(chosen[user.pk])
            if any(at <= (weekly if kind in is_weekly else daily) for kind, at in oldest[user.pk]):
                yield user.pk


def _weekly_kinds(chosen: Mapping[str, str]) -> set[str]:
    """The names of the kinds that go into the weekly digest of somebody who chose `chosen`; all others wait for the daily one."""
    return {kind.name for kind in all_kinds() if frequency_of(kind, chosen) == Frequency.WEEKLY}


@transaction.atomic
def make_digest(*, user_id: int, now: datetime) -> bool:
    """Put what is due for a person into one digest; False if nothing is, or another worker has just done it."""
    # The lock on the person is what makes a second beat wait, and then find nothing left.
    user = User.objects.select_for_update(of=("self",), no_key=True).get(pk=user_id)
    rows = _due_rows(user, now)
    # Looked at no further than one mail has room for: a year of messages may wait.
    first = list(rows.select_for_update(of=("self",))[:MOST_IN_ONE])
    due = [row for row in first if _may_still_be_seen(row, user)]
    if not due:
        return False
    # What has no room stays in the inbox: another mail right after this one, and another, would help nobody.
    more = rows.filter(pk__gt=first[-1].pk).update(state=DeliveryState.KEPT)
    digest = Notification.objects.create(
        kind=KIND.name,
        recipient=user,
        language=user.language,
        context={"until": moment(now, user.time_zone), "count": len(due), "more": more},
        cause=f"digest of {due[0].pk}",
        priority=KIND.priority,
        in_inbox=KIND.in_inbox,
        due_at=now,
    )
    Notification.objects.filter(pk__in=[row.pk for row in due]).update(digest=digest)
    TrailEntry.objects.bulk_create(TrailEntry(notification=row, act=TrailAct.COLLECTED, detail=str(digest.pk)) for row in due)
    send_on_commit("notifications.deliver")
    return True


def _due_rows(user: User, now: datetime) -> NotificationQuerySet:
    """What waits for a person's digest and is due, oldest first; kinds that no app has any more are counted as failed."""
    hours = MailHours.objects.filter(user=user).first()
    weekly = _weekly_kinds(chosen_by(user))
    mine = _waiting().filter(recipient=user).order_by("pk")
    unknown = mine.exclude(kind__in=[kind.name for kind in all_kinds()])
    unknown.update(state=DeliveryState.FAILED, error=UNMAKEABLE_WORDS)
    of_day = ~Q(kind__in=weekly) & Q(created_at__lte=last_daily(now, hours, user.time_zone))
    of_week = Q(kind__in=weekly) & Q(created_at__lte=last_weekly(now, hours, user.time_zone))
    return mine.filter(of_day | of_week)


def _may_still_be_seen(row: Notification, user: User) -> bool:
    row.recipient = user  # the same object, so that what it remembers about its memberships is read once
    is_visible = _made(_is_visible, row)
    if is_visible:
        return True
    if is_visible is None:
        values = {"state": DeliveryState.FAILED, "error": UNMAKEABLE_WORDS}
    else:
        values = {"state": DeliveryState.WITHDRAWN, "error": HIDDEN_WORDS}
    Notification.objects.filter(pk=row.pk).update(**values)
    return False


def _is_visible(row: Notification) -> bool:
    return kind_of(row.kind).is_visible(row)


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
        label=_("What was collected for a digest"),
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
