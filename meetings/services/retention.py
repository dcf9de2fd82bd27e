"""Forgetting in time: the people of a meeting whose days are over.

Names, addresses, answers and files go from the registrations, from their histories, from the desk's record and from what was
written about them; how many came under which category, from where and in which state stays. Work is done in parts that are
each complete, so that a night that ends too early leaves the rest for the next.
"""

from collections.abc import Iterable
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import F, Q, QuerySet
from django.utils import timezone

from directory.page_versions import bump
from directory.services.erasure import ERASED_DOMAIN, erased_address, take_out_of_the_kernel
from directory.services.state import locked
from directory.services.traces import Traces, take_out
from meetings.messages.privacy import personal_data_goes
from meetings.models import (
    BulkAct,
    DelegationSubstitution,
    FloorRequest,
    Meeting,
    Registration,
    RegistrationImport,
    RegistrationStateChange,
    Scan,
    SeatMove,
)
from meetings.services.personal import EMPTIED, forget_attached
from notifications.services.personal import forget_people

WARNED_BEFORE = timedelta(days=14)
PART = 200  # registrations


def forget_old_meetings() -> dict[str, int]:
    """Tell the staff of meetings whose personal data goes in two weeks, once; remove it where the time has come.

    Returns:
        How many meetings are in their last two weeks, and how many registrations were emptied.
    """
    now = timezone.now()
    soon = removed = 0
    for meeting in Meeting.objects.filter(purged_at__isnull=True, ends_at__lt=now):
        if meeting.removal_at <= now:
            removed += remove_personal_data(meeting=meeting)
        elif meeting.removal_at - WARNED_BEFORE <= now:
            with transaction.atomic():
                personal_data_goes(meeting)
            soon += 1
    return {"meetings_soon": soon, "registrations": removed}


def remove_personal_data(*, meeting: Meeting) -> int:
    """Empty every registration of a meeting whose time is over, part by part; return how many were emptied.

    What somebody changes meanwhile – the number of days, say – stops it before the next part.
    """
    emptied = 0
    while True:
        with transaction.atomic():
            fresh = locked(meeting)
            if fresh.purged_at or not _is_due(fresh, timezone.now()):
                return emptied
            part = list(_with_people(fresh).select_for_update(of=("self",))[:PART])
            if not part:
                Meeting.objects.filter(pk=fresh.pk).update(purged_at=timezone.now())
                bump("meetings")
                return emptied
            _forget(fresh, part)
            emptied += len(part)


def _is_due(meeting: Meeting, now: datetime) -> bool:
    return meeting.removal_at <= now


def _with_people(meeting: Meeting) -> QuerySet[Registration]:
    """Registrations that still name somebody; those of people who were erased before are tied to an account, which goes, too."""
    named = ~Q(email__endswith=f"@{ERASED_DOMAIN}") | Q(user__isnull=False) | Q(nominated_by__isnull=False)
    return Registration.objects.filter(named, meeting=meeting).order_by("pk")


def _traces(rows: Iterable[Registration]) -> Traces:
    rows = [row for row in rows if not row.email.endswith(f"@{ERASED_DOMAIN}")]
    none = Traces(frozenset(), frozenset(), frozenset())
    return none.with_names([(row.given_name, row.family_name) for row in rows], [row.email for row in rows])


def _forget(meeting: Meeting, part: list[Registration]) -> None:
    """Take one part of the people out of everything that the portal holds about their registrations."""
    traces, unknown = _traces(part), _traces(row for row in part if row.user_id is None)
    keys = [row.pk for row in part]
    own_acts = RegistrationStateChange.objects.filter(subject__in=keys, by=F("subject__user"))
    own_acts.update(by=None)
    if traces.needles:
        take_out(RegistrationStateChange.objects.filter(subject__meeting=meeting).exclude(reason=""), traces, "reason")
        take_out(Scan.objects.filter(meeting=meeting).exclude(reason=""), traces, "reason")
    if unknown.needles:
        take_out_of_the_kernel(unknown)
    # Messages to who was replaced carry the reference of that time.
    replaced = DelegationSubstitution.objects.filter(registration__in=keys).values_list("old_reference", flat=True)
    references = [*(row.reference for row in part), *replaced]
    forget_people(about=Q(context__reference__in=references), traces=traces, without_account=unknown)
    FloorRequest.objects.filter(registration__in=keys).update(name="")
    forget_attached(Registration.objects.filter(pk__in=keys))
    if traces.needles:
        take_out(BulkAct.objects.filter(meeting=meeting), traces, "reason", "results")
        take_out(RegistrationImport.objects.filter(meeting=meeting), traces, "file_name", "rows")
        take_out(SeatMove.objects.filter(meeting=meeting), traces, "reason")
    for row in part:
        Registration.objects.filter(pk=row.pk).update(
            email=erased_address(row.reference.lower()), user=None, nominated_by=None, **EMPTIED
        )
