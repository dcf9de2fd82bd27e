"""Values of translated fields, in several languages at once."""


def in_languages(field: str, texts: dict[str, str] | str) -> dict[str, str]:
    """Model arguments for a translated field from `{"en": …, "zh_hans": …}`; a plain text is English."""
    if isinstance(texts, str):
        return {f"{field}_en": texts}
    return {f"{field}_{code}": text for code, text in texts.items() if text}
