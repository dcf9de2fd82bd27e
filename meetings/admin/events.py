"""Thematic events in the admin."""

from typing import Any

from django.contrib import admin
from django.db.models import F
from django.http import HttpRequest
from modeltranslation.admin import TranslationAdmin

from common.admin import history_of
from meetings.admin.base import StaffAdmin
from meetings.models import (
    ThematicEvent,
    ThematicEventStateChange,
)


@admin.register(ThematicEvent)
class ThematicEventAdmin(StaffAdmin, TranslationAdmin):
    list_display = ["title", "proposed_by", "starts_at", "state"]
    list_filter = ["state"]
    search_fields = ["title"]
    autocomplete_fields = ["proposed_by", "co_sponsors", "country"]
    readonly_fields = ["state", "sequence", "changed_at"]
    list_select_related = ["proposed_by"]
    date_hierarchy = "starts_at"
    inlines = [history_of(ThematicEventStateChange)]

    def save_model(self, request: HttpRequest, obj: ThematicEvent, form: Any, change: bool) -> None:
        super().save_model(request, obj, form, change)
        if change and form.changed_data:
            ThematicEvent.objects.filter(pk=obj.pk).update(sequence=F("sequence") + 1)
