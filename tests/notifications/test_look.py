"""How mails look: every kind in every language, the frame, the way a program without our styles reads it."""

import re
from datetime import UTC, datetime
from html.parser import HTMLParser
from typing import Any

import pytest
from django.conf import settings
from django.template import loader
from django.template.base import FilterExpression, Template, VariableNode
from django.template.defaulttags import ForNode, IfNode
from django.template.loader_tags import ExtendsNode, IncludeNode
from django.templatetags.i18n import BlockTranslateNode
from django.utils.translation import get_language_info

from notifications.kinds import Kind, all_kinds, kind_of, link, moment
from notifications.models import Notification
from notifications.services.delivery import render
from tests.factories.directory import UserFactory

LANGUAGES = [code for code, _name in settings.LANGUAGES]
OWN = [kind.name for kind in all_kinds() if not kind.name.startswith("tests.")]
AT = moment(datetime(2017, 11, 29, 15, 30, tzinfo=UTC), "Europe/Istanbul")
VOID = {"meta", "br", "link", "img", "hr", "o:allowpng"}
pytestmark = pytest.mark.django_db


def _names(template: Any, seen: set[str] | None = None) -> tuple[set[str], set[str], set[str]]:
    """The variables that a template shows, those that it counts and those that it shows as moments."""
    shown: set[str] = set()
    counted: set[str] = set()
    moments: set[str] = set()

    def add(expression: Any) -> None:
        if isinstance(expression, FilterExpression) and hasattr(expression.var, "lookups") and expression.var.lookups:
            name = expression.var.lookups[0]
            shown.add(name)
            if any(filter.__name__ in {"date", "time"} for filter, _arguments in expression.filters):
                moments.add(name)

    def walk(nodes: Any) -> None:
        for node in nodes:
            if isinstance(node, VariableNode):
                add(node.filter_expression)
            elif isinstance(node, BlockTranslateNode):
                for token in [*node.singular, *node.plural]:
                    if token.token_type.name == "VAR":
                        shown.add(re.split(r"[|.]", token.contents)[0])
                for expression in node.extra_context.values():
                    add(expression)
                if node.counter:
                    counted.add(node.counter.var.lookups[0])
            elif isinstance(node, IncludeNode | ExtendsNode):
                expression = node.template if isinstance(node, IncludeNode) else node.parent_name
                name = expression.token.strip("\"'")
                inner = loader.get_template(name).template  # type: ignore[attr-defined]
                walk(inner.nodelist)
            for child in getattr(node, "child_nodelists", ()):
                walk(getattr(node, child, None) or [])
            if isinstance(node, IfNode):
                for _condition, inner in node.conditions_nodelists:
                    walk(inner)
            if isinstance(node, ForNode):
                walk(node.nodelist_loop)

    assert isinstance(template, Template)
    walk(template.nodelist)
    return shown, counted, moments


def sample(kind: Kind) -> dict[str, Any]:
    """A frozen context that has everything a kind's subject and template speak of."""
    names = set(re.findall(r"%\((\w+)\)", str(kind.subject)))
    counted: set[str] = set()
    moments: set[str] = set()
    if not kind.render:
        template: Any = loader.get_template(kind.template)
        shown, counted, moments = _names(template.template)
        names |= shown
    context: dict[str, Any] = {name: f"SAMPLE {name}" for name in names}
    context |= dict.fromkeys(counted, 2)
    context |= dict.fromkeys({name for name in names if name.endswith("_at")} | moments, AT)
    context["calendar"] = "BEGIN:VCALENDAR\r\nEND:VCALENDAR\r\n"
    if kind.name == "notifications.account_mail":
        context |= {"template": "account/email/password_reset_key", "values": {"email": "a@test.example"}, "reset": True}
    if kind.name == "notifications.delegation_made":
        context["delegation_id"] = 1
    # What the files of a message are made from, besides its words.
    context |= {"meeting_id": 1, "round_id": 1, "call_slug": "call", "closes": AT, "closes_at": AT}
    if "reference" in context:
        context["reference"] = "SAMPLEREFERENCE"
    return {**context, "link": link("home")}


class Balance(HTMLParser):
    """Reads HTML as strictly as mail programs render it badly: every element closed in order."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []

    def handle_starttag(self, tag: str, attrs: Any) -> None:
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


def made(kind: Kind, language: str) -> tuple[str, str, str, Any]:
    person = UserFactory(language=language)
    row = Notification(pk=1, kind=kind.name, recipient=person, language=language, context=sample(kind), cause="look")
    subject, text, html, *rest = render(row)
    return subject, text, html, rest


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", OWN)
def test_every_kind_is_made_in_every_language(name: str, language: str) -> None:
    kind = kind_of(name)
    try:
        subject, text, html, _rest = made(kind, language)
    except NotImplementedError:
        pytest.skip("made from rows of its own, tested with them")
    assert subject
    assert "%(" not in subject
    assert "\n" not in subject
    assert subject in text or subject not in ("", None)
    direction = "rtl" if get_language_info(language)["bidi"] else "ltr"
    assert f'<html lang="{language}" dir="{direction}"' in html
    reader = Balance()
    reader.feed(html)
    assert reader.open == []
    for rest_of_a_template in ("{{", "{%", "%}"):
        assert rest_of_a_template not in html + text
    assert "<" not in re.sub(r"<[^<>\s]+@[^<>\s]+>", "", text)


def test_frame_serves_dark_mode_and_outlook_and_fits_a_phone() -> None:
    _subject, _text, html, _rest = made(kind_of("meetings.registration_approved"), "en")
    assert '<meta name="color-scheme" content="light dark">' in html
    assert "prefers-color-scheme: dark" in html
    assert "<!--[if mso]><table" in html
    assert "max-width: 600px" in html
    assert "<script" not in html
    assert not re.findall(r'(?:src|background)="http', html)


def test_button_and_plain_text_lead_to_the_same_place() -> None:
    _subject, text, html, _rest = made(kind_of("meetings.registration_approved"), "fr")
    where = f"{settings.PUBLIC_URL}/fr/"
    assert where in text
    assert f'href="{where}"' in html


def test_preheader_begins_with_the_text_and_not_with_the_frame() -> None:
    _subject, text, html, _rest = made(kind_of("meetings.registration_approved"), "en")
    (hidden,) = re.findall(r'<div style="display: none[^>]*>([^<&]+)', html)
    assert text.startswith(hidden[:20])


def test_mail_says_why_it_came() -> None:
    row = Notification(
        pk=1, kind="notifications.bulk", address="a@test.example", language="en", context={"subject": "Hello", "text": "Hi."}
    )
    _subject, text, html, *_rest = render(row)
    assert "because your address was given to the portal" in text
    assert "because your address was given to the portal" in html


def test_text_in_another_language_keeps_its_direction() -> None:
    context = {"subject": "Hello", "text": "أهلا", "text_language": "ar"}
    row = Notification(pk=1, kind="notifications.bulk", recipient=UserFactory(), language="en", context=context)
    html = render(row)[2]
    assert '<html lang="en" dir="ltr"' in html
    assert '<div lang="ar" dir="rtl" align="right">' in html


def test_what_people_wrote_is_shown_and_not_obeyed() -> None:
    context = {"subject": "<script>x</script>", "text": "<img src=x onerror=y> & https://example.org/a"}
    row = Notification(pk=1, kind="notifications.bulk", recipient=UserFactory(), language="en", context=context)
    _subject, text, html, *_rest = render(row)
    assert "<img src=x" in text
    assert "<img" not in html
    assert "<script>" not in html
    assert '<a href="https://example.org/a"' in html
