"""Figures, charts and their numbers in a publication."""

import re
from typing import Any

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from common.pdf import Asset, RenderFailed
from common.pdf_print import image_in_inks
from directory.models import StoredFile

# Rows of a table that surely fit on one page, also where each has several lines.
_MOST_ROWS = 16


def figure_bytes(figure: dict[str, Any]) -> bytes:
    """The picture of a figure, as it was uploaded."""
    kept = StoredFile.objects.filter(pk=figure["file"]).first() if str(figure["file"]).isdigit() else None
    if kept is None:
        raise RenderFailed(_("The picture of figure “%(key)s” is not there any more.") % {"key": figure["key"]})
    with kept.file.open("rb") as opened:
        return opened.read()


def asset_name(figure: dict[str, Any]) -> str:
    return f"figure-{figure['key']}"


def figure_assets(content: dict[str, Any], *, in_inks: bool) -> dict[str, Asset]:
    """The pictures and charts of a content by the names that its HTML uses; for a print shop, pictures in CMYK."""
    assets = {}
    for figure in content.get("figures", []):
        if figure["kind"] == "chart":
            asset = Asset(figure["svg"].encode(), "image/svg+xml")
        elif in_inks:
            asset = Asset(_in_inks(figure), "image/jpeg")
        else:
            asset = Asset(figure_bytes(figure), figure["mime"])
        assets[asset_name(figure)] = asset
    return assets


def _in_inks(figure: dict[str, Any]) -> bytes:
    try:
        return image_in_inks(figure_bytes(figure))
    except (OSError, ValueError) as error:
        raise RenderFailed(_("The picture of figure “%(key)s” cannot be read.") % {"key": figure["key"]}) from error


def figure_html(figure: dict[str, Any]) -> SafeString:
    """A figure or chart with its caption, in the active language."""
    return format_html(
        '<figure class="figure figure-{}" id="figure-{}"><img src="asset:{}" alt="{}"><figcaption>{}</figcaption></figure>',
        figure["kind"],
        figure["key"],
        asset_name(figure),
        figure["alt"],
        _caption(figure),
    )


def _caption(figure: dict[str, Any]) -> SafeString:
    origin = " · ".join(part for part in (figure.get("credit", ""), figure.get("licence", "")) if part)
    return format_html(
        '<p><span class="figure-number">{}</span> {}</p>{}',
        _("Figure %(number)d.") % {"number": figure["number"]},
        figure["caption"],
        format_html('<p class="figure-origin">{}</p>', origin) if origin else "",
    )


def numbers_html(figure: dict[str, Any]) -> SafeString:
    """The table of a chart's numbers: for whoever cannot see it, and for whoever wants to count again."""
    head, *rows = figure["rows"]
    return format_html(
        "<table><caption>{}</caption><thead><tr>{}</tr></thead><tbody>{}</tbody></table>",
        format_html(
            '<span class="figure-number">{}</span> {}', _("Figure %(number)d.") % {"number": figure["number"]}, figure["caption"]
        ),
        format_html_join("", '<th scope="col">{}</th>', ((cell,) for cell in head)),
        format_html_join(
            "",
            '<tr><th scope="row">{}</th>{}</tr>',
            (
                (row[0], format_html_join("", '<td class="figure-cell">{}</td>', ((cell,) for cell in row[1:])))
                for row in rows
                if row
            ),
        ),
    )


def with_long_tables(html: SafeString) -> SafeString:
    """The tables that no page holds marked as such: they break between rows instead of leaving a page empty."""

    def marked(table: re.Match[str]) -> str:
        return table[0].replace("<table>", '<table class="long">', 1) if table[0].count("<tr") > _MOST_ROWS else table[0]

    return mark_safe(re.sub(r"<table>.*?</table>", marked, html, flags=re.DOTALL))  # noqa: S308 - one class added


def charts_with_numbers(content: dict[str, Any]) -> list[dict[str, Any]]:
    """The charts of a content that carry a table of at least one row."""
    return [
        one for one in content.get("figures", []) if one["kind"] == "chart" and len(one.get("rows", [])) > 1 and one["rows"][0]
    ]
