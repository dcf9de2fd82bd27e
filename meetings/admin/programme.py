"""Sessions in the admin."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from modeltranslation.admin import TranslationAdmin

from meetings.admin.base import StaffAdmin, StaffInline
from meetings.models import (
    Meeting,
    MeetingDocument,
    Room,
    Session,
    Speaker,
)


class SpeakerInline(StaffInline):
    model = Speaker
    exclude = ["user"]  # joined by the address of a registration on the portal's own page
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
    exclude = ["drafts", "briefs", "solutions"]  # linked on the portal's own page, which knows what the editor may see

    def save_model(self, request: HttpRequest, obj: Session, form: Any, change: bool) -> None:
        obj.version += 1  # whoever has the session open on the portal's own page finds that it has changed
        super().save_model(request, obj, form, change)

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
