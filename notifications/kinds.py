"""Kinds of message, and how a frozen context is made and read.

An app registers its kinds in its `messages.py`::

    APPROVED = register(Kind("meetings.registration_approved", subject=_("You are registered: %(meeting)s"), …))

The body is the template `emails/<app>/<name>.txt`; the HTML is made from its paragraphs, the button from `action` and
the `link` in the context.
"""

import zoneinfo
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.conf import settings
from django.core import signing
from django.db import models
from django.urls import reverse
from django.utils import translation
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from common.sealing import seal, unseal
from directory.models import SingleUseLink
from directory.services.links import token_of
from notifications.enums import Frequency, Priority
from notifications.models import Notification

_SECRET = {"_once", "_sealed", "_signed"}

Attachment = tuple[str, bytes, str]

# Headings of the preferences page for what belongs to no subject app.
YOUR_ORGANIZATION = _("Your organization")
YOUR_ACCOUNT = _("Your account")
THE_SECRETARIAT = _("The secretariat")


@dataclass(frozen=True)
class Kind:
    """A kind of message.

    Args:
        name: `app.name`; the template is `emails/app/name.txt`.
        subject: a translated text with %(name)s places filled from the context.
        action: the words of the button that leads to the link.
        label: what such a message says, in the words of the preferences page.
        group: the heading it stands under there; the app's name, if empty.
        required: a procedure depends on it: it goes out at once, at any hour, and cannot be turned off.
        priority: what goes first when many are due. Urgent messages know no quiet hours either.
        frequency: how often it is sent to those who have not chosen.
        digest_line: what a line of the inbox or of a digest says instead of the subject, with the same places.
        in_inbox: shown in the person's inbox on the portal.
        despite_refusals: goes out even to an address that refused mail.
        may_reach: whether a person could ever get it; those who could not are not asked how often they want it.
        confidential: staff see only the envelope; body and context are erased once sent.
        is_visible: asked again just before sending; False withdraws the message.
        attachments: makes files from the context, in the recipient's language.
        render: replaces subject and body rendering, for mail whose texts are another library's.
        prepare: adds to the thawed context what is only known when the message is made.
        html: the template of the HTML, where paragraphs and a button are not enough.
        on_sent: called in the transaction that marks the message as sent.
    """

    name: str
    subject: str | Promise = ""
    action: str | Promise = ""
    label: str | Promise = ""
    group: str | Promise = ""
    required: bool = False
    priority: Priority = Priority.NORMAL
    frequency: Frequency = Frequency.AT_ONCE
    digest_line: str | Promise = ""
    in_inbox: bool = True
    despite_refusals: bool = False
    may_reach: Callable[[Any], bool] = lambda user: True
    confidential: bool = False
    is_visible: Callable[[Notification], bool] = lambda notification: True
    attachments: Callable[[dict[str, Any]], list[Attachment]] = lambda context: []
    render: Callable[[Notification, dict[str, Any]], tuple[str, str]] | None = None
    prepare: Callable[[Notification], dict[str, Any]] | None = None
    html: str = "emails/message.html"
    on_sent: Callable[[Notification], None] | None = None

    @property
    def app(self) -> str:
        return self.name.split(".")[0]

    @property
    def template(self) -> str:
        return f"emails/{self.app}/{self.name.split('.')[1]}.txt"

    @property
    def knows_no_quiet_hours(self) -> bool:
        return self.required or self.priority == Priority.URGENT


_kinds: dict[str, Kind] = {}


def register(kind: Kind) -> Kind:
    """Make a kind known. Two of the same name are an error."""
    if kind.name in _kinds:
        raise ValueError(f"Two kinds of message are called {kind.name}")
    _kinds[kind.name] = kind
    return kind


def kind_of(name: str) -> Kind:
    return _kinds[name]


def known_kind(name: str) -> Kind:
    """The kind, for a page that shows messages of old: where no app has it any more, one of which only the envelope is shown."""
    return _kinds.get(name) or Kind(name, confidential=True)


def all_kinds() -> list[Kind]:
    return sorted(_kinds.values(), key=lambda kind: kind.name)


def in_all_languages(instance: models.Model, field: str) -> dict[str, str]:
    """Freeze a translated field as one text per language."""
    texts = {code: getattr(instance, f"{field}_{code.replace('-', '_')}", None) for code, _name in settings.LANGUAGES}
    return {"_texts": {code: text for code, text in texts.items() if text}}  # type: ignore[dict-item]


def label_in_all_languages(label: str | Promise) -> dict[str, Any]:
    """Freeze a label of an enum, or any lazy text, as one text per language."""
    texts = {}
    for code, _name in settings.LANGUAGES:
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


def sealed(text: str) -> dict[str, str]:
    """Freeze what lets somebody in, such as a code: unreadable in the table, opened when the message is made."""
    return {"_sealed": seal(text)}


def holds_secret(value: Any) -> bool:
    """Whether a frozen context carries a single-use or signed link, or something sealed, anywhere where staff could read it."""
    if isinstance(value, list):
        return any(holds_secret(item) for item in value)
    if isinstance(value, dict) and "_private" in value:
        return False
    return isinstance(value, dict) and (bool(value.keys() & _SECRET) or any(holds_secret(item) for item in value.values()))


def signed_link(route: str, value: str, salt: str) -> dict[str, Any]:
    """Freeze a link that works more than once: it is signed when the message is made, so it is in no table either."""
    return {"_signed": value, "_salt": salt, "_route": route}


def private_link(own: dict[str, Any], *, instead: dict[str, Any]) -> dict[str, Any]:
    """Freeze a signed link that only the mail itself carries: what is kept of the message, and staff see, has `instead`.

    For kinds that are not confidential, so that the rest of the text can still be read and sent again.
    """
    return {"_private": own, "_instead": instead}


def holds_private(value: Any) -> bool:
    """Whether the mail of a frozen context says something that is not kept."""
    if isinstance(value, list):
        return any(holds_private(item) for item in value)
    return isinstance(value, dict) and ("_private" in value or any(holds_private(item) for item in value.values()))


class FrozenMoment(datetime):
    """A moment that templates show by the clock of its place, never by that of whoever looks at the message."""

    convert_to_local_time = False


def thaw(value: Any, language: str, *, for_mail: bool = False) -> Any:
    """Turn a frozen context into what a template shows in `language`, the active one.

    Args:
        for_mail: with the private links, which nobody but the recipient may read.
    """
    if isinstance(value, list):
        return [thaw(item, language, for_mail=for_mail) for item in value]
    if not isinstance(value, dict):
        return value
    if "_private" in value:
        return thaw(value["_private" if for_mail else "_instead"], language)
    if "_texts" in value:
        texts = value["_texts"]
        return texts.get(language) or texts.get("en") or next(iter(texts.values()), "")
    if "_at" in value:
        return FrozenMoment.fromisoformat(value["_at"]).astimezone(zoneinfo.ZoneInfo(value["_zone"]))
    if "_day" in value:
        return date.fromisoformat(value["_day"])
    if "_sealed" in value:
        return unseal(value["_sealed"])
    if "_once" in value:
        return settings.PUBLIC_URL + reverse(value["_route"], args=[token_of(value["_once"])])
    if "_signed" in value:
        token = signing.Signer(salt=value["_salt"]).sign(value["_signed"])
        return settings.PUBLIC_URL + reverse(value["_route"], args=[token])
    if "_route" in value:
        return settings.PUBLIC_URL + reverse(value["_route"], args=value["_args"]) + value.get("_fragment", "")
    return {name: thaw(item, language, for_mail=for_mail) for name, item in value.items()}
