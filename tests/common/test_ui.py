"""The interface: tokens, tags, components, the page around every page, error pages."""

import re
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace
from unittest.mock import patch

import pytest
from django import forms
from django.template import Context, Template
from django.template.loader import render_to_string
from django.test import RequestFactory
from django.utils import translation

from common.templatetags import ui
from common.templatetags.browsers import browser
from common.ui_words import ICONS, SDG_COLOURS, SDG_NAMES, TONES

ROOT = Path(__file__).parents[2]
NOON = datetime(2026, 12, 16, 12, 0, tzinfo=UTC)


def render(source, **context):
    return Template("{% load ui %}" + source).render(Context(context))


def luminance(colour):
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    red, green, blue = (p / 12.92 if p <= 0.03928 else ((p + 0.055) / 1.055) ** 2.4 for p in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one, other):
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def tokens(block):
    return dict(re.findall(r"--([\w-]+): (#[0-9a-f]{6});", block))


def themes():
    css = (ROOT / "static/css/tokens.css").read_text()
    blocks = re.findall(r"\{([^{}]*)\}", css)
    light = next(b for b in blocks if "color-scheme: light" in b)
    dark_by_device, dark_by_choice = [b for b in blocks if "color-scheme: dark" in b]
    return tokens(light), tokens(dark_by_device), tokens(dark_by_choice)


# --- Tokens ----------------------------------------------------------------------------------------------------------


def test_both_ways_to_the_dark_theme_are_the_same():
    light, by_device, by_choice = themes()
    assert by_device == by_choice
    assert set(by_device) <= set(light)


@pytest.mark.parametrize("theme", [0, 1], ids=["light", "dark"])
@pytest.mark.parametrize(
    ("ink", "ground", "least"),
    [
        *((ink, ground, 4.5) for ink in ("ink", "ink-2", "link", "accent-ink") for ground in ("ground", "surface", "sunk")),
        *((f"{t}-ink", f"{t}-soft", 4.5) for t in ("good", "warn", "bad", "note", "quiet")),
        ("brand-ink", "brand", 4.5),
        ("masthead-ink", "masthead", 4.5),
        ("masthead-ink-2", "masthead", 4.5),
        ("control-line", "ground", 3),
        ("control-line", "surface", 3),
        ("focus", "ground", 3),
    ],
)
def test_colours_have_enough_contrast(theme, ink, ground, least):
    colours = themes()[theme]
    assert contrast(colours[ink], colours[ground]) >= least


def test_the_ink_on_each_goals_colour_reads():
    assert len(SDG_COLOURS) == len(SDG_NAMES) == 17
    for colour, ink in SDG_COLOURS:
        assert contrast(colour, ink) >= 4.5


def test_stylesheets_know_no_left_and_right():
    for sheet in (ROOT / "static/css").rglob("*.css"):
        # the PDF renderer knows too few logical properties; its sheet for Arabic mirrors by hand
        if sheet.parent.name == "pdf":
            continue
        found = re.findall(
            r"(?:margin|padding|border|inset)-(?:left|right)|(?:^|\s)(?:left|right):|text-align: (?:left|right)",
            sheet.read_text(),
        )
        assert not found, sheet


# --- Tags ------------------------------------------------------------------------------------------------------------


def test_the_page_header_escapes_its_words_but_keeps_its_actions():
    html = render('{% page_header title=t lead="l" %}<a href="/x">Go</a>{% endpage_header %}', t="A <b>")
    assert "<h1>A &lt;b&gt;</h1>" in html
    assert '<div class="page-actions"><a href="/x">Go</a></div>' in html


def test_a_page_header_without_actions_has_no_empty_row():
    assert "page-actions" not in render('{% page_header title="t" %}{% endpage_header %}')


def test_a_state_chip_says_the_label_in_the_tone_of_the_code():
    thing = SimpleNamespace(state="waitlisted", get_state_display=lambda: "On the waiting list")
    html = render("{% state_chip thing %}", thing=thing)
    assert '<span class="chip chip-warn">On the waiting list</span>' in html


def test_an_unknown_state_is_quiet():
    assert ui.tone("something_new") == "quiet"
    assert set(TONES.values()) == {"good", "warn", "bad", "note"}


@pytest.mark.parametrize("name", ICONS)
def test_icons_are_hidden_from_screen_readers(name):
    assert 'aria-hidden="true"' in ui.icon(name)


def test_goals_show_number_and_words():
    html = render("{% sdg_chips goals %}", goals=[13, SimpleNamespace(number=17)])
    assert 'class="sdg sdg-13"' in html
    assert "Climate action" in html
    assert "Partnerships for the Goals" in html


def test_a_moment_is_told_on_the_clock_of_the_place():
    html = render('{% moment at tz="Europe/Istanbul" %}', at=NOON)
    assert 'datetime="2026-12-16T12:00:00Z"' in html
    assert "15:00" in html
    assert "Istanbul, UTC+3" in html


def test_a_zone_off_the_whole_hour_is_named_exactly():
    assert "Kathmandu, UTC+5:45" in render('{% moment at tz="Asia/Kathmandu" %}', at=NOON)


def test_a_deadline_gives_the_place_and_utc():
    html = render('{% deadline at tz="Pacific/Apia" now=now %}', at=NOON, now=NOON - timedelta(days=3))
    assert "Apia, UTC+13" in html
    assert "16 Dec, 12:00 UTC" in html
    assert "3 days left" in html


def test_dates_and_lists_are_joined_as_the_language_joins_them():
    assert render('{{ at|date:"j M" }}{% comma %}{{ at|date:"H:i" }}', at=NOON) == "16 Dec, 12:00"
    with patch.object(ui, "pgettext", return_value="، "):
        html = render('{% deadline at tz="Asia/Tokyo" %}', at=NOON)
    assert ", 12:00" not in html
    assert "16 Dec، 12:00" in html


def test_a_deadline_without_now_says_nothing_that_goes_stale():
    assert "left" not in render('{% deadline at tz="UTC" %}', at=NOON)


@pytest.mark.parametrize(
    ("before", "said"),
    [
        (timedelta(days=5, hours=2), "5 days left"),
        (timedelta(hours=30), "30 hours left"),
        (timedelta(minutes=11), "11 minutes left"),
        (timedelta(seconds=61), "1 minute left"),
        (timedelta(seconds=20), "less than a minute left"),
        (timedelta(0), "closed"),
        (-timedelta(days=1), "closed"),
    ],
)
def test_time_left_in_the_unit_that_helps(before, said):
    assert ui.time_left(NOON, NOON - before) == said


def test_what_has_still_to_be_done_is_overdue_and_not_closed():
    late = NOON + timedelta(days=3)
    assert ui.time_left(NOON, late, stays_due=True) == "overdue"
    assert ui.time_left(NOON, NOON - timedelta(days=5), stays_due=True) == "5 days left"
    assert '<span class="time-left">overdue</span>' in render("{% deadline at now=late stays_due=True %}", at=NOON, late=late)
    assert '<span class="muted">closed</span>' in render("{% deadline at now=late %}", at=NOON, late=late)


def test_a_range_of_days_is_short_where_it_can_be():
    assert ui.date_range(NOON, NOON) == "16 December 2026"
    assert ui.date_range(NOON, NOON + timedelta(days=1)) == "16–17 December 2026"
    assert ui.date_range(NOON, NOON + timedelta(days=20)) == "16 December 2026 – 5 January 2027"


def test_the_days_of_a_range_are_those_of_the_place():
    late = datetime(2026, 12, 16, 22, 0, tzinfo=UTC)
    assert ui.date_range(late, late, "Europe/Istanbul") == "17 December 2026"


class Filters(forms.Form):
    q = forms.CharField(label="Words", required=False)
    kind = forms.MultipleChoiceField(label="Kind", required=False, choices=[("tech", "Technology"), ("np", "National policy")])


def test_each_active_filter_can_be_dropped_alone():
    request = RequestFactory().get("/solutions/", {"q": "rice", "kind": ["tech", "np"], "after": "cursor"})
    chips = ui.active_filters({"request": request}, Filters(request.GET))
    assert [(c["label"], c["value"], c["url"]) for c in chips] == [
        ("Words", "rice", "/solutions/?kind=tech&kind=np"),
        ("Kind", "Technology", "/solutions/?q=rice&kind=np"),
        ("Kind", "National policy", "/solutions/?q=rice&kind=tech"),
    ]


def test_the_pager_keeps_the_filters():
    request = RequestFactory().get("/solutions/", {"sdg": "13", "after": "old"})
    assert ui.pager({"request": request}, after="new")["next_url"] == "/solutions/?sdg=13&after=new"


def test_no_pager_without_more_rows():
    request = RequestFactory().get("/solutions/")
    assert "nav" not in render("{% pager %}", request=request)


class Refused(forms.Form):
    title = forms.CharField(label="Title")


def test_the_error_summary_links_to_the_field():
    form = Refused({})
    assert '<a href="#id_title">Title: This field is required.</a>' in render("{% error_summary form %}", form=form)


def test_an_error_of_the_whole_form_is_said_once():
    class Clashing(Refused):
        def clean(self):
            raise forms.ValidationError("The two dates clash.")

    source = "{% load crispy_forms_tags %}{% error_summary form %}{{ form|crispy }}"
    assert render(source, form=Clashing({"title": "x"})).count("The two dates clash.") == 1


def test_no_error_summary_for_a_form_in_order():
    assert "error-summary" not in render("{% error_summary one two %}", one=Refused(), two=Refused({"title": "x"}))


# --- Pages -----------------------------------------------------------------------------------------------------------


def test_the_error_page_of_last_resort_needs_no_context():
    html = render_to_string("500.html")
    assert "Something went wrong" in html
    assert "/static/css/tokens.css" in html


@pytest.mark.parametrize("page", ["400.html", "403.html", "403_csrf.html", "404.html"])
@pytest.mark.parametrize("language", ["en", "ar"])
def test_error_pages_render_without_a_request(page, language):
    with translation.override(language):
        html = render_to_string(page)
    assert html.count("<h1>") == 1
    assert f'lang="{language}"' in html


def test_a_refusal_says_why():
    assert "Only the focal point may clear." in render_to_string("403.html", {"reason": "Only the focal point may clear."})


def test_arabic_gets_the_stylesheet_from_right_to_left():
    with translation.override("ar"):
        html = render_to_string("404.html")
    assert 'dir="rtl"' in html
    assert "bootstrap.rtl.min" in html


def test_the_language_links_lead_to_the_same_page():
    request = RequestFactory().get("/solutions/?sdg=13")
    links = {link["code"]: link["url"] for link in ui.language_links({"request": request})}
    assert links["fr"] == "/fr/solutions/?sdg=13"
    assert links["en"] == "/solutions/?sdg=13"


def test_mail_gives_its_button_and_why_one_gets_it():
    context = {
        "subject": "Seat approved",
        "button_url": "https://portal.example/x",
        "button_text": "See it",
        "why": "You registered.",
    }
    for name in ("emails/base.html", "emails/base.txt"):
        mail = render_to_string(name, context)
        assert "https://portal.example/x" in mail
        assert "You registered." in mail


@pytest.mark.parametrize(
    ("said", "words"),
    [
        ("Mozilla/5.0 (X11; Ubuntu; Linux x86_64; rv:131.0) Gecko/20100101 Firefox/131.0", "Firefox, Ubuntu"),
        ("Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:128.0) Gecko/20100101 Firefox/128.0", "Firefox, Windows"),
        ("something of our own", "something of our own"),
        ("", ""),
    ],
)  # fmt: skip
def test_browser_is_named_in_words(said: str, words: str) -> None:
    assert browser(said) == words
