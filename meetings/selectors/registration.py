"""How the seats of a meeting stand, and how a registration stands, in words."""

from collections import Counter
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Count, Q, Subquery
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from common.bidi import isolated
from meetings.enums import TO_DECIDE, CategoryStatus, RegistrationState, RegistrationWindow
from meetings.models import CategoryQuota, Meeting, Registration
from meetings.selectors.promotion import why_promoted

_S = RegistrationState
_TONES = {CategoryStatus.OPEN: "good", CategoryStatus.FULL: "warn", CategoryStatus.CLOSED: "quiet"}


def earlier_registrations(registration: Registration) -> int:
    """How often the same person had registered for the meeting before, each time to no avail."""
    same = Q(user=registration.user_id) if registration.user_id else Q(user=None, email=registration.email)
    return Registration.objects.filter(same, meeting=registration.meeting_id, pk__lt=registration.pk).count()


@dataclass(frozen=True)
class CategorySeats:
    """The seats of one category: how many, how many taken, how many people wait for a seat or a decision."""

    quota: CategoryQuota
    taken: int
    waiting: int
    to_decide: int
    status: CategoryStatus

    @property
    def label(self) -> str:
        return str(self.status.label)

    @property
    def tone(self) -> str:
        return _TONES[self.status]

    @property
    def free(self) -> int:
        return max(self.quota.seats - self.taken, 0)


def seats_by_category(meeting: Meeting, now: datetime) -> list[CategorySeats]:
    """Every category of a meeting in the order of the vocabulary. Two queries."""
    numbers = {
        row["category_id"]: row
        for row in Registration.objects.filter(meeting=meeting)
        .order_by()
        .values("category_id")
        .annotate(
            taken=Count("pk", filter=Q(state=_S.APPROVED) | Q(state=_S.OFFERED, offered_until__gt=now)),
            waiting=Count("pk", filter=Q(state=_S.WAITLISTED)),
            to_decide=Count("pk", filter=Q(state__in=TO_DECIDE)),
        )
    }
    is_open = meeting.registration_window(now) == RegistrationWindow.OPEN
    rows = []
    for quota in meeting.quotas.filter(withdrawn_at=None).select_related("category").order_by("category__order", "pk"):
        count = numbers.get(quota.category_id, {"taken": 0, "waiting": 0, "to_decide": 0})
        status = CategoryStatus.OPEN
        if not is_open or not quota.takes_registrations(now):
            status = CategoryStatus.CLOSED
        elif count["taken"] >= quota.seats or count["waiting"]:
            status = CategoryStatus.FULL
        rows.append(CategorySeats(quota, count["taken"], count["waiting"], count["to_decide"], status))
    return rows


def seats_change_at(meeting: Meeting, now: datetime) -> datetime | None:
    """When what is said about the seats changes by itself: an offer runs out, or a category opens or closes."""
    live = meeting.registrations.filter(state=_S.OFFERED, offered_until__gt=now).values("offered_until")
    next_offer = live.order_by("offered_until")[:1]
    quotas = meeting.quotas.filter(withdrawn_at=None).annotate(next_offer=Subquery(next_offer))
    moments = {at for row in quotas.values_list("opens_at", "closes_at", "next_offer") for at in row}
    return min((at for at in moments if at and at > now), default=None)


def own_registration(meeting: Meeting, user: Any) -> Registration | None:
    """The registration of `user` that counts: the live one, else the newest that ended."""
    if not user.is_authenticated:
        return None
    rows = list(Registration.objects.filter(meeting=meeting, user=user).select_related("category").order_by("-pk"))
    return next((row for row in rows if row.state not in {_S.DECLINED, _S.CANCELLED}), rows[0] if rows else None)


def has_free_seat(registration: Registration) -> bool:
    """Whether an approval would give this registration a seat now: one is free, and nobody waits whom it would overtake."""
    quota = registration.meeting.quotas.filter(category=registration.category_id, withdrawn_at=None).first()
    rows = Registration.objects.filter(meeting=registration.meeting_id, category=registration.category_id)
    if quota is None or rows.taking_seats().count() >= quota.seats:
        return False
    return registration.state == _S.WAITLISTED or not rows.next_in_line().exclude(pk=registration.pk).exists()


def place_in_line(registration: Registration) -> int | None:
    """The place on the waiting list, from 1; None for who does not wait."""
    if registration.state != _S.WAITLISTED:
        return None
    ahead = Registration.objects.filter(meeting=registration.meeting_id, category=registration.category_id).waiting()
    return ahead.filter(
        Q(waitlisted_at__lt=registration.waitlisted_at) | Q(waitlisted_at=registration.waitlisted_at, pk__lte=registration.pk)
    ).count()


def places_in_line(meeting: Meeting) -> dict[int, int]:
    """The place on its waiting list of everyone who waits, by key. One query."""
    places: dict[int, int] = {}
    reached: Counter[int] = Counter()
    for pk, category in Registration.objects.filter(meeting=meeting).waiting().values_list("pk", "category_id"):
        reached[category] += 1
        places[pk] = reached[category]
    return places


_PLAIN: dict[tuple[str, str] | str, str | Promise] = {
    ("", _S.SUBMITTED): _("The registration was sent"),
    ("", _S.DRAFT): _("The registration was begun"),
    (_S.DRAFT, _S.CANCELLED): _("The draft was discarded"),
    (_S.DRAFT, _S.SUBMITTED): _("The registration was sent"),
    (_S.WAITLISTED, _S.APPROVED): _("A seat became free and was given"),
    (_S.OFFERED, _S.APPROVED): _("The offered seat was taken"),
    (_S.OFFERED, _S.WAITLISTED): _("The offer ran out; back on the waiting list"),
    (_S.OFFERED, _S.CANCELLED): _("The offered seat was turned down"),
    (_S.DECLINED, _S.SUBMITTED): _("The refusal was taken back"),
    (_S.CANCELLED, _S.SUBMITTED): _("The cancellation was taken back"),
    _S.ENDORSED: _("The organization endorsed the registration"),
    _S.APPROVED: _("The registration was approved"),
    _S.WAITLISTED: _("No seat was free; put on the waiting list"),
    _S.OFFERED: _("A seat was offered"),
    _S.DECLINED: _("The registration was declined"),
    _S.CANCELLED: _("The registration was cancelled"),
}

_PLACE_GIVEN = _("Somebody else came in this place; the seat stayed")


def history_in_words(registration: Registration) -> list[dict[str, Any]]:
    """The history for the registrant, newest first: agencies by name, only themselves as a person."""
    rows = []
    changes = registration.state_changes.select_related("by", "on_behalf_of", "promotion")
    for change in changes.order_by("-at", "-pk"):
        themselves = change.by_id is not None and change.by_id == registration.user_id
        who = registration.full_name if themselves else (change.on_behalf_of or "")
        label = _PLAIN.get((change.old, change.new)) or _PLAIN.get(change.new, change.new)
        promotion = getattr(change, "promotion", None)
        reasons = [change.reason, why_promoted(promotion) if promotion else ""]
        rows.append({"label": label, "at": change.at, "by": who, "reason": " – ".join(one for one in reasons if one)})
    for one in registration.substitutions.select_related("on_behalf_of"):
        label = _PLACE_GIVEN
        if one.new_name and one.old_name:
            label = _("%(new)s came in the place of %(old)s; the seat stayed") % {
                "new": isolated(one.new_name),
                "old": isolated(one.old_name),
            }
        rows.append({"label": label, "at": one.at, "by": one.on_behalf_of or "", "reason": one.reason})
    return sorted(rows, key=lambda row: row["at"], reverse=True)


WHAT_NOW: dict[str, str | Promise] = {
    _S.DRAFT: _("You have begun a registration and not sent it yet."),
    _S.SUBMITTED: _(
        "The secretariat looks at your registration and writes to you when it has decided. You need not do anything."
    ),
    _S.ENDORSED: _("Your organization has endorsed your registration; the secretariat now decides and writes to you."),
    _S.APPROVED: _("You have a seat. Bring your reference and an identity document to the registration desk."),
    _S.WAITLISTED: _("All seats of your category are taken. The next one goes to who has waited longest; you get a message."),
    _S.OFFERED: _("A seat is offered to you. The secretariat keeps it until the time below."),
    _S.DECLINED: _("The secretariat could not register you. The reason is in the history; write to it if something has changed."),
    _S.CANCELLED: _("This registration is cancelled. While registration is open you can register again."),
}
