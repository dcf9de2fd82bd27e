"""Verbs of the desk: check in, take a check-in back, register a walk-in. Every act is a row that stays.

A desk without a connection keeps its scans and sends them later, perhaps twice: the device gives each a number, and the same
number is stored once.
"""

import hashlib
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from common.access import Refused, require
from common.bidi import isolated
from directory.models import Country, StakeholderCategory
from directory.services.state import change_state, locked, record_start
from meetings.enums import MeetingState, RegistrationState, ScanKind
from meetings.models import Meeting, Registration, Scan
from meetings.rules import secretariat_of
from meetings.selectors.checkin import reference_in
from meetings.services.badges import registration_of_code, was_replaced
from meetings.services.seats import allocate_seat, lock_quotas

# Desks close a while after the last session; what they scanned before may come in at any later time.
OPEN_AFTER_THE_END = timedelta(hours=12)
# A device that was off for longer has a clock that is not to be trusted.
LONGEST_OFFLINE = timedelta(days=3)
_S = RegistrationState
_WITHOUT_SEAT: dict[str, Callable[[], str]] = {
    _S.DRAFT: lambda: _("%(name)s has begun a registration and not sent it. Register the person here as a walk-in."),
    _S.SUBMITTED: lambda: _("The secretariat has not decided on %(name)s yet. Open the registration and decide first."),
    _S.ENDORSED: lambda: _("The secretariat has not decided on %(name)s yet. Open the registration and decide first."),
    _S.WAITLISTED: lambda: _("%(name)s is on the waiting list and has no seat. Open the registration to give one."),
    _S.OFFERED: lambda: _("%(name)s has not taken the offered seat yet. Open the registration to see until when it is kept."),
    _S.DECLINED: lambda: _("The registration of %(name)s was declined. The reason is in its history."),
    _S.CANCELLED: lambda: _("The registration of %(name)s is cancelled. Register the person anew as a walk-in."),
}


@dataclass(frozen=True)
class CheckIn:
    """What came of a scan: the row, the one that counts for this person, and whether that is another one."""

    scan: Scan
    first: Scan
    is_repeated: bool


class NoSeat(Refused):
    """A registration was found and may not come in. It is carried along, so that the card can show who it is."""

    def __init__(self, message: str, registration: Registration) -> None:
        super().__init__(message)
        self.registration = registration


def _refuse_unless_desk_is_open(meeting: Meeting, at: datetime) -> None:
    if meeting.state == MeetingState.CANCELLED:
        raise Refused(_("This meeting is cancelled. Nobody is checked in; the calendar shows the meetings that lie ahead."))
    if meeting.purged_at:
        raise Refused(_("The personal data of this meeting has been removed. Nobody can be checked in any more."))
    if at > meeting.ends_at + OPEN_AFTER_THE_END:
        raise Refused(_("This meeting is over and its desks are closed. Choose the desk of a meeting that is going on."))


def _time_of(scanned_at: datetime | None) -> datetime:
    """When the device says that it was; now, where its clock is ahead or was off for days."""
    now = timezone.now()
    if scanned_at is None or scanned_at > now or scanned_at < now - LONGEST_OFFLINE:
        return now
    return scanned_at


def find_registration(*, meeting: Meeting, text: str) -> Registration:
    """The registration that a badge's code or a typed reference names.

    Raises:
        Refused: a forged code, a reference that nobody has or whose holder was replaced, somebody else's meeting.
    """
    if reference := reference_in(text):
        found = Registration.objects.filter(reference=reference).select_related("meeting").first()
        if found is None and was_replaced(meeting=meeting, reference=reference):
            words = _(
                "The reference %(reference)s is no longer valid: the organization has named somebody else in this person's"
                " place. Look up the name of who comes instead."
            )
            raise Refused(words % {"reference": reference})
        if found is None:
            raise Refused(_("Nobody has the reference %(reference)s. Look the name up instead.") % {"reference": reference})
        if found.meeting_id != meeting.pk:
            raise Refused(_("This reference is for another meeting. Look the name up: the person may be registered here, too."))
        return found
    return registration_of_code(meeting=meeting, text=text)


@transaction.atomic
def check_in(
    *, meeting: Meeting, text: str, by: Any, desk: str, client_id: uuid.UUID, scanned_at: datetime | None = None
) -> CheckIn:
    """Record that somebody came, by the code of the badge or the reference; a second scan is kept and said to be one.

    Raises:
        Refused: no such registration here, no seat, the meeting is over or cancelled. Nothing is stored then.
    """
    require(by, "meetings.check_in", meeting)
    at = _time_of(scanned_at)
    _refuse_unless_desk_is_open(meeting, at)
    if kept := Scan.objects.filter(client_id=client_id).first():
        return _stored(kept, meeting)
    # The registration's row makes two desks wait for each other, so that each is told the truth about the other.
    registration = locked(find_registration(meeting=meeting, text=text))
    if registration.state != _S.APPROVED:
        raise NoSeat(_WITHOUT_SEAT[registration.state]() % {"name": isolated(registration.full_name)}, registration)
    scan, _is_new = Scan.objects.get_or_create(
        client_id=client_id,
        defaults={
            "meeting": meeting,
            "registration": registration,
            "desk": desk,
            "scanned_at": at,
            "by": by,
            "code_hash": hashlib.sha256(text.strip().upper().encode()).hexdigest(),
        },
    )
    return _stored(scan, meeting)


def _stored(scan: Scan, meeting: Meeting) -> CheckIn:
    """How a stored scan stands now."""
    if scan.meeting_id != meeting.pk or scan.kind != ScanKind.CHECK_IN:
        raise Refused(_("The device used the number of another scan. Load the page again and scan once more."))
    first = scan.registration.scans.standing().first() or scan
    return CheckIn(scan, first, is_repeated=first.pk != scan.pk)


@transaction.atomic
def take_back_check_in(*, registration: Registration, by: Any, desk: str, reason: str, client_id: uuid.UUID) -> Registration:
    """Take every check-in of a person back, with the reason: the rows stay, and they count no more."""
    registration = locked(registration)
    require(by, "meetings.check_in", registration.meeting)
    # One number of the page may be offered for several people: each act gets its own from it.
    client_id = uuid.uuid5(client_id, registration.reference)
    if Scan.objects.filter(client_id=client_id).exists():
        return registration  # the page was sent twice
    if not reason.strip():
        raise Refused(_("Say why the check-in is taken back: it stays in the record of the desk."))
    standing = list(registration.scans.standing())
    if not standing:
        raise Refused(
            _("%(name)s is not checked in; there is nothing to take back.") % {"name": isolated(registration.full_name)}
        )
    now = timezone.now()
    for place, scan in enumerate(standing):
        Scan.objects.create(
            client_id=client_id if place == 0 else uuid.uuid5(client_id, str(scan.pk)),
            meeting_id=registration.meeting_id,
            registration=registration,
            kind=ScanKind.UNDO,
            undoes=scan,
            desk=desk,
            scanned_at=now,
            by=by,
            reason=reason.strip(),
        )
    return registration


@transaction.atomic
def register_walk_in(
    *,
    meeting: Meeting,
    category: StakeholderCategory,
    by: Any,
    desk: str,
    client_id: uuid.UUID,
    given_name: str,
    family_name: str,
    email: str,
    affiliation: str,
    country: Country | None = None,
    language: str = "en",
    override: bool = False,
    reason: str = "",
) -> CheckIn:
    """Register somebody who stands before the desk, give them a seat and check them in, all or nothing.

    Args:
        override: give a seat although all are taken or others wait; then `reason` says why, in the history.

    Raises:
        Refused: no seat is free, the address has a registration already, the meeting is over or cancelled.
    """
    lock_quotas(meeting_id=meeting.pk, categories=[category.pk])
    require(by, "meetings.check_in", meeting)
    _refuse_unless_desk_is_open(meeting, timezone.now())
    if kept := Scan.objects.filter(client_id=client_id).first():
        return _stored(kept, meeting)
    if override and not reason.strip():
        raise Refused(_("Say why a seat is given beyond the number: it stays in the history."))
    drafts = Registration.objects.select_for_update(of=("self",)).filter(meeting=meeting, email__iexact=email)
    for draft in drafts.filter(state=RegistrationState.DRAFT):
        walks_in = _("Registered at the desk")
        change_state(draft, to=RegistrationState.CANCELLED, by=by, on_behalf_of=secretariat_of(by), reason=walks_in)
    try:
        with transaction.atomic():
            registration = Registration.objects.create(
                meeting=meeting,
                category=category,
                email=email,
                given_name=given_name,
                family_name=family_name,
                affiliation=affiliation,
                country=country,
                language=language,
                submitted_at=timezone.now(),
            )
    except IntegrityError:
        raise Refused(_("There is already a registration for this address. Look the name up and open it.")) from None
    secretariat = secretariat_of(by)
    record_start(registration, by=by, on_behalf_of=secretariat, reason=_("Walk-in at the desk “%(desk)s”") % {"desk": desk})
    why = reason.strip() if override else ""
    if not allocate_seat(registration=registration, by=by, on_behalf_of=secretariat, reason=why, beyond=override):
        raise Refused(
            _("All seats of this category are taken, or others wait for one. Give a seat beyond the number and say why.")
        )
    scan = Scan.objects.create(
        client_id=client_id, meeting=meeting, registration=registration, desk=desk, scanned_at=timezone.now(), by=by
    )
    return CheckIn(scan, scan, is_repeated=False)
