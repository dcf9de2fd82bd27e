"""Lists of registrations."""

from collections.abc import Iterable, Iterator
from datetime import UTC
from typing import Any

from django.utils.translation import gettext as _

from common.spreadsheets import stream_csv, xlsx
from meetings.models import Meeting, Registration


def _header() -> list[str]:
    return [
        _("Reference"),
        _("Given name"),
        _("Family name"),
        _("E-mail"),
        _("Category"),
        _("Organization"),
        _("Country"),
        _("State"),
        _("Submitted (UTC)"),
        _("Language"),
        _("Needs"),
    ]


def _rows(registrations: Iterable[Registration]) -> Iterator[list[Any]]:
    for row in registrations:
        yield [
            row.reference,
            row.given_name,
            row.family_name,
            row.email,
            row.category.name,
            row.body,
            row.country.name if row.country else "",
            row.get_state_display(),
            row.submitted_at.astimezone(UTC).strftime("%Y-%m-%d %H:%M") if row.submitted_at else "",
            row.language,
            row.access_needs,
        ]


def registrations_csv(registrations: Iterable[Registration]) -> Iterator[str]:
    """Lines of the list as CSV."""
    return stream_csv(_header(), _rows(registrations))


def registrations_xlsx(meeting: Meeting, registrations: Iterable[Registration], *, right_to_left: bool = False) -> bytes:
    """The list as a workbook."""
    return xlsx(_("Registrations"), _header(), _rows(registrations), right_to_left=right_to_left)
