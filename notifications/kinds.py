"""Kinds of message, and how a frozen context is made and read.

An app registers its kinds in its `messages.py`::

    APPROVED = register(Kind("meetings.registration_approved", subject=_("You are registered: %(meeting)s"), …))

The body is the template `emails/<app>/<name>.txt`; the HTML is made from its paragraphs, the button from `action` and
the `link` in the context.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.conf import settings
from django.db import models
from django.urls import reverse
from django.utils import translation
from django.utils.functional import Promise

from directory.models import SingleUseLink
from directory.services.links import token_of
from notifications.models import Notification

Attachment = tuple[str, bytes, str]


@dataclass(frozen=True)
class Kind:
    """A kind of message.

    Args:
        name: `app.name`; the template is `emails/app/name.txt`.
        subject: a translated text with %(name)s places filled from the context.
        action: the words of the button that leads to the link.
        confidential: staff see only the envelope; body and context are erased once sent.
        is_visible: asked again just before sending; False withdraws the message.
        attachments: makes files from the context, in the recipient's language.
        render: replaces subject and body rendering, for mail whose texts are another library's.
    """

    name: str
    subject: str | Promise = ""
    action: str | Promise = ""
    confidential: bool = False
    is_visible: Callable[[Notification], bool] = lambda notification: True
    attachments: Callable[[dict[str, Any]], list[Attachment]] = lambda context: []
    render: Callable[[Notification, dict[str, Any]], tuple[str, str]] | None = None

    @property
    def template(self) -> str:
        app, name = self.name.split(".")
        return f"emails/{app}/{name}.txt"


_kinds: dict[str, Kind] = {}


def register(kind: Kind) -> Kind:
    """Make a kind known. Two of the same name are an error."""
    if kind.name in _kinds:
        raise ValueError(f"Two kinds of message are called {kind.name}")
    _kinds[kind.name] = kind
    return kind


def kind_of(name: str) -> Kind:
    return _kinds[name]


def all_kinds() -> list[Kind]:
    return sorted(_kinds.values(), key=lambda kind: kind.name)


def in_all_languages(instance: models.Model, field: str) -> dict[str, str]:
    """Freeze a translated field as one text per language."""
    texts = {code: getattr(instance, f"{field}_{code.replace('-', '_')}", None) for code, _ in settings.LANGUAGES}
    return {"_texts": {code: text for code, text in texts.items() if text}}  # type: ignore[dict-item]


def label_in_all_languages(label: str | Promise) -> dict[str, Any]:
    """Freeze a label of an enum, or any lazy text, as one text per language."""
    texts = {}
    for code, _ in settings.LANGUAGES:
        with translation.override(code):
            texts[code] = str(label)
    return {"_texts": texts}


def moment(at: datetime, zone: str = "UTC") -> dict[str, str]:
    """Freeze a moment with the zone of its place."""
    return {"_at": at.isoformat(), "_zone": zone}


def day(on: date) -> dict[str, str]:
    """Freeze a day of the calendar."""
    return {"_day": on.isoformat()}


def link(route: str, *args: Any, **kwargs: Any) -> dict[str, Any]:
    """Freeze an address as a route, so that it is made in the recipient's language; `kwargs` become the fragment or query."""
    return {"_route": route, "_args": list(args), **{f"_{name}": value for name, value in kwargs.items()}}


def once_link(route: str, link: SingleUseLink) -> dict[str, Any]:
    """Freeze a single-use link: its row and route. The token is signed when the message is made, so it is in no table."""
    return {"_once": str(link.pk), "_route": route}


def holds_once_link(value: Any) -> bool:
    """Whether a frozen context carries a single-use link anywhere."""
    if isinstance(value, list):
        return any(holds_once_link(item) for item in value)
    return isinstance(value, dict) and ("_once" in value or any(holds_once_link(item) for item in value.values()))


def thaw(value: Any, language: str) -> Any:
    """Turn a frozen context into what a template shows in `language`, the active one."""
    if isinstance(value, list):
        return [thaw(item, language) for item in value]
    if not isinstance(value, dict):
        return value
    if "_texts" in value:
        texts = value["_texts"]
        return texts.get(language) or texts.get("en") or next(iter(texts.values()), "")
    if "_at" in value:
        import zoneinfo

        return datetime.fromisoformat(value["_at"]).astimezone(zoneinfo.ZoneInfo(value["_zone"]))
    if "_day" in value:
        return date.fromisoformat(value["_day"])
    if "_once" in value:
        return settings.PUBLIC_URL + reverse(value["_route"], args=[token_of(value["_once"])])
    if "_route" in value:
        return settings.PUBLIC_URL + reverse(value["_route"], args=value["_args"]) + value.get("_fragment", "")
    return {name: thaw(item, language) for name, item in value.items()}
