"""Thematic events and their calls in the admin, for looking; they are worked on on their own pages."""

from django.contrib import admin
from modeltranslation.admin import TranslationAdmin

from common.admin import ReadOnly, ReadOnlyInline, history_of
from meetings.admin.base import StaffAdmin
from meetings.models import (
    AlternativeDates,
    CoSponsorship,
    CoSponsorshipStateChange,
    EventCall,
    ThematicEvent,
    ThematicEventStateChange,
)


class AlternativeDatesInline(ReadOnlyInline):
    model = AlternativeDates


@admin.register(EventCall)
class EventCallAdmin(StaffAdmin, TranslationAdmin):
    list_display = ["title", "opens_at", "closes_at", "limit_per_agency"]
    search_fields = ["title"]
    filter_horizontal = ["themes"]


@admin.register(ThematicEvent)
class ThematicEventAdmin(ReadOnly, StaffAdmin, TranslationAdmin):
    list_display = ["title", "proposed_by", "starts_at", "state"]
    list_filter = ["state"]
    search_fields = ["title"]
    list_select_related = ["proposed_by"]
    date_hierarchy = "starts_at"
    inlines = [AlternativeDatesInline, history_of(ThematicEventStateChange)]


@admin.register(CoSponsorship)
class CoSponsorshipAdmin(ReadOnly, StaffAdmin):
    list_display = ["event", "organization", "state"]
    list_filter = ["state"]
    list_select_related = ["event", "organization"]
    inlines = [history_of(CoSponsorshipStateChange)]
