"""Voluntary reports in the admin, to look at: they and their calls are edited on their pages."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from modeltranslation.admin import TranslationAdmin, TranslationTabularInline

from common.admin import history_of
from meetings.admin.base import StaffAdmin
from meetings.models import CallSection, ReportCall, VoluntaryReport, VoluntaryReportStateChange


class OnlyToLookAt(StaffAdmin):
    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


@admin.register(VoluntaryReport)
class VoluntaryReportAdmin(OnlyToLookAt):
    list_display = ["title", "call", "country", "organization", "language", "is_late", "state"]
    list_filter = ["state", "call", "language", "is_late"]
    search_fields = ["title", "receipt"]
    list_select_related = ["call", "country", "organization"]
    date_hierarchy = "published_at"
    inlines = [history_of(VoluntaryReportStateChange)]


class SectionInline(TranslationTabularInline):
    model = CallSection
    extra = 0

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return request.user.is_staff

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    has_change_permission = has_delete_permission = has_add_permission


@admin.register(ReportCall)
class ReportCallAdmin(OnlyToLookAt, TranslationAdmin):
    list_display = ["title", "opens_at", "closes_at", "accepts_late"]
    search_fields = ["title", "slug"]
    date_hierarchy = "closes_at"
    inlines = [SectionInline]
