"""Giving files to what is published: an edition, an embargoed text, an edition with a notice at its head."""

from collections.abc import Callable

from django.db import transaction

from briefs import documents
from briefs.models import Edition, RenderedFiles
from briefs.models.editions import FILE_FIELDS
from directory.page_versions import bump
from directory.services.files import store_file


def give_files(*, row: Edition | RenderedFiles, edition: Edition, report: Callable[[int, int], None]) -> None:
    """Make the files that `row` still lacks of what `edition` prints, and give them to it in one transaction.

    Safe to run twice, also at once: whoever comes second finds the columns filled and changes nothing. A worker that is
    killed leaves the row without a file, never with some of them or half of one.
    """
    lacking = [field for field in FILE_FIELDS if not getattr(row, f"{field}_id")]
    kept = {}
    for done, field in enumerate(lacking):
        report(done, len(lacking))
        kept[field] = store_file(content=documents.edition_pdf(edition, field), mime="application/pdf")
    with transaction.atomic():
        for field, file in kept.items():
            type(row)._default_manager.filter(pk=row.pk, **{f"{field}__isnull": True}).update(**{field: file})
        bump("briefs")
    report(len(FILE_FIELDS), len(FILE_FIELDS))
