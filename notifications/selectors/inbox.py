"""A person's own messages on the portal."""

from typing import Any

from notifications.models import Notification

MOST_COUNTED = 99


def unread_count(user: Any) -> int:
    """How many messages a person has not opened, counted no further than one above `MOST_COUNTED`."""
    unread = Notification.objects.inbox_of(user).filter(read_at__isnull=True)
    return unread.order_by()[: MOST_COUNTED + 1].count()
