"""The list of participants and the list of delegations, for the secretariat."""

from collections.abc import Iterable
from typing import Any

from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from common.pdf import render_pdf
from common.pdf_parts import document_direction, style
from common.spreadsheets import xlsx
from meetings.models import Meeting, Registration
from meetings.selectors.delegations import DelegationLine
from meetings.selectors.participants import CategoryOfPeople


def participants_pdf(meeting: Meeting, categories: list[CategoryOfPeople]) -> bytes:
    """Everybody with a seat, by category and organization, in the language that is active."""
    context = {
        "meeting": meeting,
        "categories": categories,
        "count": sum(category.count for category in categories),
        "starts": meeting.starts_at,
        "language": get_language() or "en",
        "direction": document_direction(),
    }
    with timezone.override(meeting.zone):
        html = render_to_string("pdf/meetings/participants.html", context)
    return render_pdf(html, assets={"participants.css": style("participants.css")}, stylesheets=("participants.css",))


def participants_xlsx(rows: Iterable[Registration], *, right_to_left: bool = False) -> bytes:
    """Everybody with a seat as a workbook: what is public of a person, and whether they agreed that it is."""
    header = [_("Category"), _("Organization"), _("Family name"), _("Given name"), _("Function"), _("Part in the delegation")]
    header += [_("Country"), _("Reference"), _("Named in the public list")]
    cells = (
        [
            row.category.name,
            row.organization.name if row.organization else row.affiliation,
            row.family_name,
            row.given_name,
            row.function,
            row.get_delegation_role_display() if row.delegation_role else "",
            row.country.name if row.country else "",
            row.reference,
            _("Yes") if row.is_listed else _("No"),
        ]
        for row in rows
    )
    return xlsx(_("Participants"), header, cells, right_to_left=right_to_left)


def delegations_xlsx(lines: Iterable[DelegationLine], *, right_to_left: bool = False) -> bytes:
    """One row for each member of each delegation; an organization without members has a row of its own."""
    header = [_("Organization"), _("Ceiling"), _("Named"), _("Part in the delegation"), _("Family name"), _("Given name")]
    header += [_("Function"), _("E-mail"), _("State"), _("Reference")]
    cells: list[list[Any]] = []
    for line in lines:
        head = [line.organization.name, line.ceiling, line.named]
        cells += [
            [
                *head,
                row.get_delegation_role_display(),
                row.family_name,
                row.given_name,
                row.function,
                row.email,
                row.get_state_display(),
                row.reference,
            ]
            for row in line.members
        ] or [[*head, "", "", "", "", "", "", ""]]
    return xlsx(_("Delegations"), header, cells, right_to_left=right_to_left)
