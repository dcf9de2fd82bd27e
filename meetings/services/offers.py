"""Verbs of offers: a seat offered until a time, taken, turned down, run out."""

import logging
from typing import Any

from django.db import transaction
from django.db.models import Exists, OuterRef, Q
from django.utils import timezone
from django.utils.translation import gettext as _

from common.access import Refused, require
from directory.services.links import link_behind, use_link, withdraw_links
from directory.services.state import change_state
from meetings.enums import MeetingState, PromotionCause, RegistrationState
from meetings.messages import registration as messages
from meetings.models import CategoryQuota, Registration
from meetings.rules import account_of, secretariat_of
from meetings.services.seats import (
    OFFER_PURPOSE,
    allocate_seat,
    free_seat,
    holds_seat,
    in_category,
    lock_quotas,
    locked_with_quota,
    make_offer,
    promote_waiting,
)

log = logging.getLogger(__name__)


@transaction.atomic
def offer_seat(*, registration: Registration, by: Any, reason: str = "") -> Registration:
    """Offer a free seat to somebody on the waiting list; passing over who waits longer needs a reason, which is kept."""
    registration, quota = locked_with_quota(registration)
    require(by, "meetings.offer_seat", registration)
    _refuse_if_over(registration)
    if quota and registration.state == RegistrationState.WAITLISTED and not reason.strip():
        first = in_category(quota).waiting().values_list("pk", flat=True).first()
        if first != registration.pk:
            raise Refused(_("Others have waited longer. Say why this person comes first: the reason is kept in the history."))
    make_offer(registration=registration, by=by, on_behalf_of=secretariat_of(by), reason=reason.strip())
    return registration


def _refuse_if_over(registration: Registration) -> None:
    if registration.meeting.ends_at <= timezone.now():
        raise Refused(_("This meeting is over; its registrations stay as they are."))


def _refuse_unless_live(registration: Registration) -> None:
    """Asked under the lock: of two answers at once the second finds the offer answered."""
    if registration.state == RegistrationState.APPROVED:
        raise Refused(_("The seat is yours already. You need not do anything more."))
    if registration.state == RegistrationState.OFFERED and not holds_seat(registration):
        raise Refused(_("This offer has run out and the seat goes to the next. You stay on the waiting list."))
    if registration.state != RegistrationState.OFFERED:
        raise Refused(_("No seat is offered to you any more. The page of your registration says how it stands."))


@transaction.atomic
def accept_offer(*, registration: Registration, by: Any) -> Registration:
    """Take the offered seat, while the offer lasts."""
    registration, _quota = locked_with_quota(registration)
    require(by, "meetings.answer_offer", registration)
    _accept(registration, by)
    return registration


def _accept(registration: Registration, by: Any) -> None:
    _refuse_if_over(registration)
    _refuse_unless_live(registration)
    allocate_seat(registration=registration, by=account_of(by), on_behalf_of=registration.organization)


@transaction.atomic
def decline_offer(*, registration: Registration, by: Any, reason: str = "") -> Registration:
    """Turn the offered seat down: the registration ends and the seat goes to the next."""
    registration, quota = locked_with_quota(registration)
    require(by, "meetings.answer_offer", registration)
    _turn_down(registration, quota, by, reason)
    return registration


def _turn_down(registration: Registration, quota: CategoryQuota | None, by: Any, reason: str) -> None:
    _refuse_if_over(registration)
    _refuse_unless_live(registration)
    withdraw_links(purpose=OFFER_PURPOSE, subject=registration.pk)
    change_state(
        registration,
        to=RegistrationState.CANCELLED,
        by=account_of(by),
        on_behalf_of=registration.organization,
        reason=reason.strip(),
    )
    messages.registration_cancelled(registration, reason=reason.strip())
    if quota:
        free_seat(quota=quota, cause=PromotionCause.LAPSED)


def offer_behind(*, token: str) -> Registration:
    """The registration behind a usable link of an offer; raises LinkRefused."""
    link = link_behind(token=token, purpose=OFFER_PURPOSE)
    return Registration.objects.select_related("meeting__country", "category", "user", "organization").get(pk=link.subject)


@transaction.atomic
def answer_by_link(*, token: str, accept: bool) -> Registration:
    """Take or turn down an offer by the link in its message, which works once. Whoever holds it has the mailbox."""
    registration, quota = locked_with_quota(offer_behind(token=token))
    use_link(token=token, purpose=OFFER_PURPOSE)
    if accept:
        _accept(registration, registration.user)
    else:
        _turn_down(registration, quota, registration.user, "")
    return registration


# --- The clock -------------------------------------------------------------------------------------------------------


def expire_offers() -> dict[str, int]:
    """Take back offers that have run out, and hand on every free seat that somebody waits for; one transaction for each category.

    Who let an offer run out goes to the end of the waiting list and is not asked again by itself for a day.
    """
    now = timezone.now()
    same = Registration.objects.filter(meeting=OuterRef("meeting"), category=OuterRef("category"))
    coming = CategoryQuota.objects.filter(meeting__ends_at__gt=now, withdrawn_at=None).exclude(
        meeting__state=MeetingState.CANCELLED
    )
    lapsed = coming.filter(Exists(same.filter(state=RegistrationState.OFFERED, offered_until__lte=now)))
    waited_for = coming.filter(Exists(same.next_in_line(now)))
    done = {"lapsed": 0, "promoted": 0}
    for quota in coming.filter(Q(pk__in=lapsed.values("pk")) | Q(pk__in=waited_for.values("pk"))).order_by("pk"):
        try:
            with transaction.atomic():
                gone = _take_back(quota)
                cause = PromotionCause.LAPSED if gone else PromotionCause.FREED
                done["promoted"] += len(promote_waiting(quota=quota, cause=cause))
                done["lapsed"] += gone
        except Exception:  # one category must not keep the others waiting
            log.exception("offers not taken back", extra={"data": {"quota": quota.pk}})
    return done


def _take_back(quota: CategoryQuota) -> int:
    lock_quotas(meeting_id=quota.meeting_id, categories=[quota.category_id])
    now = timezone.now()
    rows = in_category(quota).filter(state=RegistrationState.OFFERED, offered_until__lte=now)
    gone = list(rows.select_for_update(of=("self",)).order_by("offered_until", "pk"))
    for registration in gone:
        withdraw_links(purpose=OFFER_PURPOSE, subject=registration.pk)
        registration.waitlisted_at = registration.offer_lapsed_at = timezone.now()
        registration.offered_until = None
        change_state(
            registration,
            to=RegistrationState.WAITLISTED,
            by=None,
            also=["waitlisted_at", "offer_lapsed_at", "offered_until"],
        )
        messages.offer_lapsed(registration)
    return len(gone)
