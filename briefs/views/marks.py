"""What stands on a web page for the marks of a text: links to notes and references, figures with their words."""

from collections.abc import Callable
from typing import Any

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from briefs.selectors.marks import Marks


def web_marks(picture: Callable[[str], str]) -> Marks:
    """Marks of one page; the first mention of a note or reference is where the link back leads to.

    Args:
        picture: the address of the picture of a figure's key.
    """
    named: set[str] = set()

    def first(name: str) -> SafeString | str:
        if name in named:
            return ""
        named.add(name)
        return format_html(' id="{}"', name)

    def note(number: int, text: str) -> SafeString:
        return format_html(
            '<sup><a{} href="#note-{}" aria-label="{}">{}</a></sup>',
            first(f"note-mark-{number}"),
            number,
            _("Note %(number)d") % {"number": number},
            number,
        )

    def references(cited: list[dict[str, Any]]) -> SafeString:
        links = format_html_join(
            ", ",
            '<a{} href="#reference-{}" aria-label="{}">{}</a>',
            (
                (
                    first(f"reference-mark-{one['number']}"),
                    one["number"],
                    _("Reference %(number)d") % {"number": one["number"]},
                    one["number"],
                )
                for one in cited
            ),
        )
        return format_html('<span class="brief-reference-mark">[{}]</span>', links)

    def figure(one: dict[str, Any]) -> SafeString:
        return figure_html(one, "" if one["kind"] == "chart" else picture(one["key"]))

    return Marks(note=note, references=references, figure=figure)


def figure_html(one: dict[str, Any], picture: str) -> SafeString:
    """A figure of a content with its number, caption, credit and licence; a chart with its numbers in a fold."""
    terms = ". ".join(words.rstrip(".") for words in (one["credit"], one["licence"]) if words)
    number = _("Figure %(number)d") % {"number": one["number"]}
    shown = format_html(
        '<img src="{}" alt="{}" width="{}" height="{}" loading="lazy">', picture, one["alt"], one["width"], one["height"]
    )
    if one["kind"] == "chart":
        fold = '{}<details class="fold"><summary>{}</summary>{}</details>'
        table = numbers_table(one["rows"], one["caption"])
        drawing = mark_safe(one["svg"])  # noqa: S308 - drawn by common.charts, which escapes every text
        shown = format_html(fold, drawing, _("Show the numbers as a table"), table)
    return format_html(
        '<figure class="brief-figure" id="figure-{}"><figcaption><strong>{}.</strong> {}</figcaption>{}'
        '<p class="brief-figure-terms">{}</p></figure>',
        one["key"],
        number,
        one["caption"],
        shown,
        terms,
    )


def numbers_table(rows: list[list[str]], caption: str) -> SafeString:
    """The numbers of a chart as they were given."""
    head, *lines = rows
    columns = format_html_join("", '<th scope="col">{}</th>', ((name,) for name in head))
    body = format_html_join(
        "",
        '<tr><th scope="row">{}</th>{}</tr>',
        ((line[0], format_html_join("", '<td class="num">{}</td>', ((cell,) for cell in line[1:]))) for line in lines),
    )
    table = (
        '<div class="table-scroll"><table class="data"><caption>{}</caption>'
        "<thead><tr>{}</tr></thead><tbody>{}</tbody></table></div>"
    )
    return format_html(table, caption, columns, body)
