"""Snippets around the words that were looked for."""

import pytest

from common.search_words import marked, snippet

LONG = "before " * 40 + "the solar pump stands here " + "after " * 40


def test_short_text_is_shown_whole() -> None:
    assert snippet("Solar pumps\n  for farmers.", "PUMPS") == "Solar pumps for farmers."


def test_long_text_is_cut_at_spaces_around_the_words() -> None:
    found = snippet(LONG, "Solar Pump")
    assert "the solar pump stands here" in found
    assert found.startswith("… before ")
    assert found.endswith(" after …")
    assert len(found) < 240


def test_words_that_stand_elsewhere_show_the_beginning() -> None:
    found = snippet(LONG, "absent")
    assert found.startswith("before before ")
    assert found.endswith(" before …")
    assert 200 < len(found) <= 222


def test_text_without_spaces_is_cut_on_both_sides() -> None:
    found = snippet("前" * 300 + "南南合作" + "后" * 300, "南南合作")
    assert found == "… " + "前" * 110 + "南南合作" + "后" * 110 + " …"


def test_nothing_gives_nothing() -> None:
    assert snippet("", "words") == ""


@pytest.mark.parametrize(
    ("text", "words", "expected"),
    [
        ("La Cooperación Sur", "cooperacion", "La <mark>Cooperación</mark> Sur"),
        ("coopéra", "COOPE", "<mark>coopé</mark>ra"),
        ("e\u0301cole <b>", "ecole", "<mark>e\u0301cole</mark> &lt;b&gt;"),
        ("التَّعاوُن", "تعاون", "ال<mark>تَّعاوُن</mark>"),
        ("ﬁeld", "field", "<mark>ﬁeld</mark>"),
        ("none", "\u0301", "none"),
    ],
)
def test_marks_stand_around_the_letters_as_they_are_written(text: str, words: str, expected: str) -> None:
    assert marked(text, words) == expected
