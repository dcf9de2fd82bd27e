"""Tables for spreadsheets: CSV and XLSX in which a cell is text or a number and never a formula."""

import csv
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from io import BytesIO
from typing import Any

_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")


class _Echo:
    def write(self, value: str) -> str:
        return value


def safe_cell(value: Any) -> Any:
    """Return `value` so that a spreadsheet shows it: text that would begin a formula gets a leading apostrophe."""
    if isinstance(value, str) and value.lstrip(" ").startswith(_FORMULA_STARTS):
        return "'" + value
    return "" if value is None else value


def stream_csv(header: Sequence[Any], rows: Iterable[Sequence[Any]]) -> Iterator[str]:
    """Yield CSV line by line, beginning with a byte order mark so that Excel reads UTF-8."""
    writer = csv.writer(_Echo())
    yield "\ufeff"
    yield writer.writerow([safe_cell(cell) for cell in header])
    for row in rows:
        yield writer.writerow([safe_cell(cell) for cell in row])


@dataclass(frozen=True)
class Sheet:
    """One table of a workbook.

    Attributes:
        widths: of the columns, in characters; text in columns with a width is wrapped.
        hidden: places of columns that carry keys and are not for reading.
        choices: by the place of a column, the words that its cells offer to choose from.
    """

    title: str
    header: Sequence[Any]
    rows: Iterable[Sequence[Any]]
    widths: Sequence[float] = ()
    hidden: Collection[int] = ()
    choices: Mapping[int, Sequence[str]] = field(default_factory=dict)


def xlsx(title: str, header: Sequence[Any], rows: Iterable[Sequence[Any]], *, right_to_left: bool = False) -> bytes:
    """Return a workbook of one sheet."""
    return workbook([Sheet(title, header, rows)], right_to_left=right_to_left)


def workbook(sheets: Iterable[Sheet], *, right_to_left: bool = False) -> bytes:
    """Return a workbook, each sheet with a frozen, filtered header row. Memory stays constant in the number of rows."""
    import xlsxwriter

    buffer = BytesIO()
    options = {"strings_to_formulas": False, "strings_to_urls": False, "constant_memory": True, "remove_timezone": True}
    with xlsxwriter.Workbook(buffer, options) as book:
        bold = book.add_format({"bold": True, "bottom": 1, "text_wrap": True, "valign": "top"})
        wrapped = book.add_format({"text_wrap": True, "valign": "top"})
        for table in sheets:
            sheet = book.add_worksheet("".join(sign for sign in table.title if sign not in "[]:*?/\\")[:31] or "Sheet")
            if right_to_left:
                sheet.right_to_left()
            sheet.freeze_panes(1, 0)
            sheet.write_row(0, 0, [str(cell) for cell in table.header], bold)
            for place, width in enumerate(table.widths):
                sheet.set_column(place, place, width, wrapped, {"hidden": place in table.hidden})
            last = 0
            for last, row in enumerate(table.rows, start=1):
                sheet.write_row(last, 0, [cell if isinstance(cell, int | float) else str(cell or "") for cell in row])
            for place, words in table.choices.items():
                sheet.data_validation(1, place, max(last, 1), place, {"validate": "list", "source": list(words)})
            sheet.autofilter(0, 0, last, max(len(table.header) - 1, 0))
    return buffer.getvalue()
