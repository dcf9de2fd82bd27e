"""Values of translated fields, in several languages at once."""

from typing import Any

from django.conf import settings
from django.utils import translation


def in_languages(field: str, texts: dict[str, str] | str) -> dict[str, str]:
    """Model arguments for a translated field from `{"en": …, "zh_hans": …}`; a plain text is English."""
    if isinstance(texts, str):
        return {f"{field}_en": texts}
    return {f"{field}_{code}": text for code, text in texts.items() if text}


def shown_language(thing: Any, field: str) -> str:
    """The language in which a translated field is shown now: the reader's, or the one that stands in for it."""
    own = translation.get_language() or settings.LANGUAGE_CODE
    wanted = [own, *(code for code in settings.MODELTRANSLATION_FALLBACK_LANGUAGES if code != own)]
    return next((code for code in wanted if getattr(thing, f"{field}_{code.replace('-', '_')}", None)), own)
