"""Publishing: freeze an edition, have its files made, withdraw, open for the next edition."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from briefs import messages
from briefs.enums import BriefState, Clearance, NoticeKind
from briefs.models import Brief, Edition, EditionFile, LanguageEdition
from briefs.selectors import brief_content, content_hash, plain_text, text_hash
from briefs.selectors.failed_files import job_of_files
from briefs.services.checklist import refuse_open_findings
from briefs.services.notices import add_notice, refuse_unprintable
from briefs.services.rendering import give_files
from briefs.services.writing import set_clearance
from common.access import Refused, require
from directory.models import Job
from directory.page_versions import bump
from directory.services.jobs import start_job
from directory.services.state import change_state, locked


def frozen_content(*, brief: Brief, at: datetime) -> dict[str, Any]:
    """The text of a locked brief as the content of its next edition, published at `at`."""
    last = brief.editions.order_by("-number").values_list("number", flat=True).first() or 0
    content = {**brief_content(brief), "edition": last + 1, "published_at": at.isoformat()}
    translated = LanguageEdition.objects.filter(brief=brief).select_related("source__brief").defer("source__content").first()
    if translated:
        source = translated.source
        content["source"] = {"slug": source.brief.slug, "language": source.brief.language, "edition": source.number}
    return content


def put_in_force(*, brief: Brief, content: dict[str, Any], files: dict[str, int | None] | None = None) -> Edition:
    """Make a frozen content the edition in force of a locked brief; the caller saves the brief.

    Args:
        files: keys of files that were made ahead, by the names of their columns.
    """
    edition = Edition.objects.create(
        brief=brief,
        number=content["edition"],
        published_at=datetime.fromisoformat(content["published_at"]),
        title=content["title"],
        summary=content["summary"],
        content=content,
        text=plain_text(content),
        sha256=content_hash(content),
        **(files or {}),
    )
    # What an older content lacks, it has none of.
    EditionFile.objects.bulk_create(
        EditionFile(edition=edition, key=figure["key"], file_id=int(figure["file"]))
        for figure in content.get("figures", [])
        if figure["file"]
    )
    brief.current_edition = edition
    return edition


def freeze_edition(*, brief: Brief, at: datetime) -> Edition:
    """Freeze the text of a locked brief as its next edition, and make it the one in force; the caller saves the brief."""
    return put_in_force(brief=brief, content=frozen_content(brief=brief, at=at))


def start_rendering(*, edition: Edition, asked_by: Any) -> Job:
    """Have the files of an edition made by a worker; asked twice, it is done once."""
    return start_job(**job_of_files(edition), asked_by=asked_by)


def refuse_unready(brief: Brief, *, checked: str = "") -> None:
    """Refuse a locked brief that cannot be published as it stands: one rule for at once and for a moment.

    Args:
        checked: hash of a text that passed the checklist; the checklist is asked again only about another text.
    """
    agencies = list(brief.agencies.select_related("organization"))
    missing = [str(agency.organization) for agency in agencies if not agency.is_settled]
    if brief.state in {BriefState.DRAFTING, BriefState.IN_CLEARANCE}:
        raise Refused(
            _("Only a text that every co-authoring agency has cleared can be published. Still missing: %(agencies)s.")
            % {"agencies": ", ".join(missing) or _("the start of the clearance")}
        )
    # An edit voids clearances in its own transaction; this catches what came by another way (a shell, an import).
    present = text_hash(brief)
    if brief.state == BriefState.CLEARED and {agency.settled_hash for agency in agencies} != {present}:
        raise Refused(_("The text is not the one that was cleared. Save any section again, then ask the agencies to clear it."))
    if brief.state != BriefState.CLEARED:
        raise Refused(
            _("This brief is “%(state)s” already. Load the page again to see it.") % {"state": brief.get_state_display()}
        )
    if present != checked:
        refuse_open_findings(brief)


def announce(*, edition: Edition, by: Any) -> None:
    """Move the brief of an edition that was just put in force to published, have lacking files made, and tell its agencies."""
    change_state(edition.brief, to=BriefState.PUBLISHED, by=by, also=["current_edition"])
    if not edition.is_rendered:
        start_rendering(edition=edition, asked_by=by)
    bump("briefs")
    messages.brief_published(edition)


@transaction.atomic
def publish_brief(*, brief: Brief, by: Any) -> Edition:
    """Publish the cleared text at once as the next edition, unless the checklist finds errors. Its PDFs are made by a worker."""
    brief = locked(brief)
    require(by, "briefs.publish_brief", brief)
    refuse_unready(brief)
    if brief.plans.waiting().exists():
        raise Refused(_("The publication of this brief is planned. Take the plan back first, then publish it at once."))
    edition = freeze_edition(brief=brief, at=timezone.now())
    announce(edition=edition, by=by)
    return edition


@transaction.atomic
def withdraw_brief(*, brief: Brief, by: Any, reason: str) -> Brief:
    """Withdraw a published brief: it stays at its address and citable, under a banner with the reason.

    Withdrawn while its next edition is in the making, it is not published again: that text ends with it.
    """
    brief = locked(brief)
    require(by, "briefs.withdraw_brief", brief)
    if not brief.is_withdrawable:
        raise Refused(
            _("Only a published brief can be withdrawn; this one is “%(state)s”.") % {"state": brief.get_state_display()}
        )
    if brief.plans.waiting().exists():
        raise Refused(_("The publication of its next edition is planned. Take the plan back first, then withdraw the brief."))
    reason = reason.strip()
    if not reason:
        raise Refused(_("Say why the brief is withdrawn: readers see the reason."))
    refuse_unprintable(reason, brief.language)
    change_state(brief, to=BriefState.WITHDRAWN, by=by, reason=reason)
    for edition in brief.editions.defer("content", "text"):
        add_notice(edition=edition, kind=NoticeKind.WITHDRAWAL, text=reason, by=by)
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


def render_edition(*, edition: Edition, report: Callable[[int, int], None]) -> float:
    """Make the files that the edition still lacks, keep them by their hash, and return the most memory that took, in MB."""
    return give_files(row=edition, edition=edition, report=report)
