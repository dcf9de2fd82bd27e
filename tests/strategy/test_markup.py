"""The marks of a paragraph's text: emphasis, footnotes, passages; and that nothing of it is ever markup."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from strategy.models.markup import Passage, bits_of, find_passage, html_of, places_of, reading_text

TEXT = "South-South *cooperation*[^1] is led by the South; cooperation is shared."


def test_what_is_read_has_no_marks():
    assert reading_text(TEXT) == "South-South cooperation is led by the South; cooperation is shared."


def test_emphasis_and_footnotes_are_shown():
    html = html_of(TEXT, anchor="12", first_note=4)
    assert "<em>cooperation</em>" in html
    assert '<a id="s12-1" href="#n12-1" aria-describedby="n12-1">4</a>' in html
    assert html_of("a[^2]") == 'a<sup class="note-sign">2</sup>'


def test_a_passage_is_marked_also_across_emphasis():
    text = reading_text(TEXT)
    place = places_of(text, "cooperation is led")[0]
    html = html_of(TEXT, passages=[Passage(place.start, place.end, 7)])
    assert '<em><mark class="passage" data-comments="7">cooperation</mark></em>' in html
    assert '<mark class="passage" data-comments="7"> is led</mark>' in html


def test_passages_that_overlap_are_both_named():
    html = html_of("one two three", passages=[Passage(0, 7, 1), Passage(4, 13, 2)])
    assert 'data-comments="1 2">two</mark>' in html


@pytest.mark.parametrize(
    ("prefix", "suffix", "start"),
    [("South-South ", "", 12), ("the South; ", "", 45), ("", " is shared", 45), ("", " is led", 12)],
)
def test_of_several_places_the_surroundings_decide(prefix, suffix, start):
    place = find_passage(reading_text(TEXT), "cooperation", prefix, suffix)
    assert place
    assert place.start == start


def test_spaces_and_line_ends_do_not_matter():
    assert places_of("one  two\nthree", "two three") == [Passage(5, 14)]
    assert find_passage("one two", "three") is None
    assert places_of("one", "  ") == []


@given(st.text(max_size=80), st.integers(0, 80), st.integers(0, 80))
def test_text_of_any_script_or_markup_is_shown_as_text(text, start, end):
    from html.parser import HTMLParser

    seen: list[str] = []

    class Reader(HTMLParser):
        is_sign = False

        def handle_starttag(self, tag, attrs):
            assert tag in {"em", "sup", "mark"}
            self.is_sign = tag == "sup"

        def handle_endtag(self, tag):
            self.is_sign = False

        def handle_data(self, data):
            if not self.is_sign:
                seen.append(data)

    reader = Reader(convert_charrefs=True)
    html = html_of(text, passages=[Passage(min(start, end), max(start, end), 1)])
    reader.feed(html.replace("\r", "&#13;"))
    reader.close()
    assert "".join(seen) == reading_text(text)


@given(st.text(alphabet="ab *[^1]\n", max_size=40))
def test_no_word_of_a_text_is_lost(text):
    kept = "".join(bit.text for bit in bits_of(text))
    assert [one for one in kept if one in "ab"] == [one for one in text if one in "ab"]
