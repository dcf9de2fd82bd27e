"""Pattern 2: the one place where seats are given.

Everything that may change who has a seat first locks the rows of the quotas concerned, in the order of their keys, and
only then the registrations: two acts on one category therefore wait for each other and never in a circle.
"""

from collections.abc import Collection
from typing import Any

from django.db import transaction
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from common.access import Refused
from directory.models import Organization
from directory.page_versions import bump
from directory.services.state import change_state, locked
from meetings.documents.calendar import registration_calendar
from meetings.enums import RegistrationState
from meetings.messages import registration as messages
from meetings.models import CategoryQuota, Registration


def lock_quotas(*, meeting_id: int, categories: Collection[int]) -> dict[int, CategoryQuota]:
    """Lock the quotas of some categories of a meeting until the transaction ends; return them by category."""
    assert transaction.get_connection().in_atomic_block, "quotas are locked for the length of a transaction"
    rows = CategoryQuota.objects.select_for_update(of=("self",)).filter(meeting_id=meeting_id, category_id__in=categories)
    return {row.category_id: row for row in rows.order_by("pk")}


def locked_with_quota(registration: Registration) -> tuple[Registration, CategoryQuota | None]:
    """Lock the registration's quota, then the registration; return fresh copies of both."""
    quotas = lock_quotas(meeting_id=registration.meeting_id, categories=[registration.category_id])
    fresh = locked(registration)
    if fresh.category_id != registration.category_id:
        raise Refused(_("The category of this registration has just been changed. Load the page again."))
    return fresh, quotas.get(fresh.category_id)


def _in_category(quota: CategoryQuota) -> Any:
    return Registration.objects.filter(meeting_id=quota.meeting_id, category_id=quota.category_id)


def seats_taken(quota: CategoryQuota) -> int:
    """How many seats of a category are taken now; certain only while its quota is locked."""
    return _in_category(quota).taking_seats().count()


def allocate_seat(
    *,
    registration: Registration,
    by: Any = None,
    on_behalf_of: Organization | None = None,
    reason: str = "",
    override: bool = False,
) -> bool:
    """Give a locked registration a seat of its category, or a place at the end of the waiting list; tell which.

    Whoever comes anew never overtakes those who wait. Public pages are made anew when this takes the last seat. An `override`
    gives a seat although none is free or others wait; its `reason` stands in the history.

    Raises:
        Refused: the meeting has no seats for the category, or the registration waits already and no seat is free.
    """
    quota = lock_quotas(meeting_id=registration.meeting_id, categories=[registration.category_id]).get(registration.category_id)
    if quota is None:
        raise Refused(_("This meeting has no seats for this category. Choose another category."))
    assert not override or reason, "a seat beyond the number is given for a reason"
    taken = seats_taken(quota)
    is_waiting = registration.state == RegistrationState.WAITLISTED
    actor: dict[str, Any] = {"by": by, "on_behalf_of": on_behalf_of, "reason": reason}
    if not override and (taken >= quota.seats or (not is_waiting and _in_category(quota).waiting().exists())):
        if is_waiting:
            raise Refused(_("All seats of this category are taken. Who waits longest gets the next one that becomes free."))
        # The clock is read under the lock, so the order of the list is the order in which people came.
        registration.waitlisted_at = timezone.now()
        change_state(registration, to=RegistrationState.WAITLISTED, **actor, also=["waitlisted_at"])
        messages.registration_waitlisted(registration)
        return False
    registration.offered_until = None
    change_state(registration, to=RegistrationState.APPROVED, **actor, also=["offered_until"])
    if taken + 1 >= quota.seats:
        bump("meetings")
    messages.registration_approved(registration, calendar=_calendar_for(registration))
    return True


def _calendar_for(registration: Registration) -> str:
    """The calendar file as the registrant gets it, in the language of their messages."""
    with translation.override(registration.user.language if registration.user else registration.language):
        return registration_calendar(registration).decode()


def promote_waiting(*, quota: CategoryQuota) -> list[Registration]:
    """Give the free seats of a category to those who wait longest; return who got one."""
    quota = lock_quotas(meeting_id=quota.meeting_id, categories=[quota.category_id])[quota.category_id]
    if quota.meeting.ends_at <= timezone.now():
        return []
    free = max(quota.seats - seats_taken(quota), 0)
    # Everyone who moves a registration of this category holds the quota first, so these rows stay as they are read.
    first = list(_in_category(quota).waiting().select_for_update(of=("self",))[:free])
    for registration in first:
        allocate_seat(registration=registration)
    return first


def free_seat(*, quota: CategoryQuota) -> list[Registration]:
    """Hand on a seat that has just become free; public pages are made anew if the category is no longer full."""
    promoted = promote_waiting(quota=quota)
    if seats_taken(quota) == quota.seats - 1:
        bump("meetings")
    return promoted
