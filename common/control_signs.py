"""Signs that no page can show: they come along when words are copied out of presentations and PDFs."""

import re

_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\ud800-\udfff\ufffe\uffff]")


def without_control_signs(text: str) -> str:
    """`text` with a space for each sign that XML does not hold and no font has; ends of lines and tabs stay."""
    return _CONTROL.sub(" ", text)
