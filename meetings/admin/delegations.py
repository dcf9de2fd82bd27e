"""Delegations, checked addresses and letters in the admin: to look at, each is acted on by its own page."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest

from common.admin import ReadOnlyInline, history_of
from meetings.admin.base import StaffAdmin
from meetings.models import DelegationCeiling, DelegationSubstitution, InvitationLetter, InvitationLetterStateChange


class CeilingInline(ReadOnlyInline):
    """Ceilings of organizations, set on the page of the delegations."""

    model = DelegationCeiling
    fields = ["organization", "people"]

    def get_queryset(self, request: HttpRequest) -> Any:
        return super().get_queryset(request).filter(people__isnull=False).select_related("organization")


class SubstitutionInline(ReadOnlyInline):
    """Who came in whose place."""

    model = DelegationSubstitution
    fields = ["at", "old_reference", "old_name", "new_reference", "new_name", "by", "on_behalf_of", "reason"]

    def get_queryset(self, request: HttpRequest) -> Any:
        return super().get_queryset(request).select_related("by", "on_behalf_of")


@admin.register(InvitationLetter)
class InvitationLetterAdmin(StaffAdmin):
    """To look at: letters are signed and revoked on their page. The passport is not shown here."""

    list_display = ["code", "registration", "language", "state", "asked_at"]
    list_filter = ["state", "language"]
    list_select_related = ["registration"]
    search_fields = ["code", "reference"]
    date_hierarchy = "asked_at"
    inlines = [history_of(InvitationLetterStateChange)]

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False
