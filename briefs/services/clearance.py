"""Clearance: each co-authoring agency answers for the text as it stands."""

from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from briefs import messages
from briefs.enums import BriefState, Clearance
from briefs.models import Brief, BriefAgency
from briefs.selectors import text_hash
from briefs.services.writing import set_clearance
from common.access import Refused, require
from directory.models import Organization
from directory.services.state import change_state, locked, refuse_if_changed


@transaction.atomic
def start_clearance(*, brief: Brief, by: Any) -> Brief:
    """Ask every co-authoring agency to clear the text. Clearances of this very text, given before, stand."""
    brief = locked(brief)
    require(by, "briefs.start_clearance", brief)
    if brief.state != BriefState.DRAFTING:
        raise Refused(_("The clearance was started already. Load the page again to see who still has to answer."))
    _refuse_unfinished(brief)
    lead = brief.agencies.select_related("organization").get(is_lead=True)
    digest = text_hash(brief)
    for agency in brief.agencies.exclude(clearance=Clearance.PENDING):
        if not (agency.is_given and agency.cleared_hash == digest):
            set_clearance(
                agency, to=Clearance.PENDING, by=by, on_behalf_of=lead.organization, reason=_("A new clearance was started.")
            )
    change_state(brief, to=BriefState.IN_CLEARANCE, by=by, on_behalf_of=lead.organization)
    messages.clearance_requested(brief, brief.state_changes.latest("pk"))
    return brief


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
    """The row in which the agency's answer is written, and the hash of the text; refuses what cannot be answered now."""
    agency = brief.agencies.select_related("organization").filter(organization=on_behalf_of).first()
    if agency is None:
        raise Refused(_("%(agency)s is not a co-author of this brief, so it has nothing to clear.") % {"agency": on_behalf_of})
    require(by, "briefs.clear_brief", agency)
    if brief.state != BriefState.IN_CLEARANCE:
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
def clear_brief(*, brief: Brief, by: Any, on_behalf_of: Organization, seen: str, reservation: str = "") -> Brief:
    """Clear the text whose hash is `seen` for an agency; the last one to clear makes the brief cleared.

    Args:
        reservation: a text that is printed with the brief; empty for a clearance without.
    """
    brief = locked(brief)
    agency, digest = _open_answer(brief, by, on_behalf_of, seen)
    reservation = reservation.strip()
    answer = Clearance.CLEARED_WITH_RESERVATION if reservation else Clearance.CLEARED
    set_clearance(agency, to=answer, by=by, on_behalf_of=on_behalf_of, reservation=reservation, cleared_hash=digest)
    if all(agency.is_given for agency in brief.agencies.all()):
        change_state(brief, to=BriefState.CLEARED, by=by, on_behalf_of=on_behalf_of)
        messages.brief_cleared(brief, brief.state_changes.latest("pk"))
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
