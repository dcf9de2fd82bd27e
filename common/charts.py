"""Accessible charts as SVG, drawn on the server: pure functions from numbers to safe markup, with a table beside them.

Nothing inline that the Content-Security-Policy forbids: colours are presentation attributes, which the page's stylesheet
overrides by class (so that the dark theme holds), and which a PDF uses as they stand. All text is escaped. Charts run
from right to left where the active language does; maps do not, and carry no boundaries of any kind.
"""

import math
import textwrap
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from django.utils import formats
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import get_language_bidi, gettext_lazy
from django.utils.translation import gettext as _

from common.ui_words import SDG_COLOURS, SDG_NAMES

COLOURS = ("#0b4c54", "#c98a1f", "#5f9ea0", "#8f4a2b", "#8a9a5b", "#5b5f8a")
INK, FAINT, GRID, SEA = "#182224", "#4a5759", "#dedacd", "#f3f1e9"
MAP_NOTE = gettext_lazy(
    "Places are shown as points. The designations employed do not imply the expression of any opinion concerning the"
    " legal status of any country, territory, city or area."
)


@dataclass(frozen=True)
class Datum:
    """One labelled number."""

    label: str
    value: float


@dataclass(frozen=True)
class StackedRow:
    """One row of a stacked chart: its label and one number per series, in the order of the series."""

    label: str
    values: Sequence[float]


@dataclass(frozen=True)
class Point:
    """A place of a map in degrees; `value` sets the area of its dot."""

    label: str
    lat: float
    lon: float
    value: float = 1


@dataclass(frozen=True)
class Flow:
    """A movement between two places."""

    origin: Point
    target: Point
    label: str = ""


@dataclass
class _Canvas:
    """Collects shapes; mirrors them where the text runs from right to left."""

    width: float
    height: float
    rtl: bool
    shapes: list[SafeString] = field(default_factory=list)

    def rect(self, x: float, y: float, w: float, h: float, css: str, fill: str, title: str = "") -> None:
        left = self.width - x - w if self.rtl else x
        self.shapes.append(
            format_html(
                '<rect x="{}" y="{}" width="{}" height="{}" rx="1.5" class="{}" fill="{}">{}</rect>',
                _n(left), _n(y), _n(max(w, 0)), _n(h), css, fill, _title(title),
            )
        )  # fmt: skip

    def text(
        self,
        x: float,
        y: float,
        words: str,
        *,
        anchor: str = "start",
        size: float = 14,
        css: str = "",
        fill: str = INK,
        bold: bool = False,
    ) -> None:
        # `direction` on the root makes "start" the right-hand side in Arabic: only the position is mirrored.
        self.shapes.append(
            format_html(
                '<text x="{}" y="{}" text-anchor="{}" font-size="{}" font-weight="{}" class="{}" fill="{}">{}</text>',
                _n(self.width - x if self.rtl else x), _n(y), anchor, _n(size), 600 if bold else 400, css, fill, words,
            )
        )  # fmt: skip

    def line(self, x1: float, y1: float, x2: float, y2: float, css: str = "chart-grid", stroke: str = GRID) -> None:
        if self.rtl:
            x1, x2 = self.width - x1, self.width - x2
        self.shapes.append(
            format_html(
                '<line x1="{}" y1="{}" x2="{}" y2="{}" class="{}" stroke="{}" stroke-width="1"/>',
                _n(x1), _n(y1), _n(x2), _n(y2), css, stroke,
            )
        )  # fmt: skip

    def circle(self, x: float, y: float, r: float, css: str, fill: str, title: str = "", opacity: float = 1) -> None:
        self.shapes.append(
            format_html(
                '<circle cx="{}" cy="{}" r="{}" class="{}" fill="{}" fill-opacity="{}" stroke="#ffffff">{}</circle>',
                _n(self.width - x if self.rtl else x), _n(y), _n(r), css, fill, _n(opacity), _title(title),
            )
        )  # fmt: skip

    def path(self, d: str, css: str, stroke: str, width: float, title: str = "") -> None:
        self.shapes.append(
            format_html(
                '<path d="{}" class="{}" fill="none" stroke="{}" stroke-width="{}" stroke-linecap="round">{}</path>',
                d, css, stroke, _n(width), _title(title),
            )
        )  # fmt: skip

    def svg(self, label: str) -> SafeString:
        return format_html(
            '<svg class="chart" xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {} {}" role="img" aria-label="{}"'
            ' direction="{}" font-family="Noto Sans, sans-serif">{}</svg>',
            _n(self.width), _n(self.height), label, "rtl" if self.rtl else "ltr", _joined(self.shapes),
        )  # fmt: skip


def bar_chart(data: Sequence[Datum], *, label: str, maximum: float | None = None, rtl: bool | None = None) -> SafeString:
    """Horizontal bars, each under its label with the number at its end. `maximum` fixes the scale of several charts."""
    width, row = 480.0, 46.0
    canvas = _Canvas(width, max(len(data) * row, 1), _rtl(rtl))
    top = max([maximum or 0, *(d.value for d in data)], default=0) or 1
    for i, datum in enumerate(data):
        y = i * row
        canvas.text(0, y + 15, _shorten(datum.label, 62))
        length = max(datum.value, 0) / top * (width - 60)
        canvas.rect(0, y + 22, length, 14, "c1", COLOURS[0], f"{datum.label}: {number(datum.value)}")
        canvas.text(length + 8, y + 34, number(datum.value), bold=True)
    return canvas.svg(label)


def stacked_bar(
    rows: Sequence[StackedRow], series: Sequence[str], *, label: str, relative: bool = True, rtl: bool | None = None
) -> SafeString:
    """Rows of bars divided into series, with a legend; `relative` fills every row to its whole, else rows share a scale."""
    width, row = 480.0, 48.0
    legend = _legend_lines(series)
    head = len(legend) * 22 + 6
    canvas = _Canvas(width, head + max(len(rows), 1) * row, _rtl(rtl))
    for line, entries in enumerate(legend):
        for x, index in entries:
            canvas.rect(x, line * 22 + 3, 13, 13, _c(index), _colour(index))
            canvas.text(x + 19, line * 22 + 14.5, series[index], size=13)
    top = max((sum(r.values) for r in rows), default=0) or 1
    for i, entry in enumerate(rows):
        y = head + i * row
        whole = sum(entry.values)
        canvas.text(0, y + 15, _shorten(entry.label, 52))
        canvas.text(width, y + 15, number(whole), anchor="end", css="chart-faint", fill=FAINT)
        canvas.rect(0, y + 22, width if relative else whole / top * width, 15, "chart-sea", SEA)
        scale = width / (whole or 1) if relative else width / top
        x = 0.0
        for index, value in enumerate(entry.values):
            length = max(value, 0) * scale
            if length:
                # a gap of one unit separates neighbours without relying on their colours
                canvas.rect(x, y + 22, max(length - 1, 0.5), 15, _c(index), _colour(index), f"{series[index]}: {number(value)}")
            x += length
    return canvas.svg(label)


def grouped_chart(rows: Sequence[StackedRow], series: Sequence[str], *, label: str, rtl: bool | None = None) -> SafeString:
    """Rows with one bar for each series, side by side on a common scale, with a legend; at most four series read well."""
    width, bar = 480.0, 17.0
    legend = _legend_lines(series)
    head = len(legend) * 22 + 6
    row = 26 + len(series) * bar + 10
    canvas = _Canvas(width, head + max(len(rows), 1) * row, _rtl(rtl))
    for line, entries in enumerate(legend):
        for x, index in entries:
            canvas.rect(x, line * 22 + 3, 13, 13, _c(index), _colour(index))
            canvas.text(x + 19, line * 22 + 14.5, series[index], size=13)
    top = max((value for entry in rows for value in entry.values), default=0) or 1
    for i, entry in enumerate(rows):
        y = head + i * row
        canvas.text(0, y + 16, _shorten(entry.label, 62))
        for index, value in enumerate(entry.values):
            # room for the number after the longest bar
            length = max(value, 0) / top * (width - 62)
            place = y + 22 + index * bar
            canvas.rect(0, place, max(length, 1), bar - 3, _c(index), _colour(index), f"{series[index]}: {number(value)}")
            canvas.text(max(length, 1) + 6, place + 11.5, number(value), size=12.5, css="chart-faint", fill=FAINT)
    return canvas.svg(label)


def column_chart(data: Sequence[Datum], *, label: str, rtl: bool | None = None) -> SafeString:
    """Columns over their labels with a scale beside them; for years, months, drafts."""
    canvas, plot = _axes(max((d.value for d in data), default=0), _rtl(rtl))
    step = plot.w / max(len(data), 1)
    every = math.ceil(len(data) / 10) if data else 1
    for i, datum in enumerate(data):
        height = max(datum.value, 0) / plot.top * plot.h
        canvas.rect(
            plot.x + i * step + step * 0.18,
            plot.y + plot.h - height,
            step * 0.64,
            height,
            "c1",
            COLOURS[0],
            f"{datum.label}: {number(datum.value)}",
        )
        if i % every == 0:
            canvas.text(
                plot.x + (i + 0.5) * step,
                plot.y + plot.h + 18,
                _shorten(datum.label, 12),
                anchor="middle",
                size=12.5,
                css="chart-faint",
                fill=FAINT,
            )
    return canvas.svg(label)


def line_chart(series: Mapping[str, Sequence[Datum]], *, label: str, rtl: bool | None = None) -> SafeString:
    """Lines over common labels (those of the first series), each named at its end; at most four read well."""
    canvas, plot = _axes(max((d.value for line in series.values() for d in line), default=0), _rtl(rtl), end=96)
    labels = [d.label for d in next(iter(series.values()), [])]
    step = plot.w / max(len(labels) - 1, 1)
    every = math.ceil(len(labels) / 8) if labels else 1
    for i, words in enumerate(labels):
        if i % every == 0:
            canvas.text(
                plot.x + i * step,
                plot.y + plot.h + 18,
                _shorten(words, 12),
                anchor="middle",
                size=12.5,
                css="chart-faint",
                fill=FAINT,
            )
    for index, (name, data) in enumerate(series.items()):
        spots = [(plot.x + i * step, plot.y + plot.h - max(d.value, 0) / plot.top * plot.h) for i, d in enumerate(data)]
        if not spots:
            continue
        drawn = [(canvas.width - x if canvas.rtl else x, y) for x, y in spots]
        canvas.path("M" + "L".join(f"{_n(x)} {_n(y)}" for x, y in drawn), _s(index), _colour(index), 2.5)
        for (x, y), datum in zip(spots, data, strict=True):
            canvas.circle(x, y, 3, _c(index), _colour(index), f"{name}, {datum.label}: {number(datum.value)}")
        canvas.text(spots[-1][0] + 8, spots[-1][1] + 4, _shorten(name, 14), size=12.5, bold=True)
    return canvas.svg(label)


def sdg_tiles(counts: Mapping[int, int], *, label: str, rtl: bool | None = None) -> SafeString:
    """The seventeen Goals as tiles in their official colours, each with its number and its count; empty ones are pale."""
    columns, side, gap = 6, 74.0, 6.0
    canvas = _Canvas(columns * (side + gap) - gap, 3 * (side + gap) - gap, _rtl(rtl))
    for n in range(1, 18):
        count = counts.get(n, 0)
        x, y = (n - 1) % columns * (side + gap), (n - 1) // columns * (side + gap)
        colour, ink = SDG_COLOURS[n - 1] if count else (SEA, FAINT)
        ink_class = "chart-faint" if not count else f"sdg-label-{'light' if ink == '#ffffff' else 'dark'}"
        canvas.rect(x, y, side, side, "" if count else "chart-sea", colour, f"{n}. {SDG_NAMES[n - 1]}: {number(count)}")
        canvas.text(x + 8, y + 21, str(n), size=15, css=ink_class, fill=ink, bold=True)
        canvas.text(x + side - 8, y + side - 10, number(count), anchor="end", size=22, css=ink_class, fill=ink)
    return canvas.svg(label)


def point_map(points: Iterable[Point], *, label: str, flows: Iterable[Flow] = ()) -> SafeString:
    """Places as dots over a plain graticule (no boundaries, no coast lines); flows as arcs with a dot at the target."""
    width, height = 720.0, 320.0

    def place(point: Point) -> tuple[float, float]:
        # equirectangular from 70° N to 50° S, where the places are
        return (point.lon + 180) / 360 * width, (72 - max(min(point.lat, 70), -50)) / 124 * height

    canvas = _Canvas(width, height, rtl=False)
    canvas.rect(0, 0, width, height, "chart-sea", SEA)
    for lon in range(-150, 180, 30):
        x = (lon + 180) / 360 * width
        canvas.line(x, 0, x, height)
    for lat in (60, 30, 0, -30):
        y = (72 - lat) / 124 * height
        canvas.line(0, y, width, y)
        canvas.text(5, y - 4, _("Equator") if lat == 0 else f"{abs(lat)}°", size=13, css="chart-faint", fill=FAINT)
    for flow in flows:
        (x1, y1), (x2, y2) = place(flow.origin), place(flow.target)
        bend = 0.18 * math.hypot(x2 - x1, y2 - y1)
        canvas.path(
            f"M{_n(x1)} {_n(y1)}Q{_n((x1 + x2) / 2)} {_n((y1 + y2) / 2 - bend)} {_n(x2)} {_n(y2)}",
            _s(0), COLOURS[0], 1.4, flow.label or f"{flow.origin.label} → {flow.target.label}",
        )  # fmt: skip
        canvas.circle(x2, y2, 3, "c1", COLOURS[0])
    # the largest first, so that no dot hides a smaller one
    for point in sorted(points, key=lambda p: -p.value):
        x, y = place(point)
        canvas.circle(
            x,
            y,
            3 + 2.2 * math.sqrt(max(point.value, 0)),
            "chart-point",
            COLOURS[1],
            f"{point.label}: {number(point.value)}",
            opacity=0.85,
        )
    return canvas.svg(label)


def data_table(head: Sequence[str], rows: Iterable[Sequence[object]], *, caption: str) -> SafeString:
    """The numbers of a chart as a table; the first column heads its rows, numbers stand at the end of their cells."""

    def cell(value: object) -> SafeString:
        if isinstance(value, int | float):
            return format_html('<td class="num">{}</td>', number(value))
        return format_html("<td>{}</td>", value)

    body = format_html_join(
        "",
        '<tr><th scope="row">{}</th>{}</tr>',
        ((row[0], _joined(cell(v) for v in row[1:])) for row in rows),
    )
    columns = format_html_join("", '<th scope="col">{}</th>', ((words,) for words in head))
    return format_html(
        '<div class="table-scroll"><table class="data"><caption>{}</caption><thead><tr>{}</tr></thead>'
        "<tbody>{}</tbody></table></div>",
        caption, columns, body,
    )  # fmt: skip


def figure(chart: SafeString, table: SafeString, *, caption: str, note: str = "") -> SafeString:
    """A chart with its caption, its note, and its table in a fold: what a page prints."""
    return format_html(
        '<figure class="chart-figure"><figcaption>{}</figcaption>{}{}'
        '<details class="fold"><summary>{}</summary>{}</details></figure>',
        caption, chart, format_html('<p class="map-note">{}</p>', note) if note else "", _("Show the numbers as a table"), table,
    )  # fmt: skip


def number(value: float) -> str:
    """A number as the active language writes it; whole numbers without decimals, others with one."""
    whole = float(value).is_integer()
    return formats.number_format(int(value) if whole else round(value, 1), decimal_pos=0 if whole else 1, force_grouping=True)


# --- Geometry --------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class _Plot:
    x: float
    y: float
    w: float
    h: float
    top: float


def _axes(maximum: float, rtl: bool, end: float = 10) -> tuple[_Canvas, _Plot]:
    """A canvas with the scale and its lines drawn, and where the data goes."""
    canvas = _Canvas(480, 270, rtl)
    ticks = _ticks(maximum)
    plot = _Plot(x=44, y=12, w=480 - 44 - end, h=220, top=ticks[-1])
    for tick in ticks:
        y = plot.y + plot.h - tick / plot.top * plot.h
        canvas.line(plot.x, y, plot.x + plot.w, y)
        canvas.text(plot.x - 8, y + 4, number(tick), anchor="end", size=12.5, css="chart-faint", fill=FAINT)
    return canvas, plot


def _ticks(maximum: float) -> list[float]:
    """Round numbers from zero to at least the maximum, four to six of them."""
    if maximum < 1e-9:
        return [0, 1]
    raw = maximum / 4
    magnitude = 10 ** math.floor(math.log10(raw))
    step = next(m * magnitude for m in (1, 2, 2.5, 5, 10) if m * magnitude >= raw)
    if maximum >= 4 and step < 1:
        step = 1
    return [step * i for i in range(math.ceil(maximum / step) + 1)]


def _legend_lines(series: Sequence[str]) -> list[list[tuple[float, int]]]:
    """Where each series stands in the legend: lines of (x, index), broken by an estimate of the words' width."""
    lines: list[list[tuple[float, int]]] = [[]]
    x = 0.0
    for index, name in enumerate(series):
        needed = 19 + len(name) * 7.2 + 20
        if lines[-1] and x + needed > 480:
            lines.append([])
            x = 0.0
        lines[-1].append((x, index))
        x += needed
    return lines


def _rtl(rtl: bool | None) -> bool:
    return get_language_bidi() if rtl is None else rtl


def _n(value: float) -> str:
    """A coordinate: at most two decimals, never localized."""
    return f"{value:.2f}".rstrip("0").rstrip(".") or "0"


def _joined(parts: Iterable[SafeString]) -> SafeString:
    return format_html_join("", "{}", ((part,) for part in parts))


def _title(words: str) -> SafeString | str:
    return format_html("<title>{}</title>", words) if words else ""


def _shorten(words: str, length: int) -> str:
    words = str(words)
    return words if len(words) <= length else textwrap.shorten(words, length, placeholder="…") or words[: length - 1] + "…"


def _c(index: int) -> str:
    return f"c{index % len(COLOURS) + 1}"


def _s(index: int) -> str:
    return f"s{index % len(COLOURS) + 1}"


def _colour(index: int) -> str:
    return COLOURS[index % len(COLOURS)]
