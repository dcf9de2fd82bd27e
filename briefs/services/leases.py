"""Leases of sections: taken by whoever writes, renewed while they write, ended by time, taken over with a trace.

Every verb locks the brief first and then the section, like every save: no two acts wait for each other in a circle.
"""

from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.formats import time_format
from django.utils.translation import gettext as _

from briefs.messages.writing import lease_taken_over
from briefs.models import Section, SectionLease, SectionLeaseBreak
from briefs.models.writing import LEASE
from common.access import Refused, require
from directory.services.state import locked


def told(lease: SectionLease) -> str:
    """Who writes here since when, in a sentence."""
    return _("%(person)s is writing in this section since %(time)s.") % {
        "person": lease.holder,
        "time": time_format(timezone.localtime(lease.since), "H:i"),
    }


def lease_of_another(section: Section, by: Any) -> SectionLease | None:
    """The live lease of the section that somebody else holds."""
    return SectionLease.objects.live().filter(section=section.pk).exclude(holder=by).select_related("holder").first()


def open_section(section: Section, by: Any) -> Section:
    """The section with its brief, both locked, if `by` may write it now; PermissionDenied or Refused otherwise."""
    brief = locked(section.brief)
    section = locked(section)
    section.brief = brief
    require(by, "briefs.save_section", section)
    if not brief.is_open:
        raise Refused(_("A published brief is not edited. Ask the secretariat to open it for a new edition."))
    return section


def refuse_if_held(section: Section, by: Any) -> None:
    """Refuse while somebody else writes in the section."""
    lease = lease_of_another(section, by)
    if lease:
        raise Refused(told(lease) + " " + _("Wait until they have finished, or take the section over."))


def hold(section: Section, by: Any) -> SectionLease:
    """Give or renew the lease of a locked section that nobody else holds."""
    now = timezone.now()
    lease = SectionLease.objects.filter(section=section.pk).first()
    since = lease.since if lease and lease.holder_id == by.pk and lease.until > now else now
    lease, _created = SectionLease.objects.update_or_create(
        section_id=section.pk, defaults={"holder": by, "since": since, "until": now + LEASE}
    )
    return lease


@transaction.atomic
def take_lease(*, section: Section, by: Any) -> SectionLease:
    """Take the section for `by`, or renew the lease that `by` holds.

    Raises:
        Refused: somebody else is writing there, or the brief is published.
    """
    section = open_section(section, by)
    refuse_if_held(section, by)
    return hold(section, by)


@transaction.atomic
def release_lease(*, section: Section, by: Any) -> None:
    """End the lease that `by` holds; nothing happens to anybody else's."""
    SectionLease.objects.filter(section=section.pk, holder=by).delete()


@transaction.atomic
def take_over_lease(*, section: Section, by: Any, reason: str) -> SectionLease:
    """Take over the lease of somebody else; a trace says whose, by whom and why, and the holder is told.

    Raises:
        Refused: without a reason, or nobody else is writing there any more.
    """
    section = open_section(section, by)
    reason = reason.strip()
    if not reason:
        raise Refused(_("Say why you take over: whoever was writing reads it."))
    lease = lease_of_another(section, by)
    if lease is None:
        raise Refused(_("Nobody else is writing in this section any more. Open it to write."))
    taken = SectionLeaseBreak.objects.create(
        section=section, holder=lease.holder, held_since=lease.since, by=by, reason=reason[:500]
    )
    lease_taken_over(taken)
    return hold(section, by)
