"""Working groups in the admin."""

from django.contrib import admin
from modeltranslation.admin import TranslationAdmin

from meetings.admin.base import StaffAdmin, StaffInline
from meetings.models import (
    ActionItem,
    Decision,
    GroupMember,
    WorkingGroup,
)


class MemberInline(StaffInline):
    model = GroupMember
    autocomplete_fields = ["organization"]


class DecisionInline(StaffInline):
    model = Decision


class ActionInline(StaffInline):
    model = ActionItem
    autocomplete_fields = ["owner"]


@admin.register(WorkingGroup)
class WorkingGroupAdmin(StaffAdmin, TranslationAdmin):
    list_display = ["name", "slug", "is_illustrative"]
    search_fields = ["name", "slug"]
    filter_horizontal = ["strategies"]
    inlines = [MemberInline, DecisionInline, ActionInline]
