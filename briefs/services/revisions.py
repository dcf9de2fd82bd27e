"""Every save of a section is kept as a revision; an earlier one comes back as a new one."""

from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from briefs.models import Section, SectionRevision
from briefs.services.writing import save_section


@transaction.atomic
def restore_revision(*, revision: SectionRevision, by: Any, version: int) -> Section:
    """Give the section the heading and text of an earlier revision, as its next one.

    Args:
        version: of the section that the person saw.

    Raises:
        SectionChanged: somebody saved in the meantime.
        Refused: somebody else is writing there, or the brief is published.
    """
    return save_section(
        section=revision.section,
        by=by,
        version=version,
        heading=revision.heading,
        body=revision.body,
        note=_("Restored from version %(version)d.") % {"version": revision.version},
    )
