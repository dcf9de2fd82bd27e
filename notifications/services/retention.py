"""Forgetting the words of old messages; the envelope (to whom, when, which kind, the subject) stays."""

from datetime import timedelta

from django.conf import settings
from django.utils import timezone

from notifications.enums import DeliveryState
from notifications.models import Notification

BATCH = 5000
OVER = [DeliveryState.SENT, DeliveryState.KEPT, DeliveryState.BOUNCED, DeliveryState.WITHDRAWN, DeliveryState.FAILED]


def forget_bodies() -> int:
    """Empty text, HTML and frozen context of messages that are over and old; return how many. In batches: there are many."""
    oldest = timezone.now() - timedelta(days=settings.RETAIN_MESSAGE_BODIES_DAYS)
    with_words = Notification.objects.filter(state__in=OVER, created_at__lt=oldest).exclude(text="", html="", context={})
    forgotten = 0
    while keys := list(with_words.order_by().values_list("pk", flat=True)[:BATCH]):
        forgotten += Notification.objects.filter(pk__in=keys).update(text="", html="", context={})
    return forgotten
