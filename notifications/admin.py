"""The outbox in the admin, to look at."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest

from notifications.models import Notification


@admin.register(Notification)
class NotificationAdmin(admin.ModelAdmin):
    """Envelopes only: what was sent is read in the outbox by those who may."""

    list_display = ["kind", "recipient", "address", "state", "created_at", "sent_at"]
    list_filter = ["state", "kind"]
    search_fields = ["recipient__email", "address"]
    readonly_fields = ["kind", "recipient", "address", "language", "state", "attempts", "due_at", "sent_at", "error"]
    fields = tuple(readonly_fields)

    def get_queryset(self, request: HttpRequest) -> Any:
        return Notification.objects.visible_to(request.user)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False
