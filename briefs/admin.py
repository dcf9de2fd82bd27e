"""Briefs for secretariat staff: new ones are set up here; text, clearances and states change only through their verbs."""

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from modeltranslation.admin import TranslationAdmin

from briefs.models import (
    Brief,
    BriefAgency,
    BriefStateChange,
    CitedSolution,
    DownloadCount,
    Edition,
    PressKit,
    Section,
    Series,
)
from briefs.services import start_brief
from common.access import may
from common.admin import history_of
from directory.page_versions import bump


class _ByRules:
    """Permissions by the app's rules: Django's own would let a superuser see every draft."""

    def has_module_permission(self, request: HttpRequest) -> bool:
        return request.user.is_active and request.user.is_staff

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return request.user.is_active and request.user.is_staff

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


class _NewOnly(_ByRules):
    """Rows that are written with a new brief and only shown afterwards."""

    extra = 0

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return obj is None and may(request.user, "briefs.add_brief")


class AgencyInline(_NewOnly, admin.TabularInline):
    model = BriefAgency
    fields = ["organization", "is_lead", "clearance", "reservation", "cleared_by", "cleared_at"]
    readonly_fields = ["clearance", "reservation", "cleared_by", "cleared_at"]
    autocomplete_fields = ["organization"]
    extra = 2


class SectionInline(_NewOnly, admin.StackedInline):
    model = Section
    fields = ["position", "heading", "organization", "body"]
    autocomplete_fields = ["organization"]


class CitedSolutionInline(_NewOnly, admin.TabularInline):
    model = CitedSolution
    fields = ["solution"]
    raw_id_fields = ["solution"]


@admin.register(Brief)
class BriefAdmin(_ByRules, admin.ModelAdmin):
    list_display = ["title", "series", "number", "language", "state"]
    list_filter = ["state", "series", "language", "agencies__organization"]
    list_select_related = ["series"]
    search_fields = ["slug", "title"]
    readonly_fields = ["state", "current_edition"]
    prepopulated_fields = {"slug": ["title"]}
    autocomplete_fields = ["translation_of"]
    filter_horizontal = ["themes", "sdgs"]
    inlines = [AgencyInline, SectionInline, CitedSolutionInline, history_of(BriefStateChange)]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Brief]:
        # Not merely visible: a page of the admin shows the text being written, also of what is published.
        return Brief.objects.visible_to(request.user).of_insider(request.user)

    def get_prepopulated_fields(self, request: HttpRequest, obj: Any = None) -> dict[str, Any]:
        return {} if obj else dict(self.prepopulated_fields)

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return may(request.user, "briefs.add_brief")

    def save_model(self, request: HttpRequest, obj: Brief, form: Any, change: bool) -> None:
        super().save_model(request, obj, form, change)
        if not change:
            start_brief(brief=obj, by=request.user)


@admin.register(Edition)
class EditionAdmin(_ByRules, admin.ModelAdmin):
    list_display = ["title", "number", "published_at", "sha256"]
    list_filter = ["brief__series", "brief__language"]
    search_fields = ["title", "brief__slug"]
    date_hierarchy = "published_at"

    def get_queryset(self, request: HttpRequest) -> QuerySet[Edition]:
        return Edition.objects.visible_to(request.user).select_related("brief")


@admin.register(Series)
class SeriesAdmin(_ByRules, TranslationAdmin):
    list_display = ["title", "slug"]
    search_fields = ["title", "slug"]
    prepopulated_fields = {"slug": ["title"]}

    def save_model(self, request: HttpRequest, obj: Series, form: Any, change: bool) -> None:
        super().save_model(request, obj, form, change)
        bump("briefs")

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return may(request.user, "briefs.change_series")

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return may(request.user, "briefs.change_series")


@admin.register(DownloadCount)
class DownloadCountAdmin(_ByRules, admin.ModelAdmin):
    list_display = ["edition", "file", "day", "count"]
    list_filter = ["file", "edition__brief__series"]
    list_select_related = ["edition"]
    search_fields = ["edition__title", "edition__brief__slug"]
    date_hierarchy = "day"

    def get_queryset(self, request: HttpRequest) -> QuerySet[DownloadCount]:
        return DownloadCount.objects.visible_to(request.user)


@admin.register(PressKit)
class PressKitAdmin(_ByRules, admin.ModelAdmin):
    list_display = ["edition", "file", "made_at"]
    list_select_related = ["edition", "file"]
    search_fields = ["edition__title", "edition__brief__slug"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[PressKit]:
        return PressKit.objects.filter(edition__in=Edition.objects.visible_to(request.user))
