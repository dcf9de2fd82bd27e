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
    "message",
    "my_address",
    "my_address_works",
    "outbox",
    "preview",
    "release",
    "release_found",
    "resend",
    "webhook",
]
