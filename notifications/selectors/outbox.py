"""Finding messages among very many: every way of looking has an index."""

import re
from collections.abc import Mapping
from datetime import date, datetime, time, timedelta
from typing import Any

from django.contrib.postgres.search import SearchQuery, SearchVector
from django.db.models import F, Q
from django.db.models.functions import Lower
from django.utils import timezone

from directory.models import User
from notifications.models import Notification, NotificationQuerySet

COUNT_UP_TO = 10_000
_MOST_PEOPLE = 500
_WORD = re.compile(r"[\w@.+-]+")


def _day(day: date) -> datetime:
    """Midnight of a day on the reader's clock."""
    return timezone.make_aware(datetime.combine(day, time.min))


def _people(words: list[str]) -> list[int]:
    """Who has every word in name or address; of more than can be meant, the first."""
    rows = User.objects.order_by("pk")
    for word in words:
        rows = rows.filter(Q(email__icontains=word) | Q(given_name__icontains=word) | Q(family_name__icontains=word))
    return list(rows.values_list("pk", flat=True)[:_MOST_PEOPLE])


def _with_words(rows: NotificationQuerySet, text: str) -> NotificationQuerySet:
    words = _WORD.findall(text)
    if not words:
        return rows.none()
    # Each word from its beginning; quoted, so that no sign in it is read as an operator.
    query = SearchQuery(" & ".join(f"'{word}':*" for word in words), search_type="raw", config="simple")
    found = Q(words=query) | Q(recipient_id__in=_people(words))
    if len(words) == 1:
        found |= Q(lower_sent_to__startswith=text.lower())
    return rows.alias(
        words=SearchVector("subject", "sent_to", "address", config="simple"), lower_sent_to=Lower("sent_to")
    ).filter(found)


def messages_found(*, by: Any, chosen: Mapping[str, Any]) -> NotificationQuerySet:
    """The messages that `by` may see and that match: `q`, `state`, `kind`, `since`, `until`, `bulk`; empty ones do not count."""
    rows = Notification.objects.visible_to(by)
    for name in ("state", "kind", "bulk"):
        if chosen.get(name):
            rows = rows.filter(**{name: chosen[name]})
    if since := chosen.get("since"):
        rows = rows.filter(created_at__gte=_day(since))
    if (until := chosen.get("until")) and until < date.max:
        rows = rows.filter(created_at__lt=_day(until + timedelta(days=1)))
    if text := (chosen.get("q") or "").strip():
        rows = _with_words(rows, text)
    return rows


def count_up_to(rows: NotificationQuerySet, most: int = COUNT_UP_TO) -> int:
    """How many rows there are, counted no further than one more than `most`."""
    return rows.order_by()[: most + 1].count()


def newest_first(rows: NotificationQuerySet, count: int) -> NotificationQuerySet:
    """The rows in the order of the list. `count` is what `count_up_to()` said.

    Of few rows PostgreSQL must gather all and sort them: asked for the order of the primary key, it would walk back through
    a million rows until it has met enough of them (measured: 8 s instead of 30 ms). Of many it may walk.
    """
    return rows.order_by((F("pk") + 0).desc() if count <= COUNT_UP_TO else "-pk")
