"""Scans in the admin: to look at."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest

from meetings.admin.base import StaffAdmin
from meetings.models import Scan


@admin.register(Scan)
class ScanAdmin(StaffAdmin):
    """What happened at the desks: rows are added there and never change."""

    list_display = ["registration", "meeting", "kind", "desk", "scanned_at", "by"]
    list_filter = ["meeting", "kind", "desk"]
    list_select_related = ["registration", "meeting", "by"]
    search_fields = ["registration__reference", "desk"]
    date_hierarchy = "scanned_at"

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False
