"""Publishing: freeze an edition, have its files made, withdraw, open for the next edition."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from briefs import documents, messages
from briefs.enums import BriefState, Clearance
from briefs.models import Brief, Edition, EditionFile
from briefs.models.editions import FILE_FIELDS
from briefs.selectors import brief_content, content_hash, plain_text, text_hash
from briefs.selectors.work import RENDER_JOB
from briefs.services.checklist import refuse_open_findings
from briefs.services.writing import set_clearance
from common.access import Refused, require
from directory.models import Job
from directory.page_versions import bump
from directory.services.files import store_file
from directory.services.jobs import start_job
from directory.services.state import change_state, locked


def freeze_edition(*, brief: Brief, at: datetime) -> Edition:
    """Freeze the text of a locked brief as its next edition, and make it the one in force; the caller saves the brief."""
    last = brief.editions.order_by("-number").values_list("number", flat=True).first() or 0
    content = {**brief_content(brief), "edition": last + 1, "published_at": at.isoformat()}
    edition = Edition.objects.create(
        brief=brief,
        number=last + 1,
        published_at=at,
        title=brief.title,
        summary=brief.summary,
        content=content,
        text=plain_text(content),
        sha256=content_hash(content),
    )
    EditionFile.objects.bulk_create(
        EditionFile(edition=edition, key=figure["key"], file_id=int(figure["file"]))
        for figure in content["figures"]
        if figure["file"]
    )
    brief.current_edition = edition
    return edition


def start_rendering(*, edition: Edition, asked_by: Any) -> Job:
    """Have the files of an edition made by a worker; asked twice, it is done once."""
    return start_job(kind=RENDER_JOB, arguments={"edition": edition.pk}, asked_by=asked_by, key=str(edition.pk))


@transaction.atomic
def publish_brief(*, brief: Brief, by: Any) -> Edition:
    """Publish the cleared text as the next edition, unless the checklist finds errors. Its PDFs are made by a worker."""
    brief = locked(brief)
    require(by, "briefs.publish_brief", brief)
    agencies = list(brief.agencies.select_related("organization"))
    missing = [str(agency.organization) for agency in agencies if not agency.is_settled]
    if brief.state in {BriefState.DRAFTING, BriefState.IN_CLEARANCE}:
        raise Refused(
            _("Only a text that every co-authoring agency has cleared can be published. Still missing: %(agencies)s.")
            % {"agencies": ", ".join(missing) or _("the start of the clearance")}
        )
    # An edit voids clearances in its own transaction; this catches what came by another way (a shell, an import).
    if brief.state == BriefState.CLEARED and {agency.settled_hash for agency in agencies} != {text_hash(brief)}:
        raise Refused(_("The text is not the one that was cleared. Save any section again, then ask the agencies to clear it."))
    if brief.state != BriefState.CLEARED:
        raise Refused(
            _("This brief is “%(state)s” already. Load the page again to see it.") % {"state": brief.get_state_display()}
        )
    refuse_open_findings(brief)
    edition = freeze_edition(brief=brief, at=timezone.now())
    change_state(brief, to=BriefState.PUBLISHED, by=by, also=["current_edition"])
    start_rendering(edition=edition, asked_by=by)
    bump("briefs")
    messages.brief_published(edition)
    return edition


@transaction.atomic
def withdraw_brief(*, brief: Brief, by: Any, reason: str) -> Brief:
    """Withdraw a published brief: it stays at its address and citable, under a banner with the reason."""
    brief = locked(brief)
    require(by, "briefs.withdraw_brief", brief)
    if brief.state != BriefState.PUBLISHED:
        raise Refused(
            _("Only a published brief can be withdrawn; this one is “%(state)s”.") % {"state": brief.get_state_display()}
        )
    reason = reason.strip()
    if not reason:
        raise Refused(_("Say why the brief is withdrawn: readers see the reason."))
    change_state(brief, to=BriefState.WITHDRAWN, by=by, reason=reason)
    bump("briefs")
    return brief


@transaction.atomic
def revise_brief(*, brief: Brief, by: Any, reason: str) -> Brief:
    """Open a published brief for its next edition; the public keeps reading the edition in force meanwhile."""
    brief = locked(brief)
    require(by, "briefs.revise_brief", brief)
    if brief.state != BriefState.PUBLISHED:
        raise Refused(
            _("Only a published brief can be opened for a new edition; this one is “%(state)s”.")
            % {"state": brief.get_state_display()}
        )
    reason = reason.strip()
    if not reason:
        raise Refused(_("Say why a new edition is needed: the authors see the reason."))
    for agency in brief.agencies.exclude(clearance=Clearance.PENDING):
        set_clearance(agency, to=Clearance.PENDING, by=by, on_behalf_of=None, reason=reason)
    change_state(brief, to=BriefState.DRAFTING, by=by, reason=reason)
    bump("briefs")
    return brief


@transaction.atomic
def render_again(*, edition: Edition, by: Any) -> Job:
    """Have the files of an edition made again after an attempt failed."""
    require(by, "briefs.render_edition", edition.brief)
    if edition.is_rendered:
        raise Refused(_("The files of this edition are there. They are never replaced: publish a new edition instead."))
    return start_rendering(edition=edition, asked_by=by)


def render_edition(*, edition: Edition, report: Callable[[int, int], None]) -> float:
    """Make the files that the edition still lacks, keep them by their hash, and return the most memory that took, in MB.

    Safe to run twice, also at once: files are made in a process of their own first, then given to the edition in one
    transaction. A worker that is killed leaves the edition without a file, never with half of one.
    """
    total = len(FILE_FIELDS) + 1
    lacking = [field for field in FILE_FIELDS if not getattr(edition, f"{field}_id")]
    report(0, total)
    if not lacking:
        return 0.0
    rendered = documents.edition_files(edition, lacking)
    kept = []
    for done, content in enumerate(rendered.files, 1):
        kept.append(store_file(content=content, mime="application/pdf"))
        report(done, total)
    with transaction.atomic():
        for field, file in zip(lacking, kept, strict=True):
            # Whoever comes second finds the field filled and changes nothing: an edition has one file of each kind.
            Edition.objects.filter(pk=edition.pk, **{f"{field}__isnull": True}).update(**{field: file})
        bump("briefs")
    report(total, total)
    return rendered.peak_megabytes
