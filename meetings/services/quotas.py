"""Verbs of a meeting's categories: open and close, seats, moves of seats between them."""

from datetime import datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from common.access import Refused, require
from common.bidi import isolated
from directory.models import StakeholderCategory
from directory.page_versions import bump
from meetings.enums import PromotionCause
from meetings.models import CategoryQuota, Meeting, RequiredDocument, SeatMove
from meetings.rules import secretariat_of
from meetings.services.seats import in_category, lock_quotas, promote_waiting, seats_taken

# What of a category is set on its page; seats are changed by `set_seats`, which promotes who waits.
SETTINGS = (
    "is_open",
    "opens_at",
    "closes_at",
    "approval",
    "needs_endorsement",
    "promotes_by_offer",
    "documents_due_at",
    "approver",
    "badge_colour",
)


@transaction.atomic
def add_category(*, meeting: Meeting, category: StakeholderCategory, seats: int, by: Any, **settings: Any) -> CategoryQuota:
    """Let people of a category take part; one that was withdrawn comes back with these seats."""
    require(by, "meetings.manage_registration", meeting)
    quota = lock_quotas(meeting_id=meeting.pk, categories=[category.pk]).get(category.pk)
    if quota and quota.withdrawn_at is None:
        raise Refused(_("“%(category)s” takes part already. Change it below.") % {"category": isolated(category)})
    if quota is None:
        try:
            with transaction.atomic():
                quota = CategoryQuota.objects.create(meeting=meeting, category=category, seats=0)
        except IntegrityError:  # two windows
            raise Refused(_("“%(category)s” takes part already. Change it below.") % {"category": isolated(category)}) from None
    quota.withdrawn_at = None
    _write(quota, {"is_open": True, **settings}, "withdrawn_at")
    if seats != quota.seats:
        _set_seats(quota, seats, by, reason=_("The category was added."))
    bump("meetings")
    return quota


def _write(quota: CategoryQuota, settings: dict[str, Any], *also: str) -> None:
    unknown = set(settings) - set(SETTINGS)
    assert not unknown, unknown
    for name, value in settings.items():
        setattr(quota, name, value)
    try:
        quota.full_clean()
    except ValidationError as error:
        raise Refused(" ".join(error.messages)) from None
    quota.save(update_fields=[*settings, *also])


@transaction.atomic
def change_category(*, quota: CategoryQuota, by: Any, **settings: Any) -> CategoryQuota:
    """Change how a category is opened, approved and shown; its seats stay."""
    quota = _locked(quota)
    require(by, "meetings.manage_registration", quota.meeting)
    _write(quota, settings)
    bump("meetings")
    return quota


def _locked(quota: CategoryQuota) -> CategoryQuota:
    return lock_quotas(meeting_id=quota.meeting_id, categories=[quota.category_id])[quota.category_id]


@transaction.atomic
def withdraw_category(*, quota: CategoryQuota, by: Any) -> CategoryQuota:
    """Take a category out of a meeting; who is registered under it must be moved or cancelled first."""
    quota = _locked(quota)
    require(by, "meetings.manage_registration", quota.meeting)
    live = in_category(quota).live().count()
    if live:
        raise Refused(
            _("%(n)d people are registered under “%(category)s”. Move them to another category or cancel them first.")
            % {"n": live, "category": isolated(quota.category)}
        )
    quota.withdrawn_at = timezone.now()
    quota.save(update_fields=["withdrawn_at"])
    bump("meetings")
    return quota


@transaction.atomic
def set_seats(
    *, quota: CategoryQuota, seats: int, by: Any, reason: str = "", override: bool = False, promote: bool = True
) -> CategoryQuota:
    """Give a category so many seats in all; new ones go to who waits.

    Args:
        override: allow fewer seats than are taken, with a reason that is kept. Nobody loses a seat; none is given until
            enough are free.
        promote: whether new seats go to the first in line at once; a plan gives them itself.
    """
    quota = _locked(quota)
    require(by, "meetings.manage_registration", quota.meeting)
    if quota.seats != seats:
        _set_seats(quota, seats, by, reason=reason.strip(), override=override, promote=promote)
    return quota


def _set_seats(quota: CategoryQuota, seats: int, by: Any, *, reason: str, override: bool = False, promote: bool = True) -> None:
    """Write the number into a locked quota, with a row that says who and why; promote who waits."""
    taken = seats_taken(quota)
    is_below = seats < quota.seats and seats < taken
    if is_below and not override:
        raise Refused(
            _(
                "%(taken)d seats of “%(category)s” are taken, so there cannot be %(seats)d. "
                "Tick the override if it must be, and say why."
            )
            % {"taken": taken, "category": isolated(quota.category), "seats": seats}
        )
    if is_below and not reason:
        raise Refused(_("Say why there are fewer seats than people who have one: the reason is kept."))
    difference = seats - quota.seats
    SeatMove.objects.create(
        meeting_id=quota.meeting_id,
        source=quota if difference < 0 else None,
        target=quota if difference > 0 else None,
        count=abs(difference),
        is_below_taken=is_below,
        reason=reason,
        by=by,
    )
    quota.seats = seats
    quota.save(update_fields=["seats"])
    if difference > 0 and promote:
        promote_waiting(quota=quota, cause=PromotionCause.RAISED, by=by, on_behalf_of=secretariat_of(by))
    bump("meetings")


@transaction.atomic
def move_seats(
    *,
    source: CategoryQuota,
    target: CategoryQuota,
    count: int,
    by: Any,
    reason: str,
    override: bool = False,
    promote: bool = True,
) -> SeatMove:
    """Move seats from one category to another of the same meeting, and record it; who waits there gets them.

    Args:
        override: allow to leave the source with fewer seats than are taken.
        promote: whether the seats go to the first in line at once; a plan gives them itself.
    """
    assert source.meeting_id == target.meeting_id
    if source.category_id == target.category_id:
        raise Refused(_("Choose two different categories."))
    quotas = lock_quotas(meeting_id=source.meeting_id, categories=[source.category_id, target.category_id])
    source, target = quotas[source.category_id], quotas[target.category_id]
    require(by, "meetings.manage_registration", source.meeting)
    if target.withdrawn_at:
        raise Refused(_("“%(category)s” was withdrawn. Add it again first.") % {"category": isolated(target.category)})
    if count < 1 or count > source.seats:
        raise Refused(
            _("“%(category)s” has %(n)d seats. Move at least one and at most these.")
            % {"category": isolated(source.category), "n": source.seats}
        )
    if not reason.strip():
        raise Refused(_("Say why the seats are moved: the reason is kept."))
    is_below = source.seats - count < seats_taken(source)
    if is_below and not override:
        raise Refused(
            _("“%(category)s” has %(n)d free seats. Move no more than these, or tick the override.")
            % {"category": isolated(source.category), "n": max(source.seats - seats_taken(source), 0)}
        )
    move = SeatMove.objects.create(
        meeting_id=source.meeting_id,
        source=source,
        target=target,
        count=count,
        is_below_taken=is_below,
        reason=reason.strip(),
        by=by,
    )
    source.seats -= count
    target.seats += count
    source.save(update_fields=["seats"])
    target.save(update_fields=["seats"])
    if promote:
        promote_waiting(quota=target, cause=PromotionCause.RAISED, by=by, on_behalf_of=secretariat_of(by))
    bump("meetings")
    return move


# --- Required documents ----------------------------------------------------------------------------------------------


@transaction.atomic
def save_required_document(*, document: RequiredDocument, by: Any) -> RequiredDocument:
    """Ask a document of a category, or change how it is asked for."""
    require(by, "meetings.manage_registration", document.quota.meeting)
    if document.pk is None:
        document.position = RequiredDocument.objects.filter(quota=document.quota_id).count() + 1
    document.save()
    return document


@transaction.atomic
def remove_required_document(*, document: RequiredDocument, by: Any, at: datetime | None = None) -> None:
    """Ask no longer for a document; what was handed in stays with its registration."""
    require(by, "meetings.manage_registration", document.quota.meeting)
    document.removed_at = at or timezone.now()
    document.save(update_fields=["removed_at"])
