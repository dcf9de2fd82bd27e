"""Cleaning the HTML of a section: what nh3 lets through is what page and PDF may contain."""

import re
from urllib.parse import quote

import nh3

# Headings begin at h3: h1 is the brief's title, h2 the section's heading.
_INLINE_TAGS = ["br", "strong", "em", "sub", "sup", "a"]
_BLOCK_TAGS = ["p", "h3", "h4", "ul", "ol", "li", "blockquote", "aside"]
_TABLE_TAGS = ["table", "caption", "thead", "tbody", "tr", "th", "td"]
ALLOWED_TAGS = frozenset([*_INLINE_TAGS, *_BLOCK_TAGS, *_TABLE_TAGS])
_ATTRIBUTES = {"a": {"href"}, "th": {"scope", "colspan", "rowspan"}, "td": {"colspan", "rowspan"}, "ol": {"start"}}
_MOST_SPAN = 20
# Never part of a well-formed address; percent-encoded, so that no attribute of a cleaned text holds a sign of markup.
_STRANGE = re.compile(r'[\s<>"\[\]`{}|\\^]')


def _attribute(tag: str, name: str, value: str) -> str | None:
    """Keep an attribute only with a value that makes sense: a table of a million columns stops a renderer."""
    if name == "scope":
        return value if value in {"col", "row", "colgroup", "rowgroup"} else None
    if name in {"colspan", "rowspan", "start"}:
        is_short_number = value.isascii() and value.isdigit() and len(value) <= 2
        return str(int(value)) if is_short_number and 0 < int(value) <= _MOST_SPAN else None
    if name == "href":
        return _STRANGE.sub(lambda sign: quote(sign[0]), value)
    return value


def clean_body(html: str) -> str:
    """Return `html` with nothing in it but the allowed tags, absolute web and mail links and boxes (`aside class="box"`)."""
    return nh3.clean(
        html.replace("\x00", ""),
        tags=set(ALLOWED_TAGS),
        clean_content_tags={"script", "style", "template", "iframe", "object", "svg", "math"},
        attributes=_ATTRIBUTES,
        attribute_filter=_attribute,
        allowed_classes={"aside": {"box"}},
        url_schemes={"http", "https", "mailto"},
        url_relative="deny",
        link_rel=None,
    ).strip()
