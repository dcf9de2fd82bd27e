"""Working groups in the admin: to look up and to put right. States and versions are made on the portal's pages."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from modeltranslation.admin import TranslationAdmin

from meetings.admin.base import StaffAdmin, StaffInline
from meetings.models import (
    ActionItem,
    Decision,
    GroupMember,
    TermsVersion,
    WorkingGroup,
)


class LookedAt(StaffInline):
    """Rows that only the portal's own pages write."""

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


class OfReader(LookedAt):
    """Rows by `visible_to`: an administrator without a grant sees what is public."""

    def get_queryset(self, request: HttpRequest) -> Any:
        rows: Any = super().get_queryset(request)
        return rows.visible_to(request.user)


class TermsInline(LookedAt):
    model = TermsVersion
    fields = ["number", "adopted_on", "note", "text"]


class MemberInline(LookedAt):
    """Who is a member; the names are for those inside."""

    model = GroupMember
    fields = ["organization", "role", "term_from", "term_to"]


class DecisionInline(OfReader):
    model = Decision
    fields = ["number", "title", "text", "taken_on", "is_public"]


class ActionInline(OfReader):
    model = ActionItem
    fields = ["number", "text", "owner", "due_on", "state", "is_public"]


@admin.register(WorkingGroup)
class WorkingGroupAdmin(StaffAdmin, TranslationAdmin):
    list_display = ["name", "slug", "is_public", "is_illustrative"]
    search_fields = ["name", "slug"]
    filter_horizontal = ["strategies"]
    inlines = [TermsInline, MemberInline, DecisionInline, ActionInline]
