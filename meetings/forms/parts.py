"""What the long forms of a meeting are made of: hours on the place's clock, texts in six languages, parts."""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from django import forms
from django.conf import settings
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

LANGUAGES = sorted(settings.LANGUAGES, key=lambda pair: pair[0] != "en")  # English, which must be there, comes first


@dataclass(frozen=True)
class Part:
    """Fields of a form that belong together, under a title; `code` is their language where they have one."""

    title: str | Promise
    fields: list[Any]
    code: str = ""
    is_folded: bool = False
    is_open: bool = True
    intro: str | Promise = ""


def translated(name: str, code: str) -> str:
    """The name of a translated field."""
    return f"{name}_{code.replace('-', '_')}"


def dress_translations(form: Any, *, required: Collection[str], **labels: Any) -> None:
    """Give the fields of each language their label, direction and size; of those `required` English must be there."""
    for name, label in labels.items():
        for code, _name in LANGUAGES:
            field = form.fields[translated(name, code)]
            field.label = label
            field.required = code == "en" and name in required
            field.widget.attrs |= {"lang": code, "dir": "rtl" if code in settings.LANGUAGES_BIDI else "ltr"}
            if isinstance(field.widget, forms.Textarea):
                field.widget.attrs["rows"] = 3


def language_parts(form: Any, *names: str) -> list[Part]:
    """One part for each language; the others than English are folded until they hold something."""
    parts = []
    for code, label in LANGUAGES:
        fields = [form[translated(name, code)] for name in names]
        is_filled = any(field.value() for field in fields) or any(field.errors for field in fields)
        parts.append(Part(label, fields, code, is_folded=code != "en", is_open=code == "en" or (form.is_bound and is_filled)))
    return parts


TIME_INPUT = {"type": "time"}
IN_PLACE_TIME = _("On the place's clock.")
