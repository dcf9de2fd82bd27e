"""Whether the fonts of the publications have every sign of some words."""

import unicodedata

from django.utils.translation import get_language_info

from common.pdf import RenderFailed
from common.pdf_apart import render_words

_STYLE = 'p { font-family: "Noto Serif", "Noto Naskh Arabic", "Noto Serif CJK SC", "Noto Sans", serif }'
# Letters, digits and punctuation of the scripts of the six languages need no trial.
_KNOWN_SCRIPTS = ("LATIN", "CYRILLIC", "ARABIC", "CJK UNIFIED")


def unprintable_signs(words: str, *, language: str) -> list[str]:
    """The unusual signs of `words`, each once, if some of them are in none of the fonts; empty if all can be printed."""
    unusual = sorted({sign for sign in words if _is_unusual(sign)})
    if not unusual:
        return []
    direction = "rtl" if get_language_info(language)["bidi"] else "ltr"
    try:
        render_words(" ".join(unusual), style=_STYLE, language=language, direction=direction, pages=20)
    except RenderFailed:
        return unusual
    return []


def _is_unusual(sign: str) -> bool:
    if sign.isspace() or sign.isascii():
        return False
    name = unicodedata.name(sign, "")
    is_known = name.startswith(_KNOWN_SCRIPTS) and ord(sign) < 0x10000
    return not is_known and unicodedata.category(sign) not in {"Pd", "Ps", "Pe", "Pi", "Pf", "Po", "Mn"}
