"""Sources out of BibTeX, RIS and lines of text; numbers out of CSV."""

import pytest

from common.access import Refused
from common.bibliography import LONGEST, key_of, read_bibliography
from common.chart_numbers import as_csv, number_of, rows_of


def test_bibtex_with_macros_accents_and_particles() -> None:
    reading = read_bibliography(
        '@string{jan = "January"}\n'
        '@article{Muller:2019, author={M{\\"u}ller, Anna and {World Health Organization} and de la Cruz, Juan},'
        ' title="{South-South} learning \\& change", journal=jan # " Papers", year=2019, volume=3, number=2,'
        " pages={10--20}, doi={https://doi.org/10.1000/xyz.}, note={hi}}"
    )
    (entry,) = reading.entries
    assert reading.format == "BibTeX"
    assert (entry.key, entry.line, entry.remarks) == ("muller-2019", 2, ["Left out: note."])
    assert entry.csl == {
        "type": "article-journal",
        "author": [
            {"family": "Müller", "given": "Anna"},
            {"literal": "World Health Organization"},
            {"family": "de la Cruz", "given": "Juan"},
        ],
        "title": "South-South learning & change",
        "container-title": "January Papers",
        "volume": "3",
        "issue": "2",
        "page": "10–20",
        "DOI": "10.1000/xyz",
        "issued": {"date-parts": [[2019]]},
    }


def test_broken_entry_spoils_no_other_and_is_named() -> None:
    reading = read_bibliography("junk\n@book{broken, title={no end\n@misc{x, title={OK}, url={javascript:alert(1)}}")
    assert [entry.key for entry in reading.entries] == ["x"]
    assert "URL" not in reading.entries[0].csl
    assert [(line, words) for line, words, _reason in reading.not_understood] == [(1, "junk"), (2, "@book{broken, title={no end")]


def test_ris_also_without_its_last_line() -> None:
    reading = read_bibliography(
        "TY  - JOUR\r\nAU  - Marx, Karl\r\nTI  - One\r\nJO  - J\r\nPY  - 2014/03//\r\nSP  - 1\r\n"
        "EP  - 9\r\nXX  - y\r\nER  - \r\n\r\n"
        "TY  - BOOK\r\nTI  - Two\r\n"
    )
    assert [entry.csl["title"] for entry in reading.entries] == ["One", "Two"]
    assert reading.entries[0].csl["page"] == "1–9"
    assert reading.entries[0].remarks == ["Left out: XX."]


def test_lines_with_a_doi() -> None:
    reading = read_bibliography("Doe (2019) Thing. doi:10.1234/abc.d\nno number here\nhttps://doi.org/10.5555/12345678")
    assert [entry.csl["DOI"] for entry in reading.entries] == ["10.1234/abc.d", "10.5555/12345678"]
    assert [line for line, *_ in reading.not_understood] == [2]


def test_same_keys_get_numbers() -> None:
    reading = read_bibliography("@misc{a, title={One}}\n@misc{a, title={Two}}")
    assert [entry.key for entry in reading.entries] == ["a", "a-2"]


@pytest.mark.parametrize("text", ["", "  \n", "x" * (LONGEST + 1)])
def test_nothing_and_too_much_are_refused(text: str) -> None:
    with pytest.raises(Refused):
        read_bibliography(text)


def test_key_is_small_latin_letters() -> None:
    assert key_of("Müller & Søn: 2019!") == "muller-sn-2019"


@pytest.mark.parametrize(
    ("cell", "number"),
    [
        ("3", 3),
        ("1 234,5", 1234.5),
        ("2.5", 2.5),
        ("−4", -4),
        ("x", None),
        ("", None),
        ("nan", None),
        ("1e999", None),
        ("1_0", None),
    ],
)
def test_number_in_a_cell(cell: str, number: float | None) -> None:
    assert number_of(cell) == number


def test_rows_come_and_go() -> None:
    rows = [["Step", "A, b"], ["x", "1"]]
    assert rows_of(as_csv(rows)) == rows
    assert rows_of("Step\tA\nx\t1") == [["Step", "A"], ["x", "1"]]
    assert rows_of("Step\tA\r\nx\x00\t1\r\n") == [["Step", "A"], ["x", "1"]]
    for text in ("", "a,b", 'a,b\n"x,1', "a,b\n,1", "a,\nx,1"):
        with pytest.raises(Refused):
            rows_of(text)


def test_abbreviations_of_abbreviations_do_not_grow_without_end() -> None:
    lines = [
        '@string{s0 = "aaaaaaaaaa"}',
        *(f"@string{{s{n} = s{n - 1} # s{n - 1} # s{n - 1} # s{n - 1}}}" for n in range(1, 16)),
    ]
    reading = read_bibliography("\n".join([*lines, "@article{k, title = s15}"]))
    assert [len(entry.csl["title"]) for entry in reading.entries] == [600]
    joined = read_bibliography("@article{k, title = " + " # ".join(['"a"'] * 60) + "}")
    assert joined.not_understood[0][2] == "This entry is too long."


def test_too_many_entries_are_refused_before_they_are_read() -> None:
    with pytest.raises(Refused, match="more than 200 references"):
        read_bibliography("@article{k, title={x}}\n" * 201)


def test_thousands_of_empty_lines_are_read_once() -> None:
    reading = read_bibliography("10.1000/pumps" + "\n" * 190_000 + "x")
    assert [entry.csl["DOI"] for entry in reading.entries] == ["10.1000/pumps"]
    assert [line for line, _words, _reason in reading.not_understood] == [190_001]
