"""Giving files to what is published: an edition, an embargoed text, an edition with a notice at its head."""

from collections.abc import Callable

from django.db import transaction

from briefs import documents
from briefs.models import Edition, RenderedFiles
from briefs.models.editions import FILE_FIELDS
from directory.page_versions import bump
from directory.services.files import store_file


def give_files(*, row: Edition | RenderedFiles, edition: Edition, report: Callable[[int, int], None]) -> float:
    """Make the files that `row` still lacks of what `edition` prints; return the most memory that took, in MB.

    Safe to run twice, also at once: files are made in a process of their own first, then given to the row in one
    transaction. A worker that is killed leaves the row without a file, never with some of them or half of one.
    """
    total = len(FILE_FIELDS) + 1
    lacking = [field for field in FILE_FIELDS if not getattr(row, f"{field}_id")]
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
            # Whoever comes second finds the column filled and changes nothing: a row has one file of each kind.
            type(row)._default_manager.filter(pk=row.pk, **{f"{field}__isnull": True}).update(**{field: file})
        bump("briefs")
    report(total, total)
    return rendered.peak_megabytes
