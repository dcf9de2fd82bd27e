"""A person's inbox: their messages on the portal, whether or not they were sent as mail."""

import logging
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.db import DatabaseError
from django.utils import timezone
from django.utils.translation import get_language

from notifications.kinds import Kind, all_kinds, thaw
from notifications.models import Notification
from notifications.services.rendering import headline, paragraphs_of, render_body

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Glance:
    """A message as its line in the inbox says it, in the reader's language.

    Args:
        link: the very thing it is about, on this portal; empty if it leads nowhere or may not be seen any more.
        is_hidden: the reader may no longer see what it is about.
        is_erased: what it said is not kept any more.
    """

    row: Notification
    title: str
    action: str = ""
    link: str = ""
    is_hidden: bool = False
    is_erased: bool = False


def _kind(row: Notification) -> Kind | None:
    return next((kind for kind in all_kinds() if kind.name == row.kind), None)


def glance(row: Notification) -> Glance:
    """One line for `row`, whose recipient is the reader; what they may no longer see is not told."""
    kind, language = _kind(row), get_language() or "en"
    if kind is None:
        return Glance(row, row.subject or row.kind, is_erased=True)
    label = str(kind.label or kind.name)
    if not row.context:
        return Glance(row, row.subject or label, is_erased=True)
    try:
        if not kind.is_visible(row):
            return Glance(row, label, is_hidden=True)
        title, link = headline(row, language=language), str(thaw(row.context, language).get("link", ""))
    except DatabaseError:
        raise
    except Exception:
        log.exception("message cannot be made", extra={"data": {"notification": row.pk}})
        return Glance(row, row.subject or label, is_erased=True)
    return Glance(row, title, str(kind.action), link.removeprefix(settings.PUBLIC_URL))


def paragraphs(seen: Glance) -> list[str]:
    """The text of a message as safe HTML, in the reader's language; as it was sent where it cannot be made any more."""
    if seen.is_hidden:
        return []
    if seen.is_erased:
        return paragraphs_of(seen.row.text) if seen.row.text else []
    context = thaw(seen.row.context, get_language() or "en")
    _subject, text = render_body(seen.row, {**context, "recipient": seen.row.recipient})
    return paragraphs_of(text)


def mark_read(*, row: Notification) -> bool:
    """Count a message as read, once."""
    return bool(Notification.objects.filter(pk=row.pk, read_at__isnull=True).update(read_at=timezone.now()))


def mark_all_read(*, user: Any, newest: int) -> int:
    """Count a person's messages as read, up to the newest one that they saw."""
    unread = Notification.objects.inbox_of(user).filter(read_at__isnull=True, pk__lte=newest)
    return unread.update(read_at=timezone.now())
