"""The printable programme: A4, all days, tagged, from a released version alone."""

import io
from functools import lru_cache
from pathlib import Path

import segno
from django.conf import settings
from django.contrib.staticfiles import finders
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import translation

from common.pdf import Asset, render_pdf
from meetings.models import ProgrammeVersion
from meetings.selectors.versions import read_version


@lru_cache(maxsize=4)
def _style(name: str) -> Asset:
    path = finders.find(f"css/pdf/{name}")
    if path is None:
        raise FileNotFoundError(f"static/css/pdf/{name}")
    return Asset(Path(path).read_bytes(), "text/css")


def _qr_code(address: str) -> Asset:
    code = io.BytesIO()
    segno.make(address, error="m", micro=False).save(code, kind="svg", border=0, dark="#0b3f46", xmldecl=False)
    return Asset(code.getvalue(), "image/svg+xml")


def _address(version: ProgrammeVersion) -> str:
    return settings.PUBLIC_URL + reverse("meetings:programme", args=[version.meeting.slug])


def programme_html(version: ProgrammeVersion, language: str) -> str:
    """The whole document in a language."""
    with translation.override(language):
        return render_to_string(
            "pdf/meetings/programme.html",
            {
                "meeting": version.meeting,
                "programme": read_version(version),
                "language": language,
                "direction": "rtl" if translation.get_language_bidi() else "ltr",
                "address": _address(version),
            },
        )


def programme_pdf(version: ProgrammeVersion, language: str) -> bytes:
    """The bytes of the programme in a language, as PDF/UA."""
    names: tuple[str, ...] = ("programme.css",)
    if translation.get_language_info(language)["bidi"]:
        names += ("programme-rtl.css",)
    with translation.override(language):
        assets = {**{name: _style(name) for name in names}, "qr.svg": _qr_code(_address(version))}
    return render_pdf(programme_html(version, language), assets=assets, stylesheets=names)
