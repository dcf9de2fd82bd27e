"""Writing sections: no save ever overwrites another's unseen change."""

from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from briefs.enums import BriefState, Clearance
from briefs.models import Brief, BriefAgency, Section, clean_body
from common.access import Refused, require
from directory.models import Organization
from directory.services.state import change_state, locked, record_start


class SectionChanged(Refused):
    """Somebody else saved the section in the meantime; `section` holds what stands there now."""

    def __init__(self, section: Section) -> None:
        super().__init__(
            _(
                "Somebody saved this section while you were writing. "
                "Nothing is lost: compare the two texts below, then save again."
            )
        )
        self.section = section


def start_brief(*, brief: Brief, by: Any) -> None:
    """Write the first history row of a brief that was just created."""
    require(by, "briefs.add_brief", brief)
    record_start(brief, by=by)


@transaction.atomic
def save_section(*, section: Section, by: Any, version: int, heading: str, body: str) -> Section:
    """Save a section for its agency, unless somebody saved it since `version` was read.

    A change voids every clearance of the brief and takes it back to drafting; a save that changes nothing does not.

    Raises:
        SectionChanged: the section has another version by now; nothing was saved.
        Refused: the brief's text cannot be edited in its present state.
    """
    brief = locked(section.brief)  # the brief first, always: then no two acts wait for each other in a circle
    section = locked(section)
    section.brief = brief
    require(by, "briefs.save_section", section)
    if not brief.is_open:
        raise Refused(_("A published brief is not edited. Ask the secretariat to open it for a new edition."))
    if section.version != version:
        raise SectionChanged(section)
    heading, body = heading.strip(), clean_body(body)
    if (heading, body) == (section.heading, section.body):
        return section
    section.heading, section.body = heading, body
    section.version += 1
    section.edited_by, section.edited_at = by, timezone.now()
    section.save(update_fields=["heading", "body", "version", "edited_by", "edited_at"])
    reason = _("%(agency)s edited the section “%(section)s”: the clearances given before are void.") % {
        "agency": section.organization.short_name,
        "section": heading,
    }
    void_clearances(brief=brief, by=by, on_behalf_of=section.organization, reason=reason)
    return section


def void_clearances(*, brief: Brief, by: Any, on_behalf_of: Organization | None, reason: str) -> None:
    """Take back every clearance of a locked brief whose text changes, and the brief itself to drafting."""
    for agency in brief.agencies.exclude(clearance=Clearance.PENDING).select_related("organization"):
        set_clearance(agency, to=Clearance.PENDING, by=by, on_behalf_of=on_behalf_of, reason=reason)
    if brief.state != BriefState.DRAFTING:
        change_state(brief, to=BriefState.DRAFTING, by=by, on_behalf_of=on_behalf_of, reason=reason)


def set_clearance(
    agency: BriefAgency,
    *,
    to: str,
    by: Any,
    on_behalf_of: Organization | None,
    reason: str = "",
    reservation: str = "",
    cleared_hash: str = "",
) -> None:
    """Write an agency's answer, or its voiding, with a history row. The brief's row must be locked."""
    old = agency.clearance
    agency.clearance, agency.reservation, agency.cleared_hash = to, reservation, cleared_hash
    answered = to != Clearance.PENDING
    agency.cleared_by = by if answered else None
    agency.cleared_at = timezone.now() if answered else None
    agency.save(update_fields=["clearance", "reservation", "cleared_hash", "cleared_by", "cleared_at"])
    agency.state_changes.create(old=old, new=to, by=by, on_behalf_of=on_behalf_of, reason=reason or reservation)
