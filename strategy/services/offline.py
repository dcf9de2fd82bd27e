"""An agency writes its comments in a workbook without the network and brings them back: drafts that wait for its clearance."""

from typing import Any

from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.utils import timezone, translation
from django.utils.translation import get_language_bidi
from django.utils.translation import gettext as _

from common.access import Refused
from common.spreadsheets import Sheet as Table
from common.spreadsheets import workbook
from directory.models import Organization
from directory.services.state import locked
from strategy.enums import CommentType
from strategy.models import ConsultationRound, MatrixImport, Paragraph
from strategy.models.comments import LONGEST_TEXT
from strategy.services.comments import write_comment
from strategy.services.matrix import refuse_if_done, workbook_of
from strategy.services.positions import require_for

KEY = "paragraph_id"
_WIDTHS = (12, 70, 16, 60, 60, 10)
MOST_COMMENTS = 1000


def headings() -> list[str]:
    """The columns of the template in the active language."""
    return [_("Paragraph"), _("Text of the paragraph"), _("Type"), _("Comment"), _("Proposed text")]


def comments_template(*, consultation: ConsultationRound, by: Any, on_behalf_of: Organization) -> bytes:
    """An empty workbook with a row for each paragraph, to be filled in without the network."""
    require_for(by, "strategy.write_comment", consultation, on_behalf_of)
    types = [str(one.label) for one in CommentType]
    rows: list[tuple[Any, ...]] = [(_("Whole draft"), "", "", "", "", "whole")]
    paragraphs = Paragraph.objects.visible_to(by).filter(draft=consultation.draft_id).order_by("position")
    rows += [(row.number, row.plain, "", "", "", str(row.uid)) for row in paragraphs]
    table = Table(_("Comments"), [*headings(), KEY], rows, widths=_WIDTHS, hidden=[5], choices={2: types})
    return workbook([table], right_to_left=get_language_bidi())


@transaction.atomic
def read_comments(*, consultation: ConsultationRound, upload: UploadedFile, by: Any, on_behalf_of: Organization) -> MatrixImport:
    """Read and check a filled-in template; nothing is written yet. Only the agency reads what the file says."""
    require_for(by, "strategy.write_comment", consultation, on_behalf_of)
    sheet = workbook_of(upload)
    places = _places(sheet.header)
    known = {str(uid): number for uid, number in consultation.draft.paragraphs.values_list("uid", "number")}
    types, rows = _types(), []
    for number, cells in sheet.rows:
        padded = [*cells, *[""] * (len(sheet.header) - len(cells))]
        row: dict[str, Any] = {what: padded[place].replace("\r\n", "\n") for what, place in places.items()}
        if not (row["comment"] or row["proposed"]):
            continue
        row["formula"] = any((number, place) in sheet.formulas for place in places.values())
        row |= {"row": number, "type": types.get(row["type"].casefold(), row["type"]), "number": known.get(row["key"], "")}
        rows.append({**row, "error": _error_of(row, known)})
    if not rows:
        raise Refused(_("No row has a comment or a proposed text. Fill in the template, save it and upload it."))
    if len(rows) > MOST_COMMENTS:
        raise Refused(_("The file has more than %(most)d comments. Split it.") % {"most": MOST_COMMENTS})
    return MatrixImport.objects.create(
        round=consultation,
        organization=on_behalf_of,
        file_name=" ".join((upload.name or "").split())[-200:],
        rows=rows,
        problems=sum(bool(row["error"]) for row in rows),
        by=by,
    )


def _places(header: list[str]) -> dict[str, int]:
    names = {KEY: "key"}
    for code, _name in settings.LANGUAGES:
        with translation.override(code):
            words = headings()
            names |= {words[2].casefold(): "type", words[3].casefold(): "comment", words[4].casefold(): "proposed"}
    places = {names[word.strip().casefold()]: at for at, word in enumerate(header) if word.strip().casefold() in names}
    if len(places) < 4:
        raise Refused(_("The file has lost columns of the template. Download the template again and fill in that file."))
    return places


def _types() -> dict[str, str]:
    """What stands for each type; an empty cell is a substantive comment."""
    names = {"": str(CommentType.SUBSTANTIVE.value)} | {str(one.value): str(one.value) for one in CommentType}
    for code, _name in settings.LANGUAGES:
        with translation.override(code):
            names |= {str(one.label).casefold(): str(one.value) for one in CommentType}
    return names


def _error_of(row: dict[str, Any], known: dict[str, str]) -> str:
    if row["formula"]:
        return _("Holds a formula. Paste the value instead.")
    if row["key"] != "whole" and row["key"] not in known:
        return _("This row is of no paragraph of the draft under consultation. Download the template again; copy rows whole.")
    if row["type"] not in CommentType.values:
        return _("“%(word)s” is no type of comment. Choose one from the list of the cell.") % {"word": row["type"][:60]}
    if row["key"] == "whole" and row["proposed"]:
        return _("A proposal needs a paragraph. Comment on the paragraph that it changes.")
    if max(len(row["comment"]), len(row["proposed"])) > LONGEST_TEXT:
        return _("A comment and a proposed text have at most %(most)d characters each. Shorten them.") % {"most": LONGEST_TEXT}
    return ""


@transaction.atomic
def apply_comments(*, record: MatrixImport, by: Any) -> int:
    """Write every comment of the file as a draft of the agency, waiting for clearance: all of them, or none."""
    record = locked(record)
    assert record.organization is not None
    consultation = ConsultationRound.objects.select_related("draft__strategy").get(pk=record.round_id)
    require_for(by, "strategy.write_comment", consultation, record.organization)
    refuse_if_done(record)
    if not record.rows:  # forgotten in time
        raise Refused(_("No row has a comment or a proposed text. Fill in the template, save it and upload it."))
    paragraphs = {str(row.uid): row for row in consultation.draft.paragraphs.all()}
    for row in record.rows:
        write_comment(
            consultation=consultation,
            by=by,
            on_behalf_of=record.organization,
            paragraph=paragraphs.get(row["key"]),
            type=row["type"],
            text=row["comment"],
            proposed_text=row["proposed"],
        )
    record.applied_at, record.applied = timezone.now(), len(record.rows)
    # The words are the agency's comments now; no second copy of what is internal stays behind.
    record.rows = []
    record.save(update_fields=["applied_at", "applied", "rows"])
    return record.applied
