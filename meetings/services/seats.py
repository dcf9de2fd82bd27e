"""Pattern 2: the one place where seats are given.

Everything that may change who has a seat first locks the rows of the quotas concerned, in the order of their keys, and
only then the registrations: two acts on one category therefore wait for each other and never in a circle.
"""

from collections.abc import Collection
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from common.access import Refused
from common.bidi import isolated
from directory.models import Organization
from directory.page_versions import bump
from directory.services.links import make_link, withdraw_links
from directory.services.state import change_state, locked
from meetings.documents.calendar import registration_calendar
from meetings.enums import MeetingState, PromotionCause, RegistrationState
from meetings.messages import registration as messages
from meetings.models import CategoryQuota, Meeting, Promotion, Registration
from meetings.services.participants import list_changes_with

OFFER_PURPOSE = "meetings.offer"


# --- The lock --------------------------------------------------------------------------------------------------------


def lock_quotas(*, meeting_id: int, categories: Collection[int]) -> dict[int, CategoryQuota]:
    """Lock the quotas of some categories of a meeting until the transaction ends; return them by category."""
    assert transaction.get_connection().in_atomic_block, "quotas are locked for the length of a transaction"
    rows = CategoryQuota.objects.select_for_update(of=("self",)).filter(meeting_id=meeting_id, category_id__in=categories)
    return {row.category_id: row for row in rows.order_by("pk")}


def locked_with_quota(registration: Registration) -> tuple[Registration, CategoryQuota | None]:
    """Lock the registration's quota, then the registration; return fresh copies of both."""
    fresh, quotas = locked_with_quotas(registration)
    return fresh, quotas.get(fresh.category_id)


def locked_with_quotas(registration: Registration, *more: int) -> tuple[Registration, dict[int, CategoryQuota]]:
    """Lock the quotas of the registration's category and of the categories `more`, then the registration."""
    quotas = lock_quotas(meeting_id=registration.meeting_id, categories=[registration.category_id, *more])
    fresh = locked(registration)
    if fresh.category_id != registration.category_id:
        raise Refused(_("The category of this registration has just been changed. Load the page again."))
    return fresh, quotas


# --- Counting --------------------------------------------------------------------------------------------------------


def in_category(quota: CategoryQuota) -> Any:
    """The registrations of a category of a meeting."""
    return Registration.objects.filter(meeting_id=quota.meeting_id, category_id=quota.category_id)


def seats_taken(quota: CategoryQuota) -> int:
    """How many seats of a category are taken now; certain only while its quota is locked."""
    return in_category(quota).taking_seats().count()


def holds_seat(registration: Registration, now: datetime | None = None) -> bool:
    """Whether a locked registration counts against the seats: approved, or with an offer that has not run out."""
    if registration.state == RegistrationState.APPROVED:
        return True
    return registration.state == RegistrationState.OFFERED and (registration.offered_until or timezone.now()) > (
        now or timezone.now()
    )


def _others_in_line(quota: CategoryQuota, registration: Registration) -> bool:
    return in_category(quota).next_in_line().exclude(pk=registration.pk).exists()


# --- Giving ----------------------------------------------------------------------------------------------------------


def allocate_seat(
    *,
    registration: Registration,
    by: Any = None,
    on_behalf_of: Organization | None = None,
    reason: str = "",
    beyond: bool = False,
    cause: PromotionCause | None = None,
) -> bool:
    """Give a locked registration a seat of its category, or a place at the end of the waiting list; tell which.

    Whoever comes anew never overtakes those who wait. Who holds a live offer has the seat already. Public pages are made
    anew when this takes the last seat.

    Args:
        beyond: an override: the seat is given although none is free, and the registration says so.
        cause: why somebody on the waiting list gets the seat; kept with the numbers of this moment.

    Raises:
        Refused: the meeting has no seats for the category, or the registration waits already and no seat is free.
    """
    quota = lock_quotas(meeting_id=registration.meeting_id, categories=[registration.category_id]).get(registration.category_id)
    if quota is None or quota.withdrawn_at:
        raise Refused(_("This meeting has no seats for this category. Choose another category."))
    if quota.meeting.state == MeetingState.CANCELLED:
        raise Refused(_("This meeting is cancelled, so no seats are given any more."))
    assert not beyond or reason, "an override is recorded with its reason"
    taken = seats_taken(quota) - holds_seat(registration)
    is_waiting = registration.state == RegistrationState.WAITLISTED
    actor: dict[str, Any] = {"by": by, "on_behalf_of": on_behalf_of, "reason": reason}
    is_full = taken >= quota.seats and not holds_seat(registration)
    overtakes = not is_waiting and not holds_seat(registration) and _others_in_line(quota, registration)
    if (is_full or overtakes) and not beyond:
        if is_waiting:
            raise Refused(_("All seats of this category are taken. Who waits longest gets the next one that becomes free."))
        # The clock is read under the lock, so the order of the list is the order in which people came.
        registration.waitlisted_at = timezone.now()
        change_state(registration, to=RegistrationState.WAITLISTED, **actor, also=["waitlisted_at"])
        messages.registration_waitlisted(registration)
        return False
    promotion = _promotion(registration, quota, taken, cause or PromotionCause.BY_HAND) if is_waiting else None
    registration.offered_until = None
    registration.is_beyond_quota = is_full
    change_state(registration, to=RegistrationState.APPROVED, **actor, also=["offered_until", "is_beyond_quota"])
    _keep(promotion)
    withdraw_links(purpose=OFFER_PURPOSE, subject=registration.pk)
    if taken + 1 >= quota.seats:
        bump("meetings")
    list_changes_with(registration)
    messages.registration_approved(registration, calendar=calendar_for(registration))
    return True


def _promotion(registration: Registration, quota: CategoryQuota, taken: int, cause: PromotionCause) -> Promotion:
    """The numbers that explain why this registration is next, read before it is moved."""
    line = list(in_category(quota).waiting().values_list("pk", flat=True))
    place = line.index(registration.pk) + 1 if registration.pk in line else 0
    return Promotion(registration=registration, cause=cause, place=place, waiting=len(line), taken=taken, seats=quota.seats)


def _keep(promotion: Promotion | None) -> None:
    """Keep why, beside the newest row of the history."""
    if promotion:
        promotion.change = promotion.registration.state_changes.order_by("-pk")[0]
        promotion.save()


def calendar_for(registration: Registration) -> str:
    """The calendar file as the registrant gets it, in the language of their messages."""
    with translation.override(registration.user.language if registration.user else registration.language):
        return registration_calendar(registration).decode()


def make_offer(
    *,
    registration: Registration,
    by: Any = None,
    on_behalf_of: Organization | None = None,
    reason: str = "",
    cause: PromotionCause = PromotionCause.BY_HAND,
) -> None:
    """Offer a free seat to a locked registration on the waiting list: it is taken until the offer runs out.

    Raises:
        Refused: no seat is free.
    """
    quota = lock_quotas(meeting_id=registration.meeting_id, categories=[registration.category_id]).get(registration.category_id)
    if quota is None or quota.withdrawn_at:
        raise Refused(_("This meeting has no seats for this category. Choose another category."))
    taken = seats_taken(quota)
    if taken >= quota.seats:
        raise Refused(_("No seat is free in this category, so none can be offered. Give the category more seats first."))
    promotion = _promotion(registration, quota, taken, cause)
    registration.offered_until = offer_ends(registration.meeting, timezone.now())
    change_state(
        registration, to=RegistrationState.OFFERED, by=by, on_behalf_of=on_behalf_of, reason=reason, also=["offered_until"]
    )
    _keep(promotion)
    withdraw_links(purpose=OFFER_PURPOSE, subject=registration.pk)
    lifetime = registration.offered_until - timezone.now()
    link = make_link(purpose=OFFER_PURPOSE, subject=registration.pk, address=messages.address_of(registration), lifetime=lifetime)
    if taken + 1 >= quota.seats:
        bump("meetings")
    messages.seat_offered(registration, link=link)


def offer_ends(meeting: Meeting, now: datetime) -> datetime:
    """Until when an offer made `now` holds: the meeting's hours for it, but not beyond the meeting's beginning, then its end."""
    until = now + timedelta(hours=meeting.offer_hours)
    return min(until, meeting.starts_at if meeting.starts_at > now else meeting.ends_at)


# --- Handing on ------------------------------------------------------------------------------------------------------


def promote_waiting(
    *,
    quota: CategoryQuota,
    cause: PromotionCause = PromotionCause.FREED,
    by: Any = None,
    on_behalf_of: Organization | None = None,
) -> list[Registration]:
    """Give the free seats of a category to those who wait longest, or offer them; return who got one.

    Whether a seat is offered first is a setting of the category. Who let an offer run out within the last day is passed over.
    """
    quota = lock_quotas(meeting_id=quota.meeting_id, categories=[quota.category_id])[quota.category_id]
    if quota.meeting.ends_at <= timezone.now() or quota.meeting.state == MeetingState.CANCELLED or quota.withdrawn_at:
        return []
    free = max(quota.seats - seats_taken(quota), 0)
    # Everyone who moves a registration of this category holds the quota first, so these rows stay as they are read.
    first = list(in_category(quota).next_in_line().select_for_update(of=("self",))[:free])
    for registration in first:
        give_from_list(registration=registration, quota=quota, cause=cause, by=by, on_behalf_of=on_behalf_of)
    return first


def give_from_list(
    *, registration: Registration, quota: CategoryQuota, cause: PromotionCause, by: Any = None, on_behalf_of: Any = None
) -> None:
    """A seat for somebody on the waiting list, in the way that the category has: at once, or as an offer."""
    actor: dict[str, Any] = {"by": by, "on_behalf_of": on_behalf_of, "cause": cause}
    if quota.promotes_by_offer:
        make_offer(registration=registration, **actor)
    else:
        allocate_seat(registration=registration, **actor)


def free_seat(*, quota: CategoryQuota, cause: PromotionCause = PromotionCause.FREED) -> list[Registration]:
    """Hand on a seat that has just become free; public pages are made anew if the category is no longer full."""
    promoted = promote_waiting(quota=quota, cause=cause)
    if seats_taken(quota) == quota.seats - 1:
        bump("meetings")
    return promoted


def move_to_category(
    *,
    registration: Registration,
    quotas: dict[int, CategoryQuota],
    target_id: int,
    by: Any,
    on_behalf_of: Organization | None = None,
    reason: str = "",
    beyond: bool = False,
) -> None:
    """Put a locked registration, both of its quotas locked, under another category.

    Who has a seat needs a free one there, or an override. Who waits gets a free one there, else waits at the end of that list.
    A seat that becomes free in the old category is handed on.
    """
    source, target = quotas.get(registration.category_id), quotas.get(target_id)
    if target is None or target.withdrawn_at:
        raise Refused(_("This meeting has no seats for this category. Choose another category."))
    has_seat = holds_seat(registration)
    is_full = seats_taken(target) >= target.seats or _others_in_line(target, registration)
    if has_seat and is_full and not beyond:
        raise Refused(
            _(
                "No seat is free under “%(category)s”: all are taken, or people wait for them. "
                "Move a seat there first, or give a seat beyond the quota with a reason."
            )
            % {"category": isolated(target.category)}
        )
    is_waiting = registration.state == RegistrationState.WAITLISTED
    registration.category = target.category
    if has_seat:
        registration.is_beyond_quota = is_full
    if is_waiting:
        registration.waitlisted_at = timezone.now()
    registration.save(update_fields=["category", "is_beyond_quota", "waitlisted_at"])
    if is_waiting and not is_full:
        allocate_seat(registration=registration, by=by, on_behalf_of=on_behalf_of, reason=reason)
    if has_seat:
        bump("meetings")
        if source:
            free_seat(quota=source)
