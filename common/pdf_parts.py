"""What printed documents share: stylesheets of the portal, QR codes, the direction of a name."""

import io
import unicodedata
from functools import lru_cache
from pathlib import Path

import segno
from django.contrib.staticfiles import finders
from django.utils import translation

from common.pdf import Asset


@lru_cache(maxsize=16)
def style(name: str) -> Asset:
    """A stylesheet of `static/css/pdf`."""
    path = finders.find(f"css/pdf/{name}")
    if path is None:
        raise FileNotFoundError(f"static/css/pdf/{name}")
    return Asset(Path(path).read_bytes(), "text/css")


INK, TEAL = "#182224", "#0b3f46"


def qr_code(text: str, *, dark: str = INK) -> Asset:
    """A QR code as SVG, with the middling correction that survives a scratched badge."""
    code = io.BytesIO()
    segno.make(text, error="m", micro=False).save(code, kind="svg", border=0, dark=dark, xmldecl=False)
    return Asset(code.getvalue(), "image/svg+xml")


def direction_of(text: str) -> str:
    """The direction of the first letter that has one: a name is set in its own, whatever the document's."""
    for sign in text:
        kind = unicodedata.bidirectional(sign)
        if kind in {"R", "AL"}:
            return "rtl"
        if kind == "L":
            return "ltr"
    return "ltr"


def document_direction() -> str:
    return "rtl" if translation.get_language_bidi() else "ltr"
