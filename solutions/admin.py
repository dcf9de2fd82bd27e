"""Solutions in the admin, to look at: every change goes through the portal's own verbs."""

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest

from solutions.models import Solution, SolutionStateChange, Transfer


class ReadOnly:
    """No adding, changing or deleting: an entry has a history, messages and a search row that must follow."""

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


class TransferInline(ReadOnly, admin.TabularInline):
    model = Transfer
    extra = 0


class StateChangeInline(ReadOnly, admin.TabularInline):
    model = SolutionStateChange
    extra = 0
    fields = ("at", "old", "new", "by", "on_behalf_of", "reason")
    readonly_fields = fields


@admin.register(Solution)
class SolutionAdmin(ReadOnly, admin.ModelAdmin):
    list_display = ["title", "kind", "provider", "state", "verification_level", "published_at"]
    list_filter = ["state", "kind", "verification_level", "modality"]
    search_fields = ["title", "slug"]
    exclude = ["contact_email"]
    inlines = [TransferInline, StateChangeInline]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Solution]:
        return Solution.objects.visible_to(request.user).select_related("provider")
