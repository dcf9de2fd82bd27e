"""Spreadsheets in which no cell is a formula."""

from io import BytesIO

import pytest
from openpyxl import load_workbook

from common.spreadsheets import safe_cell, stream_csv, xlsx


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r", " ="])
def test_text_that_would_be_a_formula_is_escaped(start: str) -> None:
    assert safe_cell(f"{start}HYPERLINK(1)") == f"'{start}HYPERLINK(1)"


def test_numbers_and_plain_text_stay() -> None:
    assert [safe_cell(value) for value in (-5, "Samoa", None)] == [-5, "Samoa", ""]


def test_csv_begins_with_a_byte_order_mark_and_quotes_commas() -> None:
    assert "".join(stream_csv(["a"], [["x, y"], ["=1"]])) == '\ufeffa\r\n"x, y"\r\n\'=1\r\n'


def test_workbook_holds_text_and_numbers() -> None:
    book = load_workbook(BytesIO(xlsx("Registrations: [2017]", ["Name", "Seats"], [["=cmd()", 3], [None, 4]])))
    sheet = book.active
    assert sheet.title == "Registrations 2017"
    assert [[cell.value for cell in row] for row in sheet.iter_rows()] == [["Name", "Seats"], ["=cmd()", 3], [None, 4]]
    assert sheet["A2"].data_type == "s"


def test_arabic_workbook_reads_from_the_right() -> None:
    assert load_workbook(BytesIO(xlsx("x", ["a"], [], right_to_left=True))).active.sheet_view.rightToLeft
