"""What stands on covers besides words: lines that meet, drawn from the brief's own address, so no two are the same."""

import hashlib
import math

from common.pdf import Asset

STYLES = ("band", "field", "plain")
WIDTH, HEIGHT = 216, 303  # an A4 sheet with three millimetres around it, in millimetres
# Where lines come from, lines and points of each style.
_INKS = {"field": ("#2b6a70", "#c98a1f"), "band": ("#2b6a70", "#c98a1f"), "plain": ("#cfdcda", "#c98a1f")}


def cover_art(cover: str, *, seed: str) -> Asset:
    """Arcs between places of the South, as an SVG for the whole sheet. The same seed draws the same lines."""
    line, point = _INKS[cover]
    top, depth = (0.2, 0.16) if cover == "band" else (0.62, 0.24)  # inside the band, or below the summary
    numbers = hashlib.sha256(seed.encode()).digest()
    places = [(WIDTH * (0.34 + 0.62 * numbers[2 * i] / 255), HEIGHT * (top + depth * numbers[2 * i + 1] / 255)) for i in range(9)]
    shapes = []
    for number, (x, y) in enumerate(places):
        for other in (number + 1, number + 3):
            x2, y2 = places[other % len(places)]
            bend = 0.32 * math.hypot(x2 - x, y2 - y)
            shapes.append(
                f'<path d="M{x:.1f} {y:.1f}Q{(x + x2) / 2:.1f} {(y + y2) / 2 - bend:.1f} {x2:.1f} {y2:.1f}"'
                f' fill="none" stroke="{line}" stroke-width="0.35"/>'
            )
    for number, (x, y) in enumerate(places):
        shapes.append(f'<circle cx="{x:.1f}" cy="{y:.1f}" r="{0.8 + numbers[20 + number] / 255:.1f}" fill="{point}"/>')
    drawing = f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" width="{WIDTH}mm" height="{HEIGHT}mm">'
    return Asset((drawing + "".join(shapes) + "</svg>").encode(), "image/svg+xml")
