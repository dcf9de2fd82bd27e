"""Accounts, organizations and vocabularies for administrators."""

from typing import Any

from django.contrib import admin
from django.contrib.admin.options import InlineModelAdmin
from django.contrib.auth.admin import UserAdmin
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as _
from modeltranslation.admin import TranslationAdmin

from directory.models import (
    Agenda,
    Country,
    Job,
    Membership,
    Organization,
    Pillar,
    Region,
    SDGGoal,
    SDGTarget,
    StakeholderCategory,
    Theme,
    User,
)
from directory.page_versions import bump


class ShownPublicly(admin.ModelAdmin):
    """Names kept here stand on public pages: a change makes those pages new."""

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        super().save_related(request, form, formsets, change)
        bump("directory")


class ChosenByStaff(admin.ModelAdmin):
    """Looked up by secretariat staff when they choose a host or a country elsewhere; changed by administrators only."""

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return bool(request.user.is_active and request.user.is_staff)


class MembershipInline(admin.TabularInline):
    """Who serves where. Administrators hold no agency role themselves: see `directory.rules.organizations_of`."""

    model = Membership
    extra = 0
    autocomplete_fields = ["user", "organization"]


@admin.register(User)
class PersonAdmin(UserAdmin):
    """Accounts; what a person did stays, so people are made inactive, never deleted.

    Nobody sets another's password or address here: that would be a way into an agency's internal texts. Who lost
    theirs asks for a new one by mail.
    """

    list_display = ["email", "given_name", "family_name", "is_active", "is_staff", "date_joined"]
    list_filter = ["is_active", "is_staff", "language"]
    search_fields = ["email", "given_name", "family_name"]
    ordering = ["email"]
    inlines = [MembershipInline]
    readonly_fields = ["last_login", "date_joined"]
    fieldsets = [
        (None, {"fields": ["email"]}),
        (_("Person"), {"fields": ["given_name", "family_name", "language", "time_zone"]}),
        (_("Access"), {"fields": ["is_active", "is_staff", "is_superuser", "last_login", "date_joined"]}),
    ]
    add_fieldsets = [(None, {"classes": ["wide"], "fields": ["email", "password1", "password2"]})]

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        return [*self.readonly_fields, "email"] if obj else self.readonly_fields

    def user_change_password(self, request: HttpRequest, id: str, form_url: str = "") -> HttpResponse:
        raise PermissionDenied(_("Passwords are set by their owners, through the link on the sign-in page."))


@admin.register(Organization)
class OrganizationAdmin(ChosenByStaff, ShownPublicly, TranslationAdmin):
    """Organizations; what one did stays, so none is deleted."""

    list_display = ["acronym", "name", "category", "country", "is_agency", "is_secretariat"]
    list_filter = ["category", "is_agency", "is_secretariat"]
    search_fields = ["code", "acronym", "name"]
    autocomplete_fields = ["country", "parent"]

    def get_inlines(self, request: HttpRequest, obj: Any) -> list[type[InlineModelAdmin]]:
        return [MembershipInline] if request.user.is_superuser else []

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        # What an organization did stays. The page that asks before deleting would also list what hangs on it,
        # an agency's internal comments among them.
        return False


@admin.register(Country)
class CountryAdmin(ChosenByStaff, ShownPublicly, TranslationAdmin):
    list_display = ["name", "iso2", "iso3", "m49", "region", "status"]
    list_filter = ["status", "region"]
    search_fields = ["name", "iso2", "iso3"]


@admin.register(Agenda, Pillar, Region, StakeholderCategory, Theme)
class TermAdmin(ShownPublicly, TranslationAdmin):
    list_display = ["code", "name"]
    search_fields = ["code", "name"]


@admin.register(SDGGoal)
class GoalAdmin(ShownPublicly, TranslationAdmin):
    list_display = ["number", "title", "colour"]


@admin.register(SDGTarget)
class TargetAdmin(ShownPublicly):
    list_display = ["code", "title", "goal"]
    search_fields = ["code", "title"]
    list_filter = ["goal"]


@admin.register(Job)
class JobAdmin(admin.ModelAdmin):
    """Long work, to look at: what it does is decided by who asked for it."""

    list_display = ["kind", "state", "asked_by", "created_at", "finished_at"]
    list_filter = ["state", "kind"]

    def has_add_permission(self, request):  # type: ignore[no-untyped-def]
        return False

    def has_change_permission(self, request, obj=None):  # type: ignore[no-untyped-def]
        return False

    def has_delete_permission(self, request, obj=None):  # type: ignore[no-untyped-def]
        return False
