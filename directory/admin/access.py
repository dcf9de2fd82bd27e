"""Grants for agency-internal matters and single-use links, to look at."""

from typing import Any

from django.contrib import admin

from common.admin import ReadOnlyAdmin, ReadOnlyInline
from directory.models import InternalAccessGrant, InternalAccessUse, SingleUseLink


class UseInline(ReadOnlyInline):
    model = InternalAccessUse
    fields = ["at", "what"]


@admin.register(InternalAccessGrant)
class InternalAccessGrantAdmin(ReadOnlyAdmin):
    """Grants are opened and ended on their own page, which tells the agency."""

    list_display = ["organization", "administrator", "starts_at", "expires_at", "ended_at", "ended_by"]
    list_filter = ["organization"]
    list_select_related = ["organization", "administrator", "ended_by"]
    search_fields = ["organization__acronym", "administrator__email", "reason"]
    date_hierarchy = "starts_at"
    inlines = [UseInline]

    def get_view_on_site_url(self, obj: Any = None) -> str | None:
        return obj.get_absolute_url() if obj else None


@admin.register(SingleUseLink)
class SingleUseLinkAdmin(ReadOnlyAdmin):
    """The table holds nothing that opens anything: tokens are signed in the message."""

    list_display = ["purpose", "address", "created_at", "expires_at", "used_at", "withdrawn_at"]
    list_filter = ["purpose"]
    search_fields = ["=address", "subject"]
    date_hierarchy = "created_at"
    exclude = ["id"]
