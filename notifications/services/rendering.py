"""Making a message in its recipient's language. What comes out the same for many recipients is made once."""

import json
import re
import uuid
from typing import Any, NamedTuple

from django.conf import settings
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import translation
from django.utils.functional import SimpleLazyObject
from django.utils.html import urlize
from django.utils.safestring import mark_safe
from django.utils.translation import gettext as _

from notifications.kinds import Attachment, Kind, holds_private, holds_secret, kind_of, thaw
from notifications.models import Notification
from notifications.selectors.preferences import is_choosable
from notifications.services.envelopes import Envelope
from notifications.services.preferences import DIGEST, unsubscribe_url

LONGEST_SUBJECT = 300
MOST_KEPT = 200
# Why a message is not sent after all, in English as errors of messages are kept.
HIDDEN_WORDS = "The recipient may no longer see this."
GONE_WORDS = "The recipient's account is closed."
# Stands where each recipient's own mark belongs: what is kept and shown to staff must not unsubscribe anybody.
_MARK = uuid.uuid4().hex


class Rendered(NamedTuple):
    """A message as it is made: the same for everybody, but for the recipient's own mark in the link to unsubscribe."""

    subject: str
    text: str
    html: str
    attachments: list[Attachment]


def language_of(notification: Notification) -> str:
    """In which language the message is made."""
    return notification.recipient.language if notification.recipient else notification.language


def headline(notification: Notification, *, language: str) -> str:
    """The subject alone, or what a digest says instead; in `language`, which must be the active one."""
    kind = kind_of(notification.kind)
    return _one_line(str(kind.digest_line or kind.subject) % thaw(notification.context, language))


def _one_line(text: str) -> str:
    return " ".join(text.split())[:LONGEST_SUBJECT]


def paragraphs_of(text: str) -> list[str]:
    """Plain text as safe HTML, paragraph by paragraph, its addresses as links."""
    parts = re.split(r"\n\s*\n", text)
    return [mark_safe(urlize(part, autoescape=True).replace("\n", "<br>")) for part in parts]  # noqa: S308 - just escaped


def render_body(notification: Notification, context: dict[str, Any]) -> tuple[str, str]:
    """Subject and text from a thawed context, in the active language."""
    kind = kind_of(notification.kind)
    if kind.render:
        subject, text = kind.render(notification, context)
    else:
        subject, text = str(kind.subject) % context, render_to_string(kind.template, context)
    return _one_line(subject), text.strip()


def render(notification: Notification, *, for_mail: bool = False) -> Rendered:
    """Subject, text, HTML and attachments in the recipient's language, to be looked at; private links only `for_mail`."""
    with translation.override(language_of(notification)):
        return _render(notification, notification.recipient, for_mail=for_mail)


def _render(notification: Notification, recipient: Any, *, for_mail: bool = False) -> Rendered:
    kind, language = kind_of(notification.kind), language_of(notification)
    context = thaw(notification.context, language, for_mail=for_mail)
    context["recipient"] = recipient
    if kind.prepare:
        context |= kind.prepare(notification)
    subject, text = render_body(notification, context)
    frame = {
        **context,
        "subject": subject,
        "text": text,
        "paragraphs": paragraphs_of(text),
        **_frame(notification, kind, context),
    }
    html = render_to_string(kind.html, frame)
    full_text = render_to_string("emails/message.txt", frame).strip()
    return Rendered(subject, full_text + "\n", html, kind.attachments(context))


def _frame(notification: Notification, kind: Kind, context: dict[str, Any]) -> dict[str, Any]:
    """What stands around the text: button, why it came, how to have less of it."""
    has_account = notification.recipient is not None
    return {
        "action": str(kind.action) if context.get("link") else "",
        "link": context.get("link", ""),
        "text_language": context.get("text_language", ""),
        "why": _why(kind, has_account),
        "preferences_url": settings.PUBLIC_URL + reverse("notifications:preferences") if has_account else "",
        "unsubscribe_url": unsubscribe_url(_MARK) if may_be_refused(notification, kind) else "",
        "portal_url": settings.PUBLIC_URL,
    }


def _why(kind: Kind, has_account: bool) -> str:
    if not has_account:
        return _("You receive this message because your address was given to the portal.")
    if kind.required:
        return _("You receive this message because it is part of a procedure that you take part in.")
    return ""


def may_be_refused(notification: Notification, kind: Kind) -> bool:
    """Whether the recipient can say no to mail of this kind: where no procedure requires it.

    Not to what they have just asked for: nobody could say yes to it again, since the preferences do not speak of it.
    """
    return not kind.required and (is_choosable(kind) or (kind.name == DIGEST and notification.recipient is not None))


class Made(NamedTuple):
    """A message that is made, as it is kept, and its mail, which only needs an address and alone has private links."""

    rendered: Rendered
    envelope: Envelope


class Renderer:
    """Makes one message after another and keeps what came out, for those that come out the same.

    Messages are alike if they have the same kind, language and frozen context, and if making them never looked at who the
    recipient is; a message with a link of its own, or with parts made for one row, is alike to none.
    """

    def __init__(self) -> None:
        self._made: dict[tuple[Any, ...], Made] = {}

    def make(self, notification: Notification) -> Made:
        """What `render()` returns with its mail, made again only where it must be."""
        kind, language = kind_of(notification.kind), language_of(notification)
        if holds_private(notification.context):
            sent = _in_envelope(notification, kind, render(notification, for_mail=True))
            return sent._replace(rendered=render(notification))
        if kind.render or kind.prepare or holds_secret(notification.context):
            return _in_envelope(notification, kind, render(notification))
        frozen = json.dumps(notification.context, sort_keys=True)
        alike = (kind.name, language, notification.recipient is not None, frozen)
        if alike in self._made:
            return self._made[alike]
        looked_at = []

        def recipient() -> Any:
            looked_at.append(True)
            return notification.recipient

        with translation.override(language):
            rendered = _render(notification, SimpleLazyObject(recipient))
        made = _in_envelope(notification, kind, rendered)
        if not looked_at:
            if len(self._made) >= MOST_KEPT:
                self._made.clear()
            self._made[alike] = made
        return made


def _in_envelope(notification: Notification, kind: Kind, rendered: Rendered) -> Made:
    headers = {"Auto-Submitted": "auto-generated", "Content-Language": language_of(notification)}
    if may_be_refused(notification, kind):
        with translation.override(language_of(notification)):
            headers["List-Unsubscribe"] = f"<{unsubscribe_url(_MARK)}>"
        headers["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    return Made(rendered, Envelope(**rendered._asdict(), headers=headers, mark=_MARK))
