"""Names and titles of one script inside sentences of another."""

from django.utils import translation

from common.bidi import isolated, marked
from tests.common.test_ui import render


def test_a_name_is_set_apart_where_a_script_from_the_right_is_near():
    assert isolated("Perge Room") == "Perge Room"
    assert isolated("قاعة") == "\u2068قاعة\u2069"
    assert isolated("") == ""
    with translation.override("ar"):
        assert isolated("Perge Room") == "\u2068Perge Room\u2069"


def test_a_letter_before_a_title_stands_where_the_title_begins():
    assert marked("(a)", "Strategy") == "(a) Strategy"
    assert marked("(a)", "استراتيجية") == "\u200f(a) استراتيجية"
    assert marked("(a)", "71/318") == "(a) 71/318"


def test_the_filter_keeps_what_it_is_given_escaped():
    with translation.override("ar"):
        assert render("{{ name|isolated }}", name="<b>") == "\u2068&lt;b&gt;\u2069"
