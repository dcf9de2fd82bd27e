"""Every save of a section, and of what stands before the sections, is kept; an earlier version comes back as a new one."""

from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from briefs.models import Brief, Section, SectionRevision
from briefs.selectors.revisions import WordsRevision
from briefs.services.matter import TOPICS, WORDS, change_brief
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


def restore_words(*, brief: Brief, revision: WordsRevision, by: Any, seen: str) -> Brief:
    """Give the brief title, summary, key messages, themes and Goals of an earlier version, as a new one.

    Args:
        seen: `version_of_brief` of what the person saw.

    Raises:
        Refused: somebody saved in the meantime, or the brief is published.
    """
    values: dict[str, Any] = {name: getattr(revision, name) for name in WORDS}
    for name in TOPICS:
        present = getattr(brief, name).all()
        kept = getattr(revision, name)
        # A theme that is gone by now does not come back.
        values[name] = list(present) if kept is None else list(present.model.objects.filter(pk__in=kept))
    note = _("Restored from version %(version)d.") % {"version": revision.version}
    return change_brief(brief=brief, by=by, seen=seen, values=values, note=note)
