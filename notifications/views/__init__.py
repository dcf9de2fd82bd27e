"""Pages of notifications."""

from notifications.views.bounces import addresses, clear_address, my_address, my_address_works, webhook
from notifications.views.bulk import (
    bulk,
    bulk_again,
    bulk_confirm,
    bulk_edit,
    bulk_list,
    bulk_new,
    bulk_preview,
    bulk_progress,
    bulk_stop,
    bulk_test,
)
from notifications.views.inbox import inbox, inbox_message, inbox_open, inbox_read
from notifications.views.outbox import (
    export_csv,
    hold,
    hold_found,
    message,
    outbox,
    preview,
    release,
    release_found,
    resend,
)
from notifications.views.preferences import preferences, unsubscribe_page

__all__ = [
    "addresses",
    "bulk",
    "bulk_again",
    "bulk_confirm",
    "bulk_edit",
    "bulk_list",
    "bulk_new",
    "bulk_preview",
    "bulk_progress",
    "bulk_stop",
    "bulk_test",
    "clear_address",
    "export_csv",
    "hold",
    "hold_found",
    "inbox",
    "inbox_message",
    "inbox_open",
    "inbox_read",
    "message",
    "my_address",
    "my_address_works",
    "outbox",
    "preferences",
    "preview",
    "release",
    "release_found",
    "resend",
    "unsubscribe_page",
    "webhook",
]
