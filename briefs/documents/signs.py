"""Whether the fonts of the publications have every sign of some words."""

import unicodedata

from django.utils.html import format_html
from django.utils.translation import get_language_info

from common.pdf import RenderFailed, Source
from common.pdf_apart import Limits, render_apart

_LIMITS = Limits(seconds=20, clock_seconds=60, megabytes=768, pages=20)
_STYLE = 'p { font-family: "Noto Serif", "Noto Naskh Arabic", "Noto Serif CJK SC", "Noto Sans", serif }'
# Letters, digits and punctuation of the scripts of the six languages need no trial.
_KNOWN_SCRIPTS = ("LATIN", "CYRILLIC", "ARABIC", "CJK UNIFIED")


def unprintable_signs(words: str, *, language: str) -> list[str]:
    """The unusual signs of `words`, each once, if some of them are in none of the fonts; empty if all can be printed."""
    unusual = sorted({sign for sign in words if _is_unusual(sign)})
    if not unusual:
        return []
    html = format_html(
        '<!doctype html><html lang="{0}" dir="{1}"><head><meta charset="utf-8"><title>{0}</title></head>'
        "<body><h1>{0}</h1><p>{2}</p></body></html>",
        language,
        "rtl" if get_language_info(language)["bidi"] else "ltr",
        " ".join(unusual),
    ).replace("</head>", f"<style>{_STYLE}</style></head>")
    try:
        render_apart([(Source(html, {}), ("print",))], limits=_LIMITS)
    except RenderFailed:
        return unusual
    return []


def _is_unusual(sign: str) -> bool:
    if sign.isspace() or sign.isascii():
        return False
    name = unicodedata.name(sign, "")
    is_known = name.startswith(_KNOWN_SCRIPTS) and ord(sign) < 0x10000
    return not is_known and unicodedata.category(sign) not in {"Pd", "Ps", "Pe", "Pi", "Pf", "Po", "Mn"}
