"""Solutions in the admin, to look at: every change goes through the portal's own verbs."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest

from common.admin import ReadOnlyAdmin, ReadOnlyInline, history_of
from solutions.models import Solution, SolutionStateChange, Transfer


class TransferInline(ReadOnlyInline):
    model = Transfer

    def get_queryset(self, request: HttpRequest) -> Any:
        return super().get_queryset(request).select_related("from_country", "to_country")


@admin.register(Solution)
class SolutionAdmin(ReadOnlyAdmin):
    """No adding, changing or deleting: an entry has a history, messages and a search row that must follow."""

    list_display = ["title", "kind", "provider", "state", "verification_level", "published_at"]
    list_filter = ["state", "kind", "verification_level", "modality"]
    search_fields = ["title", "slug", "provider__acronym"]
    exclude = ["contact_email"]
    list_select_related = ["provider"]
    date_hierarchy = "published_at"
    inlines = [TransferInline, history_of(SolutionStateChange)]
