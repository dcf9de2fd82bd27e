"""Having files made again whose rendering failed: of editions, of notices at their head, of a text under embargo."""

from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from briefs.models import Brief
from briefs.selectors.failed_files import job_of_files, rows_without_files
from common.access import Refused, require
from directory.models import Job
from directory.services.jobs import start_job
from directory.services.state import locked


@transaction.atomic
def render_again(*, brief: Brief, by: Any) -> list[Job]:
    """Have every file made that a brief lacks. What is being made already goes on; asked twice, it is done once."""
    brief = locked(brief)
    require(by, "briefs.render_edition", brief)
    rows = rows_without_files(brief)
    if not rows:
        raise Refused(_("The files of this edition are there. They are never replaced: publish a new edition instead."))
    return [start_job(**job_of_files(row), asked_by=by) for row in rows]
