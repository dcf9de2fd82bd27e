"""A meeting's questions and its imports in the admin: to look at. They are written on their own pages."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from modeltranslation.admin import TranslationAdmin

from meetings.admin.base import StaffAdmin
from meetings.models import BulkAct, Question, RegistrationImport


class LookedAt(StaffAdmin):
    """Read-only here: the page of the thing checks what the admin would not."""

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


@admin.register(Question)
class QuestionAdmin(LookedAt, TranslationAdmin):
    list_display = ["label", "meeting", "kind", "is_required", "removed_at"]
    list_filter = ["meeting", "kind"]
    list_select_related = ["meeting"]
    search_fields = ["label", "code"]


@admin.register(BulkAct)
class BulkActAdmin(LookedAt):
    list_display = ["kind", "meeting", "by", "created_at", "done_at"]
    list_filter = ["meeting", "kind"]
    list_select_related = ["meeting", "by"]
    search_fields = ["reason"]
    date_hierarchy = "created_at"


@admin.register(RegistrationImport)
class RegistrationImportAdmin(LookedAt):
    list_display = ["file_name", "meeting", "by", "created_at", "applied_at"]
    list_filter = ["meeting"]
    list_select_related = ["meeting", "by"]
    search_fields = ["file_name"]
    date_hierarchy = "created_at"
