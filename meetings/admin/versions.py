"""Released programmes and lists of speakers in the admin, to look at."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest

from common.admin import history_of
from meetings.admin.base import StaffAdmin
from meetings.models import FloorRequest, FloorRequestStateChange, ProgrammeVersion


class _ToLookAt(StaffAdmin):
    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


@admin.register(ProgrammeVersion)
class ProgrammeVersionAdmin(_ToLookAt):
    """What was released does not change; the next version is released on the programme's page."""

    list_display = ["meeting", "number", "note", "released_at"]
    list_filter = ["meeting"]
    list_select_related = ["meeting"]
    search_fields = ["note", "meeting__slug"]
    date_hierarchy = "released_at"
    exclude = ["text"]


@admin.register(FloorRequest)
class FloorRequestAdmin(_ToLookAt):
    """Who asked for the floor; the list is kept at the chair's desk."""

    list_display = ["__str__", "floor_list", "state", "used_seconds"]
    list_filter = ["state", "floor_list__meeting"]
    list_select_related = ["floor_list__meeting"]
    search_fields = ["name", "body"]
    inlines = [history_of(FloorRequestStateChange)]
