"""The printable programme: A4, all days, tagged, from a released version alone."""

from django.conf import settings
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import translation

from common.pdf import render_pdf
from common.pdf_parts import TEAL, qr_code, style
from meetings.models import ProgrammeVersion
from meetings.selectors.versions import read_version


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
        assets = {**{name: style(name) for name in names}, "qr.svg": qr_code(_address(version), dark=TEAL)}
    return render_pdf(programme_html(version, language), assets=assets, stylesheets=names)
