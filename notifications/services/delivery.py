"""Pattern 4, second half: claim, check, render, send, mark.

Delivery is at least once, and twice only for a message in flight when its worker died.
"""

import logging
import re
import smtplib
import uuid
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.core.mail import EmailMultiAlternatives, get_connection
from django.core.mail.backends.base import BaseEmailBackend
from django.db import transaction
from django.db.models import F, Q
from django.template.loader import render_to_string
from django.utils import timezone, translation
from django.utils.html import urlize
from django.utils.safestring import mark_safe
from django.utils.translation import gettext as _

from common.dispatch import send
from notifications.enums import DeliveryState
from notifications.kinds import Kind, kind_of, thaw
from notifications.models import Notification
from notifications.services.bounces import message_id, refusal_words, refusals

log = logging.getLogger(__name__)

BATCH = 50
MOST_ATTEMPTS = 8


def _due() -> Q:
    now = timezone.now()
    return Q(state=DeliveryState.QUEUED, due_at__lte=now) | Q(state=DeliveryState.CLAIMED, claimed_until__lt=now)


def _lease_end() -> Any:
    return timezone.now() + timedelta(seconds=settings.NOTIFICATION_LEASE_SECONDS)


def claim_batch(limit: int = BATCH) -> list[Notification]:
    """Take up to `limit` due messages for this worker; nobody else gets them until the lease ends."""
    claim = uuid.uuid4()
    with transaction.atomic():
        rows = Notification.objects.select_for_update(skip_locked=True).filter(_due()).order_by("due_at", "pk")
        keys = list(rows.values_list("pk", flat=True)[:limit])
        Notification.objects.filter(pk__in=keys).update(
            state=DeliveryState.CLAIMED, claim=claim, claimed_until=_lease_end(), attempts=F("attempts") + 1
        )
    return list(Notification.objects.filter(claim=claim, state=DeliveryState.CLAIMED).select_related("recipient").order_by("pk"))


def render(notification: Notification) -> tuple[str, str, str, list[tuple[str, bytes, str]]]:
    """Return subject, text, HTML and attachments in the recipient's language."""
    kind = kind_of(notification.kind)
    language = notification.recipient.language if notification.recipient else notification.language
    with translation.override(language):
        context = thaw(notification.context, language)
        context["recipient"] = notification.recipient
        if kind.render:
            subject, text = kind.render(notification, context)
        else:
            subject = str(kind.subject) % context
            text = render_to_string(kind.template, context).strip()
        subject = " ".join(subject.split())
        action = str(kind.action) if context.get("link") else ""
        paragraphs = [mark_safe(urlize(part, autoescape=True).replace("\n", "<br>")) for part in re.split(r"\n\s*\n", text)]  # noqa: S308
        frame = {
            "subject": subject,
            "text": text,
            "paragraphs": paragraphs,
            "action": action,
            "link": context.get("link", ""),
            "text_language": context.get("text_language", ""),
            "why": "" if notification.recipient else _("You receive this message because your address was given to the portal."),
            "portal_url": settings.PUBLIC_URL,
        }
        html = render_to_string("emails/message.html", frame)
        full_text = render_to_string("emails/message.txt", frame).strip()
        return subject[:300], full_text + "\n", html, kind.attachments(context)


def _send(notification: Notification, kind: Kind, connection: BaseEmailBackend) -> dict[str, Any]:
    subject, text, html, attachments = render(notification)
    address = notification.destination
    message = EmailMultiAlternatives(
        subject,
        text,
        to=[address],
        connection=connection,
        # The same row always has the same Message-ID, so a second copy after a crash is recognizable.
        headers={"Message-ID": message_id(notification)},
    )
    message.attach_alternative(html, "text/html")
    for name, content, mime in attachments:
        message.attach(name, content, mime)
    message.send()
    if kind.confidential:
        return {"sent_to": address, "subject": "", "text": "", "html": "", "context": {}}
    return {"sent_to": address, "subject": subject, "text": text, "html": html}


def _deliver(notification: Notification, connection: BaseEmailBackend) -> None:
    mine = Notification.objects.filter(pk=notification.pk, claim=notification.claim, state=DeliveryState.CLAIMED)
    # A slow batch may have outlived its lease: renew it for this message, or leave it to who has it now.
    if not mine.update(claimed_until=_lease_end()):
        return
    try:
        kind = kind_of(notification.kind)
        if not kind.is_visible(notification):
            mine.update(state=DeliveryState.WITHDRAWN, error="The recipient may no longer see this.")
            return
        # Mail that a person has just asked for goes out in any case: it is how an address shows that it works again.
        if kind.name != "notifications.account_mail" and (refused := refusals([notification.destination])):
            (trouble,) = refused.values()
            mine.update(state=DeliveryState.FAILED, error=refusal_words(trouble))
            return
        kept = _send(notification, kind, connection)
    except (smtplib.SMTPRecipientsRefused, smtplib.SMTPDataError, smtplib.SMTPSenderRefused) as error:
        _failed(mine, notification, error, permanent=_is_permanent(error))
    except (OSError, smtplib.SMTPException) as error:
        _failed(mine, notification, error, permanent=False)
    except Exception as error:  # a template or context that cannot be rendered will not get better by itself
        log.exception("message cannot be made", extra={"data": {"notification": notification.pk}})
        _failed(mine, notification, error, permanent=True)
    else:
        mine.update(state=DeliveryState.SENT, sent_at=timezone.now(), error="", **kept)


def _is_permanent(error: smtplib.SMTPException) -> bool:
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        return all(code >= 500 for code, _ in error.recipients.values())
    return getattr(error, "smtp_code", 0) >= 500


def _failed(mine: Any, notification: Notification, error: Exception, *, permanent: bool) -> None:
    log.warning("message not sent", extra={"data": {"notification": notification.pk, "error": str(error)}})
    if permanent or notification.attempts >= MOST_ATTEMPTS:
        mine.update(state=DeliveryState.FAILED, error=str(error)[:2000])
    else:
        wait = timedelta(seconds=min(30 * 2 ** (notification.attempts - 1), 6 * 3600))
        mine.update(state=DeliveryState.QUEUED, due_at=timezone.now() + wait, error=str(error)[:2000])


def deliver_due() -> int:
    """Send what is due, one batch; return how many were taken. Safe to run anywhere, any number of times."""
    batch = claim_batch()
    if not batch:
        return 0
    connection = get_connection()
    try:
        connection.open()
    except OSError as error:
        for notification in batch:
            mine = Notification.objects.filter(pk=notification.pk, claim=notification.claim, state=DeliveryState.CLAIMED)
            _failed(mine, notification, error, permanent=False)
        return len(batch)
    try:
        for notification in batch:
            _deliver(notification, connection)
    finally:
        connection.close()
    return len(batch)


def sweep() -> bool:
    """Have delivered what a crash or a mute broker left; tell whether there was anything."""
    waiting = Notification.objects.filter(_due()).exists()
    if waiting:
        send("notifications.deliver")
    return waiting
