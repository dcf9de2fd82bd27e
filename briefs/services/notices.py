"""Notices at the head of an edition: corrections (corrigenda) and withdrawals. The edition itself never changes."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from briefs import documents
from briefs.enums import BriefState, NoticeKind
from briefs.messages import publishing as messages
from briefs.models import Brief, Edition, HeadNotice
from briefs.selectors.failed_files import job_of_files
from briefs.selectors.publishing import with_notices
from briefs.services.rendering import give_files
from common.access import Refused, require
from directory.page_versions import bump
from directory.services.jobs import start_job
from directory.services.state import locked


def add_notice(*, edition: Edition, kind: str, text: str, by: Any, at: datetime | None = None) -> HeadNotice:
    """Write a notice at the head of an edition of a locked brief, dated now or `at`, and have its files made again with it."""
    last = edition.notices.order_by("-number").values_list("number", flat=True).first() or 0
    notice = HeadNotice.objects.create(edition=edition, kind=kind, number=last + 1, at=at or timezone.now(), text=text, by=by)
    start_job(**job_of_files(notice), asked_by=by)
    return notice


def refuse_unprintable(text: str, language: str) -> None:
    """Refuse words that no PDF could print: a notice never changes, and would never get its files."""
    signs = documents.unprintable_signs(text, language=language)
    if signs:
        raise Refused(
            _("The fonts of the PDFs lack some of these signs: %(signs)s. Write in words what they mean.")
            % {"signs": " ".join(signs)}
        )


@transaction.atomic
def correct_edition(*, edition: Edition, by: Any, text: str, seen: int | None = None) -> HeadNotice:
    """Publish a correction of an edition, dated now; its agencies are told.

    Args:
        seen: how many notices the page showed; a correction that arrived meanwhile refuses a second one of the same.
    """
    brief = locked(Brief(pk=edition.brief_id))
    require(by, "briefs.correct_edition", brief)
    if brief.state == BriefState.WITHDRAWN:
        raise Refused(_("This brief is withdrawn: its readers see why. Nothing in it is corrected any more."))
    text = "\n".join(line.strip() for line in text.strip().splitlines())
    if not text:
        raise Refused(_("Write what is corrected: what stands where, and what it should say."))
    refuse_unprintable(text, brief.language)
    if seen is not None and seen != edition.notices.count():
        raise Refused(
            _("Somebody else corrected this edition meanwhile. Read the correction below, then send yours if it is still needed.")
        )
    notice = add_notice(edition=edition, kind=NoticeKind.CORRECTION, text=text, by=by)
    bump("briefs")
    messages.edition_corrected(notice)
    return notice


def render_notice(*, notice: HeadNotice, report: Callable[[int, int], None]) -> float:
    """Make the files of an edition with all notices up to this one at its head; return the most memory that took, in MB.

    Safe to run twice, also at once.
    """
    edition = notice.edition
    edition.content = with_notices(edition.content, edition.notices.filter(number__lte=notice.number))
    return give_files(row=notice, edition=edition, report=report)
