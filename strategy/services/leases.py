"""Locks of paragraphs: taken by whoever writes, renewed by each save, ended by time, breakable with a trace."""

from collections.abc import Iterable
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.formats import time_format
from django.utils.translation import gettext as _

from common.access import Refused, require
from directory.services.state import locked
from strategy.messages.writing import lock_broken
from strategy.models import LeaseBreak, Paragraph, ParagraphLease
from strategy.models.writing import LEASE
from strategy.services.record import open_for_writing, present


def told(lease: ParagraphLease) -> str:
    """Who writes here since when, in a sentence."""
    return _("%(person)s is writing in paragraph %(number)s since %(time)s.") % {
        "person": lease.holder,
        "number": lease.paragraph.number,
        "time": time_format(timezone.localtime(lease.since), "H:i"),
    }


def lease_of_another(paragraph: Paragraph, by: Any) -> ParagraphLease | None:
    rows = ParagraphLease.objects.live().filter(paragraph=paragraph.pk).exclude(holder=by)
    return rows.select_related("holder", "paragraph").first()


def refuse_if_held(paragraphs: Iterable[Paragraph], by: Any) -> None:
    """Refuse while somebody else writes in one of the paragraphs."""
    rows = ParagraphLease.objects.live().filter(paragraph__in=[row.pk for row in paragraphs]).exclude(holder=by)
    lease = rows.select_related("holder", "paragraph").first()
    if lease:
        raise Refused(told(lease) + " " + _("Wait until the lock ends, or break it on the page of the paragraph."))


def hold(paragraph: Paragraph, by: Any) -> ParagraphLease:
    """Give or renew the lock of a paragraph whose draft is locked and that nobody else holds."""
    now = timezone.now()
    lease = ParagraphLease.objects.filter(paragraph=paragraph.pk).first()
    since = lease.since if lease and lease.holder_id == by.pk and lease.until > now else now
    lease, _created = ParagraphLease.objects.update_or_create(
        paragraph_id=paragraph.pk, defaults={"holder": by, "since": since, "until": now + LEASE}
    )
    return lease


@transaction.atomic
def take_lease(*, paragraph: Paragraph, by: Any) -> ParagraphLease:
    """Lock the paragraph for `by`, or renew the lock that `by` holds.

    Raises:
        Refused: somebody else is writing there, or the draft is published.
    """
    row = present(open_for_writing(paragraph.draft, by), paragraph)
    refuse_if_held([row], by)
    return hold(row, by)


@transaction.atomic
def release_lease(*, paragraph: Paragraph, by: Any) -> None:
    """End the lock that `by` holds; nothing happens to anybody else's."""
    draft = locked(paragraph.draft)
    require(by, "strategy.write_draft", draft)
    ParagraphLease.objects.filter(paragraph=paragraph.pk, holder=by).delete()


@transaction.atomic
def break_lease(*, paragraph: Paragraph, by: Any, reason: str) -> ParagraphLease:
    """Take over the lock of somebody else; a trace says whose, by whom and why, and the holder is told.

    Raises:
        Refused: without a reason, or nobody else is writing there any more.
    """
    row = present(open_for_writing(paragraph.draft, by), paragraph)
    reason = reason.strip()
    if not reason:
        raise Refused(_("Say why you break the lock: its holder reads it."))
    lease = lease_of_another(row, by)
    if lease is None:
        raise Refused(_("Nobody else is writing in this paragraph any more. Open it to write."))
    broken = LeaseBreak.objects.create(
        draft=row.draft, uid=row.uid, number=row.number, holder=lease.holder, held_since=lease.since, by=by, reason=reason
    )
    lock_broken(broken)
    return hold(row, by)
