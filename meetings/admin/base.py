"""Who may do what in the admin of meetings."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest

from common.access import may
from common.admin import NeverDeleted, VisibleRows
from directory.page_versions import bump


class StaffAdmin(NeverDeleted, VisibleRows, admin.ModelAdmin):
    """Rows by `visible_to`; changes by secretariat staff only, superusers included; every change renews public pages."""

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return request.user.is_staff

    def has_module_permission(self, request: HttpRequest) -> bool:
        return request.user.is_staff

    def has_add_permission(self, request: HttpRequest) -> bool:
        return may(request.user, "meetings.change_meeting")

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return may(request.user, "meetings.change_meeting", obj)

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        super().save_related(request, form, formsets, change)
        bump("meetings")


class StaffInline(admin.TabularInline):
    """Rows of a parent: who may change the parent may change them."""

    extra = 0

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return request.user.is_staff

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return may(request.user, "meetings.change_meeting", obj)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return may(request.user, "meetings.change_meeting", obj)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return may(request.user, "meetings.change_meeting", obj)
