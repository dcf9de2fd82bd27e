"""The outbox in the admin, to look at. What was written is read in the outbox by those who may, never here."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest

from common.admin import ReadOnlyAdmin, ReadOnlyInline, history_of
from notifications.models import AddressTrouble, BulkMessage, BulkMessageChange, MailRefusal, Notification, TrailEntry


class TrailInline(ReadOnlyInline):
    model = TrailEntry
    fields = ["at", "act", "detail", "by"]

    def get_queryset(self, request: HttpRequest) -> Any:
        return super().get_queryset(request).select_related("by")


@admin.register(Notification)
class NotificationAdmin(ReadOnlyAdmin):
    """Envelopes only, one's own ones for who is not of the secretariat."""

    list_display = ["kind", "recipient", "address", "state", "priority", "created_at", "sent_at"]
    list_filter = ["state", "kind", "priority"]
    list_select_related = ["recipient"]
    search_fields = ["=recipient__email", "=address", "=sent_to"]
    date_hierarchy = "created_at"
    show_full_result_count = False
    inlines = [TrailInline]
    fields = [
        "kind",
        "recipient",
        "address",
        "language",
        "state",
        "priority",
        "attempts",
        "lost",
        "created_at",
        "due_at",
        "sent_at",
        "sent_to",
        "error",
    ]


@admin.register(AddressTrouble)
class AddressTroubleAdmin(ReadOnlyAdmin):
    list_display = ["address", "is_permanent", "count", "first_at", "last_at"]
    list_filter = ["is_permanent"]
    search_fields = ["address", "detail"]
    date_hierarchy = "last_at"


@admin.register(MailRefusal)
class MailRefusalAdmin(ReadOnlyAdmin):
    list_display = ["address", "kind", "at"]
    list_filter = ["kind"]
    search_fields = ["address"]
    date_hierarchy = "at"


@admin.register(BulkMessage)
class BulkMessageAdmin(ReadOnlyAdmin):
    list_display = ["subject", "state", "confirmed_count", "by", "created_at"]
    list_filter = ["state", "language"]
    list_select_related = ["by"]
    search_fields = ["subject"]
    date_hierarchy = "created_at"
    inlines = [history_of(BulkMessageChange)]
