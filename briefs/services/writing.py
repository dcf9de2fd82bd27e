"""Writing sections: no save ever overwrites another's unseen change."""

from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from briefs import messages
from briefs.enums import BriefState, Clearance
from briefs.models import Brief, BriefAgency, Section, SectionRevision, clean_body
from briefs.selectors import text_hash
from briefs.services.leases import open_section, refuse_if_held
from common.access import Refused, require
from directory.models import Organization
from directory.services.state import change_state, record_start

_EXTRAS = ("keeps_editorial", "waiver_reason", "waiver_by", "waiver_at", "waiver_hash")


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
    An editorial correction keeps the clearances of the agencies that agreed to that when they cleared.

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
    if is_editorial:
        reason = _("%(agency)s made an editorial correction in the section “%(section)s”.") % {
            "agency": section.organization.short_name,
            "section": heading,
        }
    void_clearances(brief=section.brief, by=by, on_behalf_of=section.organization, reason=reason, is_editorial=is_editorial)
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


def void_clearances(*, brief: Brief, by: Any, on_behalf_of: Organization | None, reason: str, is_editorial: bool = False) -> None:
    """Take back the clearances of a locked brief whose text has just been saved otherwise, and the brief itself to drafting.

    Args:
        is_editorial: nothing of substance changed. Clearances of agencies that agreed to that when they cleared stand, bound
            to the corrected text from now on, and their focal points are told; as long as no other is lost, the brief stays
            where it is.
    """
    answered = list(brief.agencies.exclude(clearance=Clearance.PENDING).select_related("organization"))
    kept = [agency for agency in answered if is_editorial and agency.is_given and agency.keeps_editorial]
    lost = [agency for agency in answered if agency not in kept and not (is_editorial and _is_mere_silence(agency))]
    for agency in lost:
        set_clearance(agency, to=Clearance.PENDING, by=by, on_behalf_of=on_behalf_of, reason=reason)
    digest = text_hash(brief)
    for agency in kept:
        agency.cleared_hash = digest
        agency.save(update_fields=["cleared_hash"])
        agency.state_changes.create(old=agency.clearance, new=agency.clearance, by=by, on_behalf_of=on_behalf_of, reason=reason)
    if kept:
        messages.editorial_correction(brief, kept, reason=reason, digest=digest)
    if brief.state != BriefState.DRAFTING and (lost or not is_editorial):
        change_state(brief, to=BriefState.DRAFTING, by=by, on_behalf_of=on_behalf_of, reason=reason)


def _is_mere_silence(agency: BriefAgency) -> bool:
    """It said nothing about the earlier text, and nobody has decided yet to go on without it."""
    return agency.clearance == Clearance.NO_ANSWER and not agency.waiver_reason


def set_clearance(
    agency: BriefAgency,
    *,
    to: str,
    by: Any,
    on_behalf_of: Organization | None,
    reason: str = "",
    reservation: str = "",
    cleared_hash: str = "",
    keeps_editorial: bool = False,
) -> None:
    """Write an agency's answer, its silence or its voiding, with a history row. The brief's row must be locked."""
    old = agency.clearance
    agency.clearance, agency.reservation, agency.cleared_hash = to, reservation, cleared_hash
    answered = to not in {Clearance.PENDING, Clearance.NO_ANSWER}
    agency.cleared_by = by if answered else None
    agency.cleared_at = timezone.now() if answered else None
    agency.keeps_editorial = keeps_editorial
    agency.waiver_reason, agency.waiver_by, agency.waiver_at, agency.waiver_hash = "", None, None, ""
    agency.save(update_fields=["clearance", "reservation", "cleared_hash", "cleared_by", "cleared_at", *_EXTRAS])
    agency.state_changes.create(old=old, new=to, by=by, on_behalf_of=on_behalf_of, reason=reason or reservation)
