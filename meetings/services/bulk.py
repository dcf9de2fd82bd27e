"""Acts on many registrations: chosen, looked at, carried out one by one, each by its own verb in its own transaction."""

from collections import defaultdict
from collections.abc import Callable, Iterable
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from common.access import Refused, require
from directory.models import StakeholderCategory
from directory.services.jobs import start_job
from directory.services.state import locked
from meetings.enums import TO_DECIDE, BulkKind, RegistrationState
from meetings.messages import registration as messages
from meetings.models import BulkAct, CategoryQuota, Meeting, Registration
from meetings.selectors.questions import documents_of
from meetings.services.edits import move_registration
from meetings.services.files import documents_due
from meetings.services.offers import offer_seat
from meetings.services.registration import approve_registration, decline_registration
from meetings.services.seats import in_category, lock_quotas, seats_taken
from notifications.kinds import in_all_languages

JOB = "meetings.bulk_act"
AT_ONCE = 50
MOST = 5000
_S = RegistrationState

SEAT, LIST, OFFER, DECLINED, MOVED, TOLD, REFUSED = "seat", "list", "offer", "declined", "moved", "told", "refused"
# What would come of an act, and what came of it, in the order of the preview.
OUTCOMES = {
    SEAT: gettext_lazy("A seat"),
    OFFER: gettext_lazy("An offer"),
    LIST: gettext_lazy("The waiting list"),
    MOVED: gettext_lazy("Moved"),
    DECLINED: gettext_lazy("Declined"),
    TOLD: gettext_lazy("A message"),
    REFUSED: gettext_lazy("Nothing: refused"),
}


@transaction.atomic
def choose_act(
    *,
    meeting: Meeting,
    kind: str,
    registrations: Iterable[Registration],
    by: Any,
    reason: str = "",
    category: StakeholderCategory | None = None,
) -> BulkAct:
    """Keep what somebody wants to do with which registrations; nothing is done before the preview was confirmed."""
    require(by, "meetings.list_registrations", meeting)
    require(by, "meetings.manage_registration", meeting)
    # Who came first is served first.
    keys = [
        row.pk for row in sorted(registrations, key=lambda row: (row.waitlisted_at or row.submitted_at or timezone.now(), row.pk))
    ]
    if not keys:
        raise Refused(_("Choose at least one registration: tick the box before the name."))
    if len(keys) > MOST:
        raise Refused(_("More than 5,000 registrations at once are too many. Filter the list and do it in parts."))
    if kind == BulkKind.DECLINE and not reason.strip():
        raise Refused(_("Say why: every person reads the reason."))
    if kind == BulkKind.MOVE and category is None:
        raise Refused(_("Choose the category to move to."))
    return BulkAct.objects.create(
        meeting=meeting,
        kind=kind,
        registrations=keys,
        reason=reason.strip(),
        category=category if kind == BulkKind.MOVE else None,
        by=by,
    )


def chosen(act: BulkAct) -> list[Registration]:
    """The registrations of an act that whoever chose them may see, in the order of the act."""
    rows = Registration.objects.visible_to(act.by).filter(meeting=act.meeting_id, pk__in=act.registrations)
    found = {row.pk: row for row in rows.select_related("category", "organization", "user", "meeting__country")}
    return [found[pk] for pk in act.registrations if pk in found]


# --- Before ----------------------------------------------------------------------------------------------------------


def preview(act: BulkAct) -> list[tuple[Registration, str, str]]:
    """What would happen to each, were it done now: the registration, an outcome, and why where it is refused.

    It counts seats as the act itself would use them up; others may be faster, so the act decides again.
    """
    seats = _Seats(act)
    judge = _JUDGES[act.kind]
    return [(row, *judge(act, row, seats)) for row in chosen(act)]


class _Seats:
    """Free seats and lines of every category, used up as the preview goes on. A few queries, however many rows."""

    def __init__(self, act: BulkAct) -> None:
        self.free: dict[int, int] = {}
        self.lines: dict[int, list[int]] = {}
        for quota in act.meeting.quotas.filter(withdrawn_at=None):
            self.free[quota.category_id] = quota.seats - seats_taken(quota)
            self.lines[quota.category_id] = list(in_category(quota).waiting().values_list("pk", flat=True))
        self.endorsing = set(act.meeting.quotas.filter(needs_endorsement=True).values_list("category_id", flat=True))
        self.missing = set()
        if act.kind == BulkKind.REMIND:
            rows = Registration.objects.filter(pk__in=act.registrations).missing_documents()
            self.missing = set(rows.values_list("pk", flat=True))

    def take(self, row: Registration, category: int) -> bool:
        """Whether a seat is there for somebody who waits, or for a newcomer whom nobody precedes; it is gone then."""
        line = self.lines.get(category, [])
        waits = row.pk in line
        if self.free.get(category, 0) <= 0 or (line and not waits):
            return False
        self.free[category] -= 1
        if waits:
            line.remove(row.pk)
        return True


Judgement = tuple[str, str]


def _not_in(row: Registration) -> str:
    return _("It is “%(state)s”.") % {"state": row.get_state_display()}


def _judge_approve(act: BulkAct, row: Registration, seats: _Seats) -> Judgement:
    if row.state not in TO_DECIDE | {_S.WAITLISTED}:
        return REFUSED, _not_in(row)
    if row.state == _S.SUBMITTED and row.category_id in seats.endorsing and not act.reason:
        return REFUSED, _("The organization has not endorsed this registration. Wait for it, or say why you approve without.")
    if seats.take(row, row.category_id):
        return SEAT, ""
    if row.state == _S.WAITLISTED:
        return REFUSED, _("No seat is free; it waits already.")
    seats.lines.setdefault(row.category_id, []).append(row.pk)
    return LIST, ""


def _judge_decline(act: BulkAct, row: Registration, seats: _Seats) -> Judgement:
    return (DECLINED, "") if _S.DECLINED in Registration.TRANSITIONS[row.state] else (REFUSED, _not_in(row))


def _judge_offer(act: BulkAct, row: Registration, seats: _Seats) -> Judgement:
    if row.state != _S.WAITLISTED:
        return REFUSED, _not_in(row)
    line = seats.lines.get(row.category_id, [])
    if line[:1] != [row.pk] and not act.reason:
        return REFUSED, _("Others have waited longer. Choose them too, or say why this person comes first.")
    return (OFFER, "") if seats.take(row, row.category_id) else (REFUSED, _("No seat is free in this category."))


def _judge_move(act: BulkAct, row: Registration, seats: _Seats) -> Judgement:
    target = act.category_id or 0
    if row.state in {_S.DRAFT, _S.DECLINED, _S.CANCELLED}:
        return REFUSED, _not_in(row)
    if row.category_id == target:
        return REFUSED, _("It is in this category already.")
    if row.state in {_S.APPROVED, _S.OFFERED}:
        return (MOVED, "") if seats.take(row, target) else (REFUSED, _("No seat is free there."))
    if row.state == _S.WAITLISTED:
        return (SEAT, "") if seats.take(row, target) else (LIST, _("At the end of that waiting list."))
    return MOVED, ""


def _judge_remind(act: BulkAct, row: Registration, seats: _Seats) -> Judgement:
    return (TOLD, "") if row.pk in seats.missing else (REFUSED, _("No document is missing."))


_JUDGES: dict[str, Callable[[BulkAct, Registration, _Seats], Judgement]] = {
    BulkKind.APPROVE: _judge_approve,
    BulkKind.DECLINE: _judge_decline,
    BulkKind.OFFER: _judge_offer,
    BulkKind.MOVE: _judge_move,
    BulkKind.REMIND: _judge_remind,
}


# --- Doing -----------------------------------------------------------------------------------------------------------


@transaction.atomic
def confirm_act(*, act: BulkAct, by: Any) -> BulkAct:
    """Carry out an act that was looked at, once: at once if it is small, else as a job."""
    # Many rows in one transaction: every quota first, in the order of their keys, so that two acts never wait in a circle.
    categories = list(CategoryQuota.objects.filter(meeting=act.meeting_id).values_list("category_id", flat=True))
    lock_quotas(meeting_id=act.meeting_id, categories=categories)
    act = locked(act)
    require(by, "meetings.manage_registration", act.meeting)
    if act.confirmed_at:
        raise Refused(_("This was confirmed already. The page shows what came of it."))
    act.confirmed_at, act.by = timezone.now(), by
    act.save(update_fields=["confirmed_at", "by"])
    if len(act.registrations) > AT_ONCE:
        start_job(kind=JOB, arguments={"act": act.pk}, asked_by=by, key=f"bulk act {act.pk}")
    else:
        carry_out(act=act)
    return act


def carry_out(*, act: BulkAct, report: Callable[[int, int], None] = lambda done, total: None) -> None:
    """Do to each what was confirmed, and keep what came of it. What was done before a crash is refused by its own verb."""
    done: dict[int, list[Any]] = {row[0]: row for row in act.results}
    rows = chosen(act)
    for number, registration in enumerate(rows, start=1):
        if registration.pk not in done:
            done[registration.pk] = [registration.pk, *_do(act, registration)]
        if number % 25 == 0:
            BulkAct.objects.filter(pk=act.pk).update(results=list(done.values()))
            report(number, len(rows))
    act.results, act.done_at = list(done.values()), timezone.now()
    act.save(update_fields=["results", "done_at"])


def _do(act: BulkAct, registration: Registration) -> Judgement:
    try:
        with transaction.atomic():
            return _DOERS[act.kind](act, registration), ""
    except Refused as refusal:
        return REFUSED, str(refusal)


def _do_approve(act: BulkAct, row: Registration) -> str:
    return SEAT if approve_registration(registration=row, by=act.by, reason=act.reason).state == _S.APPROVED else LIST


def _do_decline(act: BulkAct, row: Registration) -> str:
    decline_registration(registration=row, by=act.by, reason=act.reason)
    return DECLINED


def _do_offer(act: BulkAct, row: Registration) -> str:
    offer_seat(registration=row, by=act.by, reason=act.reason)
    return OFFER


def _do_move(act: BulkAct, row: Registration) -> str:
    assert act.category is not None
    if row.category_id == act.category_id:
        raise Refused(_("It is in this category already."))
    was = row.state
    now = move_registration(registration=row, category=act.category, by=act.by, reason=act.reason).state
    return (SEAT if now == _S.APPROVED else LIST) if was == _S.WAITLISTED else MOVED


def _do_remind(act: BulkAct, row: Registration) -> str:
    remind_of_documents(registration=row, by=act.by, cause=f"bulk {act.pk}")
    return TOLD


_DOERS: dict[str, Callable[[BulkAct, Registration], str]] = {
    BulkKind.APPROVE: _do_approve,
    BulkKind.DECLINE: _do_decline,
    BulkKind.OFFER: _do_offer,
    BulkKind.MOVE: _do_move,
    BulkKind.REMIND: _do_remind,
}


@transaction.atomic
def remind_of_documents(*, registration: Registration, by: Any, cause: str) -> None:
    """Tell a registrant which documents are missing and until when."""
    require(by, "meetings.manage_registration", registration.meeting)
    missing = [row.document for row in documents_of(registration) if row.file is None]
    if not missing or registration.state in {_S.DECLINED, _S.CANCELLED}:
        raise Refused(_("No document is missing."))
    quota = CategoryQuota.objects.select_related("meeting").get(
        meeting=registration.meeting_id, category=registration.category_id
    )
    messages.documents_missing(
        registration,
        titles=[in_all_languages(document, "title") for document in missing],
        due=documents_due(quota),
        cause=f"documents {cause}",
    )


def counted(outcomes: Iterable[str]) -> list[tuple[str, Any, int]]:
    """How many of each outcome: code, words, number; in the order of the page."""
    numbers: dict[str, int] = defaultdict(int)
    for outcome in outcomes:
        numbers[outcome] += 1
    return [(code, words, numbers[code]) for code, words in OUTCOMES.items() if numbers[code]]
