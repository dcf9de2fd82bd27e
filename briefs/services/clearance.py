"""Clearance: each co-authoring agency answers for the text as it stands, until a deadline; see docs/adr/0018-clearance.md."""

import logging
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from briefs import messages
from briefs.enums import BriefState, Clearance
from briefs.models import Brief, BriefAgency
from briefs.selectors import text_hash
from briefs.services.checklist import start_trial
from briefs.services.writing import set_clearance
from common.access import Refused, require
from directory.models import Organization
from directory.services.state import change_state, locked, refuse_if_changed

log = logging.getLogger(__name__)

USUAL_TIME = timedelta(days=14)
LEAST_TIME = timedelta(days=1)
MOST_TIME = timedelta(days=180)
REMIND_BEFORE = timedelta(days=3)


@transaction.atomic
def start_clearance(*, brief: Brief, by: Any, deadline: datetime | None = None) -> Brief:
    """Ask every co-authoring agency to clear the text. Clearances of this very text, given before, stand.

    Args:
        deadline: until when answers are due; two weeks from now where none is given.
    """
    brief = locked(brief)
    require(by, "briefs.start_clearance", brief)
    if brief.state != BriefState.DRAFTING:
        raise Refused(_("The clearance was started already. Load the page again to see who still has to answer."))
    _refuse_unfinished(brief)
    deadline = deadline or timezone.now() + USUAL_TIME
    _refuse_odd_deadline(deadline)
    lead = brief.agencies.select_related("organization").get(is_lead=True)
    digest = text_hash(brief)
    for agency in brief.agencies.exclude(clearance=Clearance.PENDING):
        if not (agency.is_given and agency.cleared_hash == digest):
            set_clearance(
                agency, to=Clearance.PENDING, by=by, on_behalf_of=lead.organization, reason=_("A new clearance was started.")
            )
    brief.clearance_deadline, brief.clearance_closed_at = deadline, None
    also = ["clearance_deadline", "clearance_closed_at"]
    change_state(brief, to=BriefState.IN_CLEARANCE, by=by, on_behalf_of=lead.organization, also=also)
    messages.clearance_requested(brief, brief.state_changes.latest("pk"))
    settle(brief, by=by, on_behalf_of=lead.organization)
    return brief


def _refuse_odd_deadline(deadline: datetime) -> None:
    now = timezone.now()
    # A minute's grace: the form shows whole minutes, and filling it in takes a while.
    if deadline < now + LEAST_TIME - timedelta(minutes=1):
        raise Refused(_("Give the agencies a day at least: choose a later deadline."))
    if deadline > now + MOST_TIME:
        raise Refused(_("The deadline is more than half a year away: choose an earlier one."))


def _refuse_unfinished(brief: Brief) -> None:
    """Refuse a text that nobody can clear: something is missing in it."""
    sections = list(brief.sections.select_related("organization"))
    empty = [section for section in sections if not section.body]
    if not sections:
        raise Refused(_("This brief has no section yet. Ask the secretariat to add its sections before you start the clearance."))
    if empty:
        raise Refused(
            _("These sections have no text yet: %(sections)s. Finish them, then start the clearance.")
            % {"sections": ", ".join(f"{section.heading} ({section.organization})" for section in empty)}
        )
    if not brief.key_messages:
        raise Refused(_("This brief has no key messages yet. Ask the secretariat to add them before you start the clearance."))


def _open_answer(brief: Brief, by: Any, on_behalf_of: Organization, seen: str) -> tuple[BriefAgency, str]:
    """The row in which the agency's answer is written, and the hash of the text; refuses what cannot be answered now.

    An agency that was silent may answer until the text is published: late is better than never.
    """
    agency = brief.agencies.select_related("organization").filter(organization=on_behalf_of).first()
    if agency is None:
        raise Refused(_("%(agency)s is not a co-author of this brief, so it has nothing to clear.") % {"agency": on_behalf_of})
    require(by, "briefs.clear_brief", agency)
    is_late = brief.state == BriefState.CLEARED and agency.clearance == Clearance.NO_ANSWER
    if brief.state != BriefState.IN_CLEARANCE and not is_late:
        raise Refused(_("This brief is not in clearance. The lead agency's focal point starts it when the text is finished."))
    if agency.is_given:
        raise Refused(
            _("%(agency)s has cleared this text already. Only an edit of the text asks for a new answer.")
            % {"agency": on_behalf_of}
        )
    digest = text_hash(brief)
    refusal = _("The text was edited after you opened this page. Read it again before you answer.")
    refuse_if_changed(seen=seen, present=digest, refusal=refusal)
    return agency, digest


@transaction.atomic
def clear_brief(
    *,
    brief: Brief,
    by: Any,
    on_behalf_of: Organization,
    seen: str,
    reservation: str = "",
    keeps_editorial: bool = False,
) -> Brief:
    """Clear the text whose hash is `seen` for an agency; the last one to clear makes the brief cleared.

    Args:
        reservation: a text that is printed with the brief; empty for a clearance without.
        keeps_editorial: editorial corrections need not come back to the agency.
    """
    brief = locked(brief)
    agency, digest = _open_answer(brief, by, on_behalf_of, seen)
    reservation = reservation.strip()
    answer = Clearance.CLEARED_WITH_RESERVATION if reservation else Clearance.CLEARED
    set_clearance(
        agency,
        to=answer,
        by=by,
        on_behalf_of=on_behalf_of,
        reservation=reservation,
        cleared_hash=digest,
        keeps_editorial=keeps_editorial,
    )
    settle(brief, by=by, on_behalf_of=on_behalf_of)
    return brief


@transaction.atomic
def refuse_clearance(*, brief: Brief, by: Any, on_behalf_of: Organization, seen: str, reason: str) -> Brief:
    """Refuse the text for an agency: the brief goes back to drafting with the reason."""
    brief = locked(brief)
    agency, _digest = _open_answer(brief, by, on_behalf_of, seen)
    reason = reason.strip()
    if not reason:
        raise Refused(_("Say what must change: the authors need a reason."))
    set_clearance(agency, to=Clearance.NOT_CLEARED, by=by, on_behalf_of=on_behalf_of, reason=reason)
    change_state(brief, to=BriefState.DRAFTING, by=by, on_behalf_of=on_behalf_of, reason=reason)
    return brief


def settle(brief: Brief, *, by: Any, on_behalf_of: Organization | None, reason: str = "") -> None:
    """Make a locked brief cleared once nothing more is waited for, and have its PDF tried."""
    if brief.state == BriefState.IN_CLEARANCE and all(agency.is_settled for agency in brief.agencies.all()):
        change_state(brief, to=BriefState.CLEARED, by=by, on_behalf_of=on_behalf_of, reason=reason)
        messages.brief_cleared(brief, brief.state_changes.latest("pk"))
        start_trial(brief=brief, asked_by=by)


# --- The deadline ------------------------------------------------------------------------------------------------------


@transaction.atomic
def extend_clearance(*, brief: Brief, by: Any, deadline: datetime) -> Brief:
    """Give the agencies that have not answered more time; what was recorded as silence is open again."""
    brief = locked(brief)
    require(by, "briefs.extend_clearance", brief)
    if brief.state != BriefState.IN_CLEARANCE:
        raise Refused(_("Only a running clearance can be given more time. This brief is “%(state)s” now.") % _state_of(brief))
    if brief.clearance_deadline and deadline <= brief.clearance_deadline:
        raise Refused(_("The new deadline must be later than the present one: agencies plan with it."))
    _refuse_odd_deadline(deadline)
    brief.clearance_deadline, brief.clearance_closed_at = deadline, None
    brief.save(update_fields=["clearance_deadline", "clearance_closed_at"])
    for agency in brief.agencies.filter(clearance=Clearance.NO_ANSWER):
        set_clearance(agency, to=Clearance.PENDING, by=by, on_behalf_of=None, reason=_("More time was given."))
    messages.clearance_extended(brief)
    return brief


def _state_of(brief: Brief) -> dict[str, str]:
    return {"state": brief.get_state_display()}


@transaction.atomic
def go_on_without(*, brief: Brief, by: Any, on_behalf_of: Organization, seen: str, reason: str) -> Brief:
    """Let the brief go on without an agency that has not answered by the deadline; the brief says so in print.

    Args:
        on_behalf_of: the agency that is silent.
        seen: the hash of the text that the person read.
    """
    brief = locked(brief)
    require(by, "briefs.go_on_without", brief)
    agency = brief.agencies.select_related("organization").filter(organization=on_behalf_of).first()
    if brief.state != BriefState.IN_CLEARANCE or agency is None or agency.clearance != Clearance.NO_ANSWER:
        raise Refused(
            _(
                "A brief can go on only without an agency that has given no answer by the deadline. "
                "Load the page again to see how it stands."
            )
        )
    if agency.waiver_reason:
        raise Refused(_("It is recorded already that the brief goes on without %(agency)s.") % {"agency": on_behalf_of})
    refusal = _("The text was edited after you opened this page. Read it again before you answer.")
    refuse_if_changed(seen=seen, present=text_hash(brief), refusal=refusal)
    reason = reason.strip()
    if not reason:
        raise Refused(_("Say why the brief goes on without this answer: the agencies read the reason."))
    agency.waiver_reason, agency.waiver_by, agency.waiver_at = reason, by, timezone.now()
    agency.waiver_hash = seen
    agency.save(update_fields=["waiver_reason", "waiver_by", "waiver_at", "waiver_hash"])
    agency.state_changes.create(old=agency.clearance, new=agency.clearance, by=by, on_behalf_of=None, reason=reason)
    messages.goes_on_without(brief, agency)
    settle(brief, by=by, on_behalf_of=None, reason=reason)
    return brief


def close_due_clearances() -> int:
    """Record the silence of agencies whose deadline has passed, each brief exactly once. Returns how many briefs."""
    due = Brief.objects.filter(state=BriefState.IN_CLEARANCE, clearance_closed_at=None, clearance_deadline__lte=timezone.now())
    return sum(_close(pk) for pk in due.order_by("clearance_deadline").values_list("pk", flat=True))


@transaction.atomic
def _close(pk: int) -> bool:
    """Record the silence about one brief; the conditional update is the claim, and it waits for an answer being written."""
    now = timezone.now()
    claimed = Brief.objects.filter(
        pk=pk, state=BriefState.IN_CLEARANCE, clearance_closed_at=None, clearance_deadline__lte=now
    ).update(clearance_closed_at=now)
    if not claimed:
        return False
    brief = locked(Brief(pk=pk))
    silent = list(brief.agencies.filter(clearance=Clearance.PENDING).select_related("organization"))
    for agency in silent:
        set_clearance(agency, to=Clearance.NO_ANSWER, by=None, on_behalf_of=None)
    if silent:
        messages.clearance_closed(brief, silent)
    log.info("clearance deadline passed", extra={"data": {"brief": brief.slug, "silent": len(silent)}})
    return True


def remind_of_clearance() -> int:
    """Remind agencies that have not answered, once for each deadline, three days before it. Returns how many agencies."""
    now = timezone.now()
    soon = Brief.objects.filter(
        state=BriefState.IN_CLEARANCE, clearance_deadline__gt=now, clearance_deadline__lte=now + REMIND_BEFORE
    ).select_related("series")
    reminded = 0
    for brief in soon:
        asked = brief.state_changes.filter(new=BriefState.IN_CLEARANCE).order_by("-pk").first()
        if asked and brief.clearance_deadline and asked.at > brief.clearance_deadline - REMIND_BEFORE:
            continue  # the request itself has just said until when
        with transaction.atomic():
            reminded += messages.clearance_ends_soon(brief)
    return reminded
