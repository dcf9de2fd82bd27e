"""Meetings in the admin."""

from typing import Any

from django import forms
from django.contrib import admin
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import F
from django.http import HttpRequest
from django.utils.translation import gettext as _
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
from meetings.services.seats import lock_quotas, promote_waiting, seats_taken


class RoomInline(StaffInline):
    model = Room


class DocumentInline(StaffInline):
    model = MeetingDocument
    formfield_overrides = {models.URLField: {"assume_scheme": "https"}}
    raw_id_fields = ["file"]


class QuotaForm(forms.ModelForm):
    """Fewer seats than are taken need an override, which the page of the settings asks for and records."""

    def clean_seats(self) -> int:
        seats = int(self.cleaned_data["seats"])
        if self.instance.pk and seats < self.initial.get("seats", 0) and seats < seats_taken(self.instance):
            raise ValidationError(_("More seats are taken. Lower them on the page of the meeting's registration, with a reason."))
        return seats


class QuotaInline(StaffInline):
    """Seats by category; a raised number goes to those who wait."""

    model = CategoryQuota
    form = QuotaForm
    raw_id_fields = ["approver"]

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


def _record_seats(before: dict[int, int], quotas: Any, by: Any) -> None:
    """What was changed here stands in the same history as elsewhere."""
    for quota in quotas:
        difference = quota.seats - before.get(quota.pk, 0)
        if difference:
            source, target = (None, quota) if difference > 0 else (quota, None)
            SeatMove.objects.create(
                meeting_id=quota.meeting_id, source=source, target=target, count=abs(difference), reason="Django admin", by=by
            )


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

    def save_formset(self, request: HttpRequest, form: Any, formset: Any, change: bool) -> None:
        before: dict[int, int] = {}
        if formset.model is CategoryQuota:
            before = dict(CategoryQuota.objects.filter(meeting=form.instance).values_list("pk", "seats"))
        super().save_formset(request, form, formset, change)
        if formset.model is CategoryQuota:
            _record_seats(before, formset.queryset.all(), request.user)
            # In the order of their keys, as everywhere.
            for quota in sorted(formset.queryset, key=lambda row: row.pk):
                promote_waiting(quota=quota)
