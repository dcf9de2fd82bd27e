"""Voluntary reports in the admin."""

from django.contrib import admin

from common.admin import history_of
from meetings.admin.base import StaffAdmin
from meetings.models import (
    VoluntaryReport,
    VoluntaryReportStateChange,
)


@admin.register(VoluntaryReport)
class VoluntaryReportAdmin(StaffAdmin):
    list_display = ["title", "country", "organization", "language", "state"]
    list_filter = ["state", "language"]
    search_fields = ["title"]
    autocomplete_fields = ["country", "organization"]
    readonly_fields = ["state", "submitted_at", "published_at"]
    list_select_related = ["country", "organization"]
    date_hierarchy = "published_at"
    inlines = [history_of(VoluntaryReportStateChange)]
