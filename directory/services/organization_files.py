"""Reading a spreadsheet that somebody uploads: CSV or XLSX to a list of cells, or one sentence that says what to do.

Nothing here trusts the file: neither its name, its size, its encoding nor what its archive promises.
"""

import csv
import re
import zipfile
from dataclasses import dataclass
from io import BytesIO, StringIO
from typing import Any

from django.utils.translation import gettext as _
from openpyxl import load_workbook

from common.access import Refused

LARGEST_FILE = 10 * 1024 * 1024
LARGEST_UNPACKED = 60 * 1024 * 1024
MOST_PARTS = 500
MOST_ROWS = 5000
MOST_COLUMNS = 40
_ZIP, _OLD_OFFICE = b"PK\x03\x04", b"\xd0\xcf\x11\xe0"
_NO_TABLES = (b"%PDF", b"\x89PNG", b"\xff\xd8\xff", b"GIF8", b"{\\rtf")
_UTF_16 = {b"\xff\xfe": "utf-16-le", b"\xfe\xff": "utf-16-be"}
# UTF-8 read as Windows-1252 and saved again: “Ã©” for “é”, “â€™” for “’”.
_TWICE_ENCODED = re.compile("[ÂÃ][\u0080-\u00bf\u0152-\u0178\u02c6\u02dc\u2013-\u2122]|â€|[ØÙÐÑ][\u0080-\u00bf‚-™][ØÙÐÑ]|\ufffd")


@dataclass(frozen=True)
class Sheet:
    """What a file holds: the cells of the first row, and those below with the number of their row.

    `formulas` are cells (row, column from 0) that hold a formula instead of a value.
    """

    header: list[str]
    rows: list[tuple[int, list[str]]]
    formulas: frozenset[tuple[int, int]] = frozenset()


def read_sheet(*, content: bytes, most_rows: int = MOST_ROWS) -> Sheet:
    """Read a CSV or XLSX file by what it is, whatever it is called.

    Raises:
        Refused: too large, another kind of file, a broken encoding, more than `most_rows` rows.
    """
    if len(content) > LARGEST_FILE:
        raise Refused(too_large(len(content)))
    if not content.strip():
        raise Refused(_("The file is empty. Download the template, fill it in and upload it."))
    if content.startswith(_ZIP):
        return _read_xlsx(content, most_rows)
    if content.startswith(_OLD_OFFICE):
        raise Refused(_("This is an old Excel file (.xls) or one with a password. Save it as .xlsx without a password."))
    if content.startswith(_NO_TABLES):
        raise Refused(
            _("This file is a document or a picture, not a table. Fill in the template and upload it as .xlsx or .csv.")
        )
    return _read_csv(content, most_rows)


def too_large(size: int) -> str:
    """What is said about a file of `size` bytes that is above the limit."""
    return _("The file has %(size)d MB; 10 MB is the most. Remove pictures and unused sheets, or split it.") % {
        "size": -(-size // (1024 * 1024))
    }


def _too_many(most_rows: int) -> Refused:
    if most_rows != MOST_ROWS:
        return Refused(
            _("The file has more than %(most)d rows. Split it and upload the parts one after the other.") % {"most": most_rows}
        )
    return Refused(_("The file has more than 5,000 rows. Split it and import the parts one after the other."))


# --- CSV -------------------------------------------------------------------------------------------------------------


def _decoded(content: bytes) -> str:
    for mark, encoding in _UTF_16.items():
        if content.startswith(mark):
            try:
                text = content[2:].decode(encoding)
            except UnicodeDecodeError:
                raise Refused(
                    _("The file begins like UTF-16 but breaks off in the middle of a sign. Save it again as “CSV UTF-8”.")
                )
            _refuse_zeros(text)
            return text
    _refuse_zeros(content.decode("latin-1"))
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise Refused(
            _(
                "Row %(row)d is not UTF-8 text: byte %(place)d is %(byte)s. The file is probably in Windows-1252. "
                "Save it in Excel as “CSV UTF-8”, or upload the .xlsx file itself."
            )
            % {
                "row": content[: error.start].count(b"\n") + 1,
                "place": error.start + 1,
                "byte": f"0x{content[error.start]:02X}",
            }
        )


def _refuse_zeros(text: str) -> None:
    """Refuse what the database cannot keep, and what tells UTF-16 without its mark."""
    before, zero, _after = text.partition("\x00")
    if zero:
        raise Refused(
            _("Row %(row)d holds a zero byte: this is no text, or UTF-16 without its mark. Save the file as “CSV UTF-8”.")
            % {"row": before.count("\n") + 1}
        )


def _refuse_garbled(text: str, row: int = 1) -> None:
    """Refuse text of which a part was encoded twice; `row` is the number of its first line."""
    found = _TWICE_ENCODED.search(text)
    if found:
        words = text[max(found.start() - 12, 0) : found.end() + 12].split("\n")
        raise Refused(
            _(
                "Row %(row)d holds garbled letters (“%(words)s”): the file was opened in one encoding and saved in another. "
                "Go back to the file as it was before, and save it as “CSV UTF-8” or .xlsx."
            )
            % {"row": text[: found.start()].count("\n") + row, "words": max(words, key=len).strip()}
        )


def _read_csv(content: bytes, most_rows: int) -> Sheet:
    text = _decoded(content)
    _refuse_garbled(text)
    first_line = text.split("\n", 1)[0]
    delimiter = max(",;\t", key=first_line.count)
    rows: list[tuple[int, list[str]]] = []
    formulas = set()
    reader = csv.reader(StringIO(text, newline=""), delimiter=delimiter, strict=True)
    header: list[str] | None = None
    number = 0
    try:
        for cells in reader:
            number += 1
            if header is None:
                header = [cell.strip() for cell in cells]
                continue
            if not any(cell.strip() for cell in cells):
                continue
            if len(rows) == most_rows:
                raise _too_many(most_rows)
            formulas |= {(number, place) for place, cell in enumerate(cells) if cell.lstrip().startswith("=")}
            rows.append((number, [_unescaped(cell.strip()) for cell in cells]))
    except csv.Error as error:
        raise Refused(
            _("Row %(row)d cannot be read as CSV (%(error)s). Look for a quotation mark that is not closed.")
            % {"row": number + 1, "error": error}
        )
    return Sheet(header or [], rows, frozenset(formulas))


def _unescaped(cell: str) -> str:
    """Take back the apostrophe that our own export puts before what would begin a formula."""
    return cell[1:] if cell[:1] == "'" and cell[1:2] in {"=", "+", "-", "@"} else cell


# --- XLSX ------------------------------------------------------------------------------------------------------------


def _check_archive(content: bytes) -> None:
    """Ask the archive what it unpacks to, before anything is unpacked; `zipfile` holds each part to what is said here."""
    try:
        with zipfile.ZipFile(BytesIO(content)) as archive:
            parts = archive.infolist()
    except zipfile.BadZipFile:
        raise Refused(_("The file is damaged. Open it in your spreadsheet program and save it again as .xlsx."))
    if len(parts) > MOST_PARTS or sum(part.file_size for part in parts) > LARGEST_UNPACKED:
        raise Refused(_("The file unpacks to far more than a list of organizations needs. Copy the list into a new workbook."))
    if "xl/workbook.xml" not in {part.filename for part in parts}:
        raise Refused(_("This is neither a CSV file nor an Excel workbook (.xlsx). Save the list as one of these."))
    if any(part.flag_bits & 1 for part in parts):
        raise Refused(_("The file has a password. Save it without one."))
    with zipfile.ZipFile(BytesIO(content)) as archive:
        for part in parts:
            text = archive.read(part) if part.filename.endswith((".xml", ".rels")) else b""
            # No workbook needs a document type of its own: it is how a small file becomes gigabytes of text.
            if b"<!DOCTYPE" in text or b"\x00" in text:
                raise Refused(_("The file holds definitions that no workbook needs. Copy the list into a new workbook."))


def _read_xlsx(content: bytes, most_rows: int) -> Sheet:
    try:
        _check_archive(content)
        book = load_workbook(BytesIO(content), read_only=True, data_only=False, keep_links=False)
        sheet = book.worksheets[0]
        rows: list[tuple[int, list[str]]] = []
        formulas = set()
        header: list[str] | None = None
        for number, cells in enumerate(sheet.iter_rows(max_col=MOST_COLUMNS), start=1):
            values = [_as_text(cell.value) for cell in cells]
            if number > 4 * most_rows:
                raise _too_many(most_rows)
            if header is None:
                header = values
                continue
            if not any(values):
                continue
            if len(rows) == most_rows:
                raise _too_many(most_rows)
            formulas |= {(number, place) for place, cell in enumerate(cells) if cell.data_type == "f"}
            _refuse_garbled(" ".join(" ".join(values).split()), number)
            rows.append((number, values))
    except Refused:
        raise
    except Exception as error:  # the reader of a broken file may stumble over anything
        raise Refused(
            _("The workbook cannot be read. Open it in your spreadsheet program and save it again as .xlsx, or as “CSV UTF-8”.")
        ) from error
    while header and not header[-1]:
        header.pop()
    return Sheet(header or [], rows, frozenset(formulas))


def _as_text(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    return str(value).strip()
