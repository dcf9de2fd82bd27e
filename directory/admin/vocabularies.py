"""Vocabularies, for administrators: names change, terms stay, for what is published stands on them."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from modeltranslation.admin import TranslationAdmin

from common.admin import NeverDeleted
from directory.models import Agenda, Country, Language, Pillar, Region, SDGGoal, SDGTarget, StakeholderCategory, Theme
from directory.page_versions import bump


class ShownPublicly(NeverDeleted, admin.ModelAdmin):
    """Names kept here stand on public pages: a change makes those pages new."""

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        super().save_related(request, form, formsets, change)
        bump("directory")


class ChosenByStaff(admin.ModelAdmin):
    """Looked up by secretariat staff when they choose a host or a country elsewhere; changed by administrators only."""

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return bool(request.user.is_active and request.user.is_staff)


@admin.register(Country)
class CountryAdmin(ChosenByStaff, ShownPublicly, TranslationAdmin):
    list_display = ["name", "iso2", "iso3", "m49", "region", "status"]
    list_filter = ["status", "region"]
    list_select_related = ["region"]
    search_fields = ["name", "iso2", "iso3"]
    autocomplete_fields = ["region"]


@admin.register(Agenda, Language, Pillar, StakeholderCategory, Theme)
class TermAdmin(ShownPublicly, TranslationAdmin):
    list_display = ["code", "name", "order"]
    search_fields = ["code", "name"]


@admin.register(Region)
class RegionAdmin(ShownPublicly, TranslationAdmin):
    list_display = ["code", "name", "parent"]
    list_select_related = ["parent"]
    search_fields = ["code", "name"]
    autocomplete_fields = ["parent"]


@admin.register(SDGGoal)
class GoalAdmin(ShownPublicly, TranslationAdmin):
    list_display = ["number", "title", "colour"]
    search_fields = ["=number", "title"]


@admin.register(SDGTarget)
class TargetAdmin(ShownPublicly):
    list_display = ["code", "title", "goal"]
    list_select_related = ["goal"]
    search_fields = ["code", "title"]
    list_filter = ["goal"]
