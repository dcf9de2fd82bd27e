"""Meetings in the admin."""

from typing import Any

from django.contrib import admin
from django.db import models
from django.db.models import F
from django.http import HttpRequest
from modeltranslation.admin import TranslationAdmin

from common.admin import history_of
from meetings.admin.base import StaffAdmin, StaffInline
from meetings.admin.delegations import CeilingInline
from meetings.models import (
    CategoryQuota,
    Meeting,
    MeetingDocument,
    MeetingStateChange,
    Room,
)
from meetings.services.seats import lock_quotas, promote_waiting


class RoomInline(StaffInline):
    model = Room


class DocumentInline(StaffInline):
    model = MeetingDocument
    formfield_overrides = {models.URLField: {"assume_scheme": "https"}}
    raw_id_fields = ["file"]


class QuotaInline(StaffInline):
    """Seats by category; a raised number goes to those who wait."""

    model = CategoryQuota

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


@admin.register(Meeting)
class MeetingAdmin(StaffAdmin, TranslationAdmin):
    list_display = ["title", "starts_at", "city", "state"]
    list_filter = ["state"]
    search_fields = ["title", "slug"]
    autocomplete_fields = ["country", "host"]
    readonly_fields = ["state", "sequence", "changed_at"]
    list_select_related = ["country", "host"]
    date_hierarchy = "starts_at"
    inlines = [QuotaInline, RoomInline, DocumentInline, CeilingInline, history_of(MeetingStateChange)]

    def save_model(self, request: HttpRequest, obj: Meeting, form: Any, change: bool) -> None:
        if change:
            # All at once, in the order of their keys and before anything is written: registrations take them so, too.
            categories = list(CategoryQuota.objects.filter(meeting=obj).values_list("category_id", flat=True))
            lock_quotas(meeting_id=obj.pk, categories=categories)
        super().save_model(request, obj, form, change)
        if change and form.changed_data:
            # Calendars take the new entry only under a higher number.
            Meeting.objects.filter(pk=obj.pk).update(sequence=F("sequence") + 1)

    def save_formset(self, request: HttpRequest, form: Any, formset: Any, change: bool) -> None:
        super().save_formset(request, form, formset, change)
        if formset.model is CategoryQuota:
            # In the order of their keys, as everywhere.
            for quota in sorted(formset.queryset, key=lambda row: row.pk):
                promote_waiting(quota=quota)
