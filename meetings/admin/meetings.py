"""Meetings in the admin."""

from typing import Any

from django import forms
from django.contrib import admin
from django.db import models
from django.db.models import F
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _
from modeltranslation.admin import TranslationAdmin

from common.admin import ReadOnlyInline, history_of
from meetings.admin.base import StaffAdmin, StaffInline
from meetings.admin.delegations import CeilingInline
from meetings.models import (
    CategoryQuota,
    Meeting,
    MeetingDocument,
    MeetingEdit,
    MeetingStateChange,
    Room,
    SeatMove,
)
from meetings.services.seats import lock_quotas


class RoomInline(StaffInline):
    model = Room


class DocumentInline(StaffInline):
    model = MeetingDocument
    formfield_overrides = {models.URLField: {"assume_scheme": "https"}}
    raw_id_fields = ["file"]


class QuotaForm(forms.ModelForm):
    """How a category is opened and approved. Its seats have a page of their own."""

    def save(self, commit: bool = True) -> CategoryQuota:
        """Write what was changed here and nothing else: seats may be moved between the page and its answer."""
        if commit:
            self.instance.save(update_fields=[*self.changed_data])
        return self.instance


class QuotaInline(StaffInline):
    """The categories; they are added and given seats on the pages of the meeting's registration, which keep the record."""

    model = CategoryQuota
    form = QuotaForm
    exclude = ["seats"]
    readonly_fields = ["category", "seats_there"]
    raw_id_fields = ["approver"]

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    @admin.display(description=_("seats"))
    def seats_there(self, quota: CategoryQuota) -> str:
        """The seats, with the way to the page where they are changed."""
        address = reverse("meetings:category_settings", args=[quota.meeting.slug, quota.category.code])
        return format_html('{} <a href="{}">{}</a>', quota.seats, address, _("Change the seats"))


class SeatMoveInline(StaffInline):
    """The history of the seats, to look at."""

    model = SeatMove
    readonly_fields = ["source", "target", "count", "is_below_taken", "reason", "by", "at"]

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


class EditInline(ReadOnlyInline):
    """Who did what on the portal's own pages."""

    model = MeetingEdit
    fields = ["at", "act", "thing", "detail", "by", "on_behalf_of"]

    def get_queryset(self, request: HttpRequest) -> Any:
        return super().get_queryset(request).select_related("by", "on_behalf_of")


@admin.register(Meeting)
class MeetingAdmin(StaffAdmin, TranslationAdmin):
    list_display = ["title", "starts_at", "city", "state"]
    list_filter = ["state"]
    search_fields = ["title", "slug"]
    autocomplete_fields = ["country", "host"]
    readonly_fields = ["state", "sequence", "changed_at"]
    list_select_related = ["country", "host"]
    date_hierarchy = "starts_at"
    inlines = [
        QuotaInline,
        SeatMoveInline,
        RoomInline,
        DocumentInline,
        CeilingInline,
        history_of(MeetingStateChange),
        EditInline,
    ]

    def save_model(self, request: HttpRequest, obj: Meeting, form: Any, change: bool) -> None:
        if change:
            # All at once, in the order of their keys and before anything is written: registrations take them so, too.
            categories = list(CategoryQuota.objects.filter(meeting=obj).values_list("category_id", flat=True))
            lock_quotas(meeting_id=obj.pk, categories=categories)
        super().save_model(request, obj, form, change)
        if change and form.changed_data:
            # Calendars take the new entry only under a higher number.
            Meeting.objects.filter(pk=obj.pk).update(sequence=F("sequence") + 1)
