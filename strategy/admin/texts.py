"""Strategies in the admin: what may be set up is set up here, everything that has a verb is only looked at.

Comments, replies, positions and answers are not here: an administrator has no part in them, and the secretariat reads
them on its own page.
"""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from modeltranslation.admin import TranslationAdmin

from common.admin import NeverDeleted, ReadOnlyAdmin, VisibleRows, history_of
from directory.page_versions import bump
from strategy.models import ConsultationRound, Draft, DraftStateChange, Strategy


class VisibleAdmin(NeverDeleted, VisibleRows, admin.ModelAdmin):
    """Rows that the person may see on the portal's pages; nothing is deleted."""

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        """Save, and let no public page show what was there before."""
        super().save_related(request, form, formsets, change)
        bump("strategy")


@admin.register(Strategy)
class StrategyAdmin(VisibleAdmin, TranslationAdmin):
    list_display = ["slug", "title", "created_at"]
    date_hierarchy = "created_at"
    search_fields = ["slug", "title"]


@admin.register(Draft)
class DraftAdmin(VisibleAdmin, TranslationAdmin):
    list_display = ["strategy", "number", "label", "state", "is_public", "published_at"]
    list_filter = ["state", "is_public", "strategy"]
    list_select_related = ["strategy"]
    search_fields = ["strategy__slug", "strategy__title", "label"]
    date_hierarchy = "published_at"
    readonly_fields = ["state", "published_at", "sha256"]
    inlines = [history_of(DraftStateChange)]

    def get_readonly_fields(self, request: HttpRequest, obj: Draft | None = None) -> Any:
        """A published draft keeps its place and number; whether it is public can still be set."""
        fixed = list(super().get_readonly_fields(request, obj))
        return [*fixed, "strategy", "number"] if obj and obj.is_published else fixed


@admin.register(ConsultationRound)
class ConsultationRoundAdmin(ReadOnlyAdmin):
    """To look at: a round is opened, extended, paused and cancelled on its own page, where all invited agencies are told."""

    list_display = ["draft", "kind", "opens_at", "closes_at", "time_zone", "is_public"]
    list_filter = ["kind", "sharing", "is_public"]
    list_select_related = ["draft__strategy"]
    search_fields = ["draft__strategy__slug", "draft__strategy__title", "draft__label"]
    date_hierarchy = "closes_at"
