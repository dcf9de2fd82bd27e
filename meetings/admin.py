"""Meetings in the admin: what the pages do not edit yet. States and histories are read-only; nothing public is deleted."""

from typing import Any

from django.contrib import admin
from django.db import models
from django.db.models import F
from django.http import HttpRequest
from modeltranslation.admin import TranslationAdmin

from common.access import may
from common.admin import NeverDeleted, VisibleRows, history_of
from directory.page_versions import bump
from meetings.models import (
    ActionItem,
    CategoryQuota,
    Decision,
    GroupMember,
    Meeting,
    MeetingDocument,
    MeetingStateChange,
    Registration,
    RegistrationStateChange,
    Room,
    Session,
    Speaker,
    ThematicEvent,
    ThematicEventStateChange,
    VoluntaryReport,
    VoluntaryReportStateChange,
    WorkingGroup,
)
from meetings.services.seats import lock_quotas, promote_waiting


class StaffAdmin(NeverDeleted, VisibleRows, admin.ModelAdmin):
    """Rows by `visible_to`; changes by secretariat staff only, superusers included; every change renews public pages."""

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return request.user.is_staff

    def has_module_permission(self, request: HttpRequest) -> bool:
        return request.user.is_staff

    def has_add_permission(self, request: HttpRequest) -> bool:
        return may(request.user, "meetings.change_meeting")

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return may(request.user, "meetings.change_meeting", obj)

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        super().save_related(request, form, formsets, change)
        bump("meetings")


class StaffInline(admin.TabularInline):
    """Rows of a parent: who may change the parent may change them."""

    extra = 0

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return request.user.is_staff

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return may(request.user, "meetings.change_meeting", obj)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return may(request.user, "meetings.change_meeting", obj)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return may(request.user, "meetings.change_meeting", obj)


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
    inlines = [QuotaInline, RoomInline, DocumentInline, history_of(MeetingStateChange)]

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


class SpeakerInline(StaffInline):
    model = Speaker
    autocomplete_fields = ["organization"]

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return super().has_add_permission(request, obj.meeting if obj else None)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return super().has_change_permission(request, obj.meeting if obj else None)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return super().has_delete_permission(request, obj.meeting if obj else None)


@admin.register(Session)
class SessionAdmin(StaffAdmin, TranslationAdmin):
    """A session stays in its meeting, and so do its room and documents: they are chosen once the session is saved."""

    list_display = ["title", "meeting", "starts_at", "room"]
    list_filter = ["meeting", "kind"]
    list_select_related = ["meeting", "room"]
    search_fields = ["title", "code", "meeting__slug"]
    date_hierarchy = "starts_at"
    inlines = [SpeakerInline]

    def get_queryset(self, request: HttpRequest) -> Any:
        return super().get_queryset(request).filter(meeting__in=Meeting.objects.visible_to(request.user))

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        return ["meeting"] if obj else []

    def get_form(self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any) -> Any:
        form = super().get_form(request, obj, change=change, **kwargs)
        fields: dict[str, Any] = form.base_fields
        if "meeting" in fields:
            fields["meeting"].queryset = Meeting.objects.visible_to(request.user)
        for name, model in (("room", Room), ("documents", MeetingDocument)):
            if name in fields and obj:
                fields[name].queryset = model.objects.filter(meeting=obj.meeting_id)
            else:
                fields.pop(name, None)
        return form

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return super().has_change_permission(request, obj.meeting if obj else None)


@admin.register(Registration)
class RegistrationAdmin(StaffAdmin):
    """To look at: registrations are decided on their pages."""

    list_display = ["full_name", "meeting", "category", "state", "submitted_at"]
    list_filter = ["meeting", "state", "category"]
    list_select_related = ["meeting", "category"]
    search_fields = ["given_name", "family_name", "email", "reference"]
    date_hierarchy = "submitted_at"
    inlines = [history_of(RegistrationStateChange)]

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


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
