"""Writing sections: no save ever overwrites another's unseen change."""

from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from briefs.enums import BriefState, Clearance
from briefs.models import Brief, BriefAgency, Section, SectionRevision, clean_body
from briefs.services.leases import open_section, refuse_if_held
from common.access import Refused, require
from directory.models import Organization
from directory.services.state import change_state, record_start


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
def save_section(
    *, section: Section, by: Any, version: int, heading: str, body: str, is_editorial: bool = False, note: str = ""
) -> Section:
    """Save a section for its agency as a new revision, unless somebody saved it since `version` was read.

    A change voids every clearance of the brief and takes it back to drafting; a save that changes nothing does not.

    Args:
        is_editorial: spelling, punctuation, layout; nothing of substance.
        note: what was changed, for the history.

    Raises:
        SectionChanged: the section has another version by now; nothing was saved.
        Refused: the brief's text cannot be edited in its present state, or somebody else is writing in the section.
    """
    section = open_section(section, by)
    if section.version != version:
        raise SectionChanged(section)
    refuse_if_held(section, by)
    heading, body = heading.strip(), clean_body(body)
    if (heading, body) == (section.heading, section.body):
        return section
    put_words(section, by=by, heading=heading, body=body, is_editorial=is_editorial, note=note)
    reason = _("%(agency)s edited the section “%(section)s”: the clearances given before are void.") % {
        "agency": section.organization.short_name,
        "section": heading,
    }
    void_clearances(brief=section.brief, by=by, on_behalf_of=section.organization, reason=reason)
    return section


def put_words(section: Section, *, by: Any, heading: str, body: str, is_editorial: bool = False, note: str = "") -> None:
    """Write heading and text into a locked section, as its next revision. Who may, and what it voids, is the caller's matter."""
    keep_present(section)
    section.heading, section.body = heading, body
    section.version += 1
    section.edited_by, section.edited_at = by, timezone.now()
    section.save(update_fields=["heading", "body", "version", "edited_by", "edited_at"])
    SectionRevision.objects.create(
        section=section,
        version=section.version,
        heading=heading,
        body=section.body,
        is_editorial=is_editorial,
        note=note.strip()[:300],
        by=by,
        at=section.edited_at,
    )


def keep_present(section: Section) -> None:
    """Keep the text that stands in a locked section as a revision, where no save of the portal made it."""
    SectionRevision.objects.get_or_create(
        section=section,
        version=section.version,
        defaults={
            "heading": section.heading,
            "body": section.body,
            "by": section.edited_by,
            "at": section.edited_at or timezone.now(),
        },
    )


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
