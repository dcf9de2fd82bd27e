"""Forgetting the words of old messages; the envelope (to whom, when, which kind, the subject) stays."""

from datetime import timedelta

from django.conf import settings
from django.utils import timezone

from notifications.enums import DeliveryState
from notifications.models import Notification

BATCH = 5000
OVER = [DeliveryState.SENT, DeliveryState.KEPT, DeliveryState.BOUNCED, DeliveryState.WITHDRAWN, DeliveryState.FAILED]
FORGOTTEN_WORDS = "It waited so long that its words are not kept any more."


def forget_bodies() -> int:
    """Empty text, HTML and frozen context of old messages; return how many. In batches: there are many.

    What was held, or waited for a digest, all that time is withdrawn: nobody would understand it now.
    """
    old = Notification.objects.filter(created_at__lt=timezone.now() - timedelta(days=settings.RETAIN_MESSAGE_BODIES_DAYS))
    waiting = old.filter(state__in=[DeliveryState.HELD, DeliveryState.COLLECTED])
    waiting.update(state=DeliveryState.WITHDRAWN, error=FORGOTTEN_WORDS)
    with_words = old.filter(state__in=OVER).exclude(text="", html="", context={})
    forgotten = 0
    while keys := list(with_words.order_by().values_list("pk", flat=True)[:BATCH]):
        forgotten += Notification.objects.filter(pk__in=keys).update(text="", html="", context={})
    return forgotten
