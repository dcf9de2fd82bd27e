"""The numbers of a chart out of a small CSV that was pasted or uploaded: read with suspicion, refused in plain words."""

import csv
import io
import math
from collections.abc import Sequence

from django.utils.translation import gettext as _

from common.access import Refused

MOST_ROWS, MOST_SERIES = 40, 4
LONGEST_CSV = 20_000
_LONGEST_CELL = 80
_DELIMITERS = "\t;,"


def number_of(cell: str) -> float | None:
    """The number in a cell, with a decimal point or comma, spaces between thousands; None where there is none."""
    plain = "".join(cell.split()).replace("\u202f", "").replace("\u2212", "-")
    if "," in plain and "." not in plain:
        plain = plain.replace(",", ".")
    try:
        value = float(plain)
    except ValueError:
        return None
    return value if math.isfinite(value) and abs(value) < 1e12 and "_" not in plain else None


def rows_of(text: str) -> list[list[str]]:
    """The rows of a table in CSV: heads of columns first, then one label and its numbers in each row.

    Raises:
        Refused: a sentence that names the row and what is wrong there.
    """
    if len(text) > LONGEST_CSV:
        raise Refused(_("These are too many numbers for one chart. Give %(most)d rows at most.") % {"most": MOST_ROWS})
    lines = [line for line in text.replace("\x00", "").lstrip("\ufeff").splitlines() if line.strip()]
    if len(lines) < 2:
        raise Refused(_("Give the heads of the columns in the first row, and at least one row of numbers below."))
    delimiter = max(_DELIMITERS, key=lines[0].count)
    try:
        rows = [
            [cell.strip() for cell in row] for row in csv.reader(io.StringIO("\n".join(lines)), delimiter=delimiter, strict=True)
        ]
    except csv.Error as error:
        raise Refused(_("These rows are no CSV: a quotation mark is not closed. Look at the rows again.")) from error
    _check(rows)
    return rows


def _check(rows: Sequence[Sequence[str]]) -> None:
    head, *body = rows
    if not 2 <= len(head) <= MOST_SERIES + 1:
        raise Refused(
            _("A chart has a column of labels and one to %(most)d columns of numbers; the first row has %(count)d columns.")
            % {"most": MOST_SERIES, "count": len(head)}
        )
    if len(body) > MOST_ROWS:
        raise Refused(_("These are too many numbers for one chart. Give %(most)d rows at most.") % {"most": MOST_ROWS})
    if not all(head[1:]) or any(len(cell) > _LONGEST_CELL for row in rows for cell in row):
        raise Refused(
            _("Each column of numbers needs a head, and no cell may have more than %(most)d characters.")
            % {"most": _LONGEST_CELL}
        )
    for place, row in enumerate(body, 2):
        if len(row) != len(head):
            raise Refused(
                _("Row %(row)d has %(count)d cells; the first row has %(wanted)d.")
                % {"row": place, "count": len(row), "wanted": len(head)}
            )
        if not row[0]:
            raise Refused(_("Row %(row)d has no label in its first column.") % {"row": place})
        for cell in row[1:]:
            value = number_of(cell)
            if value is None:
                raise Refused(_("Row %(row)d: “%(cell)s” is not a number.") % {"row": place, "cell": cell})
            if value < 0:
                raise Refused(
                    _("Row %(row)d: “%(cell)s” is below zero; bars and lines here begin at zero.") % {"row": place, "cell": cell}
                )


def as_csv(rows: Sequence[Sequence[str]]) -> str:
    """The rows as text for a form."""
    kept = io.StringIO()
    csv.writer(kept, lineterminator="\n").writerows(rows)
    return kept.getvalue()
