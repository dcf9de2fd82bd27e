"""Registrations in the admin."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest

from common.admin import history_of
from meetings.admin.base import StaffAdmin
from meetings.admin.delegations import SubstitutionInline
from meetings.models import (
    Registration,
    RegistrationStateChange,
)


@admin.register(Registration)
class RegistrationAdmin(StaffAdmin):
    """To look at: registrations are decided on their pages."""

    list_display = ["full_name", "meeting", "category", "state", "submitted_at"]
    list_filter = ["meeting", "state", "category"]
    list_select_related = ["meeting", "category"]
    search_fields = ["given_name", "family_name", "email", "reference"]
    date_hierarchy = "submitted_at"
    inlines = [history_of(RegistrationStateChange), SubstitutionInline]

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False
