"""The charts: well-formed, escaped, free of inline style, mirrored in Arabic, with a table that says the same."""

import re
from xml.etree import ElementTree

import pytest
from django.utils import translation

from common import charts
from common.charts import Datum, Flow, Point, StackedRow

DATA = [Datum("Member States", 42), Datum("Academia", 9)]
EVIL = "<script>alert('x')</script>"
SVG = "{http://www.w3.org/2000/svg}"

KENYA, BRAZIL = Point("Kenya", -1.3, 36.8, 4), Point("Brazil", -15.8, -47.9)
ALL = {
    "bar": lambda words="x": charts.bar_chart([Datum(words, 3), Datum("y", 0)], label=words),
    "stacked": lambda words="x": charts.stacked_bar([StackedRow(words, [1, 2])], [words, "b"], label=words),
    "column": lambda words="x": charts.column_chart([Datum(words, 3)], label=words),
    "line": lambda words="x": charts.line_chart({words: [Datum(words, 3), Datum("z", 5)]}, label=words),
    "sdg": lambda words="x": charts.sdg_tiles({13: 2}, label=words),
    "map": lambda words="x": charts.point_map([Point(words, 1, 2)], label=words, flows=[Flow(KENYA, BRAZIL, words)]),
}


def parse(svg):
    return ElementTree.fromstring(svg)


@pytest.mark.parametrize("name", ALL)
def test_every_chart_is_a_labelled_image_without_inline_style(name):
    svg = ALL[name]("Participation")
    root = parse(svg)
    assert root.get("role") == "img"
    assert root.get("aria-label") == "Participation"
    assert "style=" not in svg
    assert not re.search(r"\son\w+=", svg)


@pytest.mark.parametrize("name", ALL)
def test_every_chart_escapes_its_words(name):
    svg = ALL[name](EVIL)
    assert "<script" not in svg
    parse(svg)


@pytest.mark.parametrize(
    "empty",
    [
        charts.bar_chart([], label="x"),
        charts.stacked_bar([], [], label="x"),
        charts.column_chart([], label="x"),
        charts.line_chart({}, label="x"),
        charts.sdg_tiles({}, label="x"),
        charts.point_map([], label="x"),
    ],
)
def test_a_chart_of_nothing_is_still_an_image(empty):
    assert parse(empty).get("role") == "img"


def test_bars_share_the_scale_that_is_given():
    half = parse(charts.bar_chart([Datum("a", 5)], label="x", maximum=10)).find(f"{SVG}rect")
    full = parse(charts.bar_chart([Datum("a", 10)], label="x", maximum=10)).find(f"{SVG}rect")
    assert float(half.get("width")) * 2 == float(full.get("width"))


def test_bars_start_at_the_right_in_arabic():
    with translation.override("ar"):
        root = parse(charts.bar_chart(DATA, label="x"))
    bar = root.find(f"{SVG}rect")
    assert root.get("direction") == "rtl"
    assert float(bar.get("x")) + float(bar.get("width")) == 480


def test_a_map_is_not_mirrored_in_arabic():
    english = charts.point_map([KENYA], label="x")
    with translation.override("ar"):
        arabic = charts.point_map([KENYA], label="x")
    assert [c.get("cx") for c in parse(arabic).iter(f"{SVG}circle")] == [c.get("cx") for c in parse(english).iter(f"{SVG}circle")]


def test_a_map_draws_small_dots_over_large_ones():
    radii = [float(c.get("r")) for c in parse(charts.point_map([BRAZIL, KENYA], label="x")).iter(f"{SVG}circle")]
    assert radii == sorted(radii, reverse=True)


def test_parts_of_a_relative_row_fill_it():
    rects = parse(charts.stacked_bar([StackedRow("a", [1, 3])], ["x", "y"], label="l")).findall(f"{SVG}rect")
    ground, first, second = rects[2:]
    assert float(ground.get("width")) == 480
    assert float(first.get("width")) == 119
    assert float(second.get("x")) == 120


def test_all_seventeen_goals_are_tiles_with_their_counts():
    root = parse(charts.sdg_tiles({13: 7}, label="x"))
    titles = [t.text for t in root.iter(f"{SVG}title")]
    assert len(titles) == 17
    assert titles[12] == "13. Climate action: 7"


@pytest.mark.parametrize(
    ("maximum", "ticks"), [(0, [0, 1]), (3, [0, 1, 2, 3]), (10, [0, 2.5, 5, 7.5, 10]), (1923, [0, 500, 1000, 1500, 2000])]
)
def test_scales_have_round_steps(maximum, ticks):
    assert charts._ticks(maximum) == ticks


def test_numbers_are_written_in_the_readers_language():
    with translation.override("fr"):
        assert charts.number(1234567) == "1\u202f234\u202f567" or charts.number(1234567) == "1\xa0234\xa0567"
    with translation.override("en"):
        assert charts.number(2.0) == "2"
        assert charts.number(2.25) == "2.2"


def test_coordinates_are_never_localized():
    with translation.override("fr"):
        assert "," not in "".join(
            re.findall(r' (?:x|y|width)="([^"]*)"', charts.bar_chart([Datum("a", 1.5), Datum("b", 7)], label="x"))
        )


def test_the_figure_holds_caption_chart_and_table():
    table = charts.data_table(["Category", "Seats"], [("Academia", 9), (EVIL, "none")], caption="Seats")
    html = charts.figure(charts.bar_chart(DATA, label="x"), table, caption=EVIL, note="n")
    assert '<th scope="row">Academia</th><td class="num">9</td>' in html
    assert "<script" not in html
    assert html.index("<figcaption>") < html.index("<svg") < html.index("<table")


def test_a_number_that_is_hardly_there_has_a_scale():
    assert "<svg" in charts.line_chart({"a": [Datum("x", 5e-324)]}, label="Hardly there")
